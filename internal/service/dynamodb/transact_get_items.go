package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// transactBytesMax bounds the items of a transaction, in bytes, as the service does. That it has 100 at most, is the model's rule.
const transactBytesMax = 4 << 20

// transactGetItems reads items as they stand at one moment.
func (s *Service) transactGetItems(ctx context.Context, in *dynamodbapi.TransactGetItemsInput) (*dynamodbapi.TransactGetItemsOutput, error) {
	var wanted []*write
	var docs []*tableDoc
	var paths [][]expression.Path
	for _, g := range in.TransactItems {
		e := expressions{names: g.Get.ExpressionAttributeNames, modern: []parameter{{"ProjectionExpression", g.Get.ProjectionExpression != nil}}}
		if err := e.check(); err != nil {
			return nil, err
		}
		h, err := e.read()
		if err != nil {
			return nil, err
		}
		p, err := projectionOf(h, g.Get.ProjectionExpression, nil)
		if err != nil {
			return nil, err
		}
		if err := h.Unused(); err != nil {
			return nil, err
		}
		key, err := item.FromAPI(g.Get.Key)
		if err != nil {
			return nil, err
		}
		t, doc, err := s.table(ctx, g.Get.TableName)
		if err != nil {
			return nil, err
		}
		if err := doc.Keys.checkKey(key); err != nil {
			return nil, err
		}
		if err := checkKeyPaths(doc, p); err != nil {
			return nil, err
		}
		wanted, docs, paths = append(wanted, newWrite(t, doc, key)), append(docs, doc), append(paths, p)
	}
	if err := distinctItems(wanted); err != nil {
		return nil, err
	}
	found, err := s.get(ctx, wanted...)
	if err != nil {
		return nil, err
	}
	out := &dynamodbapi.TransactGetItemsOutput{Responses: make([]dynamodbapi.ItemResponse, len(found))}
	used := map[*tableDoc]*usage{}
	size := 0
	for i, it := range found {
		out.Responses[i].Item = shown(it, paths[i]).ToAPI()
		if used[docs[i]] == nil {
			used[docs[i]] = &usage{}
		}
		used[docs[i]].table += 2 * readUnits(it.Size(), true)
		size += it.Size()
	}
	if size > transactBytesMax {
		return nil, item.Invalid("Collection size limit exceeded: the items of a transaction have more than %d bytes", transactBytesMax)
	}
	out.ConsumedCapacity = allConsumed(used, in.ReturnConsumedCapacity, false)
	return out, nil
}

// distinctItems refuses a transaction with an item twice.
func distinctItems(writes []*write) error {
	seen := map[string]bool{}
	for _, w := range writes {
		if at := w.t.id + w.id; seen[at] {
			return item.Invalid("Transaction request cannot include multiple operations on one item")
		} else {
			seen[at] = true
		}
	}
	return nil
}

// allConsumed gives what a transaction consumed of each table, in writing or in reading.
func allConsumed(used map[*tableDoc]*usage, mode *string, writing bool) (all []dynamodbapi.ConsumedCapacity) {
	for doc, u := range used {
		c := u.consumed(mode, doc)
		if c == nil {
			return nil
		}
		parts := []*dynamodbapi.Capacity{c.Table}
		set := func(total *float64, read, write **float64) {
			if writing {
				*write = total
			} else {
				*read = total
			}
		}
		set(c.CapacityUnits, &c.ReadCapacityUnits, &c.WriteCapacityUnits)
		for _, p := range parts {
			if p != nil {
				set(p.CapacityUnits, &p.ReadCapacityUnits, &p.WriteCapacityUnits)
			}
		}
		all = append(all, *c)
	}
	return all
}
