package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateContactFlowContent replaces the content of a flow and publishes it; after :$SAVED it is only kept.
func (s *Service) updateContactFlowContent(ctx context.Context, in *connectapi.UpdateContactFlowContentInput) (*connectapi.UpdateContactFlowContentOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if _, err := c.Submit(ctx, center.UpdateFlowContent{ID: flowID(in.ContactFlowId), Content: value(in.Content), Draft: isSaved(in.ContactFlowId)}); err != nil {
		return nil, flowError(err)
	}
	return &connectapi.UpdateContactFlowContentOutput{}, nil
}
