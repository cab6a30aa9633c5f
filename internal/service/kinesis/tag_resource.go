package kinesis

import (
	"context"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/arn"
)

// tagResource adds tags to a stream or a consumer or gives them other values.
func (s *Service) tagResource(ctx context.Context, in *kinesisapi.TagResourceInput) (*kinesisapi.TagResourceOutput, error) {
	st, id, err := s.resource(ctx, "TagResource", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	if id != nil {
		err = s.changeConsumer(ctx, st, *id, func(cur *streamState, c *consumerDoc, _ time.Time) (err error) {
			c.Tags, err = addTags(cur.key, c.Tags, in.Tags)
			return err
		})
	} else {
		err = s.tag(ctx, st, in.Tags)
	}
	if err != nil {
		return nil, err
	}
	return &kinesisapi.TagResourceOutput{}, nil
}

// resource returns the stream with an ARN. For the ARN of a consumer, it is the consumer's stream, and id the consumer.
func (s *Service) resource(ctx context.Context, action, text string) (st *stream, id *consumerID, err error) {
	if a, err := arn.Parse(text); err == nil && strings.Contains(a.Resource, "/consumer/") {
		st, id, _, err := s.existingConsumer(ctx, action, text)
		return st, &id, err
	}
	st, _, err = s.existing(ctx, action, nil, &text)
	return st, nil, err
}
