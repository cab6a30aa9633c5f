package embedded

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hookswitch/hookswitch/internal/storage"
)

const (
	// trimRanges is up to how many keys a trim deletes by ranges, one a key. Beyond, it deletes record by record.
	trimRanges = 1024
	// trimStep is how many records a trim deletes one by one in one batch. It may be exceeded by one append.
	trimStep = 4096
	// expireEvery is how often, at most, expired records are deleted. They are hidden at once.
	expireEvery = time.Minute
)

// ageing hides the records that are too old.
type ageing struct {
	mu     sync.Mutex // guards everything below
	max    time.Duration
	floor  uint64 // everything before it was trimmed or was found too old
	oldest int64  // time of the record at floor, Unix nanoseconds; 0: not known
}

// floor returns the first sequence number that may be seen at now.
func (l *log) floor(now time.Time) (uint64, error) {
	a := &l.age
	a.mu.Lock()
	defer a.mu.Unlock()
	cut := now.Add(-a.max)
	last := l.mark.durable.Load()
	if a.max == 0 || a.floor > last || a.oldest != 0 && !timeOf(a.oldest).Before(cut) {
		return a.floor, nil
	}
	recs, err := l.e.db.NewIter(space(kindRec, l.id))
	if err != nil {
		return 0, err
	}
	defer recs.Close()
	v := view{l: l, floor: a.floor, last: last, recs: recs}
	floor, err := v.seqAt(cut)
	if err != nil {
		return 0, err
	}
	chunks, err := v.chunks()
	if err != nil {
		return 0, err
	}
	defer chunks.Close()
	a.floor, a.oldest = floor, 0
	if floor <= last && chunks.SeekGE(seqKey(l.id, floor)) {
		chunk, err := chunks.ValueAndErr()
		if err != nil {
			return 0, err
		}
		if a.oldest, err = nanosOf(chunk); err != nil {
			return 0, err
		}
	}
	return floor, chunks.Error()
}

// raise hides everything before floor.
func (a *ageing) raise(floor uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if floor > a.floor {
		a.floor, a.oldest = floor, 0
	}
}

// setMaxAge changes the age. What was too old before does not come back, not even after a restart.
func (l *log) setMaxAge(d time.Duration) error {
	l.age.mu.Lock()
	same := l.age.max == d
	l.age.mu.Unlock()
	if same {
		return nil
	}
	floor, err := l.floor(l.e.clock.Now())
	if err != nil {
		return err
	}
	if err := l.trim(context.Background(), floor); err != nil {
		return err
	}
	l.trimming.Lock()
	defer l.trimming.Unlock()
	if err := l.gone(); err != nil {
		return err
	}
	m := l.meta
	m.MaxAge = int64(d)
	b := l.e.db.NewBatch()
	b.Set(metaKey(l.name), m.encode(), nil)
	if err := l.e.commit(b); err != nil {
		return err
	}
	l.meta = m
	l.age.mu.Lock()
	defer l.age.mu.Unlock()
	l.age.max, l.age.oldest = d, 0
	return nil
}

// Trim implements storage.Log. A ctx that ends leaves a part trimmed.
func (l *log) Trim(ctx context.Context, before uint64) error {
	if err := l.enter(ctx); err != nil {
		return err
	}
	defer l.e.leave()
	return l.trim(ctx, before)
}

func (l *log) trim(ctx context.Context, before uint64) error {
	l.mu.Lock()
	before = min(before, l.next)
	clock := l.clock
	l.mu.Unlock()
	if err := l.wait(ctx, before-min(before, 1)); err != nil {
		return err
	}
	l.trimming.Lock()
	defer l.trimming.Unlock()
	if before <= l.meta.Floor {
		return nil
	}
	t := trimmer{l: l, ctx: ctx, before: before, clock: clock, keys: map[string]struct{}{}}
	if err := t.run(); err != nil {
		return fmt.Errorf("storage: trim log %q: %w", l.name, err)
	}
	return nil
}

// trimmer is one Trim. The log's trimming is held.
type trimmer struct {
	l      *log
	ctx    context.Context
	before uint64
	clock  int64
	keys   map[string]struct{} // that have records to delete
	runs   []run
}

func (t *trimmer) run() error {
	it, err := t.l.e.db.NewIter(space(kindSeq, t.l.id))
	if err != nil {
		return err
	}
	defer it.Close()
	if !t.l.latest { // whose records have a key each, mostly
		for ok := it.SeekGE(seqKey(t.l.id, t.l.meta.Floor)); ok && len(t.keys) <= trimRanges; ok = it.Next() {
			more, err := t.visit(it, func(r run) { t.keys[string(r.key)] = struct{}{} })
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
		if err := it.Error(); err != nil {
			return err
		}
		if len(t.keys) <= trimRanges {
			b := t.l.e.db.NewBatch()
			for key := range t.keys {
				b.DeleteRange(recKey(t.l.id, key, 0), recKey(t.l.id, key, t.before), nil)
			}
			return t.commit(b, t.before)
		}
	}
	return t.points(it)
}

// points deletes record by record, in steps.
func (t *trimmer) points(it *pebble.Iterator) error {
	b := t.l.e.db.NewBatch()
	more := true
	for ok := it.SeekGE(seqKey(t.l.id, t.l.meta.Floor)); ok && more; ok = it.Next() {
		var err error
		more, err = t.visit(it, func(r run) {
			for seq := r.first; seq <= r.last; seq++ {
				b.Delete(recKey(t.l.id, string(r.key), seq), nil)
			}
		})
		if err != nil {
			b.Close()
			return err
		}
		if more && b.Count() >= trimStep {
			if err := t.commit(b, seqOf(it.Key())+1); err != nil {
				return err
			}
			b = t.l.e.db.NewBatch()
		}
	}
	if err := it.Error(); err != nil {
		b.Close()
		return err
	}
	return t.commit(b, t.before)
}

// visit calls f for the runs of a chunk that lie in what is to be deleted, cut to it. It says whether the next chunk
// may have some, too.
func (t *trimmer) visit(it *pebble.Iterator, f func(run)) (more bool, err error) {
	if err := t.ctx.Err(); err != nil {
		return false, err
	}
	if err := t.l.gone(); err != nil {
		return false, err
	}
	chunk, err := it.ValueAndErr()
	if err != nil {
		return false, err
	}
	last := seqOf(it.Key())
	if t.runs, err = runs(t.runs, chunk, last); err != nil {
		return false, err
	}
	for _, r := range t.runs {
		r.first = max(r.first, t.l.meta.Floor)
		r.last = min(r.last, t.before-1)
		if r.first <= r.last {
			f(r)
		}
	}
	return last+1 < t.before, nil
}

// commit makes floor the new floor, durably, with the deletions in b.
func (t *trimmer) commit(b *pebble.Batch, floor uint64) error {
	if err := t.l.gone(); err != nil {
		b.Close()
		return err
	}
	l := t.l
	b.DeleteRange(seqKey(l.id, 0), seqKey(l.id, floor), nil)
	m := l.meta
	m.Floor, m.Clock = floor, t.clock
	b.Set(metaKey(l.name), m.encode(), nil)
	if err := l.e.commit(b); err != nil {
		return err
	}
	l.meta = m
	l.age.raise(floor)
	return nil
}

// expirer deletes expired records, forever.
func (e *Engine) expirer(ctx context.Context) {
	defer close(e.idle)
	for ctx.Err() == nil {
		var woken <-chan struct{} // never, while no log has an age
		stop := func() {}
		if next := e.expire(ctx); !next.IsZero() {
			woken, stop = e.clock.WakeAt(next)
		}
		select {
		case <-ctx.Done():
		case <-e.kick:
		case <-woken:
		}
		stop()
	}
}

// expire deletes what has expired by now from all logs that were opened, and returns when to come back: zero if no
// log has an age.
func (e *Engine) expire(ctx context.Context) (next time.Time) {
	e.mu.Lock()
	logs := make([]*log, 0, len(e.logs))
	for _, l := range e.logs {
		logs = append(logs, l)
	}
	e.mu.Unlock()
	now := e.clock.Now()
	for _, l := range logs {
		at, err := l.expire(ctx, now)
		if err != nil && l.gone() == nil && ctx.Err() == nil && e.health.failure() == nil {
			e.health.background(fmt.Errorf("expire log %q: %w", l.name, err))
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if soonest := now.Add(expireEvery); !next.IsZero() && next.Before(soonest) {
		next = soonest
	}
	return next
}

// expire deletes what has expired by now, and returns when the next record will: zero if the log has no age.
func (l *log) expire(ctx context.Context, now time.Time) (next time.Time, err error) {
	floor, err := l.floor(now)
	if err != nil {
		return now, err
	}
	l.age.mu.Lock()
	age, oldest := l.age.max, l.age.oldest
	l.age.mu.Unlock()
	if age == 0 || l.gone() != nil {
		return time.Time{}, nil
	}
	next = now.Add(age)
	if oldest != 0 {
		next = timeOf(oldest).Add(age + 1)
	}
	return next, l.trim(ctx, floor)
}

var _ storage.Log = (*log)(nil)
