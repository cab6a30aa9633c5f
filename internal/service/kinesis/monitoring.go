package kinesis

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// allShardMetrics stands for all of them in a request.
const allShardMetrics = "ALL"

// monitor sets which shard-level metrics a stream has: before, with or without those that are named.
func (s *Service) monitor(ctx context.Context, action string, name, streamARN *string, named []string, enable bool) (*kinesisapi.EnhancedMonitoringOutput, error) {
	st, _, err := s.existing(ctx, action, name, streamARN)
	if err != nil {
		return nil, err
	}
	if enable && s.metrics == nil {
		return nil, invalidArgument("ShardLevelMetrics cannot be enabled: no metrics are kept here.") // our text
	}
	out := &kinesisapi.EnhancedMonitoringOutput{}
	err = s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) error {
		desired := []string{}
		for _, metric := range shardMetrics {
			m := metric.name
			have := slices.Contains(cur.Metrics, m)
			if slices.Contains(named, m) || slices.Contains(named, allShardMetrics) {
				have = enable
			}
			if have {
				desired = append(desired, m)
			}
		}
		*out = kinesisapi.EnhancedMonitoringOutput{StreamName: &cur.Name, StreamARN: &cur.arn,
			CurrentShardLevelMetrics: metricNames(cur), DesiredShardLevelMetrics: desired}
		if slices.Equal(desired, cur.Metrics) {
			return errNoChange
		}
		doc.Metrics = desired
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// metricNames lists the shard-level metrics that a stream has.
func metricNames(st *streamState) []string { return append([]string{}, st.Metrics...) }

// monitoring is what descriptions say of shard-level metrics.
func monitoring(st *streamState) []kinesisapi.EnhancedMetrics {
	return []kinesisapi.EnhancedMetrics{{ShardLevelMetrics: metricNames(st)}}
}
