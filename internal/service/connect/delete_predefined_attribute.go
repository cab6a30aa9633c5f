package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deletePredefinedAttribute(ctx context.Context, in *connectapi.DeletePredefinedAttributeInput) (*connectapi.DeletePredefinedAttributeOutput, error) {
	return &connectapi.DeletePredefinedAttributeOutput{}, s.done(ctx, in.InstanceId, center.DeleteAttribute{Name: value(in.Name)})
}
