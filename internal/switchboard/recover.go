package switchboard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// claim is the data of an owner record.
type claim struct {
	Owner string
	After uint64 // the epoch before, 0 for none
}

func (s *Switchboard) claimData(after uint64) []byte {
	b, err := json.Marshal(claim{Owner: s.cfg.Owner, After: after})
	if err != nil {
		panic(err) // a string and a number
	}
	return b
}

// takeOver writes our first owner record. From then on no former owner can write.
func (s *Switchboard) takeOver(ctx context.Context) error {
	last, err := s.cfg.Log.Last(ctx, OwnerKey)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("read the owner: %w", err)
	}
	return s.fence(ctx, last.Seq)
}

// renew fences off an append of our own that may still arrive: it carries the old epoch.
func (s *Switchboard) renew(ctx context.Context) error { return s.fence(ctx, s.epoch) }

// fence appends an owner record after the one at before. A conflict is fine if the record there is one that we tried to
// write before without learning what became of it.
func (s *Switchboard) fence(ctx context.Context, before uint64) error {
	data := s.claimData(before)
	seq, err := s.cfg.Log.Append(ctx, storage.Entry{Key: OwnerKey, Data: data, Guard: &storage.Guard{Key: OwnerKey, Seq: before}})
	if errors.Is(err, storage.ErrConflict) {
		last, lerr := s.cfg.Log.Last(ctx, OwnerKey)
		switch {
		case lerr != nil:
			return fmt.Errorf("read the owner: %w", lerr)
		case s.claimed != before+1 || !bytes.Equal(last.Data, data):
			return fmt.Errorf("%w: the owner changed at %d", ErrFenced, last.Seq)
		}
		seq, err = last.Seq, nil
	}
	if err != nil {
		s.claimed = before + 1
		return fmt.Errorf("write the owner: %w", err)
	}
	s.epoch, s.next, s.claimed = seq, seq+1, 0
	return nil
}

// tryRecover rebuilds the machine, unless that failed a moment ago. Everyone who waits is refused when it fails.
func (s *Switchboard) tryRecover(ctx context.Context) bool {
	now := s.cfg.Clock.Now()
	if now.Before(s.retryAt) {
		s.refuseAll(fmt.Errorf("%w: the journal cannot be read", ErrNotStored))
		return false
	}
	err := s.recover(context.WithoutCancel(ctx), false)
	switch {
	case err == nil:
		s.handOutAll()
		return true
	case errors.Is(err, ErrFenced):
		s.end(err)
	case errors.Is(err, ErrFailed):
		s.fail(err)
	default:
		s.log.Error("recovery", "err", err)
		s.retryAt = now.Add(recoverEvery)
		s.refuseAll(fmt.Errorf("%w: %w", ErrNotStored, err))
	}
	return false
}

// refuseAll answers everyone who waits at this moment.
func (s *Switchboard) refuseAll(why error) {
	for _, r := range s.queue.take(s.waiting, s.cfg.QueueMax+s.cfg.EffectsMax) {
		r.reply(Result{}, why)
	}
	s.waiting = nil
}

// recover makes the machine what its journal says. Steps that were stored but not published yet are published, unless
// nobody can have seen any before. It returns ErrFenced and ErrFailed for good; other errors are the storage's.
func (s *Switchboard) recover(ctx context.Context, first bool) error {
	if s.refence {
		if err := s.renew(ctx); err != nil {
			return err
		}
		s.refence = false
	}
	_, last, err := s.cfg.Log.Bounds(ctx)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	var missed []Placed
	m, place, err := s.load(ctx, last, func(place uint64, step center.Step) {
		if n := len(missed); !first && place > s.published && (n == 0 || place > missed[n-1].Place) {
			missed = append(missed, Placed{place, step})
		}
	})
	if err != nil {
		return err
	}
	s.m, s.next, s.at = m, last+1, m.State().At
	if first {
		s.published = place
		s.place.Store(place)
		s.checked = place
	}
	for _, p := range missed {
		s.publish(p.Place, p.Step)
	}
	return nil
}

// load builds a machine as of the record at last: from the newest checkpoint that is not beyond it if one can be used,
// else from the beginning. It returns the place of the newest step in it and calls each for every step it folds; steps
// may be reported twice, when a checkpoint turns out to be useless, unless each is nil.
func (s *Switchboard) load(ctx context.Context, last uint64, each func(uint64, center.Step)) (automaton, uint64, error) {
	cp, err := newestCheckpoint(ctx, s.cfg.Snapshots, last)
	if err != nil {
		s.log.Warn("checkpoints cannot be read", "err", err)
	}
	if cp != nil {
		m, place, err := s.foldFrom(ctx, cp, last, each)
		if err == nil || !errors.Is(err, ErrFailed) {
			return m, place, err
		}
		s.log.Warn("a checkpoint is useless", "place", cp.place, "err", err)
	}
	return s.foldFrom(ctx, nil, last, each)
}

// foldFrom folds the steps after a checkpoint (nil: all) up to and including last. ErrFailed means that it cannot be done, ever.
func (s *Switchboard) foldFrom(ctx context.Context, cp *checkpoint, last uint64, each func(uint64, center.Step)) (m automaton, place uint64, err error) {
	defer func() {
		if p := recover(); p != nil {
			broken := &brokenError{value: p, stack: debug.Stack()}
			s.log.Error("the machine broke on recovery", "place", place, "err", broken, "stack", string(broken.stack))
			m, err = nil, fmt.Errorf("%w: folding the step at %d: %w", ErrFailed, place, broken)
		}
	}()
	var state []byte
	if cp != nil {
		state, place = cp.state, cp.place
	}
	if m, err = s.cfg.build(state); err != nil {
		return nil, 0, fmt.Errorf("%w: restore the checkpoint at %d: %w", ErrFailed, place, err)
	}
	if at := m.State().Place; at != place {
		return nil, 0, fmt.Errorf("%w: the checkpoint at %d holds the state at %d", ErrFailed, place, at)
	}
	err = readSteps(ctx, s.cfg.Log, place, last, func(at uint64, step center.Step) error {
		place = at
		m.Apply(step)
		if each != nil {
			each(at, step)
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return m, place, nil
}

// readSteps calls each for the steps after a place, up to and including last. The journal must reach that far.
func readSteps(ctx context.Context, log storage.Log, after, last uint64, each func(uint64, center.Step) error) error {
	if after >= last {
		return nil
	}
	first, _, err := log.Bounds(ctx)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	if first > after+1 {
		return fmt.Errorf("%w: %w: the journal begins at %d", ErrFailed, ErrTooOld, first)
	}
	for rec, err := range log.Tail(ctx, storage.Range{From: after + 1}) {
		if err != nil {
			return fmt.Errorf("read the journal after %d: %w", after, err)
		}
		if rec.Key == StepKey {
			step, err := center.Decode(rec.Data)
			if err == nil && step.Stamp.Place != rec.Seq {
				err = fmt.Errorf("the step was made for %d", step.Stamp.Place)
			}
			if err != nil {
				return fmt.Errorf("%w: the step at %d: %w", ErrFailed, rec.Seq, err)
			}
			if err := each(rec.Seq, step); err != nil {
				return err
			}
		}
		if rec.Seq >= last {
			return nil
		}
	}
	return ctx.Err() // Tail ended without reaching last: only ctx can do that
}
