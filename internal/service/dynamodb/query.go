package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/wire"
)

func (s *Service) query(ctx context.Context, in *dynamodbapi.QueryInput) (*dynamodbapi.QueryOutput, error) {
	x := &selection{limit: int(value(in.Limit)), backward: in.ScanIndexForward != nil && !*in.ScanIndexForward}
	tests, paths, err := readQuery(in, x)
	if err != nil {
		return nil, err
	}
	t, doc, err := s.table(ctx, in.TableName)
	if err != nil {
		return nil, err
	}
	if err := x.over(t, doc, in.IndexName, in.ConsistentRead); err != nil {
		return nil, err
	}
	if err := x.within(tests); err != nil {
		return nil, err
	}
	if err := x.checkFilter(in.QueryFilter != nil); err != nil {
		return nil, err
	}
	if err := x.show(in.Select, paths); err != nil {
		return nil, err
	}
	p, err := s.run(ctx, x)
	if err != nil {
		return nil, err
	}
	return &dynamodbapi.QueryOutput{Items: p.shown(x), Count: ptr(int32(p.count)), ScannedCount: ptr(int32(p.scanned)),
		LastEvaluatedKey: p.last.ToAPI(), ConsumedCapacity: p.used.consumed(in.ReturnConsumedCapacity, doc)}, nil
}

// readQuery checks what can be checked without the table: it returns what is asked of the keys, and what is shown.
func readQuery(in *dynamodbapi.QueryInput, x *selection) (tests map[string]expression.KeyTest, paths []expression.Path, err error) {
	e := expressions{names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		modern: []parameter{{"ProjectionExpression", in.ProjectionExpression != nil}, {"FilterExpression", in.FilterExpression != nil},
			{"KeyConditionExpression", in.KeyConditionExpression != nil}},
		legacy: []parameter{{"AttributesToGet", in.AttributesToGet != nil}, {"QueryFilter", in.QueryFilter != nil},
			{"ConditionalOperator", in.ConditionalOperator != nil}, {"KeyConditions", in.KeyConditions != nil && in.KeyConditionExpression != nil}}}
	if err := e.check(); err != nil {
		return nil, nil, err
	}
	if err := checkConditionalOperator(in.ConditionalOperator, len(in.QueryFilter)); err != nil {
		return nil, nil, err
	}
	if x.filter, err = filterCondition(in.QueryFilter, in.ConditionalOperator); err != nil {
		return nil, nil, err
	}
	if err := duplicate(in.AttributesToGet); err != nil {
		return nil, nil, err
	}
	if x.start, err = startKey(in.ExclusiveStartKey); err != nil {
		return nil, nil, err
	}
	if err := checkSelect(in.Select, in.AttributesToGet != nil || in.ProjectionExpression != nil, in.IndexName); err != nil {
		return nil, nil, err
	}
	if in.KeyConditions == nil && in.KeyConditionExpression == nil {
		return nil, nil, item.Invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	var keys *expression.Condition
	paths, err = e.selected(x, in.FilterExpression, in.ProjectionExpression, in.AttributesToGet, func(h *expression.Placeholders) (err error) {
		if in.KeyConditionExpression != nil {
			keys, err = h.Condition("KeyConditionExpression", *in.KeyConditionExpression)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if keys != nil {
		tests, err = keys.KeyTests()
	} else {
		tests, err = keyConditions(in.KeyConditions)
	}
	if err != nil {
		return nil, nil, err
	}
	if len(tests) != 1 && len(tests) != 2 {
		return nil, nil, item.Invalid("Conditions can be of length 1 or 2 only")
	}
	return tests, paths, nil
}

// keyConditions takes the legacy KeyConditions over.
func keyConditions(in map[string]dynamodbapi.Condition) (map[string]expression.KeyTest, error) {
	tests := map[string]expression.KeyTest{}
	for _, name := range wire.SortedKeys(in) {
		test, err := legacyTest(*in[name].ComparisonOperator, in[name].AttributeValueList)
		if err != nil {
			return nil, err
		}
		tests[name] = test
	}
	return tests, nil
}

// within sets the ids that a query looks at, or refuses a key condition.
func (x *selection) within(tests map[string]expression.KeyTest) error {
	if !x.startHas() {
		return item.Invalid("The provided starting key is invalid")
	}
	for i, a := range x.keys.attributes() {
		if err := x.checkStartPart(a); err != nil {
			return err
		}
		if x.keys.Range.Name == "" && len(tests) > 1 {
			return item.Invalid("Query key condition not supported")
		}
		test, ok := tests[a.Name]
		if !ok {
			if i == 0 || len(tests) > 1 {
				return item.Invalid("Query condition missed key schema element: %s", a.Name)
			}
			continue
		}
		switch test.Op {
		case "=", "<", "<=", ">", ">=", "between", "begins_with":
		default:
			return item.Invalid("Attempted conditional constraint is not an indexable operation")
		}
		for _, v := range test.Values {
			if v.Kind != a.Kind {
				return item.Invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
			}
			if v.Kind != item.Num && v.Text == "" {
				return errEmptyKey(a, "are not valid.")
			}
		}
		if i == 0 && test.Op != "=" {
			return item.Invalid("Query key condition not supported")
		}
	}
	var sortTest *expression.KeyTest
	if test, ok := tests[x.keys.Range.Name]; ok && x.keys.Range.Name != "" {
		sortTest = &test
	}
	hash := tests[x.keys.Hash.Name].Values[0]
	x.in = spanOf(hash, sortTest)
	if err := x.checkStart(); err != nil || x.start == nil || x.in.holds(x.startID()) {
		return err
	}
	if sortTest == nil {
		return item.Invalid("The provided starting key is outside query boundaries based on provided conditions")
	}
	if !spanOf(x.start[x.keys.Hash.Name], sortTest).holds(x.startID()) {
		return item.Invalid("The provided starting key does not match the range key predicate")
	}
	return item.Invalid("The query can return at most one row and cannot be restarted")
}

// checkFilter refuses a filter on key attributes, which the key condition is for.
func (x *selection) checkFilter(legacy bool) error {
	what := "Filter Expression"
	if legacy {
		what = "QueryFilter"
	}
	for _, p := range x.filter.Paths() {
		if x.keys.has(p[0].Name) {
			return item.Invalid("%s can only contain non-primary key attributes: Primary key attribute: %s", what, p[0].Name)
		}
	}
	return nil
}
