package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// addTagsToStream adds tags to a stream or gives them other values.
func (s *Service) addTagsToStream(ctx context.Context, in *kinesisapi.AddTagsToStreamInput) (*kinesisapi.AddTagsToStreamOutput, error) {
	st, _, err := s.existing(ctx, "AddTagsToStream", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	if err := s.tag(ctx, st, in.Tags); err != nil {
		return nil, err
	}
	return &kinesisapi.AddTagsToStreamOutput{}, nil
}

// tag adds tags to a stream.
func (s *Service) tag(ctx context.Context, st *stream, tags map[string]string) error {
	return s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) (err error) {
		doc.Tags, err = addTags(cur.key, cur.Tags, tags)
		return err
	})
}
