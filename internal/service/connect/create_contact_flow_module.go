package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// createContactFlowModule makes a module and publishes it.
func (s *Service) createContactFlowModule(ctx context.Context, in *connectapi.CreateContactFlowModuleInput) (*connectapi.CreateContactFlowModuleOutput, error) {
	if err := refuseSet(
		member{"Settings", in.Settings != nil},
		member{"ExternalInvocationConfiguration", in.ExternalInvocationConfiguration != nil},
	); err != nil {
		return nil, err
	}
	misused := &connectapi.IdempotencyException{Message: "ClientToken was used before with other parameters"}
	return once(ctx, s.tokens, "CreateContactFlowModule", in.ClientToken, in, misused, func() (*connectapi.CreateContactFlowModuleOutput, error) {
		c, err := s.find(ctx, in.InstanceId)
		if err != nil {
			return nil, err
		}
		step, err := c.Submit(ctx, center.CreateFlow{Flow: center.Flow{
			Name: value(in.Name), Type: center.TypeModule, Description: value(in.Description), Content: value(in.Content), Tags: in.Tags,
		}})
		if err != nil {
			return nil, moduleError(err)
		}
		e, err := saved[center.FlowSaved](step)
		if err != nil {
			return nil, err
		}
		return &connectapi.CreateContactFlowModuleOutput{Id: ptr(string(e.Flow.ID)), Arn: ptr(resourceARN(instanceOf(c), center.KindModule, string(e.Flow.ID)))}, nil
	})
}
