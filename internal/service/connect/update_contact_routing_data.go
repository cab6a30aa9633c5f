package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateContactRoutingData says how urgent a contact is that no agent has yet, and whom it may be offered to.
func (s *Service) updateContactRoutingData(ctx context.Context, in *connectapi.UpdateContactRoutingDataInput) (*connectapi.UpdateContactRoutingDataOutput, error) {
	steps, err := routingStepsIn(in.RoutingCriteria)
	if err != nil {
		return nil, modelled(err)
	}
	cmd := center.SetRouting{Contact: id[center.ContactID](in.ContactId), Criteria: steps}
	if in.QueuePriority != nil {
		cmd.Priority = ptr(int(min(*in.QueuePriority, maxPriority)))
	}
	if in.QueueTimeAdjustmentSeconds != nil {
		cmd.Age = ptr(int(*in.QueueTimeAdjustmentSeconds))
	}
	return &connectapi.UpdateContactRoutingDataOutput{}, s.done(ctx, in.InstanceId, cmd)
}

// maxPriority is the last priority: higher numbers, which the API takes, are as good as it.
const maxPriority = 1 << 31
