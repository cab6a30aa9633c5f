package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createRoutingProfile(ctx context.Context, in *connectapi.CreateRoutingProfileInput) (*connectapi.CreateRoutingProfileOutput, error) {
	if err := checkConfigs(len(in.QueueConfigs), "QueueConfigs"); err != nil {
		return nil, err
	}
	if err := refuseSet(member{"ManualAssignmentQueueConfigs", len(in.ManualAssignmentQueueConfigs) > 0}); err != nil {
		return nil, err
	}
	inst, e, err := created[center.RoutingProfileSaved](ctx, s, in.InstanceId, center.CreateRoutingProfile{Profile: center.RoutingProfile{
		Name: value(in.Name), Description: value(in.Description), Concurrency: concurrencyIn(in.MediaConcurrencies), Queues: queueConfigsIn(in.QueueConfigs),
		DefaultOutbound: id[center.QueueID](in.DefaultOutboundQueueId), AvailabilityTimer: value(in.AgentAvailabilityTimer), Tags: in.Tags,
	}})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateRoutingProfileOutput{
		RoutingProfileArn: ptr(resourceARN(inst, center.KindRoutingProfile, string(e.Profile.ID))), RoutingProfileId: ptr(string(e.Profile.ID)),
	}, nil
}
