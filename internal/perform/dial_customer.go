package perform

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/telephony"
)

// dialReasons are the disconnect reasons that contact records have for calls nobody answered. A call that rings until
// the center gives up is not among them: the machine ends that one itself.
var dialReasons = map[telephony.Outcome]string{
	telephony.NoAnswer: "TELECOM_UNANSWERED",
	telephony.Busy:     "TELECOM_BUSY",
	telephony.Invalid:  "TELECOM_NUMBER_INVALID",
	telephony.Blocked:  "TELECOM_POTENTIAL_BLOCKING",
	telephony.Problem:  "TELECOM_PROBLEM",
}

func (p *Performer) dialCustomer(ctx context.Context, e center.DialCustomer) (center.Command, error) {
	outcome, reason, err := p.dial(ctx, telephony.Call{Contact: e.Contact, To: e.To.Address, From: e.From.Address, RingTimeout: e.RingTimeout})
	switch {
	case err != nil:
		return nil, err
	case outcome == telephony.Answered:
		return center.DialAnswered{Contact: e.Contact}, nil
	case outcome == telephony.Released:
		return center.Done{}, nil
	}
	return center.DialFailed{Contact: e.Contact, Reason: reason}, nil
}

// dial places a call. The reason says why it was not answered; it is empty for Answered and Released.
func (p *Performer) dial(ctx context.Context, call telephony.Call) (outcome telephony.Outcome, reason string, err error) {
	outcome, err = p.network.Dial(ctx, call)
	if err != nil {
		return "", "", fmt.Errorf("dial for contact %s: %w", call.Contact, err)
	}
	if outcome == telephony.Answered || outcome == telephony.Released {
		return outcome, "", nil
	}
	reason, ok := dialReasons[outcome]
	if !ok {
		return "", "", fmt.Errorf("dial for contact %s: the network answered %q", call.Contact, outcome)
	}
	return outcome, reason, nil
}
