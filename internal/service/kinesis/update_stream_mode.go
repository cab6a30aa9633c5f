package kinesis

import (
	"context"
	"errors"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// modeChangesPerDayMax is how often the mode of a stream changes in any 24 hours.
const modeChangesPerDayMax = 2

// errTooOften says that something was done as often as it may in a day.
var errTooOften = errors.New("too often in 24 hours")

// updateStreamMode changes the capacity mode. The shards stay as they are. The mode that already holds is accepted.
func (s *Service) updateStreamMode(ctx context.Context, in *kinesisapi.UpdateStreamModeInput) (*kinesisapi.UpdateStreamModeOutput, error) {
	st, now, err := s.existing(ctx, "UpdateStreamMode", nil, in.StreamARN)
	if err != nil {
		return nil, err
	}
	if in.WarmThroughputMiBps != nil {
		return nil, notSupported("WarmThroughputMiBps")
	}
	mode := *in.StreamModeDetails.StreamMode
	release := func() {}
	defer func() { release() }()
	err = s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) error {
		if cur.Mode == mode {
			return errNoChange
		}
		if doc.ModeChanged, err = withinDay(cur.ModeChanged, now, modeChangesPerDayMax); err != nil {
			return errModeChangedTooOften(cur.key)
		}
		doc.Mode = mode
		release()
		if release, err = s.claim(account{cur.Account, cur.Region}, doc.usage(now), now); err != nil {
			release = func() {}
			return err
		}
		s.updating(doc, now)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.UpdateStreamModeOutput{}, nil
}

// errModeChangedTooOften is our text.
func errModeChangedTooOften(key streamKey) error {
	return limitExceeded(fmt.Sprintf("The mode of stream %s can be changed %d times in 24 hours.", key.of(), modeChangesPerDayMax))
}
