package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// removeTagsFromStream takes tags off a stream. One that it does not have is no error.
func (s *Service) removeTagsFromStream(ctx context.Context, in *kinesisapi.RemoveTagsFromStreamInput) (*kinesisapi.RemoveTagsFromStreamOutput, error) {
	st, _, err := s.existing(ctx, "RemoveTagsFromStream", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	if err := s.untag(ctx, st, in.TagKeys); err != nil {
		return nil, err
	}
	return &kinesisapi.RemoveTagsFromStreamOutput{}, nil
}

// untag takes tags off a stream.
func (s *Service) untag(ctx context.Context, st *stream, keys []string) error {
	return s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) (err error) {
		doc.Tags, err = removeTags(cur.key, cur.Tags, keys)
		return err
	})
}
