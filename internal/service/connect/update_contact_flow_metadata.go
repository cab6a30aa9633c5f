package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateContactFlowMetadata(ctx context.Context, in *connectapi.UpdateContactFlowMetadataInput) (*connectapi.UpdateContactFlowMetadataOutput, error) {
	return &connectapi.UpdateContactFlowMetadataOutput{}, s.done(ctx, in.InstanceId, center.UpdateFlow{
		ID: flowID(in.ContactFlowId), Name: in.Name, Description: in.Description, State: in.ContactFlowState,
	})
}
