package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) releasePhoneNumber(ctx context.Context, in *connectapi.ReleasePhoneNumberInput) (*connectapi.ReleasePhoneNumberOutput, error) {
	misused := &connectapi.IdempotencyException{Message: "ClientToken was used before with other parameters"}
	return once(ctx, s.tokens, "ReleasePhoneNumber", in.ClientToken, in, misused, func() (*connectapi.ReleasePhoneNumberOutput, error) {
		c, n, err := s.number(ctx, in.PhoneNumberId)
		if err != nil {
			return nil, err
		}
		if _, err := c.Submit(ctx, center.ReleasePhoneNumber{ID: n.ID}); err != nil {
			return nil, modelled(err)
		}
		return &connectapi.ReleasePhoneNumberOutput{}, nil
	})
}
