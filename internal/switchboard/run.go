package switchboard

import (
	"context"
	"errors"
	"time"
)

// Run owns the machine until ctx ends or the switchboard does. When ctx ends it takes no more commands, finishes those
// that wait, writes a checkpoint and returns nil; it returns ErrFenced or ErrFailed when those end it.
func (s *Switchboard) Run(ctx context.Context) error {
	alarm := alarm{clock: s.cfg.Clock}
	defer alarm.set(time.Time{}, false)
	for ctx.Err() == nil {
		busy, err := s.round(ctx)
		if err != nil {
			break
		}
		s.startHands(ctx, false)
		if s.checkpointDue() {
			s.checkpointAside(ctx)
		}
		if busy {
			continue
		}
		select {
		case <-ctx.Done():
		case <-s.queue.wake:
		case <-alarm.set(s.Deadline()):
		}
	}
	return s.Close(ctx)
}

// Work does one round: it takes the commands that wait and steps them and what is due, commits, publishes, answers, and
// carries out the effects that are ready, one after another, all on the caller's goroutine. It reports whether there
// may be more to do at once. An error is final. Work and Run exclude one another.
func (s *Switchboard) Work(ctx context.Context) (busy bool, err error) {
	if busy, err = s.round(ctx); err != nil {
		return false, err
	}
	if s.startHands(ctx, true) {
		busy = true
	}
	if s.checkpointDue() {
		s.checkpointNow(ctx)
	}
	return busy, nil
}

// Deadline returns when there is next something to do without a command. Whoever calls Work waits until then; it is
// the owner's to call.
func (s *Switchboard) Deadline() (at time.Time, ok bool) {
	earlier := func(t time.Time) {
		if !ok || t.Before(at) {
			at, ok = t, true
		}
	}
	if s.Err() != nil {
		return time.Time{}, false
	}
	if s.m == nil {
		earlier(s.retryAt)
	} else if due, any := s.m.Deadline(); any {
		if due.Before(s.stuck) {
			due = s.stuck
		}
		earlier(due)
	}
	if due, any := s.hands.next(); any && s.cfg.Perform != nil && !s.hands.full(s.cfg.EffectsMax) {
		earlier(due)
	}
	return at, ok
}

func (h *hands) full(most int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.working >= most
}

// Close ends a switchboard that nobody runs: it finishes the commands that wait, writes a checkpoint and refuses
// everything from then on. Run does the same when its context ends. It returns ErrFenced or ErrFailed if one of those
// had ended it before.
func (s *Switchboard) Close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	s.queue.seal()
	for len(s.waiting) > 0 || !s.queue.empty() {
		if _, err := s.round(ctx); err != nil {
			break
		}
	}
	s.stopHands()
	s.group.Wait()
	if s.Err() == nil {
		s.checkpointNow(ctx)
	}
	s.end(ErrClosed)
	if err := s.Err(); !errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

// stopHands ends the attempts under way.
func (s *Switchboard) stopHands() {
	s.hands.mu.Lock()
	defer s.hands.mu.Unlock()
	for _, n := range s.hands.byID {
		if n.cancel != nil {
			n.cancel()
		}
	}
}

// alarm waits for one time at a time.
type alarm struct {
	clock interface {
		WakeAt(time.Time) (<-chan struct{}, func())
	}
	at    time.Time
	woken <-chan struct{}
	stop  func()
}

// set returns a channel that is closed at a time, nil when there is none.
func (a *alarm) set(at time.Time, ok bool) <-chan struct{} {
	if ok && a.stop != nil && at.Equal(a.at) {
		return a.woken
	}
	if a.stop != nil {
		a.stop()
		a.stop, a.woken = nil, nil
	}
	if ok {
		a.at = at
		a.woken, a.stop = a.clock.WakeAt(at)
	}
	return a.woken
}
