package dynamodb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// A record of an item is its form, who wrote it and the how manieth of that writer's it is, whether there is an item, and the
// item. The number tells a record from one with the same item, so that a writer whose append had an unknown outcome can find out
// whether it was stored.
const (
	recordForm  = 1
	writerBytes = 16
	headBytes   = 1 + writerBytes + 1
)

// record makes the record of an item; of nil: that it is gone.
func (s *Service) record(it item.Item) []byte {
	dst := append(make([]byte, 0, 256), recordForm)
	dst = append(dst, s.writer[:]...)
	dst = binary.BigEndian.AppendUint64(dst, s.writes.Add(1))
	if it == nil {
		return append(dst, 0)
	}
	return it.Append(append(dst, 1))
}

// readRecord returns the item in a record, nil when it is gone.
func readRecord(rec storage.Record) (item.Item, error) {
	if len(rec.Data) < headBytes || rec.Data[0] != recordForm {
		return nil, fmt.Errorf("record %d: %w", rec.Seq, item.ErrDamaged)
	}
	if rec.Data[headBytes-1] == 0 {
		return nil, nil
	}
	it, err := item.Decode(rec.Data[headBytes:])
	if err != nil {
		return nil, fmt.Errorf("record %d: %w", rec.Seq, err)
	}
	return it, nil
}

// read returns the item with a storage key, nil when there is none, and the place of its newest record, 0 when there is none.
func (t *table) read(ctx context.Context, key string) (item.Item, uint64, error) {
	rec, err := t.log.Last(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read an item: %w", err)
	}
	it, err := readRecord(rec)
	return it, rec.Seq, err
}

// load brings the ids of a table into memory, unless they are there. It waits for writes under way.
func (s *Service) load(ctx context.Context, t *table) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	if t.isLoaded() {
		return nil
	}
	t.gate.Lock()
	defer t.gate.Unlock()
	if t.isLoaded() {
		return nil
	}
	doc, _ := t.description()
	if doc.Gone {
		return errNoTable()
	}
	fresh := &table{doc: doc, primary: &keySet{}, expiry: &keySet{}}
	fresh.indexes, fresh.indexSizes = map[string]*keySet{}, map[string]*indexSize{}
	for _, x := range doc.Indexes {
		fresh.indexes[x.Name], fresh.indexSizes[x.Name] = &keySet{}, &indexSize{}
	}
	for from := uint64(1); ; {
		recs, err := t.log.Read(ctx, storage.Range{From: from, MaxBytes: refreshBytes})
		if err != nil {
			return fmt.Errorf("read the items of table %s: %w", doc.Name, err)
		}
		if len(recs) == 0 {
			break
		}
		for _, rec := range recs {
			it, err := readRecord(rec)
			if err != nil {
				return fmt.Errorf("table %s: %w", doc.Name, err)
			}
			if it == nil {
				fresh.dead++
			} else {
				fresh.move(doc.Keys.id(it), nil, it)
			}
			from = rec.Seq + 1
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s.held.Add(fresh.held() - t.held())
	t.primary, t.indexes, t.expiry, t.indexSizes, t.bytes, t.dead = fresh.primary, fresh.indexes, fresh.expiry, fresh.indexSizes, fresh.bytes, fresh.dead
	t.loaded = true
	return nil
}

func (t *table) isLoaded() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.loaded
}

// forget has the ids loaded anew: what is in memory may not be what is in the log.
func (t *table) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.loaded = false
}

// move takes the change of an item into the sets. Whoever calls holds t.mu.
func (t *table) move(id string, old, now item.Item) {
	switch {
	case now == nil && old == nil:
		return
	case now == nil:
		t.primary.remove(id)
		t.bytes -= int64(old.Size())
	case old == nil:
		t.primary.add(id)
		t.bytes += int64(now.Size())
	default:
		t.bytes += int64(now.Size() - old.Size())
	}
	for _, x := range t.doc.Indexes {
		set, size := t.indexes[x.Name], t.indexSizes[x.Name]
		if entry, ok := x.Keys.entry(old, id); ok {
			set.remove(entry)
			size.bytes -= int64(x.project(old, t.doc.Keys).Size())
		}
		if entry, ok := x.Keys.entry(now, id); ok {
			set.add(entry)
			size.bytes += int64(x.project(now, t.doc.Keys).Size())
		}
	}
	if at, ok := expiryOf(t.doc.TTL, old); ok {
		t.expiry.remove(expiryID(at, id))
	}
	if at, ok := expiryOf(t.doc.TTL, now); ok {
		t.expiry.add(expiryID(at, id))
	}
}

// expiryOf returns when an item expires, in seconds since the epoch; false when it does not.
func expiryOf(attribute string, it item.Item) (int64, bool) {
	v, ok := it[attribute]
	if attribute == "" || !ok || v.Kind != item.Num {
		return 0, false
	}
	at, err := strconv.ParseInt(v.Text, 10, 64)
	return at, err == nil && at >= 0
}

func expiryID(at int64, id string) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(at))) + id
}

// list returns up to n ids of a span of the table, or of one of its indexes.
func (t *table) list(index string, in span, backward bool, n int) []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	set := t.primary
	if index != "" {
		set = t.indexes[index]
	}
	if set == nil {
		return nil // the index is gone
	}
	return set.list(in, backward, n)
}

// held is how many bytes the table's ids take in memory. Whoever calls holds t.mu.
func (t *table) held() int64 {
	if t.primary == nil {
		return 0
	}
	total := t.primary.bytes + t.expiry.bytes
	for _, set := range t.indexes {
		total += set.bytes
	}
	return total
}

// checkRoom refuses new items when the ids take as much memory as they may.
func (s *Service) checkRoom() error {
	if total := s.held.Load(); total >= s.limits.IndexBytes {
		return limitExceeded(fmt.Sprintf("The ids of all items take %d bytes of memory, and no more than %d may.", total, s.limits.IndexBytes))
	}
	return nil
}

// stripes is how many locks items share.
const stripes = 1024

// stripe is the lock of an item, by its storage key.
func stripe(key string) int {
	h := uint32(2166136261)
	for i := range len(key) {
		h = (h ^ uint32(key[i])) * 16777619
	}
	return int(h % stripes)
}

// lockItems locks items, for writing or for reading, each stripe once and all in one order, and returns what unlocks them.
func (s *Service) lockItems(keys []string, write bool) func() {
	var locks []int
	for _, key := range keys {
		locks = append(locks, stripe(key))
	}
	slices.Sort(locks)
	locks = slices.Compact(locks)
	for _, i := range locks {
		if write {
			s.items[i].Lock()
		} else {
			s.items[i].RLock()
		}
	}
	return func() {
		for _, i := range locks {
			if write {
				s.items[i].Unlock()
			} else {
				s.items[i].RUnlock()
			}
		}
	}
}
