package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateRoutingProfileQueues changes priority and delay of queues that the profile has.
func (s *Service) updateRoutingProfileQueues(ctx context.Context, in *connectapi.UpdateRoutingProfileQueuesInput) (*connectapi.UpdateRoutingProfileQueuesOutput, error) {
	if err := checkConfigs(len(in.QueueConfigs), "QueueConfigs"); err != nil {
		return nil, err
	}
	return &connectapi.UpdateRoutingProfileQueuesOutput{}, s.done(ctx, in.InstanceId, center.ChangeRoutingProfileQueues{
		ID: id[center.RoutingProfileID](in.RoutingProfileId), Change: queueConfigsIn(in.QueueConfigs),
	})
}
