package switchboard

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// hand is what carries out one outstanding effect.
type hand struct {
	id       center.EffectID
	effect   center.Effect
	contact  center.ContactID // whose end makes it pointless, or ""
	state    handState
	attempts int
	after    time.Time          // not to be tried before
	outcome  center.Command     // what came of the effect, until the machine has taken it
	cancel   context.CancelFunc // ends the attempt under way
}

type handState int

const (
	handReady   handState = iota // in hands.line, from after on
	handWorking                  // the performer has it
	handWaiting                  // the outcome is before the machine, or somebody will bring it
	handResting                  // given up until the instance is opened again
	handGone                     // the effect is closed
)

// hands are all outstanding effects and what is being done about them.
type hands struct {
	mu        sync.Mutex // guards everything below and all hands
	byID      map[center.EffectID]*hand
	byContact map[center.ContactID]*hand
	line      []*hand // ready ones, in the order in which they came; gone ones may be among them
	working   int
	changed   chan struct{} // closed when an effect is closed or given up; nil while nobody looks
}

// handOut takes note of what committed steps ask for and close.
func (s *Switchboard) handOut(steps []center.Step) {
	deleted := false
	h := &s.hands
	h.mu.Lock()
	for _, step := range steps {
		if step.Stamp.Closes != "" {
			h.drop(h.byID[step.Stamp.Closes])
		}
		for i, e := range step.Effects {
			h.add(center.MakeEffectID(step.Stamp.Place, i), e)
		}
		for _, e := range step.Events {
			switch e := e.(type) {
			case center.ContactConnectedToSystem: // answered: the machine waits for no outcome any more
				h.drop(h.byContact[e.Contact])
			case center.ContactDisconnected:
				h.drop(h.byContact[e.Contact])
			case center.ContactCompleted:
				h.drop(h.byContact[e.Contact])
			case center.PartyConnected:
				h.drop(h.byContact[e.Party])
			case center.PartyLeft:
				h.drop(h.byContact[e.Party])
			case center.InstanceDeleted:
				deleted = true
			}
		}
	}
	h.mu.Unlock()
	if deleted {
		s.handOutAll()
	}
}

// handOutAll makes the hands agree with what the machine says is outstanding, after it was recovered.
func (s *Switchboard) handOutAll() {
	h := &s.hands
	h.mu.Lock()
	defer h.mu.Unlock()
	open := map[center.EffectID]bool{}
	for _, o := range s.m.Outstanding() {
		open[o.ID] = true
		h.add(o.ID, o.Effect)
	}
	for id, old := range h.byID {
		if !open[id] {
			h.drop(old)
		}
	}
}

// add puts a new effect in line. mu is held.
func (h *hands) add(id center.EffectID, e center.Effect) {
	if h.byID[id] != nil {
		return
	}
	n := &hand{id: id, effect: e, contact: center.ContactOfEffect(e)}
	h.byID[id] = n
	if n.contact != "" {
		h.byContact[n.contact] = n
	}
	h.line = append(h.line, n)
}

// drop lets go of an effect that is closed; nil is none. mu is held.
func (h *hands) drop(n *hand) {
	if n == nil || n.state == handGone {
		return
	}
	delete(h.byID, n.id)
	if h.byContact[n.contact] == n {
		delete(h.byContact, n.contact)
	}
	n.state = handGone
	if n.cancel != nil {
		n.cancel()
	}
	h.tell()
}

func (h *hands) tell() {
	if h.changed != nil {
		close(h.changed)
		h.changed = nil
	}
}

// quiet reports whether no effect is left that anybody works at, or else when to ask again. mu is not held.
func (h *hands) quiet() (bool, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, n := range h.byID {
		if n.state != handResting {
			if h.changed == nil {
				h.changed = make(chan struct{})
			}
			return false, h.changed
		}
	}
	return true, nil
}

// next returns when the first effect in line is to be tried. mu is not held.
func (h *hands) next() (at time.Time, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, n := range h.line {
		if n.state == handReady && (!ok || n.after.Before(at)) {
			at, ok = n.after, true
		}
	}
	return at, ok
}

// pick takes the effects out of the line that are to be tried now, as many as there are hands free. mu is not held.
func (h *hands) pick(now time.Time, most int) []*hand {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.line) == 0 || h.working >= most {
		return nil
	}
	var picked []*hand
	kept := h.line[:0]
	for _, n := range h.line {
		switch {
		case n.state != handReady:
		case h.working < most && !n.after.After(now):
			n.state = handWorking
			h.working++
			picked = append(picked, n)
		default:
			kept = append(kept, n)
		}
	}
	clear(h.line[len(kept):])
	h.line = kept
	return picked
}

// startHands lets effects be carried out: each on a goroutine of its own, or (inline) one after another.
func (s *Switchboard) startHands(ctx context.Context, inline bool) (busy bool) {
	if s.cfg.Perform == nil {
		return false
	}
	for _, n := range s.hands.pick(s.cfg.Clock.Now(), s.cfg.EffectsMax) {
		busy = true
		if inline {
			s.carryOut(ctx, n)
		} else {
			s.group.Go(func() { s.carryOut(ctx, n) })
		}
	}
	return busy
}

// carryOut tries an effect once, or only hands in what came of it before.
func (s *Switchboard) carryOut(ctx context.Context, n *hand) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &s.hands
	h.mu.Lock()
	outcome := n.outcome
	n.cancel = cancel
	gone := n.state == handGone
	h.mu.Unlock()
	var err error
	if outcome == nil && !gone {
		outcome, err = s.perform(ctx, n)
	}
	h.mu.Lock()
	h.working--
	n.cancel = nil
	switch {
	case n.state == handGone || ctx.Err() != nil && err != nil:
		outcome = nil // nobody waits for it, or we are closing
	case err != nil:
		s.again(n, err)
	default:
		n.state, n.outcome = handWaiting, outcome
	}
	h.mu.Unlock()
	if outcome != nil && err == nil {
		s.report(n, outcome)
	}
	s.queue.nudge() // a hand is free
}

func (s *Switchboard) perform(ctx context.Context, n *hand) (cmd center.Command, err error) {
	defer func() {
		if p := recover(); p != nil {
			cmd, err = nil, fmt.Errorf("performer: %v\n%s", p, debug.Stack())
		}
	}()
	return s.cfg.Perform(ctx, n.id, n.effect)
}

// again puts an effect back in line, or to rest when it has failed too often. mu is held.
func (s *Switchboard) again(n *hand, err error) {
	n.attempts++
	if n.attempts >= AttemptsMax {
		n.state = handResting
		s.hands.tell()
		s.log.Error("an effect is given up", "effect", n.id, "type", fmt.Sprintf("%T", n.effect), "attempts", n.attempts, "err", err)
		return
	}
	wait := min(RetryFirst<<(n.attempts-1), RetryMax)
	s.log.Warn("an effect is tried again", "effect", n.id, "type", fmt.Sprintf("%T", n.effect), "attempts", n.attempts, "wait", wait, "err", err)
	n.state, n.after = handReady, s.cfg.Clock.Now().Add(wait)
	s.hands.line = append(s.hands.line, n)
}

// report tells the machine what came of an effect. An outcome that the machine refuses closes the effect all the same.
func (s *Switchboard) report(n *hand, outcome center.Command) {
	reply := func(_ Result, err error) {
		var refused *center.Refused
		h := &s.hands
		h.mu.Lock()
		defer h.mu.Unlock()
		if n.state == handGone {
			return
		}
		_, done := outcome.(center.Done)
		switch {
		case err == nil:
			h.drop(n)
		case errors.As(err, &refused) && !done:
			n.outcome = center.Done{}
			n.state, n.after = handReady, time.Time{}
			h.line = append(h.line, n)
		case Retryable(err):
			s.again(n, err)
		case s.Err() == nil: // the outcome breaks the machine, or cannot be closed
			n.state = handResting
			h.tell()
			s.log.Error("the outcome of an effect cannot be taken", "effect", n.id, "err", err)
		}
	}
	r := &request{ctx: context.Background(), cmd: outcome, closes: n.id, reply: reply}
	if s.queue.put(r, true) != nil {
		return // closed: the effect stays outstanding, and is carried out again by whoever opens the instance next
	}
}
