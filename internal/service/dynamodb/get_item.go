package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

func (s *Service) getItem(ctx context.Context, in *dynamodbapi.GetItemInput) (*dynamodbapi.GetItemOutput, error) {
	e := expressions{names: in.ExpressionAttributeNames,
		modern: []parameter{{"ProjectionExpression", in.ProjectionExpression != nil}}, legacy: []parameter{{"AttributesToGet", in.AttributesToGet != nil}}}
	if err := e.check(); err != nil {
		return nil, err
	}
	key, err := item.FromAPI(in.Key)
	if err != nil {
		return nil, err
	}
	if err := duplicate(in.AttributesToGet); err != nil {
		return nil, err
	}
	h, err := e.read()
	if err != nil {
		return nil, err
	}
	paths, err := projectionOf(h, in.ProjectionExpression, in.AttributesToGet)
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
	if err := checkKeyPaths(doc, paths); err != nil {
		return nil, err
	}
	if err := doc.Keys.checkKey(key); err != nil {
		return nil, err
	}
	found, err := s.get(ctx, newWrite(t, doc, key))
	if err != nil {
		return nil, err
	}
	u := usage{table: readUnits(found[0].Size(), value(in.ConsistentRead))}
	return &dynamodbapi.GetItemOutput{Item: shown(found[0], paths).ToAPI(), ConsumedCapacity: u.consumed(in.ReturnConsumedCapacity, doc)}, nil
}

// get reads items as they stand at one moment, nil for each that is not there.
func (s *Service) get(ctx context.Context, wanted ...*write) ([]item.Item, error) {
	for range writeAttemptsMax {
		if err := s.settle(ctx); err != nil {
			return nil, err
		}
		found, done, err := s.getLocked(ctx, wanted)
		if done || err != nil {
			return found, err
		}
	}
	return nil, errRetry
}

// getLocked reads items while nobody writes them; done is false when a transaction on them is to be settled first.
func (s *Service) getLocked(ctx context.Context, wanted []*write) (found []item.Item, done bool, err error) {
	defer s.lockItems(storedKeys(wanted), false)()
	if s.transactions.unsettled.Load() {
		return nil, false, nil
	}
	for _, w := range wanted {
		it, _, err := w.t.read(ctx, w.stored)
		if err != nil {
			return nil, false, err
		}
		found = append(found, it)
	}
	return found, true, nil
}
