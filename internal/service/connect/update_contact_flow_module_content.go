package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateContactFlowModuleContent publishes another content; after :$SAVED it is only kept.
func (s *Service) updateContactFlowModuleContent(ctx context.Context, in *connectapi.UpdateContactFlowModuleContentInput) (*connectapi.UpdateContactFlowModuleContentOutput, error) {
	if err := refuseSet(member{"Settings", in.Settings != nil}); err != nil {
		return nil, err
	}
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if _, err := c.Submit(ctx, center.UpdateFlowContent{
		ID: flowID(in.ContactFlowModuleId), Module: true, Content: value(in.Content), Draft: isSaved(in.ContactFlowModuleId),
	}); err != nil {
		return nil, moduleError(err)
	}
	return &connectapi.UpdateContactFlowModuleContentOutput{}, nil
}
