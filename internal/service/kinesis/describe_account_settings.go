package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// describeAccountSettings tells the settings of the caller's account in its region.
func (s *Service) describeAccountSettings(ctx context.Context, _ *kinesisapi.DescribeAccountSettingsInput) (*kinesisapi.DescribeAccountSettingsOutput, error) {
	a, now := callerAccount(wire.CallerFrom(ctx)), s.clock.Now()
	if err := s.rates.take(a, "DescribeAccountSettings", streamKey{}, now); err != nil {
		return nil, err
	}
	cur := s.account(a)
	return &kinesisapi.DescribeAccountSettingsOutput{MinimumThroughputBillingCommitment: cur.out(now)}, nil
}
