package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateContactRoutingData says how urgent a contact is that no agent has yet.
func (s *Service) updateContactRoutingData(ctx context.Context, in *connectapi.UpdateContactRoutingDataInput) (*connectapi.UpdateContactRoutingDataOutput, error) {
	if err := refuseSet(member{"RoutingCriteria", in.RoutingCriteria != nil}); err != nil {
		return nil, err
	}
	cmd := center.SetRouting{Contact: id[center.ContactID](in.ContactId)}
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
