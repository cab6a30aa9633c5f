package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// describeStreamSummary describes a stream without its shards.
func (s *Service) describeStreamSummary(ctx context.Context, in *kinesisapi.DescribeStreamSummaryInput) (*kinesisapi.DescribeStreamSummaryOutput, error) {
	st, now, err := s.existing(ctx, "DescribeStreamSummary", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	cur := st.state.Load()
	open := int32(len(cur.shards.open))
	if cur.status(now) == statusCreating {
		open = 0
	}
	encryption, keyID := cur.encryption()
	return &kinesisapi.DescribeStreamSummaryOutput{StreamDescriptionSummary: &kinesisapi.StreamDescriptionSummary{
		StreamName:              &cur.Name,
		StreamARN:               &cur.arn,
		StreamStatus:            new(cur.status(now)),
		StreamModeDetails:       modeDetails(cur),
		RetentionPeriodHours:    &cur.Retention,
		StreamCreationTimestamp: createdAt(cur),
		EnhancedMonitoring:      monitoring(cur),
		EncryptionType:          encryption,
		KeyId:                   keyID,
		OpenShardCount:          &open,
		ConsumerCount:           new(int32(len(cur.consumers(now)))),
		MaxRecordSizeInKiB:      &cur.MaxRecordKiB,
		WarmThroughput:          s.warmth(cur, now),
	}}, nil
}
