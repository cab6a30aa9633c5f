package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// monitorContact lets a user listen to the call that an agent is in. The contact that it answers with is the user's own.
// The user may barge in only if the call was monitored with BARGE allowed; an instance has to permit that.
func (s *Service) monitorContact(ctx context.Context, in *connectapi.MonitorContactInput) (*connectapi.MonitorContactOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	step, err := c.Submit(ctx, center.MonitorCall{
		Contact: id[center.ContactID](in.ContactId), Supervisor: id[center.AgentID](in.UserId),
		MayBarge: slices.Contains(in.AllowedMonitorCapabilities, "BARGE"), ClientToken: value(in.ClientToken),
	})
	contact, err := startedContact(step, err)
	if err != nil {
		return nil, modelled(err)
	}
	return &connectapi.MonitorContactOutput{ContactId: ptr(contact), ContactArn: ptr(resourceARN(instanceOf(c), center.KindContact, contact))}, nil
}
