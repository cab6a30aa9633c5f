package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) disassociateRoutingProfileQueues(ctx context.Context, in *connectapi.DisassociateRoutingProfileQueuesInput) (*connectapi.DisassociateRoutingProfileQueuesOutput, error) {
	if err := checkConfigs(len(in.QueueReferences), "QueueReferences"); err != nil {
		return nil, err
	}
	if err := refuseSet(member{"ManualAssignmentQueueReferences", len(in.ManualAssignmentQueueReferences) > 0}); err != nil {
		return nil, err
	}
	return &connectapi.DisassociateRoutingProfileQueuesOutput{}, s.done(ctx, in.InstanceId, center.ChangeRoutingProfileQueues{
		ID: id[center.RoutingProfileID](in.RoutingProfileId), Remove: queueReferencesIn(in.QueueReferences),
	})
}
