package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// untagResource takes tags off a stream. One that it does not have is no error.
func (s *Service) untagResource(ctx context.Context, in *kinesisapi.UntagResourceInput) (*kinesisapi.UntagResourceOutput, error) {
	st, err := s.resource(ctx, "UntagResource", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	if err := s.untag(ctx, st, in.TagKeys); err != nil {
		return nil, err
	}
	return &kinesisapi.UntagResourceOutput{}, nil
}
