package cloudwatch

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

const (
	// batchBlocksMax is how many blocks are written together: as many as one put can touch, and one append can hold.
	batchBlocksMax = storage.MaxBatch
	// writeAttemptsMax bounds how often blocks are read again because another process wrote them meanwhile.
	writeAttemptsMax = 8
	// cacheBytesMax is how much memory the blocks that were written last may take, in bytes of their stored form.
	cacheBytesMax = 16 << 20
)

// How long data is kept, counted from its timestamp, and how far ahead of the clock a timestamp may be.
const (
	keepByMinute = 15 * 24 * time.Hour
	keepBySecond = 3 * time.Hour
	aheadMax     = 2 * time.Hour
)

// A table keeps buckets of one length in time. It is safe for concurrent use.
type table struct {
	log  storage.Log
	step int64         // seconds of a bucket
	keep time.Duration // how long a bucket can be read

	writing    sync.Mutex // held while a batch is written; guards cache and cacheBytes
	cache      map[string]cached
	cacheBytes int

	mu   sync.Mutex // guards next
	next *batch     // what joins the next write; nil: nothing yet
}

// cached is a block as it is in storage.
type cached struct {
	block *block
	seq   uint64
	size  int
}

// A batch is what several puts add, written by the one of them that comes first to it.
type batch struct {
	added map[string]*block
	done  bool // guarded by table.writing, as err is
	err   error
}

func openTable(ctx context.Context, engine storage.Engine, name string, step int64, keep time.Duration) (*table, error) {
	// A record is as old as its last change, and what it holds may be aheadMax younger.
	log, err := engine.Open(ctx, name, storage.Config{Latest: true, MaxAge: keep + aheadMax})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return &table{log: log, step: step, keep: keep, cache: map[string]cached{}}, nil
}

// place returns the key of the block that a second since the epoch falls into, and the slot there.
func (t *table) place(id string, u unit, second int64) (key string, slot int) {
	n := second / t.step
	return blockKey(id, u, n/blockSlots), int(n % blockSlots)
}

func blockKey(id string, u unit, n int64) string {
	return id + "." + strconv.Itoa(int(u)) + "." + strconv.FormatInt(n, 36)
}

// add makes blocks durable, at most batchBlocksMax of them by key: all or, unless the error is storage.ErrUnknown, none.
// It takes the blocks over.
func (t *table) add(ctx context.Context, blocks map[string]*block) error {
	if len(blocks) == 0 {
		return nil
	}
	b := t.join(blocks)
	t.writing.Lock()
	defer t.writing.Unlock()
	if !b.done {
		t.mu.Lock()
		if t.next == b {
			t.next = nil
		}
		t.mu.Unlock()
		b.done, b.err = true, t.write(context.WithoutCancel(ctx), b.added) // others wait for it too
	}
	return b.err
}

// join adds blocks to the batch that is written next, or to a new one where they have no room.
func (t *table) join(blocks map[string]*block) *batch {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == nil || len(t.next.added)+len(blocks) > batchBlocksMax {
		t.next = &batch{added: blocks}
		return t.next
	}
	for key, add := range blocks {
		if old := t.next.added[key]; old != nil {
			add = old.with(add)
		}
		t.next.added[key] = add
	}
	return t.next
}

// write adds blocks to those in storage. t.writing is held.
func (t *table) write(ctx context.Context, added map[string]*block) error {
	for range writeAttemptsMax {
		entries := make([]storage.Entry, 0, len(added))
		sums := make([]*block, 0, len(added))
		for key, add := range added {
			old, err := t.stored(ctx, key)
			if err != nil {
				return err
			}
			sum := old.block.with(add)
			entries = append(entries, storage.Entry{Key: key, Data: sum.append(nil), Guard: &storage.Guard{Key: key, Seq: old.seq}})
			sums = append(sums, sum)
		}
		last, err := t.log.Append(ctx, entries...)
		if err == nil {
			for i, e := range entries {
				t.remember(e.Key, cached{sums[i], last - uint64(len(entries)-1-i), len(e.Data)})
			}
			return nil
		}
		for _, e := range entries {
			t.forget(e.Key)
		}
		if !errors.Is(err, storage.ErrConflict) {
			return fmt.Errorf("store metrics: %w", err)
		}
	}
	return errors.New("store metrics: others keep changing the same blocks")
}

// stored returns the block in storage, an empty one where there is none.
func (t *table) stored(ctx context.Context, key string) (cached, error) {
	if c, ok := t.cache[key]; ok {
		return c, nil
	}
	b, seq, err := t.read(ctx, key)
	if b == nil {
		b = new(block)
	}
	return cached{block: b, seq: seq}, err
}

// read returns the block under key and where it is; nil and zero when there is none.
func (t *table) read(ctx context.Context, key string) (*block, uint64, error) {
	rec, err := t.log.Last(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read metrics: %w", err)
	}
	b, err := decodeBlock(rec.Data)
	if err != nil {
		return nil, 0, fmt.Errorf("%s at %d: %w", key, rec.Seq, err)
	}
	return b, rec.Seq, nil
}

func (t *table) remember(key string, c cached) {
	t.forget(key)
	if t.cacheBytes+c.size > cacheBytesMax {
		clear(t.cache)
		t.cacheBytes = 0
	}
	t.cache[key] = c
	t.cacheBytes += c.size
}

func (t *table) forget(key string) {
	t.cacheBytes -= t.cache[key].size
	delete(t.cache, key)
}

// An interval asks for the buckets whose beginnings are in [from, to), in seconds since the epoch, in steps of period.
type interval struct{ from, to, period int64 }

// A point is what was observed in one period.
type point struct {
	at int64 // the period's beginning, in seconds since the epoch
	bucket
}

// query hands a series' points in one unit to each, oldest first, and returns how many blocks it looked for. What is
// older than the table keeps is not there. The points of spreads have their values, for percentiles; each keeps none.
func (t *table) query(ctx context.Context, id string, u unit, in interval, now time.Time, spreads bool, each func(*point)) (looked int, err error) {
	first := max(in.from, now.Add(-t.keep).Unix())
	last := min(in.to, now.Add(aheadMax).Unix()+1)
	span := t.step * blockSlots
	var p *point
	end := func() {
		if p != nil {
			p.spread.settle(foldedMax)
			each(p)
		}
	}
	for n := first / span; n*span < last; n++ {
		if err := ctx.Err(); err != nil {
			return looked, err
		}
		looked++
		b, _, err := t.read(ctx, blockKey(id, u, n))
		if err != nil {
			return looked, err
		}
		if b == nil {
			continue
		}
		for slot, k := range b {
			second := n*span + int64(slot)*t.step
			if k == nil || second < first || second >= last {
				continue
			}
			if at := in.from + (second-in.from)/in.period*in.period; p == nil || p.at != at {
				end()
				p = &point{at: at}
				p.spread.unknown = !spreads
			}
			p.join(k)
			if len(p.spread.values) > 2*foldedMax {
				p.spread.settle(foldedMax)
			}
		}
	}
	end()
	return looked, nil
}
