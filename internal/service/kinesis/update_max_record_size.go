package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// updateMaxRecordSize changes how large a record of the stream may be. It holds for puts from when it returns; larger
// records that are there stay.
func (s *Service) updateMaxRecordSize(ctx context.Context, in *kinesisapi.UpdateMaxRecordSizeInput) (*kinesisapi.UpdateMaxRecordSizeOutput, error) {
	if in.StreamARN == nil {
		return nil, validation("Value null at 'streamARN' failed to satisfy constraint: Member must not be null")
	}
	st, _, err := s.existing(ctx, "UpdateMaxRecordSize", nil, in.StreamARN)
	if err != nil {
		return nil, err
	}
	err = s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) error {
		if cur.MaxRecordKiB == *in.MaxRecordSizeInKiB {
			return errNoChange
		}
		doc.MaxRecordKiB = *in.MaxRecordSizeInKiB
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.UpdateMaxRecordSizeOutput{}, nil
}
