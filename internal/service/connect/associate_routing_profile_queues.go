package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) associateRoutingProfileQueues(ctx context.Context, in *connectapi.AssociateRoutingProfileQueuesInput) (*connectapi.AssociateRoutingProfileQueuesOutput, error) {
	if err := checkConfigs(len(in.QueueConfigs), "QueueConfigs"); err != nil {
		return nil, err
	}
	if err := refuseSet(member{"ManualAssignmentQueueConfigs", len(in.ManualAssignmentQueueConfigs) > 0}); err != nil {
		return nil, err
	}
	return &connectapi.AssociateRoutingProfileQueuesOutput{}, s.done(ctx, in.InstanceId, center.ChangeRoutingProfileQueues{
		ID: id[center.RoutingProfileID](in.RoutingProfileId), Add: queueConfigsIn(in.QueueConfigs),
	})
}
