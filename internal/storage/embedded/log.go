package embedded

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// log is one log. Locks are taken in the order of the fields.
type log struct {
	e       *Engine
	name    string
	id      uint32
	latest  bool
	dropped atomic.Bool

	trimming sync.Mutex // one Trim or change of MaxAge at a time; guards meta
	meta     meta

	mu     sync.Mutex // orders appends; the wait for the disk happens outside it. Guards what follows
	next   uint64     // the sequence number of the next record
	clock  int64      // newest time given out, Unix nanoseconds
	keyBuf []byte     // scratch
	chunk  []byte     // scratch

	age  ageing
	mark watermark
}

// load reads what is stored of a log. It is durable all of it: opening Pebble made it so.
func (e *Engine) load(name string, m meta) (*log, error) {
	l := &log{e: e, name: name, id: m.ID, latest: m.Latest, meta: m, next: m.Floor, clock: m.Clock}
	it, err := e.db.NewIter(space(kindSeq, m.ID))
	if err != nil {
		return nil, err
	}
	defer it.Close()
	if it.Last() {
		v, err := it.ValueAndErr()
		if err != nil {
			return nil, err
		}
		at, err := nanosOf(v)
		if err != nil {
			return nil, err
		}
		l.next = max(l.next, seqOf(it.Key())+1)
		l.clock = max(l.clock, at)
	}
	if err := it.Error(); err != nil {
		return nil, err
	}
	l.age.floor, l.age.max = m.Floor, time.Duration(m.MaxAge)
	l.mark.durable.Store(l.next - 1)
	return l, nil
}

// enter begins a call on the log.
func (l *log) enter(ctx context.Context) error {
	if err := l.e.enter(ctx); err != nil {
		return err
	}
	if err := l.gone(); err != nil {
		l.e.leave()
		return err
	}
	return nil
}

func (l *log) gone() error {
	if l.dropped.Load() {
		return fmt.Errorf("%w: log %q was dropped", storage.ErrNotFound, l.name)
	}
	return nil
}

// Append implements storage.Log. When ctx ends during the wait for the disk, the outcome is unknown.
func (l *log) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	size, err := storage.CheckAppend(entries)
	if err != nil {
		return 0, err
	}
	if err := l.enter(ctx); err != nil {
		return 0, err
	}
	defer l.e.leave()
	for i := range entries {
		size += 2*len(entries[i].Key) + 64
	}
	c := newCommit(l, l.e.db.NewBatchWithSize(size))
	loser, err := l.write(c, entries)
	if err != nil {
		c.batch.Close()
		if loser != 0 { // so that who lost can read what it lost to; it would only spin otherwise
			if waitErr := l.wait(ctx, loser); waitErr != nil {
				return 0, waitErr
			}
		}
		return 0, err
	}
	select {
	case err := <-c.done:
		last := c.last
		c.free()
		return last, err
	case <-ctx.Done():
		return 0, fmt.Errorf("%w: %w", storage.ErrUnknown, ctx.Err())
	}
}

// write checks the guards, gives out sequence numbers and hands the records to Pebble, all in one order. It returns
// the sequence number of the record that a failed guard lost to.
func (l *log) write(c *commit, entries []storage.Entry) (loser uint64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.gone(); err != nil {
		return 0, err
	}
	if err := l.e.health.failure(); err != nil {
		return 0, err
	}
	now := l.e.clock.Now()
	keys := seeker{l: l}
	defer keys.close()
	if keys.floor, err = l.floor(now); err != nil {
		return 0, err
	}
	for i := range entries {
		g := entries[i].Guard
		if g == nil {
			continue
		}
		newest, err := keys.newest(g.Key)
		if err != nil {
			return 0, err
		}
		if newest != g.Seq {
			return newest, fmt.Errorf("%w: the newest record of key %q is %d, not %d", storage.ErrConflict, g.Key, newest, g.Seq)
		}
	}
	at := max(l.clock, now.UnixNano())
	if err := l.encode(c.batch, entries, at, &keys); err != nil {
		return 0, err
	}
	// This blocks only while Pebble cannot flush as fast as it is written to.
	if err := l.e.db.ApplyNoSyncWait(c.batch, pebble.Sync); err != nil {
		l.e.health.fail(err)
		return 0, fmt.Errorf("%w: %w", storage.ErrUnknown, err)
	}
	l.clock = at
	l.next += uint64(len(entries))
	c.last = l.next - 1
	l.e.syncs <- c // in this lock, so that the syncer meets a log's appends in order
	return 0, nil
}

// encode puts the records into the batch. mu is held.
func (l *log) encode(b *pebble.Batch, entries []storage.Entry, at int64, keys *seeker) error {
	if l.latest {
		return l.encodeLatest(b, entries, at, keys)
	}
	l.chunk = binary.BigEndian.AppendUint64(l.chunk[:0], uint64(at))
	start := 0
	for i := range entries {
		l.putRecord(b, l.next+uint64(i), at, &entries[i])
		if i+1 == len(entries) || entries[i+1].Key != entries[start].Key {
			l.chunk = appendRun(l.chunk, i+1-start, entries[start].Key)
			start = i + 1
		}
	}
	l.putChunk(b, l.next+uint64(len(entries))-1)
	return nil
}

// encodeLatest also removes what the records supersede. mu is held.
func (l *log) encodeLatest(b *pebble.Batch, entries []storage.Entry, at int64, keys *seeker) error {
	mine := make(map[string]uint64, len(entries))
	for i := range entries {
		key, seq := entries[i].Key, l.next+uint64(i)
		old, again := mine[key]
		if !again {
			var err error
			if old, err = keys.newest(key); err != nil {
				return err
			}
		}
		if old != 0 {
			l.keyBuf = appendRecKey(l.keyBuf[:0], l.id, key, old)
			b.Delete(l.keyBuf, nil)
			b.Delete(seqKey(l.id, old), nil)
		}
		mine[key] = seq
		l.putRecord(b, seq, at, &entries[i])
		l.chunk = appendRun(binary.BigEndian.AppendUint64(l.chunk[:0], uint64(at)), 1, key)
		l.putChunk(b, seq)
	}
	return nil
}

// putRecord encodes one record straight into the batch.
func (l *log) putRecord(b *pebble.Batch, seq uint64, at int64, en *storage.Entry) {
	d := b.SetDeferred(14+len(en.Key), timeBytes+len(en.Data))
	appendRecKey(d.Key[:0], l.id, en.Key, seq)
	binary.BigEndian.PutUint64(d.Value, uint64(at))
	copy(d.Value[timeBytes:], en.Data)
	d.Finish()
}

// putChunk stores l.chunk as the chunk that ends at seq.
func (l *log) putChunk(b *pebble.Batch, seq uint64) {
	d := b.SetDeferred(13, len(l.chunk))
	d.Key[0] = kindSeq
	binary.BigEndian.PutUint32(d.Key[1:], l.id)
	binary.BigEndian.PutUint64(d.Key[5:], seq)
	copy(d.Value, l.chunk)
	d.Finish()
}

// seeker finds the newest record of keys, durable or not, with one iterator. The zero iterator costs nothing.
type seeker struct {
	l     *log
	floor uint64
	it    *pebble.Iterator
}

// newest returns the sequence number of the newest record of a key, 0 if there is none. mu of the log is held.
func (s *seeker) newest(key string) (uint64, error) {
	if s.it == nil {
		it, err := s.l.e.db.NewIter(space(kindRec, s.l.id))
		if err != nil {
			return 0, err
		}
		s.it = it
	}
	k := appendRecKey(s.l.keyBuf[:0], s.l.id, key, 1<<64-1)
	s.l.keyBuf = k
	if !s.it.SeekLT(k) {
		return 0, s.it.Error()
	}
	prefix := k[:len(k)-seqBytes]
	if f := s.it.Key(); len(f) != len(k) || string(f[:len(prefix)]) != string(prefix) || seqOf(f) < s.floor {
		return 0, nil
	}
	return seqOf(s.it.Key()), nil
}

func (s *seeker) close() {
	if s.it != nil {
		s.it.Close()
	}
}
