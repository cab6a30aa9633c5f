// Package scripted is a telephone network that does what it is told: every number answers after a while, except those
// that were given a script. It carries no media. Demonstrations, tests and simulations call over it.
package scripted

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/telephony"
)

// Bounds and defaults.
const (
	ScriptsMax   = 10_000          // numbers with a script of their own
	CallsMax     = 20_000          // calls that ring at once
	AnswersAfter = 2 * time.Second // what rings before a number without a script answers
)

// Errors callers act on.
var (
	ErrFull   = errors.New("too many numbers have a script") // ScriptsMax is reached: clear some
	ErrScript = errors.New("no such script")                 // an outcome that a number cannot have, or a negative time
	ErrLines  = errors.New("all lines are taken")            // CallsMax is reached: try again
)

// Script is how a number behaves.
type Script struct {
	Outcome telephony.Outcome // Answered, NoAnswer, Busy, Invalid, Blocked or Problem
	After   time.Duration     // how long it rings first. NoAnswer with 0 rings until the center gives up
}

// Config sets a network up.
type Config struct {
	Clock   clock.Clock // nil: the wall clock
	Default Script      // numbers without a script; zero: they answer after AnswersAfter
}

// Network implements telephony.Network.
type Network struct {
	clock   clock.Clock
	usually Script

	mu      sync.Mutex // guards everything below
	scripts map[string]Script
	calls   map[center.ContactID]*call
}

type call struct {
	released chan struct{} // closed by Release

	done     chan struct{} // closed when the call is over; then:
	outcome  telephony.Outcome
	deserted bool // whoever dialled went away: nobody knows what would have become of the call
}

var _ telephony.Network = (*Network)(nil)

// New returns a network without scripts. It fails with ErrScript when the default is none.
func New(cfg Config) (*Network, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Default == (Script{}) {
		cfg.Default = Script{Outcome: telephony.Answered, After: AnswersAfter}
	}
	if err := cfg.Default.check(); err != nil {
		return nil, err
	}
	return &Network{
		clock: cfg.Clock, usually: cfg.Default,
		scripts: map[string]Script{}, calls: map[center.ContactID]*call{},
	}, nil
}

func (s Script) check() error {
	switch s.Outcome {
	case telephony.Answered, telephony.NoAnswer, telephony.Busy, telephony.Invalid, telephony.Blocked, telephony.Problem:
	default:
		return fmt.Errorf("%w: outcome %q", ErrScript, s.Outcome)
	}
	if s.After < 0 {
		return fmt.Errorf("%w: it rings for %v", ErrScript, s.After)
	}
	return nil
}

// Set gives a number a script. Calls that ring already keep theirs.
func (n *Network) Set(number string, s Script) error {
	if err := s.check(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, known := n.scripts[number]; !known && len(n.scripts) >= ScriptsMax {
		return fmt.Errorf("%w: at most %d", ErrFull, ScriptsMax)
	}
	n.scripts[number] = s
	return nil
}

// Clear makes a number behave as any other again.
func (n *Network) Clear(number string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.scripts, number)
}

// Plan returns how a number would behave if it were called now. Whoever simulates without goroutines asks this instead
// of dialling.
func (n *Network) Plan(number string) Script {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s, ok := n.scripts[number]; ok {
		return s
	}
	return n.usually
}

// Ringing returns how many calls are being dialled.
func (n *Network) Ringing() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.calls)
}

// Dial rings the number as its script says. It returns Released when Release ends the call first, and ctx's error when
// ctx does; the call is over then.
func (n *Network) Dial(ctx context.Context, c telephony.Call) (telephony.Outcome, error) {
	mine := &call{done: make(chan struct{}), released: make(chan struct{})}
	for {
		under, err := n.enter(c.Contact, mine)
		if err != nil {
			return "", err
		}
		if under == mine {
			break
		}
		select {
		case <-under.done:
			if !under.deserted {
				return under.outcome, nil
			}
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	outcome, err := n.ring(ctx, n.Plan(c.To), mine)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.calls[c.Contact] == mine {
		delete(n.calls, c.Contact)
	}
	mine.outcome, mine.deserted = outcome, err != nil
	close(mine.done)
	return outcome, err
}

// enter makes mine the contact's call, or returns the one that is under way.
func (n *Network) enter(contact center.ContactID, mine *call) (*call, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if under := n.calls[contact]; under != nil {
		return under, nil
	}
	if len(n.calls) >= CallsMax {
		return nil, fmt.Errorf("%w: %d calls ring", ErrLines, CallsMax)
	}
	n.calls[contact] = mine
	return mine, nil
}

// ring waits for what the script says.
func (n *Network) ring(ctx context.Context, s Script, c *call) (telephony.Outcome, error) {
	var rung <-chan struct{} // nil: for ever
	if s.Outcome != telephony.NoAnswer || s.After > 0 {
		woken, stop := n.clock.WakeAt(n.clock.Now().Add(s.After))
		defer stop()
		rung = woken
	}
	select {
	case <-rung:
		return s.Outcome, nil
	case <-c.released:
		return telephony.Released, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Release ends a ringing call. Calls that were answered have no line here that could be cut.
func (n *Network) Release(_ context.Context, contact center.ContactID) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c := n.calls[contact]; c != nil {
		delete(n.calls, contact) // a second Release finds nothing to end
		close(c.released)
	}
	return nil
}
