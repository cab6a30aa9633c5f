package kinesis

import (
	"context"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// tagResource adds tags to a stream or gives them other values.
func (s *Service) tagResource(ctx context.Context, in *kinesisapi.TagResourceInput) (*kinesisapi.TagResourceOutput, error) {
	st, err := s.resource(ctx, "TagResource", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	if err := s.tag(ctx, st, in.Tags); err != nil {
		return nil, err
	}
	return &kinesisapi.TagResourceOutput{}, nil
}

// resource returns the stream with an ARN. Consumers, which also have ARNs, do not exist yet.
func (s *Service) resource(ctx context.Context, action, text string) (*stream, error) {
	if a, err := arn.Parse(text); err == nil && strings.Contains(a.Resource, "/consumer/") {
		if _, err := keyFromARN(wire.CallerFrom(ctx), action, text); err != nil {
			return nil, err
		}
		return nil, errNoConsumer(a)
	}
	st, _, err := s.existing(ctx, action, nil, &text)
	return st, err
}
