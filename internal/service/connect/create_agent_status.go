package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createAgentStatus(ctx context.Context, in *connectapi.CreateAgentStatusInput) (*connectapi.CreateAgentStatusOutput, error) {
	inst, e, err := created[center.AgentStatusSaved](ctx, s, in.InstanceId, center.CreateAgentStatus{Status: center.AgentStatus{
		Name: value(in.Name), Description: value(in.Description), Type: center.Custom, State: value(in.State), DisplayOrder: int(value(in.DisplayOrder)), Tags: in.Tags,
	}})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateAgentStatusOutput{
		AgentStatusARN: ptr(resourceARN(inst, center.KindAgentStatus, string(e.Status.ID))), AgentStatusId: ptr(string(e.Status.ID)),
	}, nil
}
