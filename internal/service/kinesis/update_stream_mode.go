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

// updateStreamMode changes the capacity mode. The shards stay as they are, but for those that a warm throughput asks for
// besides. The mode that already holds is accepted.
func (s *Service) updateStreamMode(ctx context.Context, in *kinesisapi.UpdateStreamModeInput) (*kinesisapi.UpdateStreamModeOutput, error) {
	st, now, err := s.existing(ctx, "UpdateStreamMode", nil, in.StreamARN)
	if err != nil {
		return nil, err
	}
	mode := *in.StreamModeDetails.StreamMode
	if in.WarmThroughputMiBps != nil && mode != modeOnDemand {
		return nil, errWarmMode()
	}
	release := func() {}
	defer func() { release() }()
	err = s.reshape(ctx, st, func(cur *streamState, doc *streamDoc, r *resharding) error {
		if cur.Mode == mode && (in.WarmThroughputMiBps == nil || *in.WarmThroughputMiBps == cur.Warm) {
			return errNoChange
		}
		if in.WarmThroughputMiBps != nil {
			if err := s.warm(cur, doc, *in.WarmThroughputMiBps, now); err != nil {
				return err
			}
			if open := cur.openIndexes(); int(doc.Warm) > len(open) {
				r.scale(open, splitHashSpace(int(doc.Warm)))
			}
		}
		if cur.Mode == mode {
			s.updating(doc, now)
			return nil
		}
		if doc.ModeChanged, err = withinDay(cur.ModeChanged, now, modeChangesPerDayMax); err != nil {
			return errModeChangedTooOften(cur.key)
		}
		if doc.Mode = mode; mode != modeOnDemand {
			doc.Warm = 0
		}
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
