package scripted

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/telephony"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

type result struct {
	outcome telephony.Outcome
	err     error
}

func newNetwork(t *testing.T) (*Network, *clock.Virtual) {
	t.Helper()
	c := clock.NewVirtual(start)
	n, err := New(Config{Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	return n, c
}

// dial calls a number on another goroutine and returns once it rings.
func dial(ctx context.Context, n *Network, contact center.ContactID, to string) <-chan result {
	done := make(chan result, 1)
	ringing := n.Ringing()
	go func() {
		o, err := n.Dial(ctx, telephony.Call{Contact: contact, To: to})
		done <- result{o, err}
	}()
	for n.Ringing() == ringing && len(done) == 0 {
		runtime.Gosched()
	}
	return done
}

func TestANumberDoesWhatItsScriptSays(t *testing.T) {
	for _, c := range []struct {
		script *Script
		after  time.Duration
		want   telephony.Outcome
	}{
		{nil, AnswersAfter, telephony.Answered},
		{&Script{telephony.Answered, 7 * time.Second}, 7 * time.Second, telephony.Answered},
		{&Script{telephony.Busy, time.Second}, time.Second, telephony.Busy},
		{&Script{telephony.Invalid, 0}, 0, telephony.Invalid},
		{&Script{telephony.NoAnswer, 30 * time.Second}, 30 * time.Second, telephony.NoAnswer},
		{&Script{telephony.Blocked, 0}, 0, telephony.Blocked},
		{&Script{telephony.Problem, 0}, 0, telephony.Problem},
	} {
		n, v := newNetwork(t)
		if c.script != nil {
			if err := n.Set("+12065550100", *c.script); err != nil {
				t.Fatal(err)
			}
		}
		done := dial(t.Context(), n, "c", "+12065550100")
		if c.after > 0 {
			for _, ok := v.Next(); !ok; _, ok = v.Next() {
				runtime.Gosched()
			}
			if at, _ := v.Next(); !at.Equal(start.Add(c.after)) {
				t.Errorf("%v: something happens at %v", c.want, at)
			}
			if err := v.Advance(c.after); err != nil {
				t.Fatal(err)
			}
		}
		if r := <-done; r.outcome != c.want || r.err != nil {
			t.Errorf("%v after %v: got %v, %v", c.want, c.after, r.outcome, r.err)
		}
		if n.Ringing() != 0 {
			t.Errorf("%v: the call still rings", c.want)
		}
	}
}

func TestReleaseEndsARingingCall(t *testing.T) {
	n, _ := newNetwork(t)
	if err := n.Set("+1", Script{Outcome: telephony.NoAnswer}); err != nil {
		t.Fatal(err)
	}
	done := dial(t.Context(), n, "c", "+1")
	for range 2 {
		if err := n.Release(t.Context(), "c"); err != nil {
			t.Fatal(err)
		}
	}
	if r := <-done; r.outcome != telephony.Released || r.err != nil {
		t.Errorf("got %v, %v, want released", r.outcome, r.err)
	}
}

func TestDiallingAgainJoinsTheCallUnderWay(t *testing.T) {
	n, v := newNetwork(t)
	first := dial(t.Context(), n, "c", "+1")
	second := make(chan result, 1)
	go func() {
		o, err := n.Dial(t.Context(), telephony.Call{Contact: "c", To: "+1"})
		second <- result{o, err}
	}()
	if err := v.Advance(AnswersAfter); err != nil {
		t.Fatal(err)
	}
	if r := <-first; r.outcome != telephony.Answered {
		t.Errorf("the first got %v, %v", r.outcome, r.err)
	}
	// The second either joined, or came after the first was over and rings by itself.
	for len(second) == 0 {
		if n.Ringing() > 0 {
			if err := v.Advance(AnswersAfter); err != nil {
				t.Fatal(err)
			}
		}
		runtime.Gosched()
	}
	if r := <-second; r.outcome != telephony.Answered || r.err != nil {
		t.Errorf("the second got %v, %v", r.outcome, r.err)
	}
}

func TestWhoJoinedGoesOnWhenTheFirstCallerLeaves(t *testing.T) {
	n, v := newNetwork(t)
	ctx, leave := context.WithCancel(t.Context())
	first := dial(ctx, n, "c", "+1")
	second := make(chan result, 1)
	go func() {
		o, err := n.Dial(t.Context(), telephony.Call{Contact: "c", To: "+1"})
		second <- result{o, err}
	}()
	leave()
	if r := <-first; !errors.Is(r.err, context.Canceled) {
		t.Errorf("the first got %v, %v", r.outcome, r.err)
	}
	for len(second) == 0 {
		if _, waits := v.Next(); waits {
			if err := v.Advance(AnswersAfter); err != nil {
				t.Fatal(err)
			}
		}
		runtime.Gosched()
	}
	if r := <-second; r.outcome != telephony.Answered || r.err != nil {
		t.Errorf("the second got %v, %v, want an answer", r.outcome, r.err)
	}
}

func TestScriptsAreCheckedAndBounded(t *testing.T) {
	n, _ := newNetwork(t)
	for _, s := range []Script{{"", 0}, {"asleep", 0}, {telephony.Released, 0}, {telephony.Busy, -1}} {
		if err := n.Set("+1", s); !errors.Is(err, ErrScript) {
			t.Errorf("Set(%v) = %v, want ErrScript", s, err)
		}
	}
	if _, err := New(Config{Default: Script{Outcome: "asleep"}}); !errors.Is(err, ErrScript) {
		t.Errorf("New with a bad default = %v, want ErrScript", err)
	}
	busy := Script{Outcome: telephony.Busy}
	for i := range ScriptsMax {
		if err := n.Set(fmt.Sprint(i), busy); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Set("+1", busy); !errors.Is(err, ErrFull) {
		t.Errorf("Set above the bound = %v, want ErrFull", err)
	}
	if err := n.Set("0", busy); err != nil {
		t.Errorf("Set of a known number: %v", err)
	}
	n.Clear("0")
	if got := n.Plan("0"); got.Outcome != telephony.Answered {
		t.Errorf("a cleared number is %v", got)
	}
	if err := n.Set("+1", busy); err != nil {
		t.Errorf("Set after Clear: %v", err)
	}
}

func TestCallsAtOnceAreBounded(t *testing.T) {
	n, _ := newNetwork(t)
	for i := range CallsMax {
		n.calls[center.ContactID(fmt.Sprint(i))] = &call{}
	}
	if _, err := n.Dial(t.Context(), telephony.Call{Contact: "c", To: "+1"}); !errors.Is(err, ErrLines) {
		t.Errorf("Dial above the bound = %v, want ErrLines", err)
	}
}
