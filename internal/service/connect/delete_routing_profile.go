package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteRoutingProfile(ctx context.Context, in *connectapi.DeleteRoutingProfileInput) (*connectapi.DeleteRoutingProfileOutput, error) {
	return &connectapi.DeleteRoutingProfileOutput{}, s.done(ctx, in.InstanceId, center.DeleteRoutingProfile{ID: id[center.RoutingProfileID](in.RoutingProfileId)})
}
