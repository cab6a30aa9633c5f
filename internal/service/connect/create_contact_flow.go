package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createContactFlow(ctx context.Context, in *connectapi.CreateContactFlowInput) (*connectapi.CreateContactFlowOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	step, err := c.Submit(ctx, center.CreateFlow{Flow: center.Flow{
		Name: value(in.Name), Type: value(in.Type), Description: value(in.Description), Status: value(in.Status), Content: value(in.Content), Tags: in.Tags,
	}})
	if err != nil {
		return nil, flowError(err)
	}
	e, err := saved[center.FlowSaved](step)
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateContactFlowOutput{
		ContactFlowId: ptr(string(e.Flow.ID)), ContactFlowArn: ptr(resourceARN(instanceOf(c), center.KindFlow, string(e.Flow.ID))), FlowContentSha256: contentDigest(e.Flow.Content),
	}, nil
}
