package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateInstanceAttribute(ctx context.Context, in *connectapi.UpdateInstanceAttributeInput) (*connectapi.UpdateInstanceAttributeOutput, error) {
	return &connectapi.UpdateInstanceAttributeOutput{}, s.done(ctx, in.InstanceId, center.SetInstanceAttribute{Type: value(in.AttributeType), Value: value(in.Value)})
}
