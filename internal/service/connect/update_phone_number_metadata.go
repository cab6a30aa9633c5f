package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updatePhoneNumberMetadata sets a number's description. Without one, it stays as it is.
func (s *Service) updatePhoneNumberMetadata(ctx context.Context, in *connectapi.UpdatePhoneNumberMetadataInput) (*connectapi.UpdatePhoneNumberMetadataOutput, error) {
	return once(ctx, s.tokens, "UpdatePhoneNumberMetadata", in.ClientToken, in, tokenMisused(), func() (*connectapi.UpdatePhoneNumberMetadataOutput, error) {
		ctx, leave, err := s.enterNumbers(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
		c, n, err := s.number(ctx, in.PhoneNumberId)
		if err != nil {
			return nil, err
		}
		if _, err := c.Submit(ctx, center.UpdatePhoneNumber{ID: n.ID, Description: in.PhoneNumberDescription}); err != nil {
			return nil, modelled(err)
		}
		return &connectapi.UpdatePhoneNumberMetadataOutput{}, nil
	})
}
