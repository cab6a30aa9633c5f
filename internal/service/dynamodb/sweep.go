package dynamodb

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// An item that is deleted leaves a record that says so. When a table has many of them they are swept: every item whose record is
// older than the sweep is written again, and then the log is trimmed to where the sweep began.
const (
	deadMax     = 1000 // records of deleted items in a table that has fewer items than that, before they are swept
	sweptAtOnce = 100  // items written again in one append
)

// sweep is how far a table's sweep has come.
type sweep struct {
	before uint64 // records before this place go
	dead   int64  // of deleted items, when it began
	in     span   // what is still to be looked at
}

// sweepDead goes on with a table's sweep, or begins one when there is reason to. It reports whether there is more to do.
func (s *Service) sweepDead(ctx context.Context, t *table) (busy bool, err error) {
	t.mu.RLock()
	due := t.loaded && t.dead > max(deadMax, int64(t.primary.n))
	t.mu.RUnlock()
	if t.sweep == nil {
		if !due {
			return false, nil
		}
		return true, s.beginSweep(ctx, t)
	}
	if err := s.load(ctx, t); err != nil {
		return false, err
	}
	ids := t.list("", t.sweep.in, false, sweptAtOnce)
	if len(ids) == 0 {
		return false, s.endSweep(ctx, t)
	}
	var writes []*write
	for _, id := range ids {
		w := &write{t: t, id: id, stored: storageKey(id)}
		w.change = func(old item.Item) (item.Item, error) {
			if old == nil || w.seq >= t.sweep.before {
				return nil, errUnchanged
			}
			return old, nil
		}
		writes = append(writes, w)
	}
	if err := s.do(ctx, t, writes...); err != nil {
		return false, err
	}
	t.sweep.in.from = ids[len(ids)-1] + "\x00"
	return true, nil
}

// beginSweep finds where the sweep is to end. A transaction that is carried out again must not find its items' records gone: all
// that were decided before are noted to be done.
func (s *Service) beginSweep(ctx context.Context, t *table) error {
	_, last, err := t.log.Bounds(ctx)
	if err != nil {
		return fmt.Errorf("find the end of a table: %w", err)
	}
	if _, err := s.noteDone(ctx); err != nil {
		return err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	t.sweep = &sweep{before: last + 1, dead: t.dead}
	return nil
}

func (s *Service) endSweep(ctx context.Context, t *table) error {
	if err := t.log.Trim(ctx, t.sweep.before); err != nil {
		return fmt.Errorf("trim a table: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead = max(0, t.dead-t.sweep.dead)
	t.sweep = nil
	return nil
}
