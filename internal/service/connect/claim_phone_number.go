package connect

import (
	"context"
	"errors"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// claimPhoneNumber gives an instance a number that no other has, in any account and Region.
func (s *Service) claimPhoneNumber(ctx context.Context, in *connectapi.ClaimPhoneNumberInput) (*connectapi.ClaimPhoneNumberOutput, error) {
	c, err := s.targetCenter(ctx, in.TargetArn, in.InstanceId)
	if err != nil {
		return nil, err
	}
	country, kind, ok := classify(value(in.PhoneNumber))
	if !ok {
		return nil, invalidParameter("PhoneNumber: no number of that form can be claimed here")
	}
	ctx, leave, err := s.enterNumbers(ctx) // or two instances could find the same number free
	if err != nil {
		return nil, err
	}
	defer leave()
	for _, n := range numbers(s.cfg.Centers.List("", ""), nil, nil, value(in.PhoneNumber)) {
		if n.number.Number == value(in.PhoneNumber) && n.in.ID != instanceOf(c).ID {
			return nil, notAvailable(in.PhoneNumber)
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
		return nil, tokenMisused()
	case errors.As(err, &r) && r.Reason == center.Duplicate:
		return nil, notAvailable(in.PhoneNumber)
	case err != nil:
		return nil, modelled(err)
	}
	e, err := saved[center.PhoneNumberSaved](step)
	if err != nil {
		return nil, err
	}
	return &connectapi.ClaimPhoneNumberOutput{PhoneNumberId: ptr(string(e.Number.ID)), PhoneNumberArn: ptr(numberARN(instanceOf(c), e.Number.ID))}, nil
}

// notAvailable is worded as AWS's (seen in an issue of the Terraform provider).
func notAvailable(number *string) error {
	return invalidParameter("Phone number not available: %s", value(number))
}

// tokenMisused refuses a client token that came before with another request.
func tokenMisused() error {
	return &connectapi.IdempotencyException{Message: "ClientToken was used before with other parameters"}
}
