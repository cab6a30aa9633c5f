package expression

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// holders has a name and a value of each kind.
func holders(t testing.TB) *Placeholders {
	t.Helper()
	values := map[string]dynamodbapi.AttributeValue{}
	for name, v := range map[string]item.Value{":s": {Kind: item.String, Text: "x"}, ":n": {Kind: item.Num, Text: "1"}, ":b": {Kind: item.Binary, Text: "b"}, ":t": {Kind: item.Bool, Bool: true}, ":z": {Kind: item.Null},
		":l": {Kind: item.List, List: []item.Value{{Kind: item.Num, Text: "1"}}}, ":m": {Kind: item.Map, Map: item.Item{"a": {Kind: item.Null}}}, ":ss": {Kind: item.StringSet, Set: []string{"x"}}} {
		values[name] = v.ToAPI()
	}
	h, err := NewPlaceholders(map[string]string{"#a": "a", "#b": "b"}, values)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// FuzzExpressions: whatever an expression says, reading it and carrying it out never panics; what is refused is refused with the
// parameter's name; a projection of a projection is the projection.
func FuzzExpressions(f *testing.F) {
	for _, text := range []string{
		"#a = :n AND (b.c[1] <> :s OR NOT size(a) BETWEEN :n AND :n)", "a IN (:s, :n, #b) or attribute_type(a, :s)", "begins_with(a, :s) AND contains(b, :n)",
		"SET a = a + :n, b[0].c = list_append(:l, if_not_exists(#b, :l)) REMOVE l[1], m.x ADD n :n, s :ss DELETE t :ss", "a, b.c, l[0], l[3].x, #b[1]",
		"((a = :n))", "size(size(a)) = :n", "a = :n)", "NOT NOT NOT a = :n", strings.Repeat("(", 2000), "SET a = ((:n)", "a.b.c[1][2] = a", "fn(x,y)", "a between :n and :s", "SET #a = :m REMOVE #a.b",
	} {
		f.Add(text)
	}
	it := item.Item{"a": {Kind: item.Num, Text: "1"}, "b": {Kind: item.Map, Map: item.Item{"c": {Kind: item.List, List: []item.Value{{Kind: item.Null}, {Kind: item.String, Text: "x"}}}}},
		"l": {Kind: item.List, List: []item.Value{{Kind: item.Map, Map: item.Item{}}, {Kind: item.Num, Text: "2"}}}, "s": {Kind: item.StringSet, Set: []string{"x", "y"}}, "m": {Kind: item.Map, Map: item.Item{"x": {Kind: item.Bool}}}}
	before := string(it.Append(nil))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := holders(t).Condition("FilterExpression", text)
		if err == nil {
			c.Holds(it)
			c.Holds(nil)
			c.Paths()
		} else if !strings.Contains(err.Error(), "Invalid FilterExpression: ") {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil {
			if tests, err := c.KeyTests(); err == nil && len(tests) == 0 {
				t.Fatalf("%q asks nothing", text)
			}
		}
		if u, err := holders(t).Update(text); err == nil {
			if _, err := u.Apply(item.Item{}); err == nil {
				_, err := u.Apply(it)
				_ = err // whether it can be applied depends on the item
			}
			if _, err := u.Apply(it); err == nil && len(u.Paths()) == 0 {
				t.Fatalf("%q changes nothing", text)
			}
		}
		if paths, err := holders(t).Projection(text); err == nil {
			part := Project(it, paths)
			if len(part) > len(it) {
				t.Fatalf("%q shows %v", text, part)
			}
		}
		if string(it.Append(nil)) != before {
			t.Fatalf("%q changed the item that it was given", text)
		}
	})
}

// TestBounds: an expression's length, its operators and its values are bounded.
func TestBounds(t *testing.T) {
	long := "a = :n" + strings.Repeat(" ", bytesMax)
	if _, err := holders(t).Condition("FilterExpression", long); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("expression size: %d", len(long))) {
		t.Errorf("%v", err)
	}
	many := func(n int) string { return "a=:n" + strings.Repeat(" OR a=:n", n-1) }
	if _, err := holders(t).Condition("FilterExpression", many(operatorsMax/2)); err != nil {
		t.Error(err)
	}
	if _, err := holders(t).Condition("FilterExpression", many(operatorsMax/2+1)); err == nil || !strings.Contains(err.Error(), "too many operators") {
		t.Errorf("%v", err)
	}
	list := "a IN (" + strings.TrimSuffix(strings.Repeat(":n,", inMax+1), ",") + ")"
	if _, err := holders(t).Condition("FilterExpression", list); err == nil || !strings.Contains(err.Error(), "number of operands: 101") {
		t.Errorf("%v", err)
	}
	if _, err := holders(t).Condition("FilterExpression", fmt.Sprintf("a[%d] = :n", listIndexMax+1)); err == nil || !strings.Contains(err.Error(), "Syntax error") {
		t.Errorf("%v", err)
	}
	large := item.Value{Kind: item.Binary, Text: strings.Repeat("b", valueBytesMax)}.ToAPI()
	if _, err := NewPlaceholders(nil, map[string]dynamodbapi.AttributeValue{":v": large}); err == nil {
		t.Error("values of any size are taken")
	}
}

// TestProjections: what paths show of an item; lists close up.
func TestProjections(t *testing.T) {
	n := func(text string) item.Value { return item.Value{Kind: item.Num, Text: text} }
	it := item.Item{"a": n("1"), "l": {Kind: item.List, List: []item.Value{n("0"), n("1"), {Kind: item.Map, Map: item.Item{"x": n("2"), "y": n("3")}}}}}
	for text, want := range map[string]item.Item{
		"a, z": {"a": n("1")}, "z.q, a.q, l[9]": {}, "l[2].y, l[0]": {"l": {Kind: item.List, List: []item.Value{n("0"), {Kind: item.Map, Map: item.Item{"y": n("3")}}}}},
		"l": {"l": it["l"]},
	} {
		paths, err := holders(t).Projection(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Project(it, paths); !got.Equal(want) {
			t.Errorf("%s shows %v, want %v", text, got, want)
		}
	}
}
