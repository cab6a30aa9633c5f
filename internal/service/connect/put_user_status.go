package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// putUserStatus sets an agent's status, or its next one while it handles a contact.
func (s *Service) putUserStatus(ctx context.Context, in *connectapi.PutUserStatusInput) (*connectapi.PutUserStatusOutput, error) {
	return &connectapi.PutUserStatusOutput{}, s.done(ctx, in.InstanceId, center.SetAgentStatus{
		Agent: id[center.AgentID](in.UserId), Status: id[center.AgentStatusID](in.AgentStatusId),
	})
}
