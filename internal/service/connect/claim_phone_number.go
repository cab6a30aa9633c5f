package connect

import (
	"context"
	"errors"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/wire"
)

func (s *Service) claimPhoneNumber(ctx context.Context, in *connectapi.ClaimPhoneNumberInput) (*connectapi.ClaimPhoneNumberOutput, error) {
	c, err := s.targetCenter(ctx, in.TargetArn, in.InstanceId)
	if err != nil {
		return nil, err
	}
	country, kind, ok := classify(value(in.PhoneNumber))
	if !ok {
		return nil, invalidParameter("PhoneNumber: no number of that form can be claimed here")
	}
	caller := wire.CallerFrom(ctx)
	for _, n := range numbers(s.cfg.Centers.List(caller.Account, caller.Region), nil, nil, value(in.PhoneNumber)) {
		if n.number.Number == value(in.PhoneNumber) && n.in.ID != instanceOf(c).ID {
			return nil, invalidParameter("PhoneNumber: it is claimed for another instance")
		}
	}
	step, err := c.Submit(ctx, center.ClaimPhoneNumber{
		Number:      center.PhoneNumber{Number: value(in.PhoneNumber), Country: country, Type: kind, Description: value(in.PhoneNumberDescription), Tags: in.Tags},
		ClientToken: value(in.ClientToken),
	})
	var r *center.Refused
	switch {
	case errors.As(err, &r) && r.Reason == center.Repeated:
		return &connectapi.ClaimPhoneNumberOutput{PhoneNumberId: ptr(r.ID), PhoneNumberArn: ptr(numberARN(instanceOf(c), center.PhoneNumberID(r.ID)))}, nil
	case errors.As(err, &r) && r.Reason == center.Conflict:
		return nil, &connectapi.IdempotencyException{Message: "ClientToken was used before with other parameters"}
	case errors.As(err, &r) && r.Reason == center.Duplicate:
		return nil, invalidParameter("%s", words(r))
	case err != nil:
		return nil, modelled(err)
	}
	e, err := saved[center.PhoneNumberSaved](step)
	if err != nil {
		return nil, err
	}
	return &connectapi.ClaimPhoneNumberOutput{PhoneNumberId: ptr(string(e.Number.ID)), PhoneNumberArn: ptr(numberARN(instanceOf(c), e.Number.ID))}, nil
}
