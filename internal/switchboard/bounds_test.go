package switchboard

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// swollen is a machine whose answers to SetInstanceAttribute carry a payload of some size, in bytes.
type swollen struct {
	automaton
	size int
}

func (m *swollen) Step(s center.Stamp, c center.Command) (center.Step, error) {
	step, err := m.automaton.Step(s, c)
	if _, ok := c.(center.SetInstanceAttribute); ok && err == nil {
		step.Events = append(step.Events, center.ContactAttributesChanged{
			Contact: "gone", Set: map[string]string{"x": strings.Repeat("x", m.size)},
		})
	}
	return step, err
}

func TestAnAppendHasABoundInBytes(t *testing.T) {
	b := newBench(t)
	const size = 3 << 20
	var most, appends int
	f := &faulty{Log: b.log, before: func(_ int, entries []storage.Entry) error {
		sum := 0
		for _, e := range entries {
			sum += len(e.Data)
		}
		most = max(most, sum)
		appends++
		return nil
	}}
	b.open(func(c *Config) {
		c.Log = f
		c.build = func([]byte) (automaton, error) { return &swollen{machine.New(), size}, nil }
	})
	b.populate(0)
	appends, most = 0, 0
	answered := 0
	for n := range 7 {
		if err := b.sb.Post("", setting(n), func(_ Result, err error) {
			if answered++; err != nil {
				t.Error(err)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	b.work()
	if answered != 7 || appends != 3 || most < BatchBytesMax || most > BatchBytesMax+size+1000 {
		t.Errorf("%d of 7 were answered after %d appends of at most %d bytes, want 3 appends", answered, appends, most)
	}
}

func TestAStepThatFitsNoRecordIsRefusedAlone(t *testing.T) {
	b := newBench(t)
	size := 10
	b.open(func(c *Config) {
		c.build = func(cp []byte) (automaton, error) { return &swollen{machine.New(), size}, nil }
	})
	b.populate(0)
	place := b.sb.Place()
	b.sb.m.(*swollen).size = storage.MaxRecordBytes + 1
	if _, err := b.do(setting(1)); !errors.Is(err, ErrBroken) {
		t.Errorf("= %v, want ErrBroken", err)
	}
	if b.sb.Place() != place {
		t.Errorf("something was committed at %d", b.sb.Place())
	}
	b.must(setting(1))
}

// restless is a machine that always wants to be woken.
type restless struct {
	automaton
	due   func() time.Time
	wakes int
}

func (m *restless) Deadline() (time.Time, bool) { return m.due(), true }

func (m *restless) Step(s center.Stamp, c center.Command) (center.Step, error) {
	if _, ok := c.(center.Wake); ok {
		m.wakes++
		return center.Step{}, nil
	}
	return m.automaton.Step(s, c)
}

func TestADeadlineThatDoesNotMoveIsNotSpunOn(t *testing.T) {
	b := newBench(t)
	m := &restless{automaton: machine.New(), due: func() time.Time { return start.Add(-time.Hour) }}
	b.open(func(c *Config) { c.build = func([]byte) (automaton, error) { return m, nil } })
	b.work()
	if m.wakes != 1 {
		t.Errorf("%d wakes, want 1", m.wakes)
	}
	at, ok := b.sb.Deadline()
	if want := b.clock.Now().Add(stuckFor); !ok || !at.Equal(want) {
		t.Errorf("it is looked at again at %v, want %v", at, want)
	}
	b.must(instance()) // commands are taken all the same
	b.advance(stuckFor)
	if m.wakes != 2 {
		t.Errorf("%d wakes after %v, want 2", m.wakes, stuckFor)
	}
}

func TestWakesOfARoundAreBounded(t *testing.T) {
	b := newBench(t)
	n := 0
	m := &restless{automaton: machine.New(), due: func() time.Time { n++; return start.Add(time.Duration(n) - time.Hour) }}
	b.open(func(c *Config) { c.build = func([]byte) (automaton, error) { return m, nil } })
	m.wakes = 0
	busy, err := b.sb.Work(b.ctx)
	if !busy || err != nil || m.wakes != wakesMax {
		t.Errorf("Work = %t, %v after %d wakes, want more to do after %d", busy, err, m.wakes, wakesMax)
	}
}

func TestTwoOwnersOfOneNameDoNotBothOwn(t *testing.T) {
	b := newBench(t)
	var other *Switchboard
	f := &faulty{Log: b.log, before: func(n int, _ []storage.Entry) error {
		if n == 1 {
			other = b.open(nil)
		}
		return nil
	}}
	if _, err := b.tryOpen(func(c *Config) { c.Log = f }); !errors.Is(err, ErrFenced) {
		t.Errorf("Open = %v, want ErrFenced", err)
	}
	b.sb = other
	b.populate(0)
}

func TestACheckpointOfAnotherPlaceIsNotUsed(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(1)
	early := b.checkpoint(b.sb.m)
	b.call()
	lived := b.checkpoint(b.sb.m)
	if _, err := writeCheckpoint(b.ctx, b.snapshots, checkpoint{b.sb.Place(), []byte(early)}, 1); err != nil {
		t.Fatal(err)
	}
	b.open(nil)
	if got := b.checkpoint(b.sb.m); got != lived {
		t.Error("recovered the state of another place")
	}
}
