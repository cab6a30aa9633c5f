package kinesis

import (
	"context"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// warmMiBpsMax bounds the warm throughput of a stream, in MiB/s. (From the API's documentation: 10 GiB/s.)
const warmMiBpsMax = 10 << 10

// updateStreamWarmThroughput gives an on-demand stream as many shards as the throughput asks for, at once. What it has
// beyond that, and beyond what its traffic of late needs, it lets go.
func (s *Service) updateStreamWarmThroughput(ctx context.Context, in *kinesisapi.UpdateStreamWarmThroughputInput) (*kinesisapi.UpdateStreamWarmThroughputOutput, error) {
	st, now, err := s.existing(ctx, "UpdateStreamWarmThroughput", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	before := 0
	err = s.reshape(ctx, st, func(cur *streamState, doc *streamDoc, r *resharding) error {
		if cur.Mode != modeOnDemand {
			return errWarmMode()
		}
		if err := s.warm(cur, doc, *in.WarmThroughputMiBps, now); err != nil {
			return err
		}
		before = len(cur.shards.open)
		if target := max(int(doc.Warm), doc.needed(now)); target != before {
			r.scale(cur.openIndexes(), splitHashSpace(target))
		}
		s.updating(doc, now)
		return nil
	})
	if err != nil {
		return nil, err
	}
	cur := st.state.Load()
	return &kinesisapi.UpdateStreamWarmThroughputOutput{StreamName: &cur.Name, StreamARN: &cur.arn,
		WarmThroughput: &kinesisapi.WarmThroughputObject{TargetMiBps: in.WarmThroughputMiBps, CurrentMiBps: new(int32(before))}}, nil
}

// warm sets the warm throughput of a description, if it may be set.
func (s *Service) warm(cur *streamState, doc *streamDoc, miBps int32, now time.Time) error {
	if err := s.checkWarm(account{cur.Account, cur.Region}, miBps, now); err != nil {
		return err
	}
	doc.Warm = miBps
	return nil
}

// checkWarm refuses a warm throughput that an account may not have.
func (s *Service) checkWarm(a account, miBps int32, now time.Time) error {
	switch {
	case !s.committed(a, now):
		return validationText(fmt.Sprintf("WarmThroughputMiBps needs MinimumThroughputBillingCommitment to be enabled for account %s.", a.id))
	case miBps > warmMiBpsMax:
		return limitExceeded(fmt.Sprintf("WarmThroughputMiBps cannot be greater than %d. Requested: %d.", warmMiBpsMax, miBps))
	}
	return nil
}

func errWarmMode() error {
	return validationText("WarmThroughputMiBps is not supported for a stream in PROVISIONED mode.")
}

// warmth is what descriptions say of the throughput that a stream has shards for; nil where nothing is said.
func (s *Service) warmth(cur *streamState, now time.Time) *kinesisapi.WarmThroughputObject {
	if cur.Mode != modeOnDemand || !s.committed(account{cur.Account, cur.Region}, now) {
		return nil
	}
	w := &kinesisapi.WarmThroughputObject{CurrentMiBps: new(int32(len(cur.shards.open)))} // a shard takes 1 MiB/s
	if cur.Warm > 0 {
		w.TargetMiBps = &cur.Warm
	}
	return w
}

// openIndexes lists the open shards in the order of their ranges.
func (st *streamState) openIndexes() []int {
	open := make([]int, len(st.shards.open))
	for i, sh := range st.shards.open {
		open[i] = sh.index
	}
	return open
}
