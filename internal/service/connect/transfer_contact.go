package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// transferContact hands a task on to an agent or a queue, through a flow. The contact that it answers with is a new one.
func (s *Service) transferContact(ctx context.Context, in *connectapi.TransferContactInput) (*connectapi.TransferContactOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	contact, err := startedContact(c.Submit(ctx, center.TransferTask{
		Contact: id[center.ContactID](in.ContactId), Flow: flowID(in.ContactFlowId), Queue: id[center.QueueID](in.QueueId),
		Agent: id[center.AgentID](in.UserId), ClientToken: value(in.ClientToken),
	}))
	if err != nil {
		return nil, modelled(err)
	}
	return &connectapi.TransferContactOutput{ContactId: ptr(contact), ContactArn: ptr(resourceARN(instanceOf(c), center.KindContact, contact))}, nil
}
