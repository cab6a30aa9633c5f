package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateContactFlowModuleMetadata(ctx context.Context, in *connectapi.UpdateContactFlowModuleMetadataInput) (*connectapi.UpdateContactFlowModuleMetadataOutput, error) {
	return &connectapi.UpdateContactFlowModuleMetadataOutput{}, s.done(ctx, in.InstanceId, center.UpdateFlow{
		ID: flowID(in.ContactFlowModuleId), Module: true, Name: in.Name, Description: in.Description, State: in.State,
	})
}
