package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// dismissUserContact takes a contact that is missed, in error, ended or rejected off an agent's desk.
func (s *Service) dismissUserContact(ctx context.Context, in *connectapi.DismissUserContactInput) (*connectapi.DismissUserContactOutput, error) {
	return &connectapi.DismissUserContactOutput{}, s.done(ctx, in.InstanceId, center.ClearContact{
		Contact: id[center.ContactID](in.ContactId), Agent: id[center.AgentID](in.UserId),
	})
}
