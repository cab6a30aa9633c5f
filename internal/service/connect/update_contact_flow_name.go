package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateContactFlowName(ctx context.Context, in *connectapi.UpdateContactFlowNameInput) (*connectapi.UpdateContactFlowNameOutput, error) {
	return &connectapi.UpdateContactFlowNameOutput{}, s.done(ctx, in.InstanceId, center.UpdateFlow{
		ID: flowID(in.ContactFlowId), Name: in.Name, Description: in.Description,
	})
}
