package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// enableEnhancedMonitoring adds shard-level metrics to those a stream has.
func (s *Service) enableEnhancedMonitoring(ctx context.Context, in *kinesisapi.EnableEnhancedMonitoringInput) (*kinesisapi.EnhancedMonitoringOutput, error) {
	return s.monitor(ctx, "EnableEnhancedMonitoring", in.StreamName, in.StreamARN, in.ShardLevelMetrics, true)
}
