package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// increaseStreamRetentionPeriod keeps records longer. The period that already holds is accepted.
func (s *Service) increaseStreamRetentionPeriod(ctx context.Context, in *kinesisapi.IncreaseStreamRetentionPeriodInput) (*kinesisapi.IncreaseStreamRetentionPeriodOutput, error) {
	st, _, err := s.existing(ctx, "IncreaseStreamRetentionPeriod", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	hours := *in.RetentionPeriodHours
	err = s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) error {
		if err := checkRetention(hours); err != nil {
			return err
		}
		switch {
		case hours < cur.Retention:
			return errRetentionNotLonger(cur, hours)
		case hours == cur.Retention:
			return errNoChange
		}
		doc.retain(cur, hours, s.clock.Now())
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.IncreaseStreamRetentionPeriodOutput{}, nil
}
