package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

func (s *Service) deleteItem(ctx context.Context, in *dynamodbapi.DeleteItemInput) (*dynamodbapi.DeleteItemOutput, error) {
	e := expressions{names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		modern: []parameter{{"ConditionExpression", in.ConditionExpression != nil}}, legacy: []parameter{{"Expected", in.Expected != nil}}}
	if err := e.check(); err != nil {
		return nil, err
	}
	key, err := item.FromAPI(in.Key)
	if err != nil {
		return nil, err
	}
	if in.ReturnValues != nil && *in.ReturnValues != "ALL_OLD" && *in.ReturnValues != "NONE" {
		return nil, item.Invalid("ReturnValues can only be ALL_OLD or NONE")
	}
	if err := checkConditionalOperator(in.ConditionalOperator, len(in.Expected)); err != nil {
		return nil, err
	}
	h, err := e.read()
	if err != nil {
		return nil, err
	}
	condition, err := conditionOf(h, in.ConditionExpression, in.Expected, in.ConditionalOperator)
	if err != nil {
		return nil, err
	}
	if err := h.Unused(); err != nil {
		return nil, err
	}
	t, doc, err := s.table(ctx, in.TableName)
	if err != nil {
		return nil, err
	}
	if err := doc.Keys.checkKey(key); err != nil {
		return nil, err
	}
	w := newWrite(t, doc, key)
	w.condition, w.returnOld = condition, value(in.ReturnValuesOnConditionCheckFailure) == "ALL_OLD"
	w.change = func(item.Item) (item.Item, error) { return nil, nil }
	if err := s.do(ctx, t, w); err != nil {
		return nil, err
	}
	out := &dynamodbapi.DeleteItemOutput{ConsumedCapacity: w.consumed(doc, in.ReturnConsumedCapacity)}
	if value(in.ReturnValues) == "ALL_OLD" {
		out.Attributes = w.old.ToAPI()
	}
	return out, nil
}
