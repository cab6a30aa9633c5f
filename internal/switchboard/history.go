package switchboard

import (
	"context"
	"errors"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// StepsMax is how many steps ReadSteps returns at most.
const StepsMax = storage.MaxBatch

// stepsBytes bounds what ReadSteps holds in memory, in bytes of the journal.
const stepsBytes = 4 << 20

// Placed is a step with its place in the journal.
type Placed struct {
	Place uint64
	Step  center.Step
}

// ReadSteps returns committed and published steps after a place, oldest first, at most max (0: StepsMax); none when
// there are none yet. It returns ErrTooOld when the journal no longer holds them all.
func (s *Switchboard) ReadSteps(ctx context.Context, after uint64, max int) ([]Placed, error) {
	if max <= 0 || max > StepsMax {
		max = StepsMax
	}
	last := s.Place()
	if after >= last {
		return nil, nil
	}
	first, _, err := s.cfg.Log.Bounds(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	if first > after+1 {
		return nil, fmt.Errorf("%w: the journal begins at %d", ErrTooOld, first)
	}
	recs, err := s.cfg.Log.Read(ctx, storage.Range{Key: StepKey, From: after + 1, Max: max, MaxBytes: stepsBytes})
	if err != nil {
		return nil, fmt.Errorf("read the journal after %d: %w", after, err)
	}
	var steps []Placed
	for _, rec := range recs {
		if rec.Seq > last {
			break // not published yet
		}
		step, err := center.Decode(rec.Data)
		if err != nil {
			return nil, fmt.Errorf("the step at %d: %w", rec.Seq, err)
		}
		steps = append(steps, Placed{rec.Seq, step})
	}
	return steps, nil
}

// StateBefore returns a state from which the one at a place can be had with few steps, and its own place: that of a
// checkpoint, or the empty state at 0 for places near the beginning. The caller owns it. It returns ErrTooOld for places
// more than two checkpoints away from the newest step, or from the nearest state; it never does for one checkpoint.
func (s *Switchboard) StateBefore(ctx context.Context, place uint64) (*machine.State, uint64, error) {
	far := 2 * uint64(s.cfg.CheckpointEvery)
	if s.Place() > place+far {
		return nil, 0, fmt.Errorf("%w: the state at %d", ErrTooOld, place)
	}
	cp, err := newestCheckpoint(ctx, s.cfg.Snapshots, place)
	if err != nil {
		return nil, 0, fmt.Errorf("read checkpoints: %w", err)
	}
	var state []byte
	from := uint64(0)
	if cp != nil {
		state, from = cp.state, cp.place
	}
	if place-from > far {
		return nil, 0, fmt.Errorf("%w: the state at %d", ErrTooOld, place)
	}
	m, _, err := s.foldFrom(ctx, &checkpoint{place: from, state: state}, from, nil)
	if errors.Is(err, ErrFailed) {
		return nil, 0, fmt.Errorf("%w: the checkpoint at %d is useless: %w", ErrTooOld, from, err)
	}
	if err != nil {
		return nil, 0, err
	}
	return m.State(), from, nil
}
