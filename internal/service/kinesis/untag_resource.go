package kinesis

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// untagResource takes tags off a stream or a consumer. One that it does not have is no error.
func (s *Service) untagResource(ctx context.Context, in *kinesisapi.UntagResourceInput) (*kinesisapi.UntagResourceOutput, error) {
	st, id, err := s.resource(ctx, "UntagResource", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	if id != nil {
		err = s.changeConsumer(ctx, st, *id, func(cur *streamState, c *consumerDoc, _ time.Time) (err error) {
			c.Tags, err = removeTags(cur.key, c.Tags, in.TagKeys)
			return err
		})
	} else {
		err = s.untag(ctx, st, in.TagKeys)
	}
	if err != nil {
		return nil, err
	}
	return &kinesisapi.UntagResourceOutput{}, nil
}
