package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// listTagsForResource lists all tags of a stream or a consumer by key.
func (s *Service) listTagsForResource(ctx context.Context, in *kinesisapi.ListTagsForResourceInput) (*kinesisapi.ListTagsForResourceOutput, error) {
	st, id, err := s.resource(ctx, "ListTagsForResource", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	cur := st.state.Load()
	tags := cur.Tags
	if id != nil {
		tags = nil
		if i := cur.consumer(*id, s.clock.Now()); i >= 0 {
			tags = cur.Consumers[i].Tags
		}
	}
	out := &kinesisapi.ListTagsForResourceOutput{Tags: []kinesisapi.Tag{}}
	for _, t := range sortedTags(tags) {
		out.Tags = append(out.Tags, kinesisapi.Tag{Key: &t.key, Value: &t.value})
	}
	return out, nil
}
