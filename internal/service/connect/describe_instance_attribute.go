package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

func (s *Service) describeInstanceAttribute(ctx context.Context, in *connectapi.DescribeInstanceAttributeInput) (*connectapi.DescribeInstanceAttributeOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	v, ok := instanceOf(c).Attributes[value(in.AttributeType)]
	if !ok {
		return nil, &connectapi.ResourceNotFoundException{Message: "The instance has no attribute " + value(in.AttributeType)}
	}
	return &connectapi.DescribeInstanceAttributeOutput{Attribute: &connectapi.Attribute{AttributeType: in.AttributeType, Value: ptr(v)}}, nil
}
