package dynamodb

import (
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// parameter is one of a request's parameters, and whether it is there.
type parameter struct {
	name string
	set  bool
}

// expressions are the parameters of a request that are expressions or go with them, and the legacy ones that exclude them.
type expressions struct {
	modern []parameter // all but those for keys and projections may use values
	legacy []parameter
	names  map[string]string
	values map[string]dynamodbapi.AttributeValue
}

func named(parameters []parameter) (names []string) {
	for _, p := range parameters {
		if p.set {
			names = append(names, p.name)
		}
	}
	return names
}

// check refuses parameters that do not go together, and reads names and values.
func (e expressions) check() error {
	modern, legacy := named(e.modern), named(e.legacy)
	if len(modern) > 0 && len(legacy) > 0 {
		return item.Invalid("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {%s} Expression parameters: {%s}",
			strings.Join(legacy, ", "), strings.Join(modern, ", "))
	}
	if e.names != nil && len(modern) == 0 {
		return item.Invalid("ExpressionAttributeNames can only be specified when using expressions")
	}
	var missing []string
	for _, p := range e.modern {
		if p.name == "ProjectionExpression" {
			continue
		}
		if p.set {
			return nil
		}
		missing = append(missing, p.name)
	}
	if e.values == nil || len(missing) == 0 {
		return nil
	}
	verb := "is"
	if len(missing) > 1 {
		verb = "are"
	}
	return item.Invalid("ExpressionAttributeValues can only be specified when using expressions: %s %s null", strings.Join(missing, " and "), verb)
}

// read reads names and values of a request.
func (e expressions) read() (*expression.Placeholders, error) {
	return expression.NewPlaceholders(e.names, e.values)
}

// checkConditionalOperator refuses an operator that joins nothing.
func checkConditionalOperator(operator *string, filters ...int) error {
	n := 0
	for _, f := range filters {
		n += f
	}
	switch {
	case operator == nil || n > 1:
		return nil
	case n == 1:
		return item.Invalid("ConditionalOperator can only be used when Filter or Expected has two or more elements")
	}
	return item.Invalid("ConditionalOperator cannot be used without Filter or Expected")
}

// conditionOf reads a condition of an item, in either form.
func conditionOf(h *expression.Placeholders, text *string, expected map[string]dynamodbapi.ExpectedAttributeValue, operator *string) (*expression.Condition, error) {
	if text != nil {
		return h.Condition("ConditionExpression", *text)
	}
	return expectedCondition(expected, operator)
}

// duplicate refuses an attribute that is listed twice.
func duplicate(attributes []string) error {
	seen := map[string]bool{}
	for _, name := range attributes {
		if seen[name] {
			return item.Invalid("One or more parameter values were invalid: Duplicate value in attribute name: %s", name)
		}
		seen[name] = true
	}
	return nil
}

// projectionOf reads what is to be shown, in either form; nil: everything.
func projectionOf(h *expression.Placeholders, text *string, attributes []string) ([]expression.Path, error) {
	if text != nil {
		return h.Projection(*text)
	}
	var paths []expression.Path
	for _, name := range attributes {
		paths = append(paths, expression.Path{{Name: name}})
	}
	return paths, nil
}

// shown is the part of an item that a projection shows; nil paths show all of it.
func shown(it item.Item, paths []expression.Path) item.Item {
	if paths == nil || it == nil {
		return it
	}
	return expression.Project(it, paths)
}

// checkKeyPaths refuses paths into key attributes, which have no inside.
func checkKeyPaths(doc *tableDoc, paths []expression.Path) error {
	for _, p := range paths {
		if len(p) == 1 {
			continue
		}
		name := p[0].Name
		if doc.Keys.has(name) {
			return item.Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: %s", name)
		}
		for _, x := range doc.Indexes {
			if x.Keys.has(name) {
				return item.Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: %s", name)
			}
		}
	}
	return nil
}
