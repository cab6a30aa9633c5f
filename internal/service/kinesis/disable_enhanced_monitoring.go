package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// disableEnhancedMonitoring takes shard-level metrics from those a stream has.
func (s *Service) disableEnhancedMonitoring(ctx context.Context, in *kinesisapi.DisableEnhancedMonitoringInput) (*kinesisapi.EnhancedMonitoringOutput, error) {
	return s.monitor(ctx, "DisableEnhancedMonitoring", in.StreamName, in.StreamARN, in.ShardLevelMetrics, false)
}
