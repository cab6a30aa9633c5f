package switchboard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/storage"
)

func TestCallGoesThroughItsWholeLife(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(1)
	c := b.call()
	if got := b.sb.State().Agents[b.agents[0]].Contact(c); got == nil || got.State != center.AgentContactConnecting {
		t.Fatalf("after the call the agent's desk shows %+v, want it ringing", got)
	}
	b.must(center.AcceptContact{Contact: c, Agent: b.agents[0]})
	b.must(center.HangUp{Contact: c})
	b.must(center.ClearContact{Contact: c, Agent: b.agents[0]})
	if n := len(b.sb.State().Contacts); n != 0 {
		t.Errorf("%d contacts are open, want none", n)
	}
	for _, p := range b.steps() {
		if p.Step.Stamp.Place != p.Place {
			t.Errorf("the step at %d was made for %d", p.Place, p.Step.Stamp.Place)
		}
		if p.Step.Empty() {
			t.Errorf("the step at %d is empty", p.Place)
		}
	}
}

func TestCommandsThatWaitTogetherShareOneAppend(t *testing.T) {
	b := newBench(t)
	f := &faulty{Log: b.log}
	b.open(func(c *Config) { c.Log = f })
	b.populate(0)
	before := f.appends
	answered := 0
	for n := range 100 {
		cmd := center.CreateAgentStatus{Status: center.AgentStatus{Name: fmt.Sprintf("Break %d", n), Type: center.Custom, State: center.Enabled}}
		if err := b.sb.Post("", cmd, func(_ Result, err error) {
			answered++
			var refused *center.Refused // there may be no more statuses than AWS allows
			if err != nil && !errors.As(err, &refused) {
				t.Errorf("%d: %v", n, err)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.sb.Work(b.ctx); err != nil {
		t.Fatal(err)
	}
	if answered != 100 || f.appends != before+1 {
		t.Errorf("%d of 100 commands were answered after %d appends, want all after 1", answered, f.appends-before)
	}
}

func TestABatchHasBounds(t *testing.T) {
	b := newBench(t)
	most := 0
	f := &faulty{Log: b.log, before: func(_ int, e []storage.Entry) error { most = max(most, len(e)); return nil }}
	b.open(func(c *Config) { c.Log = f })
	b.populate(1)
	answered := 0
	for range BatchMax + 500 {
		cmd := center.SetInstanceAttribute{Type: "EARLY_MEDIA", Value: "true"}
		if err := b.sb.Post("", cmd, func(Result, error) { answered++ }); err != nil {
			t.Fatal(err)
		}
	}
	b.work()
	if answered != BatchMax+500 || most != BatchMax {
		t.Errorf("%d of %d were answered with at most %d entries an append, want %d", answered, BatchMax+500, most, BatchMax)
	}
}

func TestQueueIsBounded(t *testing.T) {
	b := newBench(t)
	b.open(func(c *Config) { c.QueueMax = 3 })
	b.populate(0)
	cmd := center.SetInstanceAttribute{Type: "EARLY_MEDIA", Value: "true"}
	for n := range 3 {
		if err := b.sb.Post("", cmd, nil); err != nil {
			t.Fatalf("command %d: %v", n, err)
		}
	}
	if err := b.sb.Post("", cmd, nil); !errors.Is(err, ErrBusy) {
		t.Errorf("Post to a full queue = %v, want ErrBusy", err)
	}
	if _, err := b.sb.Submit(b.ctx, cmd); !errors.Is(err, ErrBusy) || !Retryable(err) {
		t.Errorf("Submit to a full queue = %v, want ErrBusy", err)
	}
	b.work()
	if _, err := b.do(cmd); err != nil {
		t.Errorf("after a round: %v", err)
	}
}

func TestACommandNobodyWaitsForIsNotDone(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(0)
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if _, err := b.sb.Submit(ctx, center.DeleteInstance{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("Submit = %v", err)
	}
	b.work()
	if b.sb.State().Directory.Deleted {
		t.Error("a command whose caller had left was done")
	}
}

func TestStampsAreWholeMillisecondsAndNeverDecrease(t *testing.T) {
	b := newBench(t)
	odd := &backwards{now: start.Add(1234567 * time.Nanosecond)}
	b.open(func(c *Config) { c.Clock = odd })
	b.populate(2)
	odd.now = start.Add(-time.Hour)
	b.call()
	last := time.Time{}
	for _, p := range b.steps() {
		at := p.Step.Stamp.At
		if at.Before(last) || at.Nanosecond()%1e6 != 0 || at.Location() != time.UTC {
			t.Errorf("the step at %d is stamped %v, after %v", p.Place, at, last)
		}
		last = at
	}
	if want := start.Add(time.Millisecond); !last.Equal(want) {
		t.Errorf("the newest stamp is %v, want %v", last, want)
	}
}

// backwards is a clock that is set back.
type backwards struct{ now time.Time }

func (c *backwards) Now() time.Time { return c.now }
func (c *backwards) WakeAt(time.Time) (<-chan struct{}, func()) {
	return make(chan struct{}), func() {}
}

func TestSubscribersSeeEveryStepOnceInOrderBeforeTheAnswer(t *testing.T) {
	b := newBench(t)
	var seen []Placed
	b.open(func(c *Config) {
		c.Subscribe = append(c.Subscribe, func(place uint64, s center.Step) { seen = append(seen, Placed{place, s}) })
	})
	b.populate(3)
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var place uint64
		b.random(r)
		cmd := center.SetInstanceAttribute{Type: "EARLY_MEDIA", Value: "false"}
		_ = b.sb.Post("", cmd, func(res Result, err error) {
			place = res.Step.Stamp.Place
			if err == nil && place != 0 && (b.sb.Place() < place || seen[len(seen)-1].Place < place) {
				t.Errorf("answered at %d before subscribers had seen it", place)
			}
		})
		b.work()
	}
	all := b.steps()
	if len(seen) != len(all) {
		t.Fatalf("subscribers saw %d steps of %d", len(seen), len(all))
	}
	for n := range all {
		if seen[n].Place != all[n].Place {
			t.Fatalf("subscribers saw %d where the journal has %d", seen[n].Place, all[n].Place)
		}
	}
}

func TestOffersLapseOnTheVirtualClockWhileRunning(t *testing.T) {
	b := newBench(t)
	missed := make(chan time.Time, 10)
	b.open(func(c *Config) {
		c.Subscribe = append(c.Subscribe, func(_ uint64, s center.Step) {
			for _, e := range s.Events {
				if _, ok := e.(center.ContactMissed); ok {
					missed <- s.Stamp.At
				}
			}
		})
	})
	b.populate(1)
	ctx, stop := context.WithCancel(b.ctx)
	done := make(chan error, 1)
	go func() { done <- b.sb.Run(ctx) }()
	if _, err := b.sb.Submit(ctx, center.StartInboundCall{Customer: customer, Dialled: support}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { at, ok := b.clock.Next(); return ok && at.Equal(start.Add(20*time.Second)) })
	if err := b.clock.Advance(20 * time.Second); err != nil {
		t.Fatal(err)
	}
	if at := <-missed; !at.Equal(start.Add(20 * time.Second)) {
		t.Errorf("the offer lapsed at %v", at)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run = %v", err)
	}
	if _, err := b.sb.Submit(b.ctx, center.Wake{}); !errors.Is(err, ErrClosed) {
		t.Errorf("Submit after Run = %v, want ErrClosed", err)
	}
}

// waitFor lets other goroutines run until something holds.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	end := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(end) {
			t.Fatal("waited 20 s")
		}
		runtime.Gosched()
	}
}

func TestManySubmittersReadTheirOwnWrites(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(0)
	var names sync.Map
	b.sb.Subscribe(func(_ uint64, s center.Step) {
		for _, e := range s.Events {
			if e, ok := e.(center.AgentStatusSaved); ok {
				names.Store(e.Status.Name, true)
			}
		}
	})
	ctx, stop := context.WithCancel(b.ctx)
	done := make(chan error, 1)
	go func() { done <- b.sb.Run(ctx) }()
	var taken, refused atomic.Int64
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			for n := range 20 {
				name := fmt.Sprintf("Break %d of %d", n, w)
				_, err := b.sb.Submit(ctx, center.CreateAgentStatus{Status: center.AgentStatus{Name: name, Type: center.Custom, State: center.Enabled}})
				var r *center.Refused
				switch _, seen := names.Load(name); {
				case errors.As(err, &r):
					refused.Add(1)
				case err != nil:
					t.Error(err)
				case !seen:
					t.Errorf("%q was answered before it could be read", name)
				default:
					taken.Add(1)
				}
			}
		})
	}
	group.Wait()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if taken.Load() == 0 || taken.Load()+refused.Load() != 160 {
		t.Errorf("%d were taken and %d refused of 160", taken.Load(), refused.Load())
	}
}

func TestRunFinishesWhatWaitsWhenItEnds(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(0)
	ctx, stop := context.WithCancel(b.ctx)
	stop()
	answers := 0
	for range 10 {
		if err := b.sb.Post("", center.SetInstanceAttribute{Type: "EARLY_MEDIA", Value: "false"}, func(_ Result, err error) {
			if answers++; err != nil {
				t.Error(err)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.sb.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if answers != 10 {
		t.Errorf("%d of 10 commands were answered", answers)
	}
	if cp, err := newestCheckpoint(b.ctx, b.snapshots, b.sb.Place()); err != nil || cp == nil || cp.place != b.sb.Place() {
		t.Errorf("after Run the newest checkpoint is %+v, %v; want one at %d", cp, err, b.sb.Place())
	}
}

func TestLiveShowsWhatTheMachineKnows(t *testing.T) {
	for seed := range uint64(4) {
		b := newBench(t)
		b.open(nil)
		b.populate(3)
		s := b.sb.State()
		v := live.New(b.sb.Place(), s.Directory, s.Agents, s.Contacts)
		b.sb.Subscribe(v.Apply)
		r := rand.New(rand.NewPCG(seed, 11))
		for n := range 300 {
			if b.random(r); n == 150 {
				b.must(center.CreateQueue{Queue: center.Queue{Name: "Second", Hours: anyHours(b)}})
			}
		}
		s = b.sb.State()
		agents, contacts := map[center.AgentID]*lifecycle.Agent{}, map[center.ContactID]*lifecycle.Contact{}
		for _, a := range v.Agents(nil) {
			agents[a.ID] = &a
		}
		for _, c := range v.Contacts(nil) {
			contacts[c.ID] = &c
		}
		if d := cmp.Diff(s.Agents, agents, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("seed %d: agents:\n%s", seed, d)
		}
		if d := cmp.Diff(s.Contacts, contacts, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("seed %d: contacts:\n%s", seed, d)
		}
		v.Directory(func(d *directory.Directory) {
			if d := cmp.Diff(s.Directory, d, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("seed %d: directory:\n%s", seed, d)
			}
		})
	}
}

func anyHours(b *bench) center.HoursID {
	for id := range b.sb.State().Directory.Hours {
		return id
	}
	return ""
}
