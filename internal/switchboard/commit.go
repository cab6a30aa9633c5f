package switchboard

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// batch is what one append makes durable, and who waits for it.
type batch struct {
	entries []storage.Entry
	steps   []center.Step // one an entry
	bytes   int           // of all entries
	wakes   int
	answers []answer
	broken  *brokenError // the machine is not to be trusted any more
	victim  *request     // whose command broke it; nil: Wake did
}

// answer is given once the batch is durable: also a refusal may rest on a step before it in the same batch.
type answer struct {
	to  *request
	res Result
	err error
}

func (b *batch) full() bool {
	return b.broken != nil || len(b.entries) >= BatchMax || b.bytes >= BatchBytesMax || b.wakes >= wakesMax
}

// round takes the commands that wait, steps what is due, and commits. It reports whether there may be more to do at
// once. An error is final: the switchboard has ended.
func (s *Switchboard) round(ctx context.Context) (busy bool, err error) {
	if err := s.Err(); err != nil {
		return false, err
	}
	if s.m == nil && !s.tryRecover(ctx) {
		return false, s.Err()
	}
	b := &batch{}
	s.wakeDue(b)
	if len(s.waiting) == 0 {
		s.waiting = s.queue.take(s.waiting[:0], BatchMax)
	}
	taken := 0
	for taken < len(s.waiting) && !b.full() {
		s.step(b, s.waiting[taken])
		taken++
		s.wakeDue(b)
	}
	s.waiting = s.waiting[taken:]
	if len(b.entries) == 0 && len(b.answers) == 0 && b.broken == nil {
		return taken > 0 || b.full(), nil
	}
	s.commit(ctx, b)
	return true, s.Err()
}

// now returns the time for the next stamp.
func (s *Switchboard) now() time.Time {
	if now := s.cfg.Clock.Now().UTC().Truncate(time.Millisecond); now.After(s.at) {
		return now
	}
	return s.at
}

// step lets one command into the machine.
func (s *Switchboard) step(b *batch, r *request) {
	if err := r.ctx.Err(); err != nil {
		r.reply(Result{}, err) // nobody waits for it any more
		return
	}
	step, err := s.enter(b, r.cmd, r.closes)
	if b.broken != nil {
		b.victim = r
		return
	}
	b.answers = append(b.answers, answer{to: r, res: Result{Step: step}, err: err})
}

// enter stamps a command, steps the machine and adds the step to the batch. When the machine breaks, b.broken says so.
func (s *Switchboard) enter(b *batch, cmd center.Command, closes center.EffectID) (step center.Step, err error) {
	defer func() {
		if p := recover(); p != nil {
			b.broken = &brokenError{value: p, stack: debug.Stack()}
		}
	}()
	s.at = s.now()
	stamp := center.Stamp{At: s.at, Place: s.next + uint64(len(b.entries)), Closes: closes}
	step, err = s.m.Step(stamp, cmd)
	if err != nil || step.Empty() {
		return center.Step{}, err
	}
	data, err := center.Encode(step)
	if err == nil && len(data) > storage.MaxRecordBytes {
		err = fmt.Errorf("the step of a %T has %d bytes, at most %d fit", cmd, len(data), storage.MaxRecordBytes)
	}
	if err != nil { // the machine has gone where its journal cannot follow
		b.broken = &brokenError{value: err}
		return center.Step{}, nil
	}
	b.entries = append(b.entries, storage.Entry{Key: StepKey, Data: data})
	b.steps = append(b.steps, step)
	b.bytes += len(data)
	return step, nil
}

// wakeDue steps the machine as long as it wants to be woken, as far as the batch goes.
func (s *Switchboard) wakeDue(b *batch) {
	for !b.full() {
		due, ok := s.m.Deadline()
		now := s.now()
		if !ok || due.After(now) || now.Before(s.stuck) {
			return
		}
		b.wakes++
		step, err := s.enter(b, center.Wake{}, "")
		if b.broken != nil {
			return
		}
		s.wakePanics = 0
		if next, ok := s.m.Deadline(); err != nil || step.Empty() && ok && next.Equal(due) {
			s.log.Error("a deadline does not move", "deadline", due, "err", err)
			s.stuck = now.Add(stuckFor)
		}
	}
}

// commit makes a batch durable, then publishes, hands out effects and answers.
func (s *Switchboard) commit(ctx context.Context, b *batch) {
	var err error
	if len(b.entries) > 0 {
		err = s.append(ctx, b)
	}
	if err != nil {
		s.lost(ctx, b, err)
	} else {
		for i, step := range b.steps {
			s.publish(step.Stamp.Place, b.steps[i])
		}
		s.handOut(b.steps)
		for _, a := range b.answers {
			a.to.reply(a.res, a.err)
		}
	}
	if b.broken != nil {
		s.mend(ctx, b)
	}
}

func (s *Switchboard) append(ctx context.Context, b *batch) error {
	b.entries[0].Guard = &storage.Guard{Key: OwnerKey, Seq: s.epoch}
	last, err := s.cfg.Log.Append(context.WithoutCancel(ctx), b.entries...)
	if err != nil {
		return err
	}
	if want := s.next + uint64(len(b.entries)) - 1; last != want {
		// Someone writes to the journal without the fence. Places are not what the steps say.
		s.fail(fmt.Errorf("the journal put a step at %d that was made for %d", last, want))
		return s.Err()
	}
	s.next = last + 1
	return nil
}

// publish shows a committed step to all subscribers.
func (s *Switchboard) publish(place uint64, step center.Step) {
	for _, f := range s.subscribe {
		f(place, step)
	}
	s.published = place
	s.place.Store(place)
}

// lost handles an append that failed: the machine is ahead of its journal. The machine is recovered at once, which also
// shows whether the append was stored after all.
func (s *Switchboard) lost(ctx context.Context, b *batch, cause error) {
	s.m = nil
	first := b.steps[0].Stamp.Place
	why := s.Err()
	switch {
	case why != nil:
	case errors.Is(cause, storage.ErrConflict):
		s.end(fmt.Errorf("%w: the journal refused a step at %d", ErrFenced, first))
		why = s.Err()
	default:
		s.log.Warn("the journal did not take a batch", "place", first, "steps", len(b.steps), "err", cause)
		s.refence = mayBeStored(cause)
		uncertain := s.refence
		switch recovered := s.tryRecover(ctx); {
		case s.Err() != nil:
			why = s.Err()
		case !recovered && uncertain:
			why = fmt.Errorf("%w: %w", ErrUncertain, cause)
		case !recovered || s.published < first:
			why = fmt.Errorf("%w: %w", ErrNotStored, cause)
		}
	}
	for _, a := range b.answers {
		if why != nil {
			a.to.reply(Result{}, why)
		} else {
			a.to.reply(a.res, a.err) // it was stored, and recovery has published it
		}
	}
}

// mayBeStored reports whether an append that failed so may still be, or come to be, in the journal.
func mayBeStored(err error) bool {
	for _, nothing := range []error{storage.ErrFull, storage.ErrFailed, storage.ErrTooLarge, storage.ErrNotFound, storage.ErrClosed, storage.ErrName, storage.ErrBatch} {
		if errors.Is(err, nothing) {
			return false
		}
	}
	return true
}

// mend replaces a machine that broke, and refuses the command that did it.
func (s *Switchboard) mend(ctx context.Context, b *batch) {
	what := "Wake"
	if b.victim != nil {
		what = fmt.Sprintf("%T", b.victim.cmd)
	}
	s.log.Error("the machine broke", "command", what, "place", s.next, "err", b.broken, "stack", string(b.broken.stack))
	if s.m = nil; b.victim == nil {
		s.wakePanics++
	}
	switch {
	case s.Err() != nil:
	case s.wakePanics >= wakePanicsMax:
		s.fail(fmt.Errorf("its timers cannot run: %w", b.broken))
	default:
		s.tryRecover(ctx)
	}
	if b.victim != nil {
		b.victim.reply(Result{}, fmt.Errorf("%w: %w", ErrBroken, b.broken))
	}
}

// fail ends an instance that cannot be trusted or rebuilt. Others go on.
func (s *Switchboard) fail(cause error) {
	s.log.Error("the instance has failed", "place", s.next, "err", cause)
	s.m = nil
	s.end(fmt.Errorf("%w: %w", ErrFailed, cause))
}
