package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// An itemUpdate is how a request changes an item: by an expression, by legacy updates, or not at all, which only makes the item
// be there.
type itemUpdate struct {
	expression *expression.Update
	legacy     []attributeUpdate
}

func (s *Service) updateItem(ctx context.Context, in *dynamodbapi.UpdateItemInput) (*dynamodbapi.UpdateItemOutput, error) {
	e := expressions{names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		modern: []parameter{{"UpdateExpression", in.UpdateExpression != nil}, {"ConditionExpression", in.ConditionExpression != nil}},
		legacy: []parameter{{"AttributeUpdates", in.AttributeUpdates != nil}, {"Expected", in.Expected != nil}}}
	if err := e.check(); err != nil {
		return nil, err
	}
	key, err := item.FromAPI(in.Key)
	if err != nil {
		return nil, err
	}
	var update itemUpdate
	if update.legacy, err = attributeUpdates(in.AttributeUpdates); err != nil {
		return nil, err
	}
	if err := checkConditionalOperator(in.ConditionalOperator, len(in.Expected)); err != nil {
		return nil, err
	}
	h, err := e.read()
	if err != nil {
		return nil, err
	}
	if in.UpdateExpression != nil {
		if update.expression, err = h.Update(*in.UpdateExpression); err != nil {
			return nil, err
		}
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
	w, err := newUpdate(t, doc, key, update)
	if err != nil {
		return nil, err
	}
	w.condition, w.returnOld = condition, value(in.ReturnValuesOnConditionCheckFailure) == "ALL_OLD"
	if err := s.do(ctx, t, w); err != nil {
		return nil, err
	}
	return &dynamodbapi.UpdateItemOutput{Attributes: update.returned(value(in.ReturnValues), w).ToAPI(), ConsumedCapacity: w.consumed(doc, in.ReturnConsumedCapacity)}, nil
}

// newUpdate begins an update of an item.
func newUpdate(t *table, doc *tableDoc, key item.Item, update itemUpdate) (*write, error) {
	if err := doc.Keys.checkKey(key); err != nil {
		return nil, err
	}
	for _, p := range update.paths() {
		if doc.Keys.has(p[0].Name) && len(p) == 1 {
			return nil, item.Invalid("One or more parameter values were invalid: Cannot update attribute %s. This attribute is part of the key", p[0].Name)
		}
	}
	if err := checkKeyPaths(doc, update.paths()); err != nil {
		return nil, err
	}
	w := newWrite(t, doc, key)
	w.change = func(old item.Item) (item.Item, error) {
		if old == nil {
			old = key
		}
		it, err := update.apply(old)
		if err != nil {
			return nil, err
		}
		if it.Size() > itemBytesMax {
			return nil, errUpdateTooLarge()
		}
		return it, nil
	}
	return w, nil
}

func (u itemUpdate) apply(old item.Item) (item.Item, error) {
	if u.expression != nil {
		return u.expression.Apply(old)
	}
	return applyUpdates(old, u.legacy)
}

// paths lists what the update changes.
func (u itemUpdate) paths() []expression.Path {
	if u.expression != nil {
		return u.expression.Paths()
	}
	paths := make([]expression.Path, len(u.legacy))
	for i, l := range u.legacy {
		paths[i] = expression.Path{{Name: l.name}}
	}
	return paths
}

// returned is what ReturnValues asks for.
func (u itemUpdate) returned(what string, w *write) item.Item {
	none := func(it item.Item) item.Item {
		if len(it) == 0 {
			return nil
		}
		return it
	}
	switch what {
	case "ALL_OLD":
		return w.old
	case "ALL_NEW":
		return w.new
	case "UPDATED_OLD":
		return none(expression.Project(w.old, u.paths()))
	case "UPDATED_NEW":
		return none(expression.Project(w.new, u.paths()))
	}
	return nil
}
