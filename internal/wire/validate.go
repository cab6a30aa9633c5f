package wire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	violationsMax = 10       // failures listed in one message, as the services do
	valueTextMax  = 64 << 10 // bytes of a value repeated in a message
)

// A Path is where a structure stands in the input: a chain of member names with positions or keys. It is made for
// every structure that is checked and turned into text only for a message, so it is cheap.
type Path struct {
	up       *Path
	name     string
	key      string // of a map's value
	position int    // of a list's element, from one; 0 for what is not in a list or map; -1 for a map's value
}

// Member returns the path of the member name of the structure at p.
func (p *Path) Member(name string) Path { return Path{up: p, name: name} }

// Element returns the path of element i, from zero, of the list in member name of the structure at p.
func (p *Path) Element(name string, i int) Path { return Path{up: p, name: name, position: i + 1} }

// Entry returns the path of the value under key of the map in member name.
func (p *Path) Entry(name, key string) Path { return Path{up: p, name: name, key: key, position: -1} }

// text returns the path of the member name of the structure at p: records.1.member.partitionKey. A list or map that is
// itself an element has no name.
func (p *Path) text(name string) string {
	var parts []string
	for ; p != nil; p = p.up {
		switch {
		case p.position > 0:
			parts = append(parts, strconv.Itoa(p.position)+".member")
		case p.position < 0:
			parts = append(parts, clip(p.key)+".member")
		}
		if p.name != "" {
			parts = append(parts, p.name)
		}
	}
	slices.Reverse(parts)
	if name != "" {
		parts = append(parts, name)
	}
	return strings.Join(parts, ".")
}

// clip shortens a value for a message.
func clip(s string) string {
	if len(s) <= valueTextMax {
		return s
	}
	end := valueTextMax
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}

// Violations collects the constraints that an input breaks, in the order found, the first ten of them. Generated
// validators fill it.
type Violations struct {
	service *Service
	items   []string
}

// Err returns nil when nothing was violated.
func (v *Violations) Err(code string) error {
	if len(v.items) == 0 {
		return nil
	}
	noun := "error"
	if len(v.items) > 1 {
		noun = "errors"
	}
	return NewError(code, 400, fmt.Sprintf("%d validation %s detected: %s", len(v.items), noun, strings.Join(v.items, "; ")))
}

func (v *Violations) full() bool { return len(v.items) >= violationsMax }

// add records that value, as text, breaks rule. A value that must not be shown is left out.
func (v *Violations) add(p *Path, name, value string, hidden bool, rule string) {
	if v.full() {
		return
	}
	shown := "Value"
	if !hidden {
		shown += " '" + clip(value) + "'"
	}
	v.items = append(v.items, shown+" at '"+p.text(name)+"' failed to satisfy constraint: "+rule)
}

// Required records that the required member name is absent.
func (v *Violations) Required(p *Path, name string) {
	if !v.full() {
		v.items = append(v.items, "Value null at '"+p.text(name)+"' failed to satisfy constraint: Member must not be null")
	}
}

// A Bound is a limit that may be absent.
type Bound struct {
	Set bool
	N   int64
}

// A StringRule is what a string shape asks of its values.
type StringRule struct {
	Pattern   *Pattern // nil when any text will do
	Min, Max  Bound    // length in UTF-16 units, as Java counts
	Enum      []string // nil when any value will do
	Sensitive bool     // the value is not repeated in messages
}

func (r *StringRule) ok(s string) bool {
	if r.Max.Set && int64(len(s)) > r.Max.N && int64(utf16Len(s)) > r.Max.N {
		return false
	}
	if r.Min.Set && int64(len(s)) < 3*r.Min.N && int64(utf16Len(s)) < r.Min.N {
		return false
	}
	if r.Enum != nil && !slices.Contains(r.Enum, s) {
		return false
	}
	if r.Pattern == nil {
		return true
	}
	if r.Sensitive {
		return r.Pattern.Match(s) // keep no copy of it
	}
	return r.Pattern.matchAgain(s)
}

// utf16Len counts the UTF-16 units of s.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// broken lists the constraints that s breaks; all of them when every is set, for lists and maps, whose messages name
// all constraints of an element.
func (r *StringRule) broken(s string, every bool) []string {
	var out []string
	if r.Pattern != nil && !every && !r.Pattern.Match(s) {
		out = append(out, r.Pattern.rule())
	}
	n := int64(utf16Len(s))
	if r.Max.Set && (every || n > r.Max.N) {
		out = append(out, lengthRule("less", r.Max.N))
	}
	if r.Min.Set && (every || n < r.Min.N) {
		out = append(out, lengthRule("greater", r.Min.N))
	}
	if r.Enum != nil && (every || !slices.Contains(r.Enum, s)) {
		// The services list the values in an order of their own (a hash's); ours is the model's.
		out = append(out, "Member must satisfy enum value set: ["+strings.Join(r.Enum, ", ")+"]")
	}
	if r.Pattern != nil && every {
		out = append(out, r.Pattern.rule())
	}
	return out
}

func lengthRule(way string, n int64) string {
	return fmt.Sprintf("Member must have length %s than or equal to %d", way, n)
}

// String checks the value of a string member.
func (v *Violations) String(p *Path, name, s string, r *StringRule) {
	if r.ok(s) {
		return
	}
	for _, rule := range r.broken(s, false) {
		v.add(p, name, s, r.Sensitive, rule)
	}
}

// Strings checks the elements of a list of strings; sensitive says that the list itself is.
func (v *Violations) Strings(p *Path, name string, list []string, r *StringRule, sensitive bool) {
	for _, s := range list {
		if !r.ok(s) {
			v.add(p, name, "["+joinClipped(list)+"]", r.Sensitive || sensitive,
				"Member must satisfy constraint: ["+strings.Join(r.broken(s, true), ", ")+"]")
			return
		}
	}
}

// StringMap checks keys and values of a map of strings; either rule may be nil. hidden says that the map, its keys or
// its values are sensitive.
func (v *Violations) StringMap(p *Path, name string, m map[string]string, keys, values *StringRule, hidden bool) {
	var badKey, badValue bool
	for k, value := range m {
		badKey = badKey || keys != nil && !keys.ok(k)
		badValue = badValue || values != nil && !values.ok(value)
	}
	if badKey {
		v.add(p, name, MapText(m), hidden, "Map keys must satisfy constraint: ["+strings.Join(keys.broken("", true), ", ")+"]")
	}
	if badValue {
		v.add(p, name, MapText(m), hidden, "Map value must satisfy constraint: ["+strings.Join(values.broken("", true), ", ")+"]")
	}
}

// MapKeys checks the keys of a map whose values are not strings.
func MapKeys[T any](v *Violations, p *Path, name string, m map[string]T, keys *StringRule) {
	for k := range m {
		if !keys.ok(k) {
			v.add(p, name, "{"+joinClipped(SortedKeys(m))+"}", keys.Sensitive,
				"Map keys must satisfy constraint: ["+strings.Join(keys.broken("", true), ", ")+"]")
			return
		}
	}
}

// A SizeRule bounds how many items a list or map has, or how many bytes a blob.
type SizeRule struct {
	Min, Max  Bound
	Sensitive bool
}

// Size checks the size n of a list, map or blob; text makes the value's text when a message needs it.
func (v *Violations) Size(p *Path, name string, n int, r *SizeRule, text func() string) {
	if r.Max.Set && int64(n) > r.Max.N {
		v.add(p, name, text(), r.Sensitive, lengthRule("less", r.Max.N))
	}
	if r.Min.Set && int64(n) < r.Min.N {
		v.add(p, name, text(), r.Sensitive, lengthRule("greater", r.Min.N))
	}
}

// Blob checks the size of a blob. Kinesis prints Java's description of its buffer, the others nothing.
func (v *Violations) Blob(p *Path, name string, b []byte, r *SizeRule) {
	n := int64(len(b))
	if (!r.Max.Set || n <= r.Max.N) && (!r.Min.Set || n >= r.Min.N) {
		return
	}
	hide := *r
	hide.Sensitive = r.Sensitive || !v.service.JavaNames
	v.Size(p, name, len(b), &hide, func() string {
		return fmt.Sprintf("java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]", len(b), len(b))
	})
}

// A NumberRule bounds a number.
type NumberRule struct {
	Min, Max  Bound
	Sensitive bool
}

// Int checks a whole number.
func (v *Violations) Int(p *Path, name string, n int64, r *NumberRule) {
	if r.Max.Set && n > r.Max.N {
		v.add(p, name, strconv.FormatInt(n, 10), r.Sensitive, valueRule("less", r.Max.N))
	}
	if r.Min.Set && n < r.Min.N {
		v.add(p, name, strconv.FormatInt(n, 10), r.Sensitive, valueRule("greater", r.Min.N))
	}
}

// Ints checks the elements of a list of whole numbers.
func Ints[T int32 | int64](v *Violations, p *Path, name string, list []T, r *NumberRule, sensitive bool) {
	if !slices.ContainsFunc(list, func(n T) bool { return r.Max.Set && int64(n) > r.Max.N || r.Min.Set && int64(n) < r.Min.N }) {
		return
	}
	var rules []string
	if r.Max.Set {
		rules = append(rules, valueRule("less", r.Max.N))
	}
	if r.Min.Set {
		rules = append(rules, valueRule("greater", r.Min.N))
	}
	v.add(p, name, IntsText(list), r.Sensitive || sensitive, "Member must satisfy constraint: ["+strings.Join(rules, ", ")+"]")
}

// Float checks a number with a fraction.
func (v *Violations) Float(p *Path, name string, f float64, r *NumberRule) {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if r.Max.Set && !(f <= float64(r.Max.N)) {
		v.add(p, name, text, r.Sensitive, valueRule("less", r.Max.N))
	}
	if r.Min.Set && !(f >= float64(r.Min.N)) {
		v.add(p, name, text, r.Sensitive, valueRule("greater", r.Min.N))
	}
}

func valueRule(way string, n int64) string {
	return fmt.Sprintf("Member must have value %s than or equal to %d", way, n)
}

// joinClipped joins values for a message without building more text than the message will hold.
func joinClipped(list []string) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(clip(s))
		if b.Len() > valueTextMax {
			break
		}
	}
	return b.String()
}

// ListText prints a list of strings as Java does.
func ListText(list []string) string { return "[" + joinClipped(list) + "]" }

// IntsText prints a list of whole numbers as Java does.
func IntsText[T int32 | int64](list []T) string {
	var texts []string
	for _, n := range list {
		texts = append(texts, strconv.FormatInt(int64(n), 10))
	}
	return ListText(texts)
}

// MapText prints a map of strings as Java does, its keys sorted.
func MapText(m map[string]string) string {
	var pairs []string
	for _, k := range SortedKeys(m) {
		pairs = append(pairs, clip(k)+"="+clip(m[k]))
	}
	return "{" + joinClipped(pairs) + "}"
}

// KeysText prints the keys of a map, sorted, whose values do not say what they are.
func KeysText[T any](m map[string]T) string { return "{" + joinClipped(SortedKeys(m)) + "}" }

// OpaqueText prints a list of n structures as Java prints objects that do not say what they are.
func OpaqueText(class string, n int) string {
	var list []string
	for i := range n {
		if i*len(class) > valueTextMax {
			break
		}
		list = append(list, fmt.Sprintf("%s@%x", class, 0xc0de+i))
	}
	return ListText(list)
}

// SortedKeys returns the keys of m in order.
func SortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
