package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createQueue(ctx context.Context, in *connectapi.CreateQueueInput) (*connectapi.CreateQueueOutput, error) {
	if err := refuseSet(
		member{"OutboundEmailConfig", in.OutboundEmailConfig != nil},
		member{"EmailAddressesConfig", len(in.EmailAddressesConfig) > 0},
	); err != nil {
		return nil, err
	}
	inst, e, err := created[center.QueueSaved](ctx, s, in.InstanceId, center.CreateQueue{Queue: center.Queue{
		Name: value(in.Name), Description: value(in.Description), Hours: id[center.HoursID](in.HoursOfOperationId), MaxContacts: int(value(in.MaxContacts)),
		Status: center.Enabled, Outbound: outboundIn(in.OutboundCallerConfig), Connects: idsIn[center.QuickConnectID](in.QuickConnectIds), Tags: in.Tags,
	}})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateQueueOutput{QueueArn: ptr(queueARN(inst, e.Queue.ID, false)), QueueId: ptr(string(e.Queue.ID))}, nil
}
