package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// listTagsMax is how many tags a ListTagsForStream answers with when nothing is asked for.
const listTagsMax = 50

// listTagsForStream lists a stream's tags by key, page by page.
func (s *Service) listTagsForStream(ctx context.Context, in *kinesisapi.ListTagsForStreamInput) (*kinesisapi.ListTagsForStreamOutput, error) {
	st, _, err := s.existing(ctx, "ListTagsForStream", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	limit := listTagsMax
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	out := &kinesisapi.ListTagsForStreamOutput{Tags: []kinesisapi.Tag{}, HasMoreTags: new(false)}
	for _, t := range sortedTags(st.state.Load().Tags) {
		if in.ExclusiveStartTagKey != nil && t.key <= *in.ExclusiveStartTagKey {
			continue
		}
		if len(out.Tags) == limit {
			*out.HasMoreTags = true
			break
		}
		out.Tags = append(out.Tags, kinesisapi.Tag{Key: &t.key, Value: &t.value})
	}
	return out, nil
}
