package dynamodb

import (
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// This file turns the legacy parameters, which were there before expressions, into what expressions are made of.

// An operator is a legacy comparison: what it is in an expression, how many values it takes, and of which kinds.
type operator struct {
	op       string
	min, max int
	kinds    string
}

var operators = map[string]operator{
	"EQ": {"=", 1, 1, ""}, "NE": {"<>", 1, 1, ""},
	"LE": {"<=", 1, 1, "S N B"}, "LT": {"<", 1, 1, "S N B"}, "GE": {">=", 1, 1, "S N B"}, "GT": {">", 1, 1, "S N B"},
	"CONTAINS": {"contains", 1, 1, "S N B"}, "NOT_CONTAINS": {"not_contains", 1, 1, "S N B"},
	"BEGINS_WITH": {"begins_with", 1, 1, "S B"}, "IN": {"in", 1, 1 << 30, "S N B"}, "BETWEEN": {"between", 2, 2, "S N B"},
	"NULL": {"attribute_not_exists", 0, 0, ""}, "NOT_NULL": {"attribute_exists", 0, 0, ""},
}

// legacyTest checks a comparison of one attribute and takes its values over.
func legacyTest(name string, list []dynamodbapi.AttributeValue) (expression.KeyTest, error) {
	o := operators[name]
	test := expression.KeyTest{Op: o.op}
	for i := range list {
		v, err := item.ValueFromAPI(&list[i])
		if err != nil {
			return test, err
		}
		test.Values = append(test.Values, v)
	}
	if len(list) < o.min || len(list) > o.max {
		return test, item.Invalid("One or more parameter values were invalid: Invalid number of argument(s) for the %s ComparisonOperator", name)
	}
	for _, v := range test.Values {
		if v.Kind != test.Values[0].Kind {
			return test, item.Invalid("One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type")
		}
	}
	for _, v := range test.Values {
		if o.kinds != "" && !slices.Contains([]item.Kind{"S", "N", "B"}, v.Kind) || o.kinds == "S B" && v.Kind == item.Num {
			return test, item.Invalid("One or more parameter values were invalid: ComparisonOperator %s is not valid for %s AttributeValue type", name, v.Kind)
		}
	}
	if name == "BETWEEN" {
		if order, _ := test.Values[0].Compare(test.Values[1]); order > 0 {
			return test, item.Invalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound")
		}
	}
	return test, nil
}

// filterCondition turns QueryFilter or ScanFilter into a condition.
func filterCondition(filter map[string]dynamodbapi.Condition, joined *string) (*expression.Condition, error) {
	var all []*expression.Condition
	for _, name := range wire.SortedKeys(filter) {
		test, err := legacyTest(*filter[name].ComparisonOperator, filter[name].AttributeValueList)
		if err != nil {
			return nil, err
		}
		all = append(all, expression.Compare(test.Op, name, test.Values...))
	}
	return expression.Join(joinOf(joined), all), nil
}

func joinOf(joined *string) string {
	if value(joined) == "OR" {
		return "or"
	}
	return "and"
}

// expectedCondition turns Expected into a condition.
func expectedCondition(expected map[string]dynamodbapi.ExpectedAttributeValue, joined *string) (*expression.Condition, error) {
	var all []*expression.Condition
	for _, name := range wire.SortedKeys(expected) {
		c, err := expectation(name, expected[name])
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return expression.Join(joinOf(joined), all), nil
}

// expectation is what is expected of one attribute: a comparison, a value, or that it is not there.
func expectation(name string, e dynamodbapi.ExpectedAttributeValue) (*expression.Condition, error) {
	if e.AttributeValueList != nil && e.Value != nil {
		return nil, item.Invalid("One or more parameter values were invalid: Value and AttributeValueList cannot be used together for Attribute: %s", name)
	}
	if e.ComparisonOperator != nil {
		return compared(name, e)
	}
	exists := "null"
	if e.Exists != nil {
		exists = "false"
		if *e.Exists {
			exists = "true"
		}
	}
	switch {
	case e.AttributeValueList != nil:
		return nil, item.Invalid("One or more parameter values were invalid: AttributeValueList can only be used with a ComparisonOperator for Attribute: %s", name)
	case exists != "false" && e.Value == nil:
		return nil, item.Invalid("One or more parameter values were invalid: Value must be provided when Exists is %s for Attribute: %s", exists, name)
	case exists == "false" && e.Value != nil:
		return nil, item.Invalid("One or more parameter values were invalid: Value cannot be used when Exists is false for Attribute: %s", name)
	case exists == "false":
		return expression.Compare("attribute_not_exists", name), nil
	}
	v, err := item.ValueFromAPI(e.Value)
	return expression.Compare("=", name, v), err
}

func compared(name string, e dynamodbapi.ExpectedAttributeValue) (*expression.Condition, error) {
	op := *e.ComparisonOperator
	if e.Exists != nil {
		return nil, item.Invalid("One or more parameter values were invalid: Exists and ComparisonOperator cannot be used together for Attribute: %s", name)
	}
	if op != "NULL" && op != "NOT_NULL" && e.AttributeValueList == nil && e.Value == nil {
		return nil, item.Invalid("One or more parameter values were invalid: Value or AttributeValueList must be used with ComparisonOperator: %s for Attribute: %s", op, name)
	}
	list := e.AttributeValueList
	if e.Value != nil {
		list = []dynamodbapi.AttributeValue{*e.Value}
	}
	test, err := legacyTest(op, list)
	if err != nil {
		return nil, err
	}
	return expression.Compare(test.Op, name, test.Values...), nil
}

// An attributeUpdate is one of AttributeUpdates.
type attributeUpdate struct {
	name, action string
	value        item.Value
	given        bool // there is a value
}

// attributeUpdates checks AttributeUpdates and takes them over.
func attributeUpdates(in map[string]dynamodbapi.AttributeValueUpdate) ([]attributeUpdate, error) {
	var all []attributeUpdate
	for _, name := range wire.SortedKeys(in) {
		u := attributeUpdate{name: name, action: "PUT", given: in[name].Value != nil}
		if in[name].Action != nil {
			u.action = *in[name].Action
		}
		if u.given {
			var err error
			if u.value, err = item.ValueFromAPI(in[name].Value); err != nil {
				return nil, err
			}
		}
		switch kind := u.value.Kind; {
		case !u.given && u.action != "DELETE":
			return nil, item.Invalid("One or more parameter values were invalid: Only DELETE action is allowed when no attribute value is specified")
		case u.given && u.action == "DELETE" && !u.value.IsSet():
			return nil, item.Invalid("One or more parameter values were invalid: DELETE action with value is not supported for the type %s", kind)
		case u.action == "ADD" && kind != item.Num && kind != item.List && !u.value.IsSet():
			return nil, item.Invalid("One or more parameter values were invalid: ADD action is not supported for the type %s", kind)
		}
		all = append(all, u)
	}
	return all, nil
}

// applyUpdates returns the item as AttributeUpdates leave it.
func applyUpdates(old item.Item, updates []attributeUpdate) (item.Item, error) {
	it := old.Clone()
	for _, u := range updates {
		v, found := it[u.name]
		if found && v.Kind != u.value.Kind && u.action != "PUT" && u.given {
			return nil, item.Invalid("Type mismatch for attribute to update")
		}
		switch {
		case u.action == "PUT":
			it[u.name] = u.value
		case u.action == "DELETE" && !u.given:
			delete(it, u.name)
		case u.action == "DELETE":
			if !found {
				continue
			}
			if rest := v.Without(u.value); len(rest.Set) > 0 {
				it[u.name] = rest
			} else {
				delete(it, u.name)
			}
		case u.value.Kind == item.List:
			it[u.name] = item.Value{Kind: item.List, List: slices.Concat(v.List, u.value.List)}
		default:
			sum, _, err := expression.Add(v, found, u.value)
			if err != nil {
				return nil, err
			}
			it[u.name] = sum
		}
	}
	return it, nil
}
