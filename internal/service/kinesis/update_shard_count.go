package kinesis

import (
	"context"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// Bounds of UpdateShardCount.
const (
	scalesPerDayMax = 10    // calls for a stream in any 24 hours
	scaleShardsMax  = 10000 // open shards after it
)

// updateShardCount gives a stream another number of shards, of equal width. Records put after it returned are in these.
func (s *Service) updateShardCount(ctx context.Context, in *kinesisapi.UpdateShardCountInput) (*kinesisapi.UpdateShardCountOutput, error) {
	st, now, err := s.existing(ctx, "UpdateShardCount", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	target, before := int(*in.TargetShardCount), 0
	release := func() {}
	defer func() { release() }()
	err = s.reshard(ctx, st, "UpdateShardCount", func(cur *streamState, doc *streamDoc, r *resharding) error {
		before = len(cur.shards.open)
		if doc.Scaled, err = withinDay(cur.Scaled, now, scalesPerDayMax); err != nil {
			return errScaledTooOften(cur.key)
		}
		if err := checkScale(before, target); err != nil {
			return err
		}
		release()
		a := account{cur.Account, cur.Region}
		if release, err = s.claim(a, usage{shards: max(0, target-before)}, now); err != nil {
			release = func() {}
			return errScaleLimit(s.limits.in(cur.Region).Shards, before, target)
		}
		r.scale(cur.openIndexes(), splitHashSpace(target))
		return nil
	})
	if err != nil {
		return nil, err
	}
	name, streamARN := st.key.name, st.state.Load().arn
	return &kinesisapi.UpdateShardCountOutput{StreamName: &name, StreamARN: &streamARN,
		CurrentShardCount: new(int32(before)), TargetShardCount: new(int32(target))}, nil
}

// checkScale refuses what is more than double or less than half.
func checkScale(open, target int) error {
	switch {
	case target > 2*open:
		return limitExceeded(fmt.Sprintf("UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: %d Target shard count: %d", open, target))
	case 2*target < open:
		return limitExceeded(fmt.Sprintf("UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: %d Target shard count: %d", open, target))
	case target > scaleShardsMax:
		return errScaleLimit(scaleShardsMax, open, target)
	}
	return nil
}

func errScaleLimit(limit, open, target int) error {
	return limitExceeded(fmt.Sprintf("Target shard count or number of open shards cannot be greater than %d. Current open shard count: %d, Target shard count: %d", limit, open, target))
}

// errScaledTooOften is our text.
func errScaledTooOften(key streamKey) error {
	return limitExceeded(fmt.Sprintf("UpdateShardCount can be called %d times in 24 hours for stream %s.", scalesPerDayMax, key.of()))
}

// withinDay returns those of some times, in milliseconds, that are less than 24 hours ago, and now; it fails when these
// are more than n.
func withinDay(times []int64, now time.Time, n int) ([]int64, error) {
	day := []int64{}
	for _, t := range times {
		if millis(now)-t < 24*time.Hour.Milliseconds() {
			day = append(day, t)
		}
	}
	if len(day) >= n {
		return nil, errTooOften
	}
	return append(day, millis(now)), nil
}
