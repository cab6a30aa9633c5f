package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateAgentStatus(ctx context.Context, in *connectapi.UpdateAgentStatusInput) (*connectapi.UpdateAgentStatusOutput, error) {
	cmd := center.UpdateAgentStatus{
		ID: id[center.AgentStatusID](in.AgentStatusId), Name: in.Name, Description: in.Description, State: in.State, ResetOrder: value(in.ResetOrderNumber),
	}
	if in.DisplayOrder != nil {
		cmd.DisplayOrder = ptr(int(*in.DisplayOrder))
	}
	return &connectapi.UpdateAgentStatusOutput{}, s.done(ctx, in.InstanceId, cmd)
}
