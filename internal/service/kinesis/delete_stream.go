package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// deleteStream makes a stream DELETING; it is gone after Config.TransitionDelay. Deleting it once more is no error.
// Its consumers go with it, if EnforceConsumerDeletion says so; otherwise a stream with consumers stays.
func (s *Service) deleteStream(ctx context.Context, in *kinesisapi.DeleteStreamInput) (*kinesisapi.DeleteStreamOutput, error) {
	st, _, err := s.existing(ctx, "DeleteStream", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	id := st.state.Load().ID
	err = s.change(ctx, st, func(cur *streamState) (streamDoc, error) {
		now := s.clock.Now()
		switch status := cur.status(now); {
		case cur.ID != id, status == statusDeleting, status == statusGone:
			return streamDoc{}, errNoChange
		case status == statusUpdating:
			return streamDoc{}, errNotActive(cur.key, status)
		}
		if len(cur.consumers(now)) > 0 && (in.EnforceConsumerDeletion == nil || !*in.EnforceConsumerDeletion) {
			return streamDoc{}, errStreamHasConsumers(cur.key)
		}
		doc := cur.copyDoc()
		doc.Status, doc.Until = statusGone, 0
		if s.delay > 0 {
			doc.Status, doc.Until = statusDeleting, millis(now.Add(s.delay))
		}
		return doc, nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.DeleteStreamOutput{}, nil
}
