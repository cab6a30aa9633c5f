package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// describeAccountSettings tells the settings of the caller's account in its region.
func (s *Service) describeAccountSettings(ctx context.Context, _ *kinesisapi.DescribeAccountSettingsInput) (*kinesisapi.DescribeAccountSettingsOutput, error) {
	cur := s.account(callerAccount(wire.CallerFrom(ctx)))
	return &kinesisapi.DescribeAccountSettingsOutput{MinimumThroughputBillingCommitment: cur.out(s.clock.Now())}, nil
}
