package switchboard

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// hand records what a performer was asked, and answers.
type recorder struct {
	mu    sync.Mutex // guards asked
	asked []center.EffectID
	do    func(ctx context.Context, n int, e center.Effect) (center.Command, error) // n counts from 1
}

func (r *recorder) perform(ctx context.Context, id center.EffectID, e center.Effect) (center.Command, error) {
	r.mu.Lock()
	r.asked = append(r.asked, id)
	n := len(r.asked)
	r.mu.Unlock()
	return r.do(ctx, n, e)
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.asked)
}

func answers(_ context.Context, _ int, e center.Effect) (center.Command, error) {
	if d, ok := e.(center.DialCustomer); ok {
		return center.DialAnswered{Contact: d.Contact}, nil
	}
	return center.Done{}, nil
}

// dial starts an outbound call and returns its contact and effect.
func (b *bench) dial(ring time.Duration) (center.ContactID, center.EffectID) {
	b.t.Helper()
	step := b.must(center.StartOutboundCall{Destination: customer, Source: support, Flow: b.flow, RingTimeout: ring})
	return step.Events[0].(center.ContactInitiated).Contact, center.MakeEffectID(step.Stamp.Place, 0)
}

func performing(r *recorder) func(*Config) { return func(c *Config) { c.Perform = r.perform } }

func TestAnEffectIsCarriedOutOnceAndClosed(t *testing.T) {
	b := newBench(t)
	r := &recorder{do: answers}
	b.open(performing(r))
	b.populate(1)
	c, id := b.dial(20 * time.Second)
	if len(r.asked) != 1 || r.asked[0] != id {
		t.Fatalf("asked for %v, want %s once", r.asked, id)
	}
	if got := b.sb.State().Agents[b.agents[0]].Contact(c); got == nil {
		t.Error("the customer answered, but no agent's phone rings")
	}
	if got := len(b.sb.State().Outstanding); got != 0 || len(b.sb.hands.byID) != 0 || len(b.sb.hands.byContact) != 0 {
		t.Errorf("%d effects are outstanding, hands %v", got, b.sb.hands.byID)
	}
}

func TestAnEffectCommittedBeforeAKillIsCarriedOutAfterTheRestart(t *testing.T) {
	b := newBench(t)
	b.open(nil) // nobody carries anything out: as if killed between commit and effect
	b.populate(1)
	c, id := b.dial(20 * time.Second)
	r := &recorder{do: answers}
	b.open(performing(r))
	b.work()
	if len(r.asked) != 1 || r.asked[0] != id {
		t.Fatalf("after the restart asked for %v, want %s once", r.asked, id)
	}
	if got := b.sb.State().Contacts[c]; got.ConnectedToSystemAt.IsZero() {
		t.Error("the answer did not reach the contact")
	}
	b.open(performing(r))
	b.work()
	if len(r.asked) != 1 {
		t.Errorf("a closed effect was carried out again: %v", r.asked)
	}
}

func TestAFailingEffectIsTriedAgainLaterAndThenGivenUp(t *testing.T) {
	b := newBench(t)
	r := &recorder{do: func(context.Context, int, center.Effect) (center.Command, error) {
		return nil, errors.New("no line")
	}}
	b.open(performing(r))
	b.populate(1)
	c := b.call()
	b.must(center.AcceptContact{Contact: c, Agent: b.agents[0]})
	b.must(center.StopContact{Contact: c}) // asks for ReleaseLine
	var waits []time.Duration
	at := b.clock.Now()
	for n := 1; n < AttemptsMax; n++ {
		if got := r.count(); got != n {
			t.Fatalf("%d attempts, want %d", got, n)
		}
		next, ok := b.sb.Deadline()
		if !ok {
			t.Fatalf("no deadline after attempt %d", n)
		}
		waits = append(waits, next.Sub(at))
		at = next
		b.advance(next.Sub(b.clock.Now()))
	}
	b.advance(time.Hour)
	if got := r.count(); got != AttemptsMax {
		t.Errorf("%d attempts, want %d", got, AttemptsMax)
	}
	for n, w := range waits {
		if want := min(RetryFirst<<n, RetryMax); w != want {
			t.Errorf("wait %d is %v, want %v", n, w, want)
		}
	}
	if got := len(b.sb.State().Outstanding); got != 1 {
		t.Errorf("%d effects are outstanding, want the one that was given up", got)
	}
	r.do = answers
	b.open(performing(r)) // it is tried again when the instance is opened
	b.work()
	if got := len(b.sb.State().Outstanding); got != 0 {
		t.Errorf("after the restart %d effects are outstanding", got)
	}
}

func TestAnAnswerThatIsNotStoredIsGivenAgainWithoutAnotherCall(t *testing.T) {
	b := newBench(t)
	r := &recorder{do: answers}
	f := &faulty{Log: b.log}
	b.open(func(c *Config) { c.Perform, c.Log = r.perform, f })
	b.populate(1)
	fail := 0
	f.before = nil
	r.do = func(ctx context.Context, n int, e center.Effect) (center.Command, error) {
		fail = 1
		b.engine.Disk().Plan(0, 3) // memory.FullDisk: the next append
		return answers(ctx, n, e)
	}
	c, _ := b.dial(60 * time.Second)
	b.advance(RetryFirst)
	if fail == 0 || r.count() != 1 {
		t.Errorf("the customer was called %d times, want once", r.count())
	}
	if b.sb.State().Contacts[c].ConnectedToSystemAt.IsZero() {
		t.Error("the answer was lost")
	}
}

func TestAnEffectWhoseContactIsOverIsCalledOff(t *testing.T) {
	b := newBench(t)
	began, ended := make(chan center.Effect, 10), make(chan error, 10)
	r := &recorder{do: func(ctx context.Context, _ int, e center.Effect) (center.Command, error) {
		if _, ok := e.(center.DialCustomer); !ok {
			return center.Done{}, nil
		}
		began <- e
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}}
	b.open(nil)
	b.populate(1)
	b.open(performing(r))
	ctx, stop := context.WithCancel(b.ctx)
	done := make(chan error, 1)
	go func() { done <- b.sb.Run(ctx) }()
	res, err := b.sb.Submit(ctx, center.StartOutboundCall{Destination: customer, Source: support, Flow: b.flow, RingTimeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	<-began
	if _, err := b.sb.Submit(ctx, center.StopContact{Contact: res.Step.Events[0].(center.ContactInitiated).Contact}); err != nil {
		t.Fatal(err)
	}
	<-ended
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestARefusedOutcomeClosesTheEffect(t *testing.T) {
	b := newBench(t)
	r := &recorder{do: func(_ context.Context, _ int, e center.Effect) (center.Command, error) {
		return center.AcceptContact{Contact: "nobody", Agent: "nobody"}, nil
	}}
	b.open(performing(r))
	b.populate(0)
	b.dial(20 * time.Second)
	b.work()
	if got := len(b.sb.State().Outstanding); got != 0 || r.count() != 1 {
		t.Errorf("%d effects are outstanding after %d attempts, want none after one", got, r.count())
	}
}

func TestAnOutcomeMayComeLater(t *testing.T) {
	b := newBench(t)
	r := &recorder{do: func(context.Context, int, center.Effect) (center.Command, error) { return nil, nil }}
	b.open(performing(r))
	b.populate(1)
	c, id := b.dial(20 * time.Second)
	if err := b.sb.Post(id, center.DialAnswered{Contact: c}, nil); err != nil {
		t.Fatal(err)
	}
	b.work()
	if len(b.sb.State().Outstanding) != 0 || len(b.sb.hands.byID) != 0 || r.count() != 1 {
		t.Errorf("the effect is still open after its answer; asked %d times", r.count())
	}
	b.must(center.StopContact{Contact: c})
	release := b.sb.State().Outstanding[0].ID
	if err := b.sb.Post(release, center.Done{}, nil); err != nil {
		t.Fatal(err)
	}
	b.work()
	if len(b.sb.hands.byID) != 0 {
		t.Errorf("hands keep %v", b.sb.hands.byID)
	}
	steps := len(b.steps())
	if err := b.sb.Post(id, center.DialAnswered{Contact: c}, func(res Result, err error) {
		if err != nil || !res.Step.Empty() {
			t.Errorf("answering a closed effect = %+v, %v", res, err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	b.work()
	if got := len(b.steps()); got != steps {
		t.Errorf("answering a closed effect wrote %d steps", got-steps)
	}
}

func TestAPerformerThatPanicsIsAFailedAttempt(t *testing.T) {
	b := newBench(t)
	r := &recorder{do: func(ctx context.Context, n int, e center.Effect) (center.Command, error) {
		if n == 1 {
			panic("performer")
		}
		return answers(ctx, n, e)
	}}
	b.open(performing(r))
	b.populate(1)
	b.dial(20 * time.Second)
	b.advance(RetryFirst)
	if got := len(b.sb.State().Outstanding); got != 0 || r.count() != 2 {
		t.Errorf("%d effects are outstanding after %d attempts", got, r.count())
	}
}

func TestEffectsAtOnceAreBounded(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(0)
	for range 10 {
		b.dial(60 * time.Second)
	}
	var mu sync.Mutex
	now, most := 0, 0
	release := make(chan struct{})
	r := &recorder{do: func(ctx context.Context, n int, e center.Effect) (center.Command, error) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		<-release
		mu.Lock()
		now--
		mu.Unlock()
		return answers(ctx, n, e)
	}}
	b.open(func(c *Config) { c.Perform, c.EffectsMax = r.perform, 3 })
	closed := make(chan struct{}, 20)
	b.sb.Subscribe(func(_ uint64, s center.Step) {
		if s.Stamp.Closes != "" {
			closed <- struct{}{}
		}
	})
	ctx, stop := context.WithCancel(b.ctx)
	done := make(chan error, 1)
	go func() { done <- b.sb.Run(ctx) }()
	waitFor(t, func() bool { return r.count() == 3 })
	close(release)
	for range 10 {
		<-closed
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if most != 3 || r.count() != 10 {
		t.Errorf("%d effects at once of %d, want 3 of 10", most, r.count())
	}
}
