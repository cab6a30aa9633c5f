package connect

import (
	"context"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateContactFlowContent replaces the content of a flow and publishes it.
func (s *Service) updateContactFlowContent(ctx context.Context, in *connectapi.UpdateContactFlowContentInput) (*connectapi.UpdateContactFlowContentOutput, error) {
	if strings.HasSuffix(value(in.ContactFlowId), ":$SAVED") {
		return nil, unsupported("ContactFlowId with :$SAVED, content that is saved and not published,")
	}
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if _, err := c.Submit(ctx, center.UpdateFlowContent{ID: flowID(in.ContactFlowId), Content: value(in.Content)}); err != nil {
		return nil, flowError(err)
	}
	return &connectapi.UpdateContactFlowContentOutput{}, nil
}
