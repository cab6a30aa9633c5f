package wire

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPatternForms(t *testing.T) {
	word := &Pattern{Text: "[ab]+", Set: &ByteSet{0, 1<<('a'-64) | 1<<('b'-64)}, Min: 1, Max: 3}
	number := &Pattern{Text: "0|[1-9]...", Decimal: 3}
	expr := &Pattern{Expr: `^(?:a|bc)$`, NotPrefix: []string{"bc"}, Contains: []string{"a"}}
	for _, c := range []struct {
		p    *Pattern
		s    string
		want bool
	}{
		{word, "", false}, {word, "a", true}, {word, "abb", true}, {word, "abba", false}, {word, "c", false}, {word, "é", false},
		{number, "", false}, {number, "0", true}, {number, "00", false}, {number, "01", false}, {number, "999", true},
		{number, "1000", false}, {number, "1a", false}, {number, "-1", false},
		{expr, "a", true}, {expr, "bc", false}, {expr, "ab", false}, {expr, "", false},
	} {
		for range 2 { // the second time a value may be remembered
			if got := c.p.matchAgain(c.s); got != c.want {
				t.Errorf("%s%s on %q: %v", c.p.Text, c.p.Expr, c.s, got)
			}
		}
	}
}

func TestPatternsRememberOnlyWhatMatched(t *testing.T) {
	p := &Pattern{Expr: `^(?:a+)$`}
	body := []byte("aaa")
	rule := StringRule{Pattern: p}
	if !rule.ok(string(body)) || rule.ok("b") || *p.last.Load() != "aaa" {
		t.Errorf("remembers %v", p.last.Load())
	}
	if long := strings.Repeat("a", rememberedMax+1); !rule.ok(long) || *p.last.Load() != "aaa" {
		t.Error("remembers a value that is too long")
	}
	secret := &Pattern{Expr: `^(?:a+)$`}
	if rule := (StringRule{Pattern: secret, Sensitive: true}); !rule.ok("aaa") || secret.last.Load() != nil {
		t.Error("remembers a secret")
	}
}

// Lengths count as Java's String.length does.
func TestLengthCountsUTF16(t *testing.T) {
	rule := StringRule{Min: Bound{true, 2}, Max: Bound{true, 4}}
	for s, want := range map[string]bool{"": false, "a": false, "é": false, "📞": true, "ab": true, "📞📞": true, "éééé": true,
		"ééééé": false, "📞📞a": false, "\u20ac": false} {
		if got := rule.ok(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestListsOfNumbers(t *testing.T) {
	v := Violations{service: &Service{}}
	rule := &NumberRule{Min: Bound{true, 1}, Max: Bound{true, 12}}
	Ints(&v, nil, "byMonth", []int32{1, 12}, rule, false)
	if err := v.Err("X"); err != nil {
		t.Error(err)
	}
	Ints(&v, nil, "byMonth", []int32{1, 13}, rule, false)
	want := "X: 1 validation error detected: Value '[1, 13]' at 'byMonth' failed to satisfy constraint: Member must satisfy constraint: " +
		"[Member must have value less than or equal to 12, Member must have value greater than or equal to 1]"
	if err := v.Err("X"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Kinesis prints Java's description of a blob; the other services print nothing of it.
func TestBlobsInMessages(t *testing.T) {
	for java, want := range map[bool]string{
		true:  "X: 1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 2",
		false: "X: 1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 2",
	} {
		v := Violations{service: &Service{JavaNames: java}}
		v.Blob(nil, "data", []byte("ab"), &SizeRule{Max: Bound{true, 2}})
		v.Blob(nil, "data", []byte("abc"), &SizeRule{Max: Bound{true, 2}})
		if err := v.Err("X"); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestClipKeepsWholeCharacters(t *testing.T) {
	for _, lead := range []string{"", "a", "ab"} {
		got := clip(lead + strings.Repeat("€", valueTextMax))
		if !utf8.ValidString(got) || len(got) > valueTextMax+3 {
			t.Errorf("%d bytes, valid %v", len(got), utf8.ValidString(got))
		}
	}
	if whole := strings.Repeat("a", valueTextMax); clip(whole) != whole {
		t.Error("cut what fits")
	}
}

func TestPathsSpellListsAndMaps(t *testing.T) {
	var top *Path
	records := top.Element("records", 1)
	attribute := records.Entry("attributes", "k")
	inner := attribute.Member("inner")
	if got, want := inner.text("value"), "records.2.member.attributes.k.member.inner.value"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	items := top.Entry("requestItems", "t")
	element := items.Element("", 0)
	if got, want := element.text("put"), "requestItems.t.member.1.member.put"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := items.text(""), "requestItems.t.member"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFormsSpellLists(t *testing.T) {
	d := QueryDecoder{values: map[string][]string{"A.member.1": {"x"}, "A.member.2.B": {"7"}, "A.member.4": {"gap"}, "F.1": {"y"},
		"E": {""}, "N": {"ten"}, "T": {"2026-01-02T03:04:05.5Z"}, "D": {"AAE="}}}
	var names []string
	for i := 0; ; i++ {
		name, ok := d.Element("A", "member", i)
		if !ok {
			break
		}
		names = append(names, name)
	}
	if got := strings.Join(names, " "); got != "A.member.1 A.member.2" {
		t.Errorf("elements: %s", got)
	}
	if name, ok := d.Element("F", "", 0); !ok || name != "F.1" {
		t.Errorf("flattened: %s %v", name, ok)
	}
	if !d.IsEmptyList("E") || d.IsEmptyList("N") || d.Has("A.member.3") {
		t.Error("empty lists")
	}
	if n := d.Int32("A.member.2.B"); n == nil || *n != 7 {
		t.Errorf("integer: %v", n)
	}
	if at := d.Timestamp("T"); at == nil || at.UnixMilli() != 1767323045500 {
		t.Errorf("timestamp: %v", at)
	}
	if b := d.Blob("D"); string(b) != "\x00\x01" || d.typeErr != nil {
		t.Errorf("blob: %q %v", b, d.typeErr)
	}
	if d.Int32("N") != nil || d.typeErr == nil {
		t.Errorf("not a number: %v", d.typeErr)
	}
}
