package kinesis

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"
)

// shardsEverMax is how many shards a stream may have had, closed ones included: its description, which keeps them all
// because their numbers are never given again, stays well within one record of storage.
const shardsEverMax = 50000

// resharding is a change of a list of shards under way. All of it goes into one description of the stream, so that a
// crash leaves either the old list or the new one.
type resharding struct {
	shards []shardDoc
	now    int64 // milliseconds
}

// split closes a shard and appends two: the lower range first, then the one that starts at a hash key.
func (r *resharding) split(i int, at hashKey) (lower, upper int) {
	parent := r.shards[i]
	r.close(i)
	return r.child(parent.Start, at.previous(), i), r.child(at, parent.End, i)
}

// merge closes a shard and the next one and appends one in their place.
func (r *resharding) merge(i, adjacent int) int {
	r.close(i, adjacent)
	return r.child(r.shards[i].Start, r.shards[adjacent].End, i, adjacent)
}

// close closes shards at one time: now, but not before one of them was made.
func (r *resharding) close(indexes ...int) {
	at := r.now
	for _, i := range indexes {
		at = max(at, r.shards[i].Created*1000)
	}
	for _, i := range indexes {
		r.shards[i].Closed = at
	}
}

// child appends a shard that was made one second after its parents closed, so that its sequence numbers come after
// theirs.
func (r *resharding) child(start, end hashKey, parents ...int) int {
	created := r.shards[parents[0]].Closed/1000 + 1
	r.shards = append(r.shards, shardDoc{Start: start, End: end, Created: created, Parents: parents})
	return len(r.shards) - 1
}

// scale replaces open shards, given in the order of their ranges, by one for each of the ranges: it cuts at all new
// boundaries, then merges what lies in one range. A shard that fits as it is stays. Shards in between open and close.
func (r *resharding) scale(open []int, ranges []hashRange) {
	pieces := make([][]int, len(ranges))
	for _, i := range open {
		sh := r.shards[i]
		from := sort.Search(len(ranges), func(k int) bool { return ranges[k].start.cmp(sh.Start) > 0 })
		to := sort.Search(len(ranges), func(k int) bool { return ranges[k].start.cmp(sh.End) > 0 })
		r.cut(i, ranges, from, to, pieces)
	}
	for _, p := range pieces {
		r.join(p)
	}
}

// cut splits a shard at the starts of ranges[from:to], which are all within it, and files the pieces by range. Halving
// keeps the lines of descent short.
func (r *resharding) cut(i int, ranges []hashRange, from, to int, pieces [][]int) {
	if from == to {
		pieces[from-1] = append(pieces[from-1], i)
		return
	}
	mid := (from + to) / 2
	lower, upper := r.split(i, ranges[mid].start)
	r.cut(lower, ranges, from, mid, pieces)
	r.cut(upper, ranges, mid+1, to, pieces)
}

// join merges neighbours until one is left.
func (r *resharding) join(pieces []int) {
	for len(pieces) > 1 {
		var next []int
		for k := 0; k < len(pieces); k += 2 {
			if k+1 == len(pieces) {
				next = append(next, pieces[k])
			} else {
				next = append(next, r.merge(pieces[k], pieces[k+1]))
			}
		}
		pieces = next
	}
}

// reshard changes the shards of a provisioned stream, as reshape does, and makes it UPDATING.
func (s *Service) reshard(ctx context.Context, st *stream, action string, fn func(cur *streamState, doc *streamDoc, r *resharding) error) error {
	return s.reshape(ctx, st, func(cur *streamState, doc *streamDoc, r *resharding) error {
		if cur.Mode == modeOnDemand {
			return errOnDemand(action)
		}
		s.updating(doc, fromMillis(r.now))
		return fn(cur, doc, r)
	})
}

// reshape changes the shards of a stream that is ACTIVE. No put of this process is under way meanwhile: what was put
// before is in the shards that close, what is put after goes to their children, and who reads a closed shard's end has
// read all of it. (See put.)
func (s *Service) reshape(ctx context.Context, st *stream, fn func(cur *streamState, doc *streamDoc, r *resharding) error) error {
	logs := st.state.Load().logs
	logs.puts.Lock()
	defer logs.puts.Unlock()
	var planned *streamDoc
	known := 0 // shards that there were before planned
	return s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) error {
		if cur.logs != logs {
			return errNoStream(cur.key) // deleted, and made anew, since the request came
		}
		if planned != nil && len(cur.Shards) >= len(planned.Shards) && len(planned.Shards) > known &&
			slices.EqualFunc(cur.Shards[known:len(planned.Shards)], planned.Shards[known:], sameShard) {
			return errNoChange // the append whose outcome was not known had succeeded
		}
		r := &resharding{shards: doc.Shards, now: millis(s.clock.Now())}
		if err := fn(cur, doc, r); err != nil {
			return err
		}
		if len(r.shards) > shardsEverMax {
			return errTooManyShardsEver(cur.key, len(r.shards))
		}
		doc.Shards = r.shards
		planned, known = doc, len(cur.Shards)
		return nil
	})
}

// sameShard says whether two descriptions are of one shard, whatever became of it.
func sameShard(a, b shardDoc) bool {
	return a.Start == b.Start && a.End == b.End && a.Created == b.Created && slices.Equal(a.Parents, b.Parents)
}

// updating makes a stream UPDATING for Config.TransitionDelay. What is new holds from its beginning.
func (s *Service) updating(doc *streamDoc, now time.Time) {
	doc.Status, doc.Until = statusActive, 0
	if s.delay > 0 {
		doc.Status, doc.Until = statusUpdating, millis(now.Add(s.delay))
	}
}

// shardAt returns a shard that has not expired. index comes from an ID that parsed.
func shardAt(cur *streamState, index int, now time.Time) (*shard, error) {
	sh := cur.shards.byIndex(index, cur.horizon(now))
	if sh == nil {
		return nil, errNoSuchShard(cur.key, shardID(index))
	}
	return sh, nil
}

// errShardClosed was seen at the real service.
func errShardClosed(sh *shard, key streamKey) error {
	return invalidArgument(fmt.Sprintf("Shard %s in stream %s has already been merged or split, and thus is not eligible for merging or splitting.", sh.id, key.of()))
}

// errOnDemand is for what only provisioned streams can do. (Our text.)
func errOnDemand(action string) error {
	return validationText(action + " is not supported for a stream in ON_DEMAND mode.")
}

// errTooManyShardsEver refuses a resharding that a stream has no room for any more. (Our limit, our text.)
func errTooManyShardsEver(key streamKey, n int) error {
	return limitExceeded(fmt.Sprintf("Stream %s cannot have more than %d shards in its life. Shards after this request: %d.", key.of(), shardsEverMax, n))
}
