package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateRoutingProfileName(ctx context.Context, in *connectapi.UpdateRoutingProfileNameInput) (*connectapi.UpdateRoutingProfileNameOutput, error) {
	return &connectapi.UpdateRoutingProfileNameOutput{}, s.done(ctx, in.InstanceId, center.UpdateRoutingProfile{
		ID: id[center.RoutingProfileID](in.RoutingProfileId), Name: in.Name, Description: in.Description,
	})
}
