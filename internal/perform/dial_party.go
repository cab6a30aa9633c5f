package perform

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/telephony"
)

func (p *Performer) dialParty(ctx context.Context, e center.DialParty) (center.Command, error) {
	outcome, reason, err := p.dial(ctx, telephony.Call{Contact: e.Party, To: e.To.Address, From: e.From.Address, RingTimeout: e.RingTimeout})
	switch {
	case err != nil:
		return nil, err
	case outcome == telephony.Answered:
		return center.PartyAnswered{Contact: e.Contact, Party: e.Party}, nil
	case outcome == telephony.Released:
		return center.Done{}, nil
	}
	return center.PartyFailed{Contact: e.Contact, Party: e.Party, Reason: reason}, nil
}
