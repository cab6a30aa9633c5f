package item

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// numbers draws numbers as clients may write them, all of them in range.
func numbers() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		text := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign")
		text += rapid.StringMatching(`0{0,3}[0-9]{1,15}(\.[0-9]{0,15})?`).Draw(t, "digits")
		return text + rapid.SampledFrom([]string{"", "e5", "E-7", "e+20", "E100", "e-100"}).Draw(t, "exponent")
	})
}

func rational(t *rapid.T, text string) *big.Rat {
	r, ok := new(big.Rat).SetString(strings.Replace(text, ".e", "e", 1))
	if !ok {
		r, ok = new(big.Rat).SetString(strings.NewReplacer(".E", "E", ".e", "e").Replace(strings.TrimSuffix(text, ".")))
	}
	if !ok {
		t.Fatalf("no rational number: %q", text)
	}
	return r
}

// TestNumbers: numbers are what exact arithmetic says, in value, order and sum.
func TestNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := numbers().Draw(t, "x"), numbers().Draw(t, "y")
		a, err := ParseNumber(x)
		b, err2 := ParseNumber(y)
		if err != nil || err2 != nil {
			t.Fatalf("%v, %v", err, err2)
		}
		p, q := rational(t, x), rational(t, y)
		if rational(t, a.String()).Cmp(p) != 0 {
			t.Fatalf("%s is written %s", x, a)
		}
		if again, err := ParseNumber(a.String()); err != nil || again != a || strings.ContainsAny(a.String(), "eE+") {
			t.Fatalf("%s is written %s, which is %v, %v", x, a, again, err)
		}
		if got, want := a.Compare(b), p.Cmp(q); got != want {
			t.Fatalf("%s compares with %s as %d, want %d", x, y, got, want)
		}
		if got := bytes.Compare(OfNumber(a).AppendOrdered(nil), OfNumber(b).AppendOrdered(nil)); got != p.Cmp(q) {
			t.Fatalf("keys of %s and %s compare as %d", x, y, got)
		}
		want := new(big.Rat).Add(p, q)
		if sum, err := a.Add(b); err == nil && rational(t, sum.String()).Cmp(want) != 0 {
			t.Fatalf("%s + %s = %s", x, y, sum)
		} else if err != nil && len(strings.Trim(strings.ReplaceAll(want.FloatString(150), ".", ""), "-0")) <= digitsMax {
			t.Fatalf("%s + %s: %v", x, y, err)
		}
		if zero, err := a.Add(a.Negate()); err != nil || zero != (Number{}) {
			t.Fatalf("%s - %s = %v, %v", x, x, zero, err)
		}
	})
}

// TestNumbersOutOfRange: what is no number, and what is one but too large, too small or too long.
func TestNumbersOutOfRange(t *testing.T) {
	for text, want := range map[string]string{
		"": "numeric", "-": "numeric", ".": "numeric", "1e": "numeric", "1e+": "numeric", "e5": "numeric", "0x1": "numeric", "1_0": "numeric", " 1": "numeric", "NaN": "numeric", "1.2.3": "numeric",
		strings.Repeat("1", numberBytesMax+1): "numeric", "1e126": "overflow", "-9e200": "overflow", "1e99999999999999999999": "overflow", "1e-131": "underflow", "1e-99999999999999999999": "underflow",
		"123456789012345678901234567890123456789": "38 significant", "0." + strings.Repeat("1", 39): "38 significant",
	} {
		if n, err := ParseNumber(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.50q is %v, %v", text, n, err)
		}
	}
	for _, text := range []string{"9.9999999999999999999999999999999999999E+125", "1e-130", "-1e-130", "0", "-0", "0e500", "." + strings.Repeat("1", 38), "5."} {
		if n, err := ParseNumber(text); err != nil {
			t.Errorf("%q is %v, %v", text, n, err)
		}
	}
	most, _ := ParseNumber("9e125")
	if _, err := most.Add(most); err == nil {
		t.Error("a sum out of range is taken")
	}
}

// values draws values, nested up to depth.
func values(depth int) *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		kinds := Kinds
		if depth == 0 {
			kinds = []Kind{String, Num, Binary, Bool, Null, StringSet, NumberSet, BinarySet}
		}
		v := Value{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		number := func(t *rapid.T) string {
			n, err := ParseNumber(numbers().Draw(t, "number"))
			if err != nil {
				t.Fatal(err)
			}
			return n.String()
		}
		switch v.Kind {
		case String:
			v.Text = rapid.String().Draw(t, "text")
		case Binary:
			v.Text = string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		case Num:
			v.Text = number(t)
		case Bool:
			v.Bool = rapid.Bool().Draw(t, "bool")
		case StringSet, BinarySet:
			v = NewSet(v.Kind, rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "set"))
		case NumberSet:
			v = NewSet(v.Kind, rapid.SliceOfN(rapid.Custom(number), 1, 4).Draw(t, "set"))
		case List:
			v.List = rapid.SliceOfN(values(depth-1), 0, 3).Draw(t, "list")
		case Map:
			v.Map = rapid.MapOfN(rapid.StringN(1, 5, -1), values(depth-1), 0, 3).Draw(t, "map")
		}
		return v
	})
}

// TestItemsComeBack: from the API and from storage an item comes back as it was; cut short it is refused.
func TestItemsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := Item(rapid.MapOfN(rapid.StringN(1, 5, -1), values(3), 0, 4).Draw(t, "item"))
		data := it.Append(nil)
		got, err := Decode(data)
		if err != nil || !got.Equal(it) || got.Size() != it.Size() {
			t.Fatalf("%v comes back as %v, %v", it, got, err)
		}
		if len(data) > 0 {
			cut := rapid.IntRange(0, len(data)-1).Draw(t, "cut")
			if got, err := Decode(data[:cut]); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%d of %d bytes are %v, %v", cut, len(data), got, err)
			}
		}
		if back, err := FromAPI(it.ToAPI()); err != nil || !back.Equal(it) {
			t.Fatalf("%v comes back as %v, %v", it, back, err)
		}
		if !bytes.Equal(got.Append(nil), data) {
			t.Fatal("equal items have different bytes")
		}
	})
}

// FuzzDecode: damaged bytes are refused, and what is taken comes back.
func FuzzDecode(f *testing.F) {
	f.Add(Item{"k": {Kind: String, Text: "a"}, "l": {Kind: List, List: []Value{{Kind: Null}}}, "s": {Kind: NumberSet, Set: []string{"1", "2"}}}.Append(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		it, err := Decode(data)
		if err != nil {
			return
		}
		if again, err := Decode(it.Append(nil)); err != nil || !again.Equal(it) {
			t.Fatalf("%v comes back as %v, %v", it, again, err)
		}
	})
}

// TestSets: sets have each member once, in order, and are joined and parted.
func TestSets(t *testing.T) {
	a, b := NewSet(NumberSet, []string{"10", "9", "-1", "9"}), NewSet(NumberSet, []string{"9", "100"})
	if d := cmp.Diff([]string{"-1", "9", "10"}, a.Set); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"-1", "9", "10", "100"}, a.Union(b).Set); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"-1", "10"}, a.Without(b).Set); d != "" {
		t.Error(d)
	}
	if !a.Contains(Value{Kind: Num, Text: "9"}) || a.Contains(Value{Kind: String, Text: "9"}) || a.Contains(Value{Kind: Num, Text: "8"}) {
		t.Error("members are not found")
	}
}

// TestSizes: what values count, by the documentation's rules.
func TestSizes(t *testing.T) {
	for want, v := range map[int]Value{
		5: {Kind: String, Text: "größ"[:5]}, 3: {Kind: Binary, Text: "abc"}, 1: {Kind: Null}, 2: {Kind: Num, Text: "7"}, 22: {Kind: Num, Text: "-" + strings.Repeat("9", 37) + ".5"},
		8: {Kind: List, List: []Value{{Kind: Bool}, {Kind: String, Text: "xy"}}}, 6: {Kind: Map, Map: Item{"a": {Kind: Bool}}}, 4: {Kind: StringSet, Set: []string{"a", "bcd"}},
	} {
		if got := v.Size(); got != want {
			t.Errorf("%v counts %d, want %d", v, got, want)
		}
	}
	if !slices.Contains(Kinds, Bool) || len(Kinds) != len(stored) {
		t.Error("kinds are missing")
	}
}
