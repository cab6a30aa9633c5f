package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Bounds of a batch of reads, as the service has them.
const (
	batchGetMax      = 100
	batchGetBytesMax = 16 << 20 // bytes of items in one answer; the keys of the rest are given back
)

// tableGets is what a batch reads of one table.
type tableGets struct {
	name  string // as the request has it
	in    dynamodbapi.KeysAndAttributes
	keys  []item.Item
	paths []expression.Path
	t     *table
	doc   *tableDoc
}

func (s *Service) batchGetItem(ctx context.Context, in *dynamodbapi.BatchGetItemInput) (*dynamodbapi.BatchGetItemOutput, error) {
	var all []*tableGets
	n := 0
	for _, name := range wire.SortedKeys(in.RequestItems) {
		g, err := readGets(name, in.RequestItems[name])
		if err != nil {
			return nil, err
		}
		if n += len(g.keys); n > batchGetMax {
			return nil, item.Invalid("Too many items requested for the BatchGetItem call")
		}
		all = append(all, g)
	}
	for _, g := range all {
		var err error
		if g.t, g.doc, err = s.table(ctx, &g.name); err != nil {
			return nil, err
		}
		if err := checkKeyPaths(g.doc, g.paths); err != nil {
			return nil, err
		}
		for _, key := range g.keys {
			if err := g.doc.Keys.checkKey(key); err != nil {
				return nil, err
			}
		}
	}
	out := &dynamodbapi.BatchGetItemOutput{Responses: map[string][]map[string]dynamodbapi.AttributeValue{}, UnprocessedKeys: map[string]dynamodbapi.KeysAndAttributes{}}
	bytes := 0
	for _, g := range all {
		if err := s.batchGet(ctx, g, in.ReturnConsumedCapacity, out, &bytes); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readGets checks what can be checked without the table.
func readGets(name string, in dynamodbapi.KeysAndAttributes) (*tableGets, error) {
	g := &tableGets{name: name, in: in}
	e := expressions{names: in.ExpressionAttributeNames,
		modern: []parameter{{"ProjectionExpression", in.ProjectionExpression != nil}}, legacy: []parameter{{"AttributesToGet", in.AttributesToGet != nil}}}
	if err := e.check(); err != nil {
		return nil, err
	}
	if err := duplicate(in.AttributesToGet); err != nil {
		return nil, err
	}
	h, err := e.read()
	if err != nil {
		return nil, err
	}
	if g.paths, err = projectionOf(h, in.ProjectionExpression, in.AttributesToGet); err != nil {
		return nil, err
	}
	if err := h.Unused(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, k := range in.Keys {
		key, err := item.FromAPI(k)
		if err != nil {
			return nil, err
		}
		if text := string(key.Append(nil)); seen[text] {
			return nil, item.Invalid("Provided list of item keys contains duplicates")
		} else {
			seen[text] = true
		}
		g.keys = append(g.keys, key)
	}
	return g, nil
}

// batchGet reads a batch's items of one table into the answer.
func (s *Service) batchGet(ctx context.Context, g *tableGets, mode *string, out *dynamodbapi.BatchGetItemOutput, bytes *int) error {
	var u usage
	items := []map[string]dynamodbapi.AttributeValue{}
	rest := g.in
	rest.Keys = nil
	for i, key := range g.keys {
		if *bytes >= batchGetBytesMax {
			rest.Keys = append(rest.Keys, g.in.Keys[i])
			continue
		}
		found, err := s.get(ctx, newWrite(g.t, g.doc, key))
		if err != nil {
			return err
		}
		u.table += readUnits(found[0].Size(), value(g.in.ConsistentRead))
		if found[0] == nil {
			continue
		}
		*bytes += found[0].Size()
		items = append(items, shown(found[0], g.paths).ToAPI())
	}
	out.Responses[g.name] = items
	if len(rest.Keys) > 0 {
		out.UnprocessedKeys[g.name] = rest
	}
	if c := u.consumed(mode, g.doc); c != nil {
		out.ConsumedCapacity = append(out.ConsumedCapacity, *c)
	}
	return nil
}
