package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) releasePhoneNumber(ctx context.Context, in *connectapi.ReleasePhoneNumberInput) (*connectapi.ReleasePhoneNumberOutput, error) {
	return once(ctx, s.tokens, "ReleasePhoneNumber", in.ClientToken, in, tokenMisused(), func() (*connectapi.ReleasePhoneNumberOutput, error) {
		ctx, leave, err := s.enterNumbers(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
		have, err := s.holders(ctx, in.PhoneNumberId)
		if err != nil {
			return nil, err
		}
		for _, h := range slices.Backward(have) { // whose it is, is the last: or the number would be another's again
			if _, err := h.Submit(ctx, center.ReleasePhoneNumber{ID: h.number.ID}); err != nil {
				return nil, modelled(err)
			}
		}
		return &connectapi.ReleasePhoneNumberOutput{}, nil
	})
}
