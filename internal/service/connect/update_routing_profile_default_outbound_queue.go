package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateRoutingProfileDefaultOutboundQueue(ctx context.Context, in *connectapi.UpdateRoutingProfileDefaultOutboundQueueInput) (*connectapi.UpdateRoutingProfileDefaultOutboundQueueOutput, error) {
	return &connectapi.UpdateRoutingProfileDefaultOutboundQueueOutput{}, s.done(ctx, in.InstanceId, center.UpdateRoutingProfile{
		ID: id[center.RoutingProfileID](in.RoutingProfileId), DefaultOutbound: ptr(id[center.QueueID](in.DefaultOutboundQueueId)),
	})
}
