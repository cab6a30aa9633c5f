package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createPredefinedAttribute(ctx context.Context, in *connectapi.CreatePredefinedAttributeInput) (*connectapi.CreatePredefinedAttributeOutput, error) {
	if err := refuseValidation(in.AttributeConfiguration); err != nil {
		return nil, err
	}
	a := center.PredefinedAttribute{Name: value(in.Name), Purposes: in.Purposes}
	if in.Values != nil {
		a.Values = in.Values.StringList
	}
	return &connectapi.CreatePredefinedAttributeOutput{}, s.done(ctx, in.InstanceId, center.CreateAttribute{Attribute: a})
}
