package perform

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/telephony"
)

// line is a network that answers as it is told.
type line struct {
	outcome  telephony.Outcome
	err      error
	dialled  telephony.Call
	released center.ContactID
}

func (l *line) Dial(_ context.Context, c telephony.Call) (telephony.Outcome, error) {
	l.dialled = c
	return l.outcome, l.err
}

func (l *line) Release(_ context.Context, c center.ContactID) error {
	l.released = c
	return l.err
}

func TestWhatBecomesOfACallIsACommand(t *testing.T) {
	for _, c := range []struct {
		outcome telephony.Outcome
		want    center.Command
	}{
		{telephony.Answered, center.DialAnswered{Contact: "c"}},
		{telephony.Busy, center.DialFailed{Contact: "c", Reason: "TELECOM_BUSY"}},
		{telephony.Invalid, center.DialFailed{Contact: "c", Reason: "TELECOM_NUMBER_INVALID"}},
		{telephony.NoAnswer, center.DialFailed{Contact: "c", Reason: "TELECOM_UNANSWERED"}},
		{telephony.Blocked, center.DialFailed{Contact: "c", Reason: "TELECOM_POTENTIAL_BLOCKING"}},
		{telephony.Problem, center.DialFailed{Contact: "c", Reason: "TELECOM_PROBLEM"}},
		{telephony.Released, center.Done{}},
	} {
		l := &line{outcome: c.outcome}
		p, err := New(Config{Network: l})
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Perform(t.Context(), "7/0", center.DialCustomer{
			Contact: "c", To: center.Endpoint{Address: "+1"}, From: center.Endpoint{Address: "+2"}, RingTimeout: time.Minute,
		})
		if err != nil || got != c.want {
			t.Errorf("%s: got %#v, %v, want %#v", c.outcome, got, err, c.want)
		}
		if got, err := p.Perform(t.Context(), "7/0", center.DialParty{
			Contact: "k", Party: "c", To: center.Endpoint{Address: "+1"}, From: center.Endpoint{Address: "+2"}, RingTimeout: time.Minute,
		}); err != nil || got != asParty(c.want) {
			t.Errorf("%s of a party: got %#v, %v", c.outcome, got, err)
		}
		if want := (telephony.Call{Contact: "c", To: "+1", From: "+2", RingTimeout: time.Minute}); l.dialled != want {
			t.Errorf("dialled %+v, want %+v", l.dialled, want)
		}
	}
}

// asParty is what becomes of the same call to a party.
func asParty(cmd center.Command) center.Command {
	switch c := cmd.(type) {
	case center.DialAnswered:
		return center.PartyAnswered{Contact: "k", Party: c.Contact}
	case center.DialFailed:
		return center.PartyFailed{Contact: "k", Party: c.Contact, Reason: c.Reason}
	}
	return cmd
}

func TestReleasingALineIsDone(t *testing.T) {
	l := &line{}
	p, _ := New(Config{Network: l})
	got, err := p.Perform(t.Context(), "7/0", center.ReleaseLine{Contact: "c"})
	if _, done := got.(center.Done); err != nil || !done || l.released != "c" {
		t.Errorf("got %#v, %v; released %q", got, err, l.released)
	}
}

func TestWhatTheNetworkCannotDoIsAnError(t *testing.T) {
	broken := errors.New("no line")
	p, _ := New(Config{Network: &line{err: broken}})
	for _, e := range []center.Effect{center.DialCustomer{Contact: "c"}, center.DialParty{Contact: "c"}, center.ReleaseLine{Contact: "c"}} {
		if got, err := p.Perform(t.Context(), "7/0", e); !errors.Is(err, broken) || got != nil {
			t.Errorf("%T: got %#v, %v", e, got, err)
		}
	}
	p, _ = New(Config{Network: &line{outcome: "strange"}})
	if got, err := p.Perform(t.Context(), "7/0", center.DialCustomer{Contact: "c"}); err == nil {
		t.Errorf("a strange outcome: got %#v", got)
	}
	if _, err := p.Perform(t.Context(), "7/0", nil); !errors.Is(err, ErrUnknownEffect) {
		t.Errorf("no effect: %v", err)
	}
	if _, err := New(Config{}); err == nil {
		t.Error("a performer without a network was made")
	}
}

func TestEveryDisconnectReasonIsOneThatContactRecordsHave(t *testing.T) {
	for o, reason := range dialReasons {
		switch reason {
		case "TELECOM_PROBLEM", "TELECOM_BUSY", "TELECOM_NUMBER_INVALID", "TELECOM_POTENTIAL_BLOCKING", "TELECOM_UNANSWERED":
		default:
			t.Errorf("%s: %q", o, reason)
		}
	}
}
