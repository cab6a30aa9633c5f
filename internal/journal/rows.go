package journal

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// PositionKey is the key of the position in a log of rows.
const PositionKey = "position"

// Bounds of Rows.
const (
	CacheRowsUsual = 4096 // rows kept decoded
	RowsMax        = 200  // rows in one commit: at 200 KB each, an append stays within what storage takes
)

// RowsConfig sets Rows up.
type RowsConfig[T any] struct {
	Log    storage.Log // Latest; required
	Prefix string      // of the rows' keys, with its dot
	Encode func(*T) ([]byte, error)
	Decode func([]byte) (*T, error)
	Cache  int // rows kept decoded; 0: CacheRowsUsual
}

// Rows is what a follower of a journal has made of it: one row a key, and the position up to which it has read, in one
// log and always changed together. A row that Get returned is shared: no one may change it. Get is safe for concurrent
// use; the rest is for the one follower.
type Rows[T any] struct {
	cfg RowsConfig[T]
	seq uint64 // of the position that stands

	mu    sync.Mutex // guards what is below
	cache map[string]*list.Element
	order *list.List // of *cachedRow[T], the one used last in front
}

type cachedRow[T any] struct {
	id  string
	row *T
}

// OpenRows returns the rows in a log and the position that stands with them; nil: none yet.
func OpenRows[T any](ctx context.Context, cfg RowsConfig[T]) (*Rows[T], []byte, error) {
	if cfg.Cache <= 0 {
		cfg.Cache = CacheRowsUsual
	}
	r := &Rows[T]{cfg: cfg, cache: map[string]*list.Element{}, order: list.New()}
	rec, err := cfg.Log.Last(ctx, PositionKey)
	if errors.Is(err, storage.ErrNotFound) {
		return r, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the position: %w", err)
	}
	r.seq = rec.Seq
	return r, rec.Data, nil
}

// Get returns the committed row of an id, or nil when there is none.
func (r *Rows[T]) Get(ctx context.Context, id string) (*T, error) {
	if row := r.cached(id); row != nil {
		return row, nil
	}
	rec, err := r.cfg.Log.Last(ctx, r.cfg.Prefix+id)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrName) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read row %s%s: %w", r.cfg.Prefix, id, err)
	}
	row, err := r.cfg.Decode(rec.Data)
	if err != nil {
		return nil, fmt.Errorf("row %s%s: %w", r.cfg.Prefix, id, err)
	}
	return row, nil
}

// hold keeps a committed row decoded. Get does not: what it read may have been overtaken by a commit.
func (r *Rows[T]) hold(id string, row *T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.cache[id]; ok {
		e.Value.(*cachedRow[T]).row = row
		r.order.MoveToFront(e)
		return
	}
	r.cache[id] = r.order.PushFront(&cachedRow[T]{id, row})
	for len(r.cache) > r.cfg.Cache {
		e := r.order.Back()
		delete(r.cache, e.Value.(*cachedRow[T]).id)
		r.order.Remove(e)
	}
}

func (r *Rows[T]) cached(id string) *T {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.cache[id]
	if !ok {
		return nil
	}
	r.order.MoveToFront(e)
	return e.Value.(*cachedRow[T]).row
}

// Commit stores changed rows (at most RowsMax) and the position, all or nothing, and takes the rows over. Each position
// must differ from the one before. ErrConflict means that someone else has moved the position: what was made of the rows
// since is void, and they must be opened again. After any other error the same commit may be tried again.
func (r *Rows[T]) Commit(ctx context.Context, changed map[string]*T, position []byte) error {
	entries := make([]storage.Entry, 0, len(changed)+1)
	ids := slices.Sorted(maps.Keys(changed)) // the same commit always has the same bytes
	for _, id := range ids {
		b, err := r.cfg.Encode(changed[id])
		if err != nil {
			return fmt.Errorf("row %s%s: %w", r.cfg.Prefix, id, err)
		}
		entries = append(entries, storage.Entry{Key: r.cfg.Prefix + id, Data: b})
	}
	entries = append(entries, storage.Entry{Key: PositionKey, Data: position})
	entries[0].Guard = &storage.Guard{Key: PositionKey, Seq: r.seq}
	last, err := r.cfg.Log.Append(ctx, entries...)
	if errors.Is(err, storage.ErrUnknown) || errors.Is(err, storage.ErrConflict) {
		// It may be stored all the same: by this try, or by one before it.
		rec, lastErr := r.cfg.Log.Last(ctx, PositionKey)
		if lastErr == nil && rec.Seq > r.seq && bytes.Equal(rec.Data, position) {
			last, err = rec.Seq, nil
		}
	}
	if err != nil {
		return fmt.Errorf("commit %d rows: %w", len(ids), err)
	}
	r.seq = last
	for _, id := range ids {
		r.hold(id, changed[id])
	}
	return nil
}

// Each calls f with every row, until it fails.
func (r *Rows[T]) Each(ctx context.Context, f func(id string, row *T) error) error {
	return r.scan(ctx, func(_ uint64, id string, row *T) (bool, error) { return true, f(id, row) })
}

// TrimHead removes the rows that gone says are too old, as long as they stand first in the log, that is, were written
// longest ago. The position is always behind them. It looks at most at so many rows, and returns how many it removed.
func (r *Rows[T]) TrimHead(ctx context.Context, most int, gone func(*T) bool) (int, error) {
	before, n := uint64(0), 0
	var ids []string
	err := r.scan(ctx, func(seq uint64, id string, row *T) (bool, error) {
		if n == most || !gone(row) {
			return false, nil
		}
		before = seq + 1
		ids = append(ids, id)
		n++
		return true, nil
	})
	if err != nil || n == 0 {
		return 0, err
	}
	if err := r.cfg.Log.Trim(ctx, before); err != nil {
		return 0, fmt.Errorf("trim rows: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if e, ok := r.cache[id]; ok {
			delete(r.cache, id)
			r.order.Remove(e)
		}
	}
	return n, nil
}

const scanMax = 256 // rows read at once

func (r *Rows[T]) scan(ctx context.Context, f func(seq uint64, id string, row *T) (more bool, err error)) error {
	for from := uint64(1); ; {
		recs, err := r.cfg.Log.Read(ctx, storage.Range{From: from, Max: scanMax})
		if err != nil {
			return fmt.Errorf("read rows: %w", err)
		}
		if len(recs) == 0 {
			return nil
		}
		for i := range recs {
			id, ok := strings.CutPrefix(recs[i].Key, r.cfg.Prefix)
			if !ok {
				continue
			}
			row, err := r.cfg.Decode(recs[i].Data)
			if err != nil {
				return fmt.Errorf("row %s: %w", recs[i].Key, err)
			}
			if more, err := f(recs[i].Seq, id, row); err != nil || !more {
				return err
			}
		}
		from = recs[len(recs)-1].Seq + 1
	}
}
