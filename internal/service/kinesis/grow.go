package kinesis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/bits"
	"sync"
	"time"
)

// How on-demand streams grow. (From the service's documentation, but for growEvery: it promises a split within 15 minutes.)
const (
	growEvery       = time.Minute
	hotBytes        = 500000 // bytes a second above which a shard is split
	shardBytes      = 1 << 20
	growthShardsMax = 200 // shards that growth stops at: 200 MiB/s. A warm throughput may ask for more
	peakDays        = 30  // days that a peak of throughput is remembered
)

// peakDoc is the highest throughput of a stream on one day. Peaks are kept as far as they ask for more shards than the
// ones before them on the same day.
type peakDoc struct {
	Day   int64 `json:"day"`   // since the epoch
	Bytes int64 `json:"bytes"` // put in a second
}

func dayOf(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// shardsForBytes is how many shards take twice a throughput in bytes a second.
func shardsForBytes(bytes int64) int {
	return min(growthShardsMax, int((2*bytes+shardBytes-1)/shardBytes))
}

// needed is how many shards the peaks of the last days ask an on-demand stream to have.
func (doc *streamDoc) needed(now time.Time) int {
	n := onDemandShards
	for _, p := range doc.Peaks {
		if dayOf(now)-p.Day < peakDays {
			n = max(n, shardsForBytes(p.Bytes))
		}
	}
	return n
}

// peak notes a throughput and says whether it asks for more shards than any before it on the same day.
func (doc *streamDoc) peak(bytes int64, now time.Time) bool {
	today, kept := peakDoc{Day: dayOf(now), Bytes: bytes}, []peakDoc{}
	for _, p := range doc.Peaks {
		switch {
		case p.Day == today.Day && shardsForBytes(bytes) <= shardsForBytes(p.Bytes):
			return false
		case p.Day != today.Day && today.Day-p.Day < peakDays:
			kept = append(kept, p)
		}
	}
	if shardsForBytes(bytes) <= onDemandShards {
		return false // what every stream has
	}
	doc.Peaks = append(kept, today)
	return true
}

// grower measures what shards take, from one round to the next.
type grower struct {
	mu   sync.Mutex // guards everything below
	last time.Time
	seen map[*shardMeter]int64 // bytes put until the last round, of shards that took any
}

// grow does a round of growth, once a minute: it splits the shards of on-demand streams that took too much since the last
// one, and gives streams the shards that their peaks ask for.
func (s *Service) grow(ctx context.Context, now time.Time) error {
	g := &s.growth
	g.mu.Lock()
	defer g.mu.Unlock()
	elapsed := now.Sub(g.last)
	if elapsed < 0 {
		g.last = now // the clock was set back: growth does not wait until it is where it was
	}
	if elapsed < growEvery {
		return nil
	}
	g.last = now
	seen := map[*shardMeter]int64{}
	var errs []error
	for _, st := range s.allStreams() {
		cur := st.state.Load()
		if cur.status(now) == statusGone {
			continue
		}
		rates, total := map[int]float64{}, 0.0
		for _, sh := range cur.shards.all {
			written := sh.meter.written.Load()
			if written == 0 {
				continue
			}
			seen[sh.meter] = written
			rate := float64(written-g.seen[sh.meter]) / elapsed.Seconds()
			total += rate
			if sh.open() {
				rates[sh.index] = rate
			}
		}
		// What a provisioned stream takes is looked at too: it must not count as one minute's when the mode changes.
		if total == 0 || cur.Mode != modeOnDemand {
			continue
		}
		if err := s.growStream(ctx, st, rates, int64(total), now); err != nil {
			errs = append(errs, fmt.Errorf("kinesis: grow %s: %w", cur.Name, err))
		}
	}
	g.seen = seen
	return errors.Join(errs...)
}

// growStream splits shards where it must. rates are what open shards took, total what the stream took, in bytes a second.
// The stream stays ACTIVE, as the real service's do; one that is not has its turn in the next round.
func (s *Service) growStream(ctx context.Context, st *stream, rates map[int]float64, total int64, now time.Time) error {
	if cur := st.state.Load(); !cur.mustGrow(rates, total, now) {
		return nil
	}
	before, after := 0, 0
	err := s.reshape(ctx, st, func(cur *streamState, doc *streamDoc, r *resharding) error {
		if cur.Mode != modeOnDemand {
			return errNoChange
		}
		peaked := doc.peak(total, now)
		before = len(cur.shards.open)
		after = r.grow(cur.openIndexes(), rates, doc.needed(now))
		if !peaked && after == before {
			return errNoChange
		}
		return nil
	})
	switch {
	case err != nil && st.state.Load().status(now) != statusActive:
		return nil
	case err == nil && after > before:
		s.log.LogAttrs(ctx, slog.LevelInfo, "on-demand stream has grown", slog.String("stream", st.state.Load().arn), slog.Int("from", before), slog.Int("to", after))
	}
	return err
}

// mustGrow says whether a round has something to do for the stream.
func (st *streamState) mustGrow(rates map[int]float64, total int64, now time.Time) bool {
	if st.status(now) != statusActive {
		return false
	}
	doc := st.streamDoc
	if doc.peak(total, now) {
		return true
	}
	if len(st.shards.open) >= growthShardsMax || len(st.Shards)+2*growthShardsMax > shardsEverMax {
		return false
	}
	for _, rate := range rates {
		if rate > hotBytes {
			return true
		}
	}
	return len(st.shards.open) < st.needed(now)
}

// grow splits open shards in halves: each hot one, and then those that take most, or are widest, until there are as many
// as needed. It returns how many there are.
func (r *resharding) grow(open []int, rates map[int]float64, needed int) int {
	loads := make([]float64, len(open))
	for k, i := range open {
		loads[k] = rates[i]
	}
	split := func(k int) bool {
		sh := r.shards[open[k]]
		if len(open) >= growthShardsMax || len(r.shards)+2 > shardsEverMax || sh.Start.next().cmp(sh.End) >= 0 {
			return false
		}
		lower, upper := r.split(open[k], sh.Start.middle(sh.End))
		loads[k] /= 2
		open[k] = lower
		open, loads = append(open, upper), append(loads, loads[k])
		return true
	}
	for k := range len(open) {
		if loads[k] > hotBytes {
			split(k)
		}
	}
	for len(open) < needed {
		most := 0
		for k := range open {
			if loads[k] > loads[most] || loads[k] == loads[most] && r.width(open[k]) > r.width(open[most]) {
				most = k
			}
		}
		if !split(most) {
			break
		}
	}
	return len(open)
}

// width is how much of the hash key space a shard has, roughly.
func (r *resharding) width(i int) uint64 { return r.shards[i].End.hi - r.shards[i].Start.hi }

// middle returns the first hash key of the upper half of the range from k to end.
func (k hashKey) middle(end hashKey) hashKey {
	lo, borrow := bits.Sub64(end.lo, k.lo, 0)
	hi, _ := bits.Sub64(end.hi, k.hi, borrow)
	lo, hi = lo>>1|hi<<63, hi>>1
	lo, carry := bits.Add64(k.lo, lo, 1)
	return hashKey{k.hi + hi + carry, lo}
}
