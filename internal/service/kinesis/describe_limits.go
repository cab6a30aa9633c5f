package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// describeLimits tells the caller's limits in its region and what it uses of them. Shards of on-demand streams have a
// limit of their own and do not count.
func (s *Service) describeLimits(ctx context.Context, _ *kinesisapi.DescribeLimitsInput) (*kinesisapi.DescribeLimitsOutput, error) {
	c, now := wire.CallerFrom(ctx), s.clock.Now()
	if err := s.rates.take(callerAccount(c), "DescribeLimits", streamKey{}, now); err != nil {
		return nil, err
	}
	limits, used := s.limits.in(c.Region), s.used(callerAccount(c), now)
	return &kinesisapi.DescribeLimitsOutput{
		ShardLimit:               new(int32(limits.Shards)),
		OpenShardCount:           new(int32(used.shards)),
		OnDemandStreamCount:      new(int32(used.onDemand)),
		OnDemandStreamCountLimit: new(int32(limits.OnDemandStreams)),
	}, nil
}
