// Package journal is how everything but the owner reads the journal of an instance: a Reader decodes each step once for
// all who follow it, and Rows keeps what a follower makes of the steps together with its place in the journal.
package journal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// StepKey is the key of the journal's records that are steps. Others (the owner's) are passed over.
const StepKey = "step"

// Bounds of a Reader.
const (
	CacheStepsUsual = 1024     // decoded steps that are kept
	CacheBytesMax   = 16 << 20 // about what they may take
	readBytes       = 4 << 20  // of journal read at once
)

// Config sets a Reader up.
type Config struct {
	Log        storage.Log // the journal; required
	CacheSteps int         // decoded steps kept for the followers; 0: CacheStepsUsual
}

// Entry is a step and its place. Followers share it: no one may change what it holds.
type Entry struct {
	Place uint64
	Step  center.Step
}

// Reader reads the steps of one journal. It is safe for concurrent use.
type Reader struct {
	log      storage.Log
	stepsMax int

	mu    sync.Mutex // guards everything below
	steps []Entry    // the newest, ascending
	sizes []int      // of steps
	bytes int        // sum of sizes
	lo    uint64     // steps holds every step from here …
	hi    uint64     // … to before here
	wake  chan struct{}
}

// New returns a reader.
func New(cfg Config) *Reader {
	if cfg.CacheSteps <= 0 {
		cfg.CacheSteps = CacheStepsUsual
	}
	return &Reader{log: cfg.Log, stepsMax: cfg.CacheSteps, wake: make(chan struct{})}
}

// Read returns up to most steps from a place on, and the place to read on from. No steps and the same place mean that
// the journal ends there.
func (r *Reader) Read(ctx context.Context, from uint64, most int) ([]Entry, uint64, error) {
	if entries, next, ok := r.cached(from, most); ok {
		return entries, next, nil
	}
	recs, err := r.log.Read(ctx, storage.Range{From: from, Max: min(most, storage.MaxBatch), MaxBytes: readBytes})
	if err != nil {
		return nil, from, fmt.Errorf("read the journal from %d: %w", from, err)
	}
	if len(recs) == 0 {
		return nil, from, nil
	}
	entries := make([]Entry, 0, len(recs))
	sizes := make([]int, 0, len(recs))
	for i := range recs {
		if recs[i].Key != StepKey {
			continue
		}
		st, err := center.Decode(recs[i].Data)
		if err != nil {
			return nil, from, fmt.Errorf("place %d: %w", recs[i].Seq, err)
		}
		entries = append(entries, Entry{recs[i].Seq, st})
		sizes = append(sizes, 4*len(recs[i].Data))
	}
	next := recs[len(recs)-1].Seq + 1
	r.mu.Lock()
	defer r.mu.Unlock()
	if from >= r.hi {
		r.extend(from, next, entries, sizes)
	}
	return entries, next, nil
}

func (r *Reader) cached(from uint64, most int) ([]Entry, uint64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if from < r.lo || from >= r.hi {
		return nil, 0, false
	}
	i, _ := slices.BinarySearchFunc(r.steps, from, func(e Entry, p uint64) int { return cmp.Compare(e.Place, p) })
	end := min(i+most, len(r.steps))
	entries := make([]Entry, end-i)
	copy(entries, r.steps[i:end])
	if end < len(r.steps) {
		return entries, r.steps[end].Place, true
	}
	return entries, r.hi, true
}

// Publish hands a step over that was just committed, so that it need not be read and decoded again, and wakes those who
// wait. Leaving some out is allowed.
func (r *Reader) Publish(place uint64, step center.Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if place >= r.hi {
		r.extend(place, place+1, []Entry{{place, step}}, []int{weigh(step)})
	}
	r.wakeAll() // also when one follower has read it from the log already: the others have not
}

// Wait returns a channel that is closed when there may be more to read than before the call. It needs Publish or Run.
func (r *Reader) Wait() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wake
}

// Run follows the journal and wakes those who Wait, until ctx ends or reading fails. Where every step is Published it is
// not needed.
func (r *Reader) Run(ctx context.Context) error {
	_, last, err := r.log.Bounds(ctx)
	if err != nil {
		return fmt.Errorf("follow the journal: %w", err)
	}
	r.mu.Lock()
	r.wakeAll() // what came before is there to be read
	r.mu.Unlock()
	for rec, err := range r.log.Tail(ctx, storage.Range{From: last + 1}) {
		if err != nil {
			return fmt.Errorf("follow the journal: %w", err)
		}
		if err := r.follow(rec); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) follow(rec storage.Record) error {
	r.mu.Lock()
	known := rec.Seq < r.hi
	r.mu.Unlock()
	if known || rec.Key != StepKey {
		r.mu.Lock()
		defer r.mu.Unlock()
		if rec.Seq == r.hi {
			r.hi++
		}
		r.wakeAll()
		return nil
	}
	st, err := center.Decode(rec.Data)
	if err != nil {
		return fmt.Errorf("place %d: %w", rec.Seq, err)
	}
	r.Publish(rec.Seq, st)
	return nil
}

// extend adds the steps of [from, next), which is not before hi. A gap makes what is kept start anew. mu is held.
func (r *Reader) extend(from, next uint64, entries []Entry, sizes []int) {
	if from != r.hi || r.lo == r.hi {
		r.steps, r.sizes, r.bytes, r.lo = nil, nil, 0, from
	}
	r.hi = next
	r.steps = append(r.steps, entries...)
	r.sizes = append(r.sizes, sizes...)
	for _, n := range sizes {
		r.bytes += n
	}
	n, total := 0, r.bytes
	for len(r.steps)-n > r.stepsMax || total > CacheBytesMax && len(r.steps) > n {
		total -= r.sizes[n]
		n++
	}
	if n == 0 {
		return
	}
	r.lo, r.bytes = r.steps[n-1].Place+1, total
	clear(r.steps[:n])
	r.steps, r.sizes = r.steps[n:], r.sizes[n:]
}

func (r *Reader) wakeAll() {
	close(r.wake)
	r.wake = make(chan struct{})
}

// weigh returns about what a decoded step takes, in bytes.
func weigh(s center.Step) int {
	n := 256
	for _, e := range s.Events {
		n += 512
		switch e := e.(type) {
		case center.FlowSaved:
			n += len(e.Flow.Content)
		case center.ContactInitiated:
			n += weighMap(e.Attributes) + weighMap(e.Details)
		case center.ContactAttributesChanged:
			n += weighMap(e.Set)
		}
	}
	return n
}

func weighMap(m map[string]string) (n int) {
	for k, v := range m {
		n += len(k) + len(v) + 32
	}
	return n
}

// Group is what a step says about one key.
type Group struct {
	Key    string
	Events []center.Event
}

// Split sorts the events of a step by key, in the order in which the keys come; events without a key are left out.
func Split(s center.Step, keyOf func(center.Event) string) []Group {
	var groups []Group
	var index map[string]int // once there are many
next:
	for _, e := range s.Events {
		key := keyOf(e)
		if key == "" {
			continue
		}
		if index != nil {
			if i, ok := index[key]; ok {
				groups[i].Events = append(groups[i].Events, e)
				continue
			}
			index[key] = len(groups)
		} else {
			for i := range groups {
				if groups[i].Key == key {
					groups[i].Events = append(groups[i].Events, e)
					continue next
				}
			}
		}
		groups = append(groups, Group{key, []center.Event{e}})
		if len(groups) == 16 {
			index = make(map[string]int, 64)
			for i := range groups {
				index[groups[i].Key] = i
			}
		}
	}
	return groups
}
