// Package item holds DynamoDB's values and items: what they are, how they compare, how large they count, how they come from
// and go to the API, and how they are written down.
package item

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// Invalid is a refusal with the service's ValidationException.
func Invalid(format string, args ...any) *wire.APIError {
	return wire.NewError("ValidationException", http.StatusBadRequest, fmt.Sprintf(format, args...))
}

// A Kind is the type of a value, by the name that the API gives it.
type Kind string

// The kinds.
const (
	String    Kind = "S"
	Num       Kind = "N"
	Binary    Kind = "B"
	StringSet Kind = "SS"
	NumberSet Kind = "NS"
	BinarySet Kind = "BS"
	Map       Kind = "M"
	List      Kind = "L"
	Bool      Kind = "BOOL"
	Null      Kind = "NULL"
)

// Kinds lists all kinds.
var Kinds = []Kind{Binary, Null, StringSet, Bool, List, BinarySet, Num, NumberSet, String, Map}

// A Value is one attribute's value. Values are not changed once made: what differs is a new value.
type Value struct {
	Kind Kind
	Text string   // S: the text; B: the bytes; N: the number as Number.String writes it
	Set  []string // SS, BS, NS: the members in order, each once
	List []Value  // L
	Map  Item     // M
	Bool bool     // BOOL
}

// An Item is a set of attributes.
type Item map[string]Value

// Clone copies the item so that attributes may be added and removed.
func (it Item) Clone() Item {
	out := make(Item, len(it)+1)
	for name, v := range it {
		out[name] = v
	}
	return out
}

// Equal says whether two items have the same attributes.
func (it Item) Equal(other Item) bool {
	if len(it) != len(other) {
		return false
	}
	for name, v := range it {
		if w, ok := other[name]; !ok || !v.Equal(w) {
			return false
		}
	}
	return true
}

// OfNumber returns a number's value.
func OfNumber(n Number) Value { return Value{Kind: Num, Text: n.String()} }

// Number returns the number that v, of kind N, holds.
func (v Value) Number() Number {
	n, _ := parse(v.Text)
	return n
}

// IsSet says whether v is a set.
func (v Value) IsSet() bool { return v.Kind == StringSet || v.Kind == NumberSet || v.Kind == BinarySet }

// Equal says whether two values are the same.
func (v Value) Equal(w Value) bool {
	if v.Kind != w.Kind {
		return false
	}
	switch v.Kind {
	case List:
		return slices.EqualFunc(v.List, w.List, Value.Equal)
	case Map:
		return v.Map.Equal(w.Map)
	case Bool:
		return v.Bool == w.Bool
	case StringSet, NumberSet, BinarySet:
		return slices.Equal(v.Set, w.Set)
	}
	return v.Text == w.Text
}

// Compare orders two values of one kind that has an order: S, N or B. ok is false for all others.
func (v Value) Compare(w Value) (order int, ok bool) {
	if v.Kind != w.Kind {
		return 0, false
	}
	switch v.Kind {
	case String, Binary:
		return strings.Compare(v.Text, w.Text), true
	case Num:
		return v.Number().Compare(w.Number()), true
	}
	return 0, false
}

// AppendOrdered appends bytes of a key value that compare as values of its kind do.
func (v Value) AppendOrdered(dst []byte) []byte {
	if v.Kind == Num {
		return v.Number().appendOrdered(dst)
	}
	return append(dst, v.Text...)
}

// NewSet makes a set of members, in order.
func NewSet(kind Kind, members []string) Value {
	members = slices.Clone(members)
	if kind == NumberSet {
		slices.SortFunc(members, func(a, b string) int { return Value{Text: a}.Number().Compare(Value{Text: b}.Number()) })
	} else {
		slices.Sort(members)
	}
	return Value{Kind: kind, Set: slices.Compact(members)}
}

// Union returns the set with the members of other added.
func (v Value) Union(other Value) Value { return NewSet(v.Kind, slices.Concat(v.Set, other.Set)) }

// Without returns the set without the members of other; it may be empty, which no stored set is.
func (v Value) Without(other Value) Value {
	rest := slices.DeleteFunc(slices.Clone(v.Set), func(m string) bool { return slices.Contains(other.Set, m) })
	return Value{Kind: v.Kind, Set: rest}
}

// Contains says whether v holds w: a text or bytes as a part, a set as a member, a list as an element.
func (v Value) Contains(w Value) bool {
	switch {
	case v.Kind == List:
		return slices.ContainsFunc(v.List, w.Equal)
	case v.IsSet():
		return string(v.Kind) == string(w.Kind)+"S" && slices.Contains(v.Set, w.Text)
	case v.Kind == String || v.Kind == Binary:
		return v.Kind == w.Kind && strings.Contains(v.Text, w.Text)
	}
	return false
}

// Overheads of documents, in bytes, as the documentation of item sizes has them.
const (
	documentOverhead = 3
	elementOverhead  = 1
)

// Size is what the item counts, in bytes: names and values.
func (it Item) Size() int {
	size := 0
	for name, v := range it {
		size += len(name) + v.Size()
	}
	return size
}

// Size is what the value counts, in bytes.
func (v Value) Size() int {
	switch v.Kind {
	case Num:
		return v.Number().size()
	case StringSet, BinarySet, NumberSet:
		size := 0
		for _, m := range v.Set {
			if v.Kind == NumberSet {
				size += Value{Text: m}.Number().size()
			} else {
				size += len(m)
			}
		}
		return size
	case List:
		size := documentOverhead
		for _, e := range v.List {
			size += elementOverhead + e.Size()
		}
		return size
	case Map:
		return documentOverhead + elementOverhead*len(v.Map) + v.Map.Size()
	case Bool, Null:
		return 1
	}
	return len(v.Text)
}
