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
	outcome, err := p.network.Dial(ctx, telephony.Call{
		Contact: e.Contact, To: e.To.Address, From: e.From.Address, RingTimeout: e.RingTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("dial for contact %s: %w", e.Contact, err)
	}
	switch outcome {
	case telephony.Answered:
		return center.DialAnswered{Contact: e.Contact}, nil
	case telephony.Released:
		return center.Done{}, nil
	}
	reason, ok := dialReasons[outcome]
	if !ok {
		return nil, fmt.Errorf("dial for contact %s: the network answered %q", e.Contact, outcome)
	}
	return center.DialFailed{Contact: e.Contact, Reason: reason}, nil
}
