package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

func (s *Service) describeInstance(ctx context.Context, in *connectapi.DescribeInstanceInput) (*connectapi.DescribeInstanceOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	i := instanceOf(c)
	return &connectapi.DescribeInstanceOutput{Instance: &connectapi.Instance{
		Id: ptr(string(i.ID)), Arn: ptr(i.ARN), IdentityManagementType: ptr(i.IdentityManagement), InstanceAlias: optional(i.Alias),
		CreatedTime: timestamp(i.CreatedAt), ServiceRole: ptr(i.ServiceRole), InstanceStatus: ptr(connectapi.InstanceStatusActive),
		InboundCallsEnabled:  ptr(i.Attributes[connectapi.InstanceAttributeTypeInboundCalls] == "true"),
		OutboundCallsEnabled: ptr(i.Attributes[connectapi.InstanceAttributeTypeOutboundCalls] == "true"),
		Tags:                 maps.Clone(i.Tags),
	}}, nil
}
