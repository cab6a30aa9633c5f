package switchboard

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/machine"
)

func TestReadStepsTellsWhatWasMissed(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(2)
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		b.random(r)
	}
	all := b.steps()
	for _, after := range []uint64{0, 1, all[10].Place, all[10].Place + 1, all[len(all)-1].Place} {
		var want []uint64
		for _, p := range all {
			if p.Place > after {
				want = append(want, p.Place)
			}
		}
		var got []uint64
		for at := after; ; {
			steps, err := b.sb.ReadSteps(b.ctx, at, 7)
			if err != nil || len(steps) > 7 {
				t.Fatalf("ReadSteps after %d: %d steps, %v", at, len(steps), err)
			}
			if len(steps) == 0 {
				break
			}
			for _, s := range steps {
				got = append(got, s.Place)
			}
			at = got[len(got)-1]
		}
		if len(got) != len(want) || len(want) > 0 && got[0] != want[0] {
			t.Errorf("after %d: %d steps, want %d", after, len(got), len(want))
		}
	}
	if err := b.log.Trim(b.ctx, all[20].Place); err != nil {
		t.Fatal(err)
	}
	if _, err := b.sb.ReadSteps(b.ctx, all[5].Place, 0); !errors.Is(err, ErrTooOld) {
		t.Errorf("ReadSteps of trimmed steps = %v, want ErrTooOld", err)
	}
}

func TestReadStepsShowsNothingBeforeSubscribersHaveSeenIt(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(1)
	b.sb.Subscribe(func(place uint64, _ center.Step) {
		steps, err := b.sb.ReadSteps(b.ctx, place-2, 0)
		if err != nil {
			t.Error(err)
		}
		for _, s := range steps {
			if s.Place >= place {
				t.Errorf("the step at %d can be read while the one at %d is being shown", s.Place, place)
			}
		}
	})
	b.call() // two steps in one append
}

func TestStateBeforeIsNeverBeyondAndNeverFarAway(t *testing.T) {
	const every = 40
	b := newBench(t)
	b.open(func(c *Config) { c.CheckpointEvery = every })
	b.populate(2)
	r := rand.New(rand.NewPCG(4, 4))
	for range 300 {
		b.random(r)
	}
	last := b.sb.Place()
	for place := uint64(1); place <= last; place++ {
		s, at, err := b.sb.StateBefore(b.ctx, place)
		switch {
		case errors.Is(err, ErrTooOld):
			if place+every >= last {
				t.Errorf("the state at %d of %d is said to be too old", place, last)
			}
		case err != nil:
			t.Errorf("StateBefore(%d): %v", place, err)
		case place+2*every < last:
			t.Errorf("the state at %d of %d is not said to be too old", place, last)
		case at > place || place-at > 2*every || s.Place != at:
			t.Errorf("StateBefore(%d) = the state at %d, which says %d", place, at, s.Place)
		default:
			if err := machine.Check(s); err != nil && at > 0 {
				t.Errorf("the state at %d: %v", at, err)
			}
		}
	}
}

func TestAJournalWithoutItsBeginningNeedsACheckpoint(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(1)
	lived := b.checkpoint(b.sb.m)
	place := b.sb.Place()
	if err := b.sb.Close(b.ctx); err != nil {
		t.Fatal(err)
	}
	if err := b.log.Trim(b.ctx, place+1); err != nil {
		t.Fatal(err)
	}
	if _, err := b.tryOpen(func(c *Config) { c.Snapshots = nil }); !errors.Is(err, ErrFailed) {
		t.Errorf("Open without a checkpoint = %v, want ErrFailed", err)
	}
	b.open(nil)
	if got := b.checkpoint(b.sb.m); got != lived {
		t.Error("recovered something else")
	}
}
