package memory

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"sort"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// log is what the disk holds of one log. Everything is guarded by disk.mu.
type log struct {
	disk    *Disk
	cfg     storage.Config
	next    uint64 // the sequence number of the next record
	first   uint64 // everything before it is gone
	slots   []slot // ascending; gaps are where records of a Latest log were superseded
	dead    int    // slots that hold no record any more
	keys    map[string]*chain
	clock   time.Time     // of the newest record ever
	wake    chan struct{} // closed when there may be more to read; nil while no one waits
	handle  *handle
	dropped bool
}

// slot is a record, or the place where one was: a newer record of a Latest log leaves its predecessor dead, with
// sequence number and time.
type slot struct {
	storage.Record
	dead bool
}

// chain lists the live sequence numbers of a key, ascending, from index head on. It is never empty.
type chain struct {
	seqs []uint64
	head int
}

func (c *chain) live() []uint64 { return c.seqs[c.head:] }

// newest returns the sequence number of a key's newest record, 0 if it has none.
func (l *log) newest(key string) uint64 {
	if c := l.keys[key]; c != nil {
		return c.seqs[len(c.seqs)-1]
	}
	return 0
}

// index returns the place of the first slot that is not before seq.
func (l *log) index(seq uint64) int {
	if len(l.slots) == 0 || seq <= l.slots[0].Seq {
		return 0
	}
	if i := seq - l.slots[0].Seq; i < uint64(len(l.slots)) && l.slots[i].Seq == seq {
		return int(i) // no gap before it, as always in logs that are not Latest
	}
	return sort.Search(len(l.slots), func(i int) bool { return l.slots[i].Seq >= seq })
}

// store puts records at the end. They have their sequence numbers already.
func (l *log) store(recs []storage.Record) {
	for i := range recs {
		rec := &recs[i]
		if old := l.newest(rec.Key); old != 0 && l.cfg.Latest {
			l.kill(l.index(old))
		}
		l.slots = append(l.slots, slot{Record: *rec})
		c := l.keys[rec.Key]
		if c == nil {
			c = &chain{}
			l.keys[rec.Key] = c
		}
		c.seqs = append(c.seqs, rec.Seq)
		l.disk.used += weigh(rec.Key, rec.Data)
		l.next, l.clock = rec.Seq+1, rec.Time
	}
	l.compact()
}

// kill removes a live record that is the oldest of its key.
func (l *log) kill(i int) {
	s := &l.slots[i]
	l.disk.used -= weigh(s.Key, s.Data)
	c := l.keys[s.Key]
	if c.head++; c.head == len(c.seqs) {
		delete(l.keys, s.Key)
	} else if c.head > 64 && c.head > len(c.seqs)/2 {
		c.seqs, c.head = append([]uint64(nil), c.live()...), 0
	}
	s.Key, s.Data, s.dead = "", nil, true
	l.dead++
}

// compact gives the place of dead slots back: at the beginning always, elsewhere once they are the majority.
func (l *log) compact() {
	n := 0
	for n < len(l.slots) && l.slots[n].dead {
		n++
	}
	l.slots = l.slots[n:]
	if l.dead -= n; l.dead > 64 && l.dead > len(l.slots)/2 {
		l.slots = slices.DeleteFunc(l.slots, func(s slot) bool { return s.dead })
		l.dead = 0
	}
	if len(l.slots) == 0 {
		l.first = l.next
	} else if l.cfg.Latest {
		l.first = l.slots[0].Seq
	}
}

// trim removes the records before a sequence number.
func (l *log) trim(before uint64) {
	before = min(before, l.next)
	for i := range l.slots[:l.index(before)] {
		if !l.slots[i].dead {
			l.kill(i)
		}
	}
	l.first = max(l.first, before)
	l.compact()
}

// expire removes the records that are too old at now.
func (l *log) expire(now time.Time) {
	if l.cfg.MaxAge == 0 || len(l.slots) == 0 {
		return
	}
	cut := now.Add(-l.cfg.MaxAge)
	n := 0
	for n < len(l.slots) && l.slots[n].Time.Before(cut) {
		n++
	}
	if n > 0 {
		l.trim(l.slots[n-1].Seq + 1)
	}
}

func (l *log) wakeAll() {
	if l.wake != nil {
		close(l.wake)
		l.wake = nil
	}
}

// weigh is what a record takes on the disk, in bytes.
func weigh(key string, data []byte) int64 { return int64(len(key) + len(data) + recordOverhead) }

// handle is a log as one engine has it open.
type handle struct {
	e *Engine
	l *log
}

// enter locks the disk, unless the log may not be used any more.
func (h *handle) enter(ctx context.Context) (leave func(), err error) {
	h.e.disk.mu.Lock()
	err = h.e.usable(ctx)
	if err == nil && h.l.dropped {
		err = fmt.Errorf("%w: the log was dropped", storage.ErrNotFound)
	}
	if err != nil {
		h.e.disk.mu.Unlock()
		return nil, err
	}
	h.l.expire(h.e.clock.Now())
	return h.e.disk.mu.Unlock, nil
}

// Append implements storage.Log.
func (h *handle) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	if _, err := storage.CheckAppend(entries); err != nil {
		return 0, err
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	l, d := h.l, h.e.disk
	if d.failed {
		return 0, storage.ErrFailed
	}
	for i := range entries {
		if g := entries[i].Guard; g != nil && l.newest(g.Key) != g.Seq {
			return 0, fmt.Errorf("%w: the newest record of key %q is %d, not %d", storage.ErrConflict, g.Key, l.newest(g.Key), g.Seq)
		}
	}
	at := h.e.clock.Now()
	if at.Before(l.clock) {
		at = l.clock
	}
	recs := make([]storage.Record, len(entries))
	var weight int64
	for i := range entries {
		en := &entries[i]
		recs[i] = storage.Record{Seq: l.next + uint64(i), Key: en.Key, Time: at, Data: bytes.Clone(en.Data)}
		weight += weigh(en.Key, en.Data)
	}
	if d.used+weight > d.capacity() {
		return 0, fmt.Errorf("%w: %d of %d bytes are used", storage.ErrFull, d.used, d.capacity())
	}
	switch d.strike() {
	case ShortWrite: // what reached the disk has no valid end: a restart does not see it
		d.failed = true
		return 0, fmt.Errorf("%w: short write", storage.ErrFailed)
	case FailedSync:
		d.failed = true
		d.torn = &torn{l, recs}
		return 0, fmt.Errorf("%w: sync failed", storage.ErrUnknown)
	case FullDisk:
		return 0, fmt.Errorf("%w: no space left on the disk", storage.ErrFull)
	}
	l.store(recs)
	l.wakeAll()
	return l.next - 1, nil
}

// Read implements storage.Log.
func (h *handle) Read(ctx context.Context, r storage.Range) ([]storage.Record, error) {
	if err := storage.CheckRange(r); err != nil {
		return nil, err
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if r.Max <= 0 {
		r.Max = storage.MaxBatch
	}
	l := h.l
	var out []storage.Record
	size := 0
	take := func(s *slot) (more bool) {
		if s.dead {
			return true
		}
		rec := s.Record
		rec.Data = bytes.Clone(rec.Data)
		out = append(out, rec)
		size += len(rec.Data)
		return len(out) < r.Max && (r.MaxBytes <= 0 || size < r.MaxBytes)
	}
	from := r.From
	if !r.Since.IsZero() {
		if i := sort.Search(len(l.slots), func(i int) bool { return !l.slots[i].Time.Before(r.Since) }); i < len(l.slots) {
			from = max(from, l.slots[i].Seq)
		} else {
			return nil, nil
		}
	}
	if r.Key == "" {
		for i := l.index(from); i < len(l.slots) && take(&l.slots[i]); i++ {
		}
		return out, nil
	}
	c := l.keys[r.Key]
	if c == nil {
		return nil, nil
	}
	seqs := c.live()
	seqs = seqs[sort.Search(len(seqs), func(i int) bool { return seqs[i] >= from }):]
	for _, seq := range seqs {
		if !take(&l.slots[l.index(seq)]) {
			break
		}
	}
	return out, nil
}

// Last implements storage.Log.
func (h *handle) Last(ctx context.Context, key string) (storage.Record, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Record{}, err
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return storage.Record{}, err
	}
	defer leave()
	seq := h.l.newest(key)
	if seq == 0 {
		return storage.Record{}, fmt.Errorf("%w: key %q", storage.ErrNotFound, key)
	}
	rec := h.l.slots[h.l.index(seq)].Record
	rec.Data = bytes.Clone(rec.Data)
	return rec, nil
}

// Tail implements storage.Log.
func (h *handle) Tail(ctx context.Context, r storage.Range) iter.Seq2[storage.Record, error] {
	return storage.Follow(ctx, r, h.Read, h.wait)
}

// wait returns a channel that is closed when there may be more to read.
func (h *handle) wait() <-chan struct{} {
	h.e.disk.mu.Lock()
	defer h.e.disk.mu.Unlock()
	if h.e.disk.user != h.e || h.l.dropped {
		return h.e.gone
	}
	if h.l.wake == nil {
		h.l.wake = make(chan struct{})
	}
	return h.l.wake
}

// Trim implements storage.Log.
func (h *handle) Trim(ctx context.Context, before uint64) error {
	leave, err := h.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if h.e.disk.failed {
		return storage.ErrFailed
	}
	h.l.trim(before)
	return nil
}

// Bounds implements storage.Log.
func (h *handle) Bounds(ctx context.Context) (first, last uint64, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer leave()
	return h.l.first, h.l.next - 1, nil
}
