package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// deleteContactFlow deletes a flow that nothing leads to. Contacts that are in it go on in it.
func (s *Service) deleteContactFlow(ctx context.Context, in *connectapi.DeleteContactFlowInput) (*connectapi.DeleteContactFlowOutput, error) {
	return &connectapi.DeleteContactFlowOutput{}, s.done(ctx, in.InstanceId, center.DeleteFlow{ID: flowID(in.ContactFlowId)})
}
