package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

func (s *Service) scan(ctx context.Context, in *dynamodbapi.ScanInput) (*dynamodbapi.ScanOutput, error) {
	e := expressions{names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		modern: []parameter{{"ProjectionExpression", in.ProjectionExpression != nil}, {"FilterExpression", in.FilterExpression != nil}},
		legacy: []parameter{{"AttributesToGet", in.AttributesToGet != nil}, {"ScanFilter", in.ScanFilter != nil}, {"ConditionalOperator", in.ConditionalOperator != nil}}}
	if err := e.check(); err != nil {
		return nil, err
	}
	if err := duplicate(in.AttributesToGet); err != nil {
		return nil, err
	}
	if err := checkConditionalOperator(in.ConditionalOperator, len(in.ScanFilter)); err != nil {
		return nil, err
	}
	x := &selection{limit: int(value(in.Limit))}
	var err error
	if x.filter, err = filterCondition(in.ScanFilter, in.ConditionalOperator); err != nil {
		return nil, err
	}
	if x.start, err = startKey(in.ExclusiveStartKey); err != nil {
		return nil, err
	}
	if err := checkSegment(in); err != nil {
		return nil, err
	}
	if err := checkSelect(in.Select, in.AttributesToGet != nil || in.ProjectionExpression != nil, in.IndexName); err != nil {
		return nil, err
	}
	paths, err := e.selected(x, in.FilterExpression, in.ProjectionExpression, in.AttributesToGet)
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
	if err := x.checkScanStart(); err != nil {
		return nil, err
	}
	if in.TotalSegments != nil {
		x.in = segmentSpan(*in.Segment, *in.TotalSegments)
		if x.start != nil && !x.in.holds(x.startID()) {
			return nil, item.Invalid("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: %d Segment: %d", *in.TotalSegments, *in.Segment)
		}
	}
	if err := x.show(in.Select, paths); err != nil {
		return nil, err
	}
	p, err := s.run(ctx, x)
	if err != nil {
		return nil, err
	}
	return &dynamodbapi.ScanOutput{Items: p.shown(x), Count: ptr(int32(p.count)), ScannedCount: ptr(int32(p.scanned)),
		LastEvaluatedKey: p.last.ToAPI(), ConsumedCapacity: p.used.consumed(in.ReturnConsumedCapacity, doc)}, nil
}

// checkScanStart refuses a starting key that is not one of the table or the index.
func (x *selection) checkScanStart() error {
	if x.index == nil {
		if !x.startHas() {
			return badStart(errKeySchema())
		}
		return x.checkStart()
	}
	if !x.startHas() {
		return item.Invalid("The provided starting key is invalid")
	}
	for _, a := range x.keys.attributes() {
		if err := x.checkStartPart(a); err != nil {
			return err
		}
	}
	return x.checkStart()
}

// shown gives the items as the answer carries them; nil when only the count is asked for.
func (p page) shown(x *selection) []map[string]dynamodbapi.AttributeValue {
	if x.count {
		return nil
	}
	items := make([]map[string]dynamodbapi.AttributeValue, len(p.items))
	for i, it := range p.items {
		items[i] = it.ToAPI()
	}
	return items
}

// selected reads the filter and the projection of a request whose other expressions, if any, were read by more.
func (e expressions) selected(x *selection, filter, projection *string, attributes []string, more ...func(*expression.Placeholders) error) ([]expression.Path, error) {
	h, err := e.read()
	if err != nil {
		return nil, err
	}
	for _, read := range more {
		if err := read(h); err != nil {
			return nil, err
		}
	}
	if filter != nil {
		if x.filter, err = h.Condition("FilterExpression", *filter); err != nil {
			return nil, err
		}
	}
	paths, err := projectionOf(h, projection, attributes)
	if err != nil {
		return nil, err
	}
	return paths, h.Unused()
}

func checkSegment(in *dynamodbapi.ScanInput) error {
	switch {
	case in.Segment != nil && in.TotalSegments == nil:
		return item.Invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case in.TotalSegments != nil && in.Segment == nil:
		return item.Invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case in.Segment != nil && *in.Segment >= *in.TotalSegments:
		return item.Invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", *in.Segment, *in.TotalSegments)
	}
	return nil
}
