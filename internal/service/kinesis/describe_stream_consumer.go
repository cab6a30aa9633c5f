package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// describeStreamConsumer describes a consumer in whatever state it is.
func (s *Service) describeStreamConsumer(ctx context.Context, in *kinesisapi.DescribeStreamConsumerInput) (*kinesisapi.DescribeStreamConsumerOutput, error) {
	st, id, now, err := s.consumerIn(ctx, "DescribeStreamConsumer", in.StreamARN, in.ConsumerName, in.ConsumerARN)
	if err != nil {
		return nil, err
	}
	cur := st.state.Load()
	i := cur.consumer(id, now)
	if i < 0 { // since a moment ago
		return nil, errNoConsumer((&consumerDoc{Name: id.name, Created: id.created}).arn(cur.arn), cur.key)
	}
	c := outConsumer(&cur.Consumers[i], cur.arn, cur.Consumers[i].status(now))
	return &kinesisapi.DescribeStreamConsumerOutput{ConsumerDescription: &kinesisapi.ConsumerDescription{
		ConsumerName: c.ConsumerName, ConsumerARN: c.ConsumerARN, ConsumerStatus: c.ConsumerStatus,
		ConsumerCreationTimestamp: c.ConsumerCreationTimestamp, StreamARN: &cur.arn,
	}}, nil
}
