package expression

import (
	"strings"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// A KeyTest is what a query asks of one key attribute: "=", "<", "<=", ">", ">=", "between" or "begins_with", with its values.
type KeyTest struct {
	Op     string
	Values []item.Value
}

// KeyTests takes a key condition expression, read as a condition, apart: what it asks of each key attribute.
func (c *Condition) KeyTests() (map[string]KeyTest, error) {
	tests := map[string]KeyTest{}
	return tests, keyTests(c, tests)
}

var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// keyTests takes a condition apart into tests, or refuses what no key condition may have.
func keyTests(c *Condition, tests map[string]KeyTest) error {
	switch c.op {
	case "and":
		if err := keyTests(c.args[0], tests); err != nil {
			return err
		}
		return keyTests(c.args[1], tests)
	case "or", "not", "in", "<>":
		return item.Invalid("Invalid operator used in KeyConditionExpression: %s", strings.ToUpper(c.op))
	case "attribute_exists", "attribute_not_exists", "attribute_type", "contains":
		return item.Invalid("Invalid operator used in KeyConditionExpression: %s", c.op)
	case "between", "begins_with":
		if c.args[0].op != "path" {
			name := c.op
			if name == "between" {
				name = "BETWEEN"
			}
			return item.Invalid("Invalid condition in KeyConditionExpression: %s operator must have the key attribute as its first operand", name)
		}
	}
	test, attribute := KeyTest{Op: c.op}, ""
	for i, a := range c.args {
		switch {
		case a.op == "size":
			return item.Invalid("KeyConditionExpressions cannot contain nested operations")
		case a.op == "value":
			test.Values = append(test.Values, a.value)
		case attribute != "":
			return item.Invalid("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
		case len(a.path) > 1:
			return item.Invalid("KeyConditionExpressions cannot have conditions on nested attributes")
		default:
			attribute = a.path[0].Name
			if i > 0 {
				test.Op = mirrored[c.op]
			}
		}
	}
	if attribute == "" {
		return item.Invalid("Invalid condition in KeyConditionExpression: No key attribute specified")
	}
	if _, twice := tests[attribute]; twice {
		return item.Invalid("KeyConditionExpressions must only contain one condition per key")
	}
	tests[attribute] = test
	return nil
}
