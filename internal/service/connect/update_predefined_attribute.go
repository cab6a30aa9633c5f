package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updatePredefinedAttribute(ctx context.Context, in *connectapi.UpdatePredefinedAttributeInput) (*connectapi.UpdatePredefinedAttributeOutput, error) {
	if err := refuseValidation(in.AttributeConfiguration); err != nil {
		return nil, err
	}
	cmd := center.UpdateAttribute{Name: value(in.Name)}
	if in.Values != nil {
		cmd.Values = &in.Values.StringList
	}
	if in.Purposes != nil {
		cmd.Purposes = &in.Purposes
	}
	return &connectapi.UpdatePredefinedAttributeOutput{}, s.done(ctx, in.InstanceId, cmd)
}
