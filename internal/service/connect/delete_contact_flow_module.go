package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteContactFlowModule(ctx context.Context, in *connectapi.DeleteContactFlowModuleInput) (*connectapi.DeleteContactFlowModuleOutput, error) {
	return &connectapi.DeleteContactFlowModuleOutput{}, s.done(ctx, in.InstanceId, center.DeleteFlow{ID: flowID(in.ContactFlowModuleId), Module: true})
}
