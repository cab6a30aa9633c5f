package simulate

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
)

// liveCenter is a machine that lives in the time of a clock, and tells what happens on a channel, as a server does.
type liveCenter struct {
	mu       sync.Mutex // guards s
	s        *Simulation
	clock    clock.Clock
	observed chan Observed
	poke     chan struct{}
}

func (l *liveCenter) Observed() <-chan Observed { return l.observed }

func (l *liveCenter) Submit(_ context.Context, cmd center.Command) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.s.passTo(l.clock.Now().Truncate(time.Millisecond))
	_, err := l.s.step(center.Stamp{}, cmd)
	var refused *center.Refused
	if errors.As(err, &refused) {
		err = nil
	}
	select {
	case l.poke <- struct{}{}:
	default:
	}
	return err
}

// live wakes the machine when it wants to be.
func (l *liveCenter) live(ctx context.Context) error {
	for {
		l.mu.Lock()
		due, ok := l.s.machine.Deadline()
		if now := l.clock.Now().Truncate(time.Millisecond); ok && !due.After(now) {
			l.s.passTo(now)
			_, err := l.s.step(center.Stamp{}, center.Wake{})
			l.mu.Unlock()
			if err != nil {
				return err
			}
			continue
		}
		l.mu.Unlock()
		var woken <-chan struct{}
		stop := func() {}
		if ok {
			woken, stop = l.clock.WakeAt(due)
		}
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-woken:
		case <-l.poke:
		}
		stop()
	}
}

// TestPeopleAreDrivenInRealTime lets the same people act on a center that has a life of its own.
func TestPeopleAreDrivenInRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clk := clock.System{} // the bubble's time
		l := &liveCenter{clock: clk, observed: make(chan Observed, 10_000), poke: make(chan struct{}, 1)}
		cfg := Config{Seed: 5, Start: clk.Now(), Agents: 5, ContactsPerHour: 100, Duration: time.Hour, TaskShare: 0.1}
		cfg.Step = func(step center.Step, _ []byte) {
			for _, e := range step.Events {
				l.observed <- Observed{step.Stamp.At, e}
			}
		}
		var err error
		if l.s, err = New(cfg); err != nil {
			t.Fatal(err)
		}
		world, err := l.s.build()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		lived := make(chan error, 1)
		go func() { lived <- l.live(ctx) }()
		w := NewWorkload(cfg, world, clk.Now())
		if err := Drive(ctx, clk, l, w); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-lived; err != nil {
			t.Fatal(err)
		}
		sum := l.s.Summary()
		if sum.Contacts < 50 || sum.Handled < 30 || sum.Handled+sum.Abandoned > sum.Offered {
			t.Errorf("summary %+v", sum)
		}
		for id, a := range l.s.Machine().State().Agents {
			if a.LoggedIn {
				t.Errorf("agent %s has not gone home", id)
			}
		}
	})
}

func TestDriveEndsWhenTheCenterSaysNoMore(t *testing.T) {
	l := &liveCenter{observed: make(chan Observed)}
	close(l.observed)
	clk := clock.NewVirtual(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	w := NewWorkload(Config{Seed: 1}, World{Groups: [][]center.AgentID{{"a"}}, Numbers: map[string]string{"+18005550000": "+18005550000"}}, clk.Now().Add(time.Hour))
	if err := Drive(context.Background(), clk, l, w); err == nil {
		t.Error("drove on")
	}
}
