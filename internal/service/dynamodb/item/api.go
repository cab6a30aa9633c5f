package item

import (
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
)

// nestingMax is how deeply documents may nest in an item, in levels.
const nestingMax = 32

// FromAPI checks an item and takes it over. The texts of refusals are the service's.
func FromAPI(attributes map[string]dynamodbapi.AttributeValue) (Item, error) {
	it := make(Item, len(attributes))
	for name, a := range attributes {
		v, err := ValueFromAPI(&a)
		if err != nil {
			return nil, err
		}
		it[name] = v
	}
	return it, nil
}

// ValueFromAPI checks a value and takes it over.
func ValueFromAPI(a *dynamodbapi.AttributeValue) (Value, error) { return fromAPI(a, 1) }

func fromAPI(a *dynamodbapi.AttributeValue, level int) (v Value, err error) {
	if level > nestingMax {
		return v, Invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")
	}
	set := 0
	is := func(kind Kind, there bool) {
		if there {
			v.Kind = kind
			set++
		}
	}
	is(String, a.S != nil)
	is(Num, a.N != nil)
	is(Binary, a.B != nil)
	is(StringSet, a.SS != nil)
	is(NumberSet, a.NS != nil)
	is(BinarySet, a.BS != nil)
	is(Map, a.M != nil)
	is(List, a.L != nil)
	is(Bool, a.BOOL != nil)
	is(Null, a.NULL != nil)
	switch {
	case set == 0:
		return v, Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	case set > 1:
		if a.N != nil { // what is no number is said first
			if _, err := numberFromAPI(*a.N); err != nil {
				return v, err
			}
		}
		if a.NS != nil {
			if _, err := numbersFromAPI(a.NS); err != nil {
				return v, err
			}
		}
		return v, Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
	}
	switch v.Kind {
	case String:
		v.Text = strings.Clone(*a.S)
	case Binary:
		v.Text = string(a.B)
	case Num:
		v, err = numberFromAPI(*a.N)
	case Bool:
		v.Bool = *a.BOOL
	case Null:
		if !*a.NULL {
			err = Invalid("One or more parameter values were invalid: Null attribute value types must have the value of true")
		}
	case StringSet:
		v, err = stringsFromAPI(a.SS)
	case NumberSet:
		v, err = numbersFromAPI(a.NS)
	case BinarySet:
		v, err = binariesFromAPI(a.BS)
	case List:
		v.List = make([]Value, len(a.L))
		for i := range a.L {
			if v.List[i], err = fromAPI(&a.L[i], level+1); err != nil {
				return v, err
			}
		}
	case Map:
		v.Map = make(Item, len(a.M))
		for name, member := range a.M {
			if v.Map[strings.Clone(name)], err = fromAPI(&member, level+1); err != nil {
				return v, err
			}
		}
	}
	return v, err
}

func numberFromAPI(text string) (Value, error) {
	if text == "" {
		return Value{}, Invalid("The parameter cannot be converted to a numeric value")
	}
	n, err := ParseNumber(text)
	return OfNumber(n), err
}

func stringsFromAPI(members []string) (Value, error) {
	if len(members) == 0 {
		return Value{}, Invalid("One or more parameter values were invalid: An string set  may not be empty")
	}
	v := NewSet(StringSet, members)
	if len(v.Set) != len(members) {
		return v, Invalid("One or more parameter values were invalid: Input collection [%s] contains duplicates.", strings.Join(members, ", "))
	}
	for i := range v.Set {
		v.Set[i] = strings.Clone(v.Set[i])
	}
	return v, nil
}

func numbersFromAPI(members []string) (Value, error) {
	if len(members) == 0 {
		return Value{}, Invalid("One or more parameter values were invalid: An number set  may not be empty")
	}
	plain := make([]string, len(members))
	for i, m := range members {
		v, err := numberFromAPI(m)
		if err != nil {
			return v, err
		}
		plain[i] = v.Text
	}
	v := NewSet(NumberSet, plain)
	if len(v.Set) != len(members) {
		return v, Invalid("Input collection contains duplicates")
	}
	return v, nil
}

func binariesFromAPI(members [][]byte) (Value, error) {
	if len(members) == 0 {
		return Value{}, Invalid("One or more parameter values were invalid: Binary sets should not be empty")
	}
	texts := make([]string, len(members))
	for i, m := range members {
		texts[i] = string(m)
	}
	v := NewSet(BinarySet, texts)
	if len(v.Set) != len(members) {
		return v, Invalid("One or more parameter values were invalid: Input collection of type BS contains duplicates.")
	}
	return v, nil
}

// ToAPI gives the item as answers carry it; nil for nil.
func (it Item) ToAPI() map[string]dynamodbapi.AttributeValue {
	if it == nil {
		return nil
	}
	out := make(map[string]dynamodbapi.AttributeValue, len(it))
	for name, v := range it {
		out[name] = v.ToAPI()
	}
	return out
}

// ToAPI gives the value as answers carry it.
func (v Value) ToAPI() (a dynamodbapi.AttributeValue) {
	switch v.Kind {
	case String:
		a.S = &v.Text
	case Num:
		a.N = &v.Text
	case Binary:
		a.B = append([]byte{}, v.Text...)
	case Bool:
		a.BOOL = &v.Bool
	case Null:
		yes := true
		a.NULL = &yes
	case StringSet:
		a.SS = slices.Clone(v.Set)
	case NumberSet:
		a.NS = slices.Clone(v.Set)
	case BinarySet:
		for _, m := range v.Set {
			a.BS = append(a.BS, append([]byte{}, m...))
		}
	case List:
		a.L = make([]dynamodbapi.AttributeValue, len(v.List))
		for i := range v.List {
			a.L[i] = v.List[i].ToAPI()
		}
	case Map:
		a.M = v.Map.ToAPI()
	}
	return a
}
