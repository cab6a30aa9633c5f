package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateUserRoutingProfile(ctx context.Context, in *connectapi.UpdateUserRoutingProfileInput) (*connectapi.UpdateUserRoutingProfileOutput, error) {
	return &connectapi.UpdateUserRoutingProfileOutput{}, s.done(ctx, in.InstanceId, center.UpdateUser{
		ID: id[center.AgentID](in.UserId), RoutingProfile: ptr(id[center.RoutingProfileID](in.RoutingProfileId)),
	})
}
