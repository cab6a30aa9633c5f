package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

func (s *Service) describePhoneNumber(ctx context.Context, in *connectapi.DescribePhoneNumberInput) (*connectapi.DescribePhoneNumberOutput, error) {
	c, n, err := s.number(ctx, in.PhoneNumberId)
	if err != nil {
		return nil, err
	}
	inst := instanceOf(c)
	return &connectapi.DescribePhoneNumberOutput{ClaimedPhoneNumberSummary: &connectapi.ClaimedPhoneNumberSummary{
		PhoneNumberId: ptr(string(n.ID)), PhoneNumberArn: ptr(numberARN(inst, n.ID)), PhoneNumber: ptr(n.Number), PhoneNumberCountryCode: ptr(n.Country),
		PhoneNumberType: ptr(n.Type), PhoneNumberDescription: optional(n.Description), TargetArn: ptr(inst.ARN), InstanceId: ptr(string(inst.ID)),
		Tags: maps.Clone(n.Tags), PhoneNumberStatus: &connectapi.PhoneNumberStatus{Status: ptr(connectapi.PhoneNumberWorkflowStatusClaimed)},
	}}, nil
}
