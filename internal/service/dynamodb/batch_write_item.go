package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// batchWriteMax is how many writes a batch has at most.
const batchWriteMax = 25

// tableWrites is what a batch writes to one table.
type tableWrites struct {
	name    string // as the request has it
	puts    []item.Item
	deletes []item.Item // keys to delete
	t       *table
	doc     *tableDoc
	writes  []*write
}

// batchWriteItem writes a batch, each table's part in one append. All of it is checked before any of it is written.
func (s *Service) batchWriteItem(ctx context.Context, in *dynamodbapi.BatchWriteItemInput) (*dynamodbapi.BatchWriteItemOutput, error) {
	var all []*tableWrites
	n := 0
	for _, name := range wire.SortedKeys(in.RequestItems) {
		b := &tableWrites{name: name}
		for _, r := range in.RequestItems[name] {
			if err := b.read(r); err != nil {
				return nil, err
			}
		}
		if n += len(in.RequestItems[name]); n > batchWriteMax {
			return nil, item.Invalid("Too many items requested for the BatchWriteItem call")
		}
		all = append(all, b)
	}
	for _, b := range all {
		var err error
		if b.t, b.doc, err = s.table(ctx, &b.name); err != nil {
			return nil, err
		}
		if err := b.begin(); err != nil {
			return nil, err
		}
	}
	out := &dynamodbapi.BatchWriteItemOutput{UnprocessedItems: map[string][]dynamodbapi.WriteRequest{}}
	for _, b := range all {
		if err := s.do(ctx, b.t, b.writes...); err != nil {
			return nil, err
		}
		var u usage
		for _, w := range b.writes {
			u.add(b.doc, w.old, w.new)
		}
		if c := u.consumed(in.ReturnConsumedCapacity, b.doc); c != nil {
			out.ConsumedCapacity = append(out.ConsumedCapacity, *c)
		}
	}
	return out, nil
}

// read takes one write of the batch over.
func (b *tableWrites) read(r dynamodbapi.WriteRequest) error {
	switch {
	case (r.PutRequest == nil) == (r.DeleteRequest == nil):
		return item.Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
	case r.PutRequest != nil:
		it, err := item.FromAPI(r.PutRequest.Item)
		if err != nil {
			return err
		}
		if it.Size() > itemBytesMax {
			return errItemTooLarge()
		}
		b.puts = append(b.puts, it)
		return nil
	}
	key, err := item.FromAPI(r.DeleteRequest.Key)
	b.deletes = append(b.deletes, key)
	return err
}

// begin checks the batch against the table.
func (b *tableWrites) begin() error {
	for _, it := range b.puts {
		for _, a := range b.doc.Keys.attributes() {
			if it[a.Name].Kind != a.Kind {
				return errKeySchema()
			}
		}
		if err := b.doc.Keys.checkItem(it); err != nil {
			return err
		}
		if err := checkIndexed(b.doc, it); err != nil {
			return err
		}
		w := newWrite(b.t, b.doc, b.doc.Keys.keyOf(it))
		w.change = func(item.Item) (item.Item, error) { return it, nil }
		b.writes = append(b.writes, w)
	}
	for _, key := range b.deletes {
		if err := b.doc.Keys.checkKey(key); err != nil {
			return err
		}
		w := newWrite(b.t, b.doc, key)
		w.change = func(item.Item) (item.Item, error) { return nil, nil }
		b.writes = append(b.writes, w)
	}
	seen := map[string]bool{}
	for _, w := range b.writes {
		if seen[w.id] {
			return item.Invalid("Provided list of item keys contains duplicates")
		}
		seen[w.id] = true
	}
	return nil
}
