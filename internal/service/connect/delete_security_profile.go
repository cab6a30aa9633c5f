package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteSecurityProfile(ctx context.Context, in *connectapi.DeleteSecurityProfileInput) (*connectapi.DeleteSecurityProfileOutput, error) {
	return &connectapi.DeleteSecurityProfileOutput{}, s.done(ctx, in.InstanceId, center.DeleteSecurityProfile{ID: id[center.SecurityProfileID](in.SecurityProfileId)})
}
