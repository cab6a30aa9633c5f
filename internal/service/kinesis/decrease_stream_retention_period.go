package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// decreaseStreamRetentionPeriod keeps records for a shorter time: older ones are hidden when it returns. The period that
// already holds is accepted.
func (s *Service) decreaseStreamRetentionPeriod(ctx context.Context, in *kinesisapi.DecreaseStreamRetentionPeriodInput) (*kinesisapi.DecreaseStreamRetentionPeriodOutput, error) {
	st, _, err := s.existing(ctx, "DecreaseStreamRetentionPeriod", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	hours := *in.RetentionPeriodHours
	err = s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) error {
		if err := checkRetention(hours); err != nil {
			return err
		}
		switch {
		case hours > cur.Retention:
			return errRetentionNotShorter(cur, hours)
		case hours == cur.Retention:
			return errNoChange
		}
		doc.retain(cur, hours, s.clock.Now())
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.DecreaseStreamRetentionPeriodOutput{}, nil
}
