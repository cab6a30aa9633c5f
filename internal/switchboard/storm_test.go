package switchboard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

// TestStorm lets everything go wrong at random: appends that are refused, of unknown outcome, or late; a machine that
// breaks; restarts. What was acknowledged is in the journal once, what was refused is not, and the view never differs
// from the machine.
func TestStorm(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { storm(t, seed) })
	}
}

func storm(t *testing.T, seed uint64) {
	b := newBench(t)
	b.open(nil)
	b.populate(3)
	r := rand.New(rand.NewPCG(seed, 99))
	w := &weather{Log: b.log, b: b, r: r}
	acknowledged := map[uint64]bool{}
	var v *live.View
	var shown uint64
	open := func() {
		calm := w.calm
		w.calm = true
		meddler := meddle(func(center.Command) {
			if r.IntN(60) == 0 && !w.calm {
				panic("storm")
			}
		}, nil)
		b.open(func(c *Config) {
			meddler(c)
			c.Log, c.CheckpointEvery, c.Perform = w, 50, answersLater
		})
		s := b.sb.State()
		v = live.New(b.sb.Place(), s.Directory, s.Agents, s.Contacts)
		shown = b.sb.Place()
		b.sb.Subscribe(func(place uint64, s center.Step) {
			if place <= shown {
				t.Errorf("place %d is shown after %d", place, shown)
			}
			shown = place
			v.Apply(place, s)
		})
		w.calm = calm
	}
	open()
	for n := range 150 {
		if r.IntN(25) == 0 {
			open() // the old one is gone without a word
		}
		cmd := b.randomCommand(r)
		step, err := b.do(cmd)
		switch {
		case err == nil && step.Stamp.Place != 0:
			acknowledged[step.Stamp.Place] = true
		case errors.Is(err, ErrFailed) || errors.Is(err, ErrFenced) || errors.Is(err, ErrClosed):
			if !errors.Is(err, ErrFailed) {
				t.Fatalf("%T: %v", cmd, err)
			}
			open() // three breaks on Wake in a row fail an instance, and the storm does that at times
		}
		b.advance(recoverEvery)
		if b.sb.m == nil || n%10 != 0 {
			continue
		}
		agents := map[center.AgentID]*lifecycle.Agent{}
		for _, a := range v.Agents(nil) {
			agents[a.ID] = &a
		}
		if d := cmp.Diff(b.sb.State().Agents, agents, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("the view differs from the machine:\n%s", d)
		}
	}
	w.calm = true
	open()
	inJournal := map[uint64]int{}
	for _, p := range b.steps() {
		inJournal[p.Place]++
		if p.Step.Stamp.Place != p.Place {
			t.Errorf("the step at %d was made for %d", p.Place, p.Step.Stamp.Place)
		}
	}
	for place := range acknowledged {
		if inJournal[place] != 1 {
			t.Errorf("the step acknowledged at %d is there %d times", place, inJournal[place])
		}
	}
	if len(acknowledged) < 20 {
		t.Errorf("only %d commands were acknowledged: the storm proves nothing", len(acknowledged))
	}
	if err := machine.Check(b.sb.State()); err != nil {
		t.Error(err)
	}
}

// weather is a log with bad days. At most one append at a time is late; it arrives before the next one or never.
type weather struct {
	storage.Log
	b    *bench
	r    *rand.Rand
	calm bool
	late []storage.Entry
}

func (w *weather) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	if late := w.late; late != nil {
		w.late = nil
		_, _ = w.Log.Append(ctx, late...) // the fence decides whether it still counts
	}
	if w.calm {
		return w.Log.Append(ctx, entries...)
	}
	switch w.r.IntN(20) {
	case 0:
		return 0, storage.ErrFull
	case 1:
		return 0, storage.ErrUnknown
	case 2:
		if _, err := w.Log.Append(ctx, entries...); err != nil {
			return 0, err
		}
		return 0, storage.ErrUnknown
	case 3:
		for _, e := range entries {
			w.late = append(w.late, storage.Entry{Key: e.Key, Data: append([]byte{}, e.Data...), Guard: e.Guard})
		}
		return 0, storage.ErrUnknown
	}
	return w.Log.Append(ctx, entries...)
}

// answersLater leaves calls ringing.
func answersLater(context.Context, center.EffectID, center.Effect) (center.Command, error) {
	return nil, nil
}

func TestTheEmbeddedEngineGivesTheSameMachineBack(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	open := func() func() {
		e, err := embedded.Open(embedded.Config{Dir: dir, Clock: b.clock})
		if err != nil {
			t.Fatal(err)
		}
		if b.log, err = e.Open(b.ctx, "cc-test", storage.Config{}); err != nil {
			t.Fatal(err)
		}
		if b.snapshots, err = e.Open(b.ctx, "snap-test", storage.Config{Latest: true}); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	shut := open()
	b.open(func(c *Config) { c.CheckpointEvery = 60 })
	b.populate(2)
	r := rand.New(rand.NewPCG(5, 5))
	for range 100 {
		b.random(r)
	}
	lived := b.checkpoint(b.sb.m)
	shut()
	defer open()()
	for _, snapshots := range []storage.Log{b.snapshots, nil} {
		b.open(func(c *Config) { c.Snapshots = snapshots })
		if got := b.checkpoint(b.sb.m); got != lived {
			t.Errorf("recovered:\n%s", cmp.Diff(lived, got))
		}
	}
}
