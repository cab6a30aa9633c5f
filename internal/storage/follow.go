package storage

import (
	"context"
	"iter"
	"time"
)

// followBytes is how much data a Tail reads at once, in bytes. It bounds what a slow consumer holds in memory.
const followBytes = 1 << 20

// Follow makes a Tail out of a Read and a way to wait. Wait returns a channel that is closed when there may be more to
// read than before the call; reading happens between Wait and receiving from its channel, so nothing is missed.
func Follow(ctx context.Context, r Range, read func(context.Context, Range) ([]Record, error), wait func() <-chan struct{}) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		r.Max, r.MaxBytes = MaxBatch, followBytes
		for ctx.Err() == nil {
			more := wait()
			recs, err := read(ctx, r)
			if err != nil {
				if ctx.Err() == nil {
					yield(Record{}, err)
				}
				return
			}
			for _, rec := range recs {
				if ctx.Err() != nil || !yield(rec, nil) {
					return
				}
				r.From, r.Since = rec.Seq+1, time.Time{}
			}
			if len(recs) > 0 {
				continue
			}
			select {
			case <-ctx.Done():
			case <-more:
			}
		}
	}
}
