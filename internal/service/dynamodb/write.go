package dynamodb

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// writeAttemptsMax bounds how often a write is tried again because another process' came first.
const writeAttemptsMax = 32

// itemBytesMax is how large an item may be, in bytes of names and values.
const itemBytesMax = 400 << 10

// A write is one item's change, as a request asks for it, and what came of it.
type write struct {
	t         *table
	key       item.Item // primary key
	condition *expression.Condition
	// change returns what becomes of the item, nil that it goes; it does not change what it is given. nil: the item is only
	// looked at.
	change    func(old item.Item) (item.Item, error)
	returnOld bool // the refusal of the condition shows the item

	id, stored string // of the item, in sets and in storage
	old, new   item.Item
	seq        uint64 // place of the old record
	record     []byte // what is stored; nil: nothing is
}

// newWrite begins a write of the item with a key that was checked.
func newWrite(t *table, doc *tableDoc, key item.Item) *write {
	id := doc.Keys.id(key)
	return &write{t: t, key: key, id: id, stored: storageKey(id)}
}

// errUnchanged, returned by a write's change, leaves the item as it is.
var errUnchanged = errors.New("nothing to change")

// errRetry says that a write is to be tried again from the start.
var errRetry = errors.New("try again")

// do carries writes of one table out, all at once or not at all. They are of different items.
func (s *Service) do(ctx context.Context, t *table, writes ...*write) error {
	for range writeAttemptsMax {
		if err := s.load(ctx, t); err != nil {
			return err
		}
		if err := s.try(ctx, t, writes); !errors.Is(err, errRetry) {
			return err
		}
	}
	return errors.New("another process writes the same items all the time")
}

func (s *Service) try(ctx context.Context, t *table, writes []*write) error {
	t.gate.RLock()
	defer t.gate.RUnlock()
	defer s.lockItems(storedKeys(writes), true)()
	if s.transactions.unsettled.Load() || !t.isLoaded() {
		return errRetry
	}
	for _, w := range writes {
		if err := s.prepare(ctx, w); err != nil {
			return err
		}
	}
	err := s.commit(ctx, t, writes)
	if errors.Is(err, storage.ErrConflict) {
		return errRetry
	}
	return err
}

func storedKeys(writes []*write) []string {
	keys := make([]string, len(writes))
	for i, w := range writes {
		keys[i] = w.stored
	}
	return keys
}

// prepare reads the item, checks the condition and decides what becomes of it. The item is locked.
func (s *Service) prepare(ctx context.Context, w *write) (err error) {
	doc, _ := w.t.description()
	if doc.Gone {
		return errNoTable()
	}
	w.record = nil
	if w.old, w.seq, err = w.t.read(ctx, w.stored); err != nil {
		return err
	}
	w.new = w.old
	if !w.condition.Holds(w.old) {
		refusal := &dynamodbapi.ConditionalCheckFailedException{Message: "The conditional request failed"}
		if w.returnOld {
			refusal.Item = w.old.ToAPI()
		}
		return refusal
	}
	if w.change == nil {
		return nil
	}
	if w.new, err = w.change(w.old); errors.Is(err, errUnchanged) {
		w.new = w.old
		return nil
	} else if err != nil {
		return err
	}
	if w.new == nil && w.old == nil {
		return nil // there is nothing to delete
	}
	if w.old == nil {
		if err := s.checkRoom(); err != nil {
			return err
		}
	}
	if err := checkIndexed(doc, w.new); err != nil {
		return err
	}
	w.record = s.record(w.new)
	return nil
}

// checkIndexed refuses an item with an attribute that an index has as a key, of a kind that it cannot have there.
func checkIndexed(doc *tableDoc, it item.Item) error {
	for _, x := range doc.Indexes {
		for _, a := range x.Keys.attributes() {
			v, ok := it[a.Name]
			switch {
			case !ok:
			case v.Kind != a.Kind:
				return item.Invalid("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", a.Name, a.Kind, v.Kind, x.Name)
			case v.Kind != item.Num && v.Text == "":
				what := "string"
				if v.Kind == item.Binary {
					what = "binary"
				}
				return item.Invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s", what, x.Name, a.Name)
			}
		}
		if _, ok := x.Keys.entry(it, ""); ok {
			if err := x.Keys.checkSize(it); err != nil {
				return err
			}
		}
	}
	return nil
}

// commit stores prepared writes of one table in one append and takes them into the table's sets. storage.ErrConflict: nothing
// was stored, since an item is no longer as it was read.
func (s *Service) commit(ctx context.Context, t *table, writes []*write) error {
	var entries []storage.Entry
	var first *write
	for _, w := range writes {
		if w.record == nil {
			continue
		}
		if first == nil {
			first = w
		}
		entries = append(entries, storage.Entry{Key: w.stored, Data: w.record, Guard: &storage.Guard{Key: w.stored, Seq: w.seq}})
	}
	if first == nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx) // what has begun is finished, whether or not the client waits
	_, err := t.log.Append(ctx, entries...)
	if errors.Is(err, storage.ErrUnknown) {
		if rec, lookup := t.log.Last(ctx, first.stored); lookup == nil && bytes.Equal(rec.Data, first.record) {
			err = nil
		}
	}
	if err != nil {
		t.forget()
		if errors.Is(err, storage.ErrNotFound) {
			return errNoTable() // it was dropped meanwhile
		}
		return fmt.Errorf("store items: %w", err)
	}
	s.took(t, writes)
	return nil
}

// took takes stored writes into the sets.
func (s *Service) took(t *table, writes []*write) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.loaded {
		return
	}
	before := t.held()
	defer func() { s.held.Add(t.held() - before) }()
	for _, w := range writes {
		if w.record == nil {
			continue
		}
		t.move(w.id, w.old, w.new)
		switch {
		case w.new == nil:
			t.dead++
		case w.old == nil && w.seq > 0:
			t.dead--
		}
	}
}
