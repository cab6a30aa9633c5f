package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateRoutingProfileAgentAvailabilityTimer(ctx context.Context, in *connectapi.UpdateRoutingProfileAgentAvailabilityTimerInput) (*connectapi.UpdateRoutingProfileAgentAvailabilityTimerOutput, error) {
	return &connectapi.UpdateRoutingProfileAgentAvailabilityTimerOutput{}, s.done(ctx, in.InstanceId, center.UpdateRoutingProfile{
		ID: id[center.RoutingProfileID](in.RoutingProfileId), AvailabilityTimer: in.AgentAvailabilityTimer,
	})
}
