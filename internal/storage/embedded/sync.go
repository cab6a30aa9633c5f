package embedded

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// commit is an append on its way to the disk.
type commit struct {
	log   *log
	batch *pebble.Batch
	last  uint64
	done  chan error // has room for the one answer, so that an appender may have left
}

var commits = sync.Pool{New: func() any { return &commit{done: make(chan error, 1)} }}

func newCommit(l *log, b *pebble.Batch) *commit {
	c := commits.Get().(*commit)
	c.log, c.batch, c.last = l, b, 0
	return c
}

// free lets another append use c. Only who received from done may call it.
func (c *commit) free() {
	c.log, c.batch = nil, nil
	commits.Put(c)
}

// syncer waits for the disk on behalf of all appends.
//
// It takes a log's appends in the order of their sequence numbers, so the watermark rises without gaps: when an
// append is seen, all before it were. Nor can one be durable whose predecessor is not: both went to the same
// write-ahead log in that order, which is synced as a whole, and Pebble syncs and closes the old file before it
// begins a new one. After the first failure nothing is acknowledged any more, even if a later sync returned without
// an error: the kernel reports a failed write once and then forgets it.
func (e *Engine) syncer() {
	defer close(e.synced)
	for c := range e.syncs {
		err := c.batch.SyncWait()
		if err != nil {
			e.health.fail(err)
		} else {
			c.batch.Close()
		}
		if failure := e.health.failure(); failure != nil {
			c.done <- fmt.Errorf("%w: %w", storage.ErrUnknown, failure)
			continue
		}
		c.log.mark.advance(c.last)
		c.done <- nil
	}
}

// watermark is the newest durable sequence number of a log.
type watermark struct {
	durable atomic.Uint64

	mu   sync.Mutex    // guards wake, and rises of durable
	wake chan struct{} // closed when durable rises; nil while no one waits
}

// advance raises the watermark. The syncer alone calls it.
func (w *watermark) advance(seq uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.durable.Store(seq)
	if w.wake != nil {
		close(w.wake)
		w.wake = nil
	}
}

// changed returns a channel that is closed when the watermark has risen, or wakeAll was called, after this call.
func (w *watermark) changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wake == nil {
		w.wake = make(chan struct{})
	}
	return w.wake
}

func (w *watermark) wakeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wake != nil {
		close(w.wake)
		w.wake = nil
	}
}

// wait returns when seq is durable.
func (l *log) wait(ctx context.Context, seq uint64) error {
	for {
		changed := l.mark.changed()
		if l.mark.durable.Load() >= seq {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.e.health.failed:
			return l.e.health.failure()
		case <-changed:
		}
	}
}
