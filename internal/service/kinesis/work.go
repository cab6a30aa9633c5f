package kinesis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// trimLogsMax is how many record logs one round looks at.
const trimLogsMax = 64

// trimmer says which logs are to be looked at for expired records.
type trimmer struct {
	every time.Duration

	mu    sync.Mutex // guards everything below
	next  time.Time  // when the next sweep over all logs begins
	queue []trimLog  // what is left of the present sweep
}

type trimLog struct {
	stream *stream
	id     string
	log    int
}

// Work does one round of what happens by itself: it learns what other processes changed, removes the logs of deleted
// streams, trims some logs whose turn it is, reports what was counted, and lets on-demand streams grow. busy says that another round at once would find more. An error of one
// stream does not keep the others from their turn.
func (s *Service) Work(ctx context.Context) (busy bool, err error) {
	if err := s.refresh(ctx); err != nil {
		return false, fmt.Errorf("kinesis: %w", err)
	}
	now := s.clock.Now()
	s.fanout.forget(now)
	s.rates.forget(now)
	dropped, dropErr := s.dropOne(ctx, now)
	more, trimErr := s.trimSome(ctx, now)
	return dropped || more, errors.Join(dropErr, trimErr, s.report(ctx, minuteOf(now)), s.grow(ctx, now))
}

// dropOne removes the logs of one stream that is gone, or of an earlier incarnation, and says whether there was one.
func (s *Service) dropOne(ctx context.Context, now time.Time) (bool, error) {
	st := s.nextDrop(now)
	if st == nil {
		return false, nil
	}
	cur := st.state.Load()
	doc := cur.copyDoc()
	if cur.status(now) == statusGone && len(cur.Shards) > 0 {
		cur.logs.close()
		doc.Drops = append(doc.Drops, dropDoc{ID: cur.ID, Logs: cur.logCount()})
		for _, sh := range cur.Shards {
			doc.Newest = max(doc.Newest, sh.Created)
		}
		for _, c := range cur.Consumers {
			doc.NewestConsumer = max(doc.NewestConsumer, c.Created)
		}
		doc.Status, doc.Shards, doc.Tags, doc.Consumers, doc.Policy = statusGone, nil, nil, nil, ""
		doc.Metrics, doc.Peaks = nil, nil
	}
	kept := doc.Drops[:0]
	for _, d := range doc.Drops {
		if d.At > millis(now) {
			kept = append(kept, d)
			continue
		}
		for n := keysLog; n < d.Logs; n++ {
			if err := s.storage.Drop(ctx, logName(d.ID, n)); err != nil && !errors.Is(err, storage.ErrNotFound) {
				return false, fmt.Errorf("kinesis: drop %s: %w", logName(d.ID, n), err)
			}
		}
	}
	doc.Drops = kept
	// When the name was taken meanwhile, the new stream's description carries what we just dropped: the next round
	// finds the logs gone.
	if err := s.store(ctx, doc, cur.rev); err != nil && !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrUnknown) {
		return false, fmt.Errorf("kinesis: forget the logs of %s: %w", cur.Name, err)
	}
	return true, s.reload(ctx, st.key)
}

// nextDrop returns a stream with logs to be removed, or nil.
func (s *Service) nextDrop(now time.Time) *stream {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, st := range s.streams {
		cur := st.state.Load()
		if cur.status(now) == statusGone && len(cur.Shards) > 0 {
			return st
		}
		if slices.ContainsFunc(cur.Drops, func(d dropDoc) bool { return d.At <= millis(now) }) {
			return st
		}
	}
	return nil
}

// trimSome removes expired records from the logs whose turn it is, and says whether others wait.
func (s *Service) trimSome(ctx context.Context, now time.Time) (more bool, err error) {
	t := &s.trims
	t.mu.Lock()
	due := len(t.queue) == 0 && !now.Before(t.next)
	t.mu.Unlock()
	var sweep []trimLog
	if due {
		if sweep, err = s.trimQueue(ctx, now); err != nil {
			return false, err
		}
	}
	t.mu.Lock()
	if due && len(t.queue) == 0 {
		t.queue, t.next = sweep, now.Add(t.every)
	}
	n := min(len(t.queue), trimLogsMax)
	turn := t.queue[:n]
	t.queue = t.queue[n:]
	more = len(t.queue) > 0
	t.mu.Unlock()

	var errs []error
	for _, l := range turn {
		cur := l.stream.state.Load()
		if cur.ID != l.id || !cur.serves(now) {
			continue
		}
		err := cur.logs.trim(ctx, l.log, cur.horizon(now))
		if err != nil && !missing(err) {
			errs = append(errs, fmt.Errorf("kinesis: trim %s: %w", logName(l.id, l.log), err))
		}
	}
	return more, errors.Join(errs...)
}

// trim removes what has expired from one of the logs.
func (l *logSet) trim(ctx context.Context, n int, horizon int64) error {
	if n == keysLog {
		return l.trimKeys(ctx, horizon)
	}
	log, err := l.open(ctx, n)
	if err == nil {
		_, err = log.trimBefore(ctx, horizon)
	}
	return err
}

// trimQueue lists the record logs that there are, in an order that does not depend on chance. To open one that was never
// written would make it.
func (s *Service) trimQueue(ctx context.Context, now time.Time) ([]trimLog, error) {
	names, err := s.storage.Names(ctx, recordLogs)
	if err != nil {
		return nil, fmt.Errorf("kinesis: list record logs: %w", err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var queue []trimLog
	for _, name := range names {
		id, number, _ := strings.Cut(strings.TrimPrefix(name, recordLogs), "-")
		n, err := strconv.Atoi(number)
		if number == keysLogName {
			n, err = keysLog, nil
		}
		if st := s.byID[id]; st != nil && err == nil && st.state.Load().serves(now) {
			queue = append(queue, trimLog{st, id, n})
		}
	}
	return queue, nil
}
