package kinesis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// arrivalSlackMillis bounds by how much the arrival times along a log may be out of order: a record is stamped when it
// arrives, and another that arrived later may overtake it on the way into the log. A search for a time looks this
// much further back. The unit is milliseconds.
const arrivalSlackMillis = 1000

// scanBytes is how much a search reads at once, in bytes.
const scanBytes = 1 << 20

// logSet is the record logs of one incarnation of a stream, opened when they are first needed.
type logSet struct {
	engine storage.Engine
	id     string
	opened atomic.Pointer[[]*recordLog] // by number; nil where not open yet. Replaced, never changed

	// puts is held for reading by every put from when it chooses shards until its last append is durable, and for
	// writing while shards close: so nothing is put into a closed shard.
	puts sync.RWMutex

	mu     sync.Mutex // guards closed, and replacing opened
	closed bool       // the stream is deleted: opening a log would only make it anew

	vault vault
}

// recordLogs begins the name of every record log.
const recordLogs = "k-"

// keysLog stands for the log of an incarnation's data keys among the numbers of its record logs, and keysLogName for it in names.
const (
	keysLog     = -1
	keysLogName = "keys"
)

func logName(id string, n int) string {
	if n == keysLog {
		return recordLogs + id + "-" + keysLogName
	}
	return fmt.Sprintf("%s%s-%d", recordLogs, id, n)
}

// open returns a log, or storage.ErrNotFound after close.
func (l *logSet) open(ctx context.Context, n int) (*recordLog, error) {
	if logs := l.opened.Load(); logs != nil && n < len(*logs) && (*logs)[n] != nil {
		return (*logs)[n], nil
	}
	fresh, err := openRecordLog(ctx, l.engine, logName(l.id, n), l.isClosed)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var logs []*recordLog
	if p := l.opened.Load(); p != nil {
		logs = *p
	}
	if n < len(logs) && logs[n] != nil {
		return logs[n], nil // someone else was faster
	}
	grown := make([]*recordLog, max(len(logs), n+1))
	copy(grown, logs)
	grown[n] = fresh
	l.opened.Store(&grown)
	return fresh, nil
}

func (l *logSet) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// close stops further logs from being opened.
func (l *logSet) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}

// recordLog is a storage log with records of up to shardsPerLog shards.
type recordLog struct {
	storage.Log
	newest atomic.Int64 // the latest arrival time given out for this log, milliseconds
}

func openRecordLog(ctx context.Context, engine storage.Engine, name string, closed func() bool) (*recordLog, error) {
	if closed() {
		return nil, storage.ErrNotFound
	}
	// Records go away by their own arrival times and our clock (see work.go), not by the engine's: hence no MaxAge.
	log, err := engine.Open(ctx, name, storage.Config{})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	l := &recordLog{Log: log}
	_, last, err := log.Bounds(ctx)
	if err != nil {
		return nil, fmt.Errorf("bounds of %s: %w", name, err)
	}
	recs, err := log.Read(ctx, storage.Range{From: last, Max: 1})
	if err != nil {
		return nil, fmt.Errorf("read the end of %s: %w", name, err)
	}
	if len(recs) > 0 {
		at, err := arrivalOf(recs[0].Data)
		if err != nil {
			return nil, fmt.Errorf("%s at %d: %w", name, recs[0].Seq, err)
		}
		l.newest.Store(at)
	}
	return l, nil
}

// stamp returns the arrival time for records that arrive now: never before one that was given out earlier, so that a
// clock that was set back does not disorder a log.
func (l *recordLog) stamp(now int64) int64 {
	for {
		newest := l.newest.Load()
		if now <= newest {
			return newest
		}
		if l.newest.CompareAndSwap(newest, now) {
			return now
		}
	}
}

// seqAt returns a place before which (but for records that overtook others) everything arrived before t, in
// milliseconds, and from which everything arrived at t or later. It is past the end when nothing arrived since t.
func (l *recordLog) seqAt(ctx context.Context, t int64) (uint64, error) {
	first, last, err := l.Bounds(ctx)
	if err != nil {
		return 0, err
	}
	lo, hi := first, last+1 // the answer is in [lo, hi]
	for lo < hi {
		mid := lo + (hi-lo)/2
		recs, err := l.Read(ctx, storage.Range{From: mid, Max: 1})
		if err != nil {
			return 0, err
		}
		if len(recs) == 0 {
			hi = mid // the end was trimmed meanwhile
			continue
		}
		at, err := arrivalOf(recs[0].Data)
		if err != nil {
			return 0, err
		}
		if at < t {
			lo = max(mid+1, recs[0].Seq+1)
		} else {
			hi = mid
		}
	}
	return lo, nil
}

// firstSince returns the place of the shard's first record that arrived at t or later: of the first that could, when
// there is none yet.
func (l *recordLog) firstSince(ctx context.Context, shardID string, t int64) (uint64, error) {
	to, err := l.seqAt(ctx, t)
	if err != nil {
		return 0, err
	}
	from, err := l.seqAt(ctx, t-arrivalSlackMillis)
	if err != nil {
		return 0, err
	}
	for from < to {
		recs, err := l.Read(ctx, storage.Range{Key: shardID, From: from, MaxBytes: scanBytes})
		if err != nil {
			return 0, err
		}
		if len(recs) == 0 {
			return to, nil
		}
		for _, r := range recs {
			if r.Seq >= to {
				return to, nil
			}
			at, err := arrivalOf(r.Data)
			if err != nil {
				return 0, err
			}
			if at >= t {
				return r.Seq, nil
			}
			from = r.Seq + 1
		}
	}
	return to, nil
}

// trimBefore removes what arrived before horizon and says whether there was anything.
func (l *recordLog) trimBefore(ctx context.Context, horizon int64) (bool, error) {
	first, last, err := l.Bounds(ctx)
	if err != nil || first > last {
		return false, err
	}
	// The slack keeps a record that overtook expired ones; it goes with the next round.
	to, err := l.seqAt(ctx, horizon-arrivalSlackMillis)
	if err != nil || to <= first {
		return false, err
	}
	return true, l.Trim(ctx, to)
}

// missing says whether err means that the log is gone, which it is when its stream was deleted.
func missing(err error) bool { return errors.Is(err, storage.ErrNotFound) }
