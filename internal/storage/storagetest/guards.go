package storagetest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/hookswitch/hookswitch/internal/storage"
)

func testGuards(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "guards", storage.Config{})
	first, err := l.Append(ctx, guarded("x", "1", 0))
	wantErr(t, "create", err, nil)
	_, err = l.Append(ctx, guarded("x", "again", 0))
	wantErr(t, "create what exists", err, storage.ErrConflict)
	last, err := l.Append(ctx, guarded("x", "2", first), entry("x", "3"), entry("out", "4"))
	wantErr(t, "a guarded batch", err, nil)
	want(t, "its last", last, first+3)
	for name, batch := range map[string][]storage.Entry{
		"stale":                      {guarded("x", "", first)},
		"of the future":              {guarded("x", "", last+1)},
		"of another key's record":    {guarded("x", "", last)},
		"stale, at the end":          {entry("free", "a"), entry("free", "b"), guarded("x", "", first)},
		"good first, stale second":   {guarded("out", "", last), guarded("x", "", first)},
		"on a key that has none":     {guarded("nothing", "", 3)},
		"on another key, stale":      {{Key: "free", Guard: &storage.Guard{Key: "x", Seq: first}}},
		"that a key has none, wrong": {{Key: "free", Guard: &storage.Guard{Key: "x"}}},
	} {
		_, err = l.Append(ctx, batch...)
		wantErr(t, "guard "+name, err, storage.ErrConflict)
	}
	want(t, "nothing of them was stored", show(mustRead(t, l, storage.Range{From: last + 1})), "")
	wantBounds(t, l, 1, last)
	_, err = l.Append(ctx, storage.Entry{Key: "free", Guard: &storage.Guard{Key: "x", Seq: first + 2}}, guarded("new", "", 0), guarded("out", "", last))
	wantErr(t, "three guards that hold", err, nil)
	wantBounds(t, l, 1, last+3)

	_, err = l.Append(ctx, entry("y", ""), guarded("y", "", 0))
	wantErr(t, "a guard on a key that the append writes before", err, storage.ErrBatch)
	_, err = l.Append(ctx, storage.Entry{Key: "y", Guard: &storage.Guard{Key: "bad key"}})
	wantErr(t, "a guard on an illegal key", err, storage.ErrName)
}

func testFence(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "fence", storage.Config{})
	under := func(key string, epoch uint64) storage.Entry {
		return storage.Entry{Key: key, Guard: &storage.Guard{Key: "owner", Seq: epoch}}
	}
	one := mustAppend(t, l, guarded("owner", "one", 0))
	for i := range 10 {
		mustAppend(t, l, under(fmt.Sprint("contact.", i), one), entry("outbox", ""))
	}
	two := mustAppend(t, l, guarded("owner", "two", one))
	_, err := l.Append(ctx, under("contact.1", one), entry("outbox", ""))
	wantErr(t, "the deposed owner writes", err, storage.ErrConflict)

	var writers sync.WaitGroup
	for g := range 16 { // appends of one owner may overlap
		writers.Go(func() {
			for range 10 {
				if _, err := l.Append(ctx, under(fmt.Sprint("writer.", g), two)); err != nil {
					t.Errorf("the owner's overlapping append: %v", err)
				}
			}
		})
	}
	writers.Wait()
	three := mustAppend(t, l, guarded("owner", "three", two))
	_, err = l.Append(ctx, under("contact.1", two))
	wantErr(t, "the second owner, deposed", err, storage.ErrConflict)
	mustAppend(t, l, under("contact.1", three))
}

// testRace lets writers increment a counter by compare-and-set.
func testRace(t *testing.T, h *Harness) {
	ctx := background(t)
	for _, cfg := range []storage.Config{{}, {Latest: true}} {
		l := openLog(t, h.Engine, fmt.Sprint("race-", cfg.Latest), cfg)
		var writers sync.WaitGroup
		increment := func() error {
			for {
				rec, err := l.Last(ctx, "n")
				if err != nil && !errors.Is(err, storage.ErrNotFound) {
					return err
				}
				n := 0
				if rec.Seq != 0 {
					if n, err = strconv.Atoi(string(rec.Data)); err != nil {
						return err
					}
				}
				if _, err = l.Append(ctx, guarded("n", strconv.Itoa(n+1), rec.Seq)); !errors.Is(err, storage.ErrConflict) {
					return err
				}
			}
		}
		for range 8 {
			writers.Go(func() {
				for range 8 {
					if err := increment(); err != nil {
						t.Errorf("increment: %v", err)
						return
					}
				}
			})
		}
		writers.Wait()
		rec, err := l.Last(ctx, "n")
		wantErr(t, "last", err, nil)
		want(t, "the counter", string(rec.Data), "64")
	}
}

// testConcurrent appends batches from many goroutines while others read.
func testConcurrent(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "concurrent", storage.Config{})
	const writers, batches, size = 8, 20, 5
	var work sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for b := range batches {
				var es []storage.Entry
				for i := range size {
					es = append(es, entry(fmt.Sprint("w", (w+i)%3), fmt.Sprintf("%d.%d.%d", w, b, i)))
				}
				last, err := l.Append(ctx, es...)
				if err != nil {
					t.Errorf("append: %v", err)
					return
				}
				recs, err := l.Read(ctx, storage.Range{From: last - size + 1, Max: size})
				if err != nil || len(recs) != size {
					t.Errorf("reading what was just acknowledged: %d records, %v", len(recs), err)
					return
				}
				for i, rec := range recs {
					if rec.Seq != last-size+1+uint64(i) || string(rec.Data) != string(es[i].Data) || rec.Key != es[i].Key {
						t.Errorf("record %d of batch %d.%d is %s", i, w, b, show(recs[i:i+1]))
					}
				}
			}
		})
	}
	work.Wait()
	wantBounds(t, l, 1, writers*batches*size)
	n := 0
	for _, key := range []string{"w0", "w1", "w2"} {
		n += len(mustRead(t, l, storage.Range{Key: key, Max: 5000}))
	}
	want(t, "records by key", n, writers*batches*size)
}
