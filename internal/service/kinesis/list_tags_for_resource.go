package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// listTagsForResource lists all tags of a stream by key.
func (s *Service) listTagsForResource(ctx context.Context, in *kinesisapi.ListTagsForResourceInput) (*kinesisapi.ListTagsForResourceOutput, error) {
	st, err := s.resource(ctx, "ListTagsForResource", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	out := &kinesisapi.ListTagsForResourceOutput{Tags: []kinesisapi.Tag{}}
	for _, t := range sortedTags(st.state.Load().Tags) {
		out.Tags = append(out.Tags, kinesisapi.Tag{Key: &t.key, Value: &t.value})
	}
	return out, nil
}
