package kinesis

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// The values of ShardIteratorType.
const (
	iterateAtSequence    = "AT_SEQUENCE_NUMBER"
	iterateAfterSequence = "AFTER_SEQUENCE_NUMBER"
	iterateTrimHorizon   = "TRIM_HORIZON"
	iterateLatest        = "LATEST"
	iterateAtTimestamp   = "AT_TIMESTAMP"
)

// getShardIterator returns an iterator that stands at a fixed place of a shard: LATEST is decided now, not when it is
// first used.
func (s *Service) getShardIterator(ctx context.Context, in *kinesisapi.GetShardIteratorInput) (*kinesisapi.GetShardIteratorOutput, error) {
	now := s.clock.Now()
	key, err := keyFrom(wire.CallerFrom(ctx), in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	index, ok := parseShardID(*in.ShardId)
	if !ok {
		return nil, errNoSuchShard(key, *in.ShardId)
	}
	cur, sh, err := s.readable(ctx, "GetShardIterator", key, index, now)
	if err != nil {
		return nil, err
	}
	if s.rates != nil && !sh.meter.throttle.iterate(millis(now)) {
		return nil, errReadRate(key, sh)
	}
	start := startingPoint{call: "GetShardIterator", kind: *in.ShardIteratorType, sequence: in.StartingSequenceNumber, timestamp: in.Timestamp}
	from, err := s.position(ctx, cur, sh, start, now)
	if missing(err) {
		return nil, errShardDoesNotExist(key, index)
	}
	if err != nil {
		return nil, err
	}
	return &kinesisapi.GetShardIteratorOutput{ShardIterator: new(s.tokens.sealIterator(cur.iterator(sh, from, now)))}, nil
}

// readable returns a stream and a shard of it that can be read, when the caller may do what action says; "": that was
// decided before.
func (s *Service) readable(ctx context.Context, action string, key streamKey, index int, now time.Time) (*streamState, *shard, error) {
	st, err := s.stream(ctx, key, now)
	if err != nil {
		return nil, nil, err
	}
	if c := wire.CallerFrom(ctx); action != "" && (st != nil || c.Account != key.account) {
		if err := admit(c, action, key, st); err != nil {
			return nil, nil, err
		}
	}
	if st != nil {
		cur := st.state.Load()
		if sh := cur.shards.byIndex(index, cur.horizon(now)); sh != nil && cur.serves(now) {
			return cur, sh, nil
		}
	}
	return nil, nil, errShardDoesNotExist(key, index)
}

func (st *streamState) iterator(sh *shard, from uint64, now time.Time) iterator {
	return iterator{made: millis(now), id: st.ID, key: st.key, index: sh.index, from: from}
}

// startingPoint is where a request asks to begin to read.
type startingPoint struct {
	call      string // the operation, for refusals
	kind      string // a value of ShardIteratorType
	sequence  *string
	timestamp *time.Time
}

// position returns the place in the shard's log that a request asks for.
func (s *Service) position(ctx context.Context, st *streamState, sh *shard, in startingPoint, now time.Time) (uint64, error) {
	kind := in.kind
	bySequence := kind == iterateAtSequence || kind == iterateAfterSequence
	if bySequence != (in.sequence != nil) {
		return 0, errSequenceChoice(kind, in.sequence != nil)
	}
	if bySequence {
		n, err := checkSequence(st, sh, in.call, *in.sequence)
		if err != nil {
			return 0, err
		}
		if kind == iterateAfterSequence {
			return n.counter + 1, nil
		}
		return n.counter, nil
	}
	if kind == iterateTrimHorizon {
		return 0, nil
	}
	if kind == iterateAtTimestamp {
		if in.timestamp == nil {
			return 0, invalidArgument("Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.")
		}
		if in.timestamp.After(now) {
			return 0, errTimestampInFuture(*in.timestamp, now)
		}
	}
	log, err := st.logs.open(ctx, st.log(sh))
	if err != nil {
		return 0, err
	}
	if kind == iterateLatest {
		_, last, err := log.Bounds(ctx)
		return last + 1, err
	}
	return log.firstSince(ctx, sh.id, millisCeil(*in.timestamp))
}

// checkSequence reads a sequence number that must be of this shard.
func checkSequence(st *streamState, sh *shard, call, text string) (sequenceNumber, error) {
	n, err := parseSequence(text)
	used := fmt.Sprintf("StartingSequenceNumber %s used in %s on shard %s in stream %s is invalid", text, call, sh.id, st.key.of())
	switch {
	case err != nil:
		return n, invalidArgument(used + ".")
	case n.shardIndex != sh.index:
		return n, invalidArgument(fmt.Sprintf("Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a shard with %s", shardID(n.shardIndex), sh.id))
	case n.version == 0:
		return n, internalFailure()
	case n.version != 2, n.shardCreated != sh.Created:
		return n, invalidArgument(used + " because it did not come from this stream.")
	}
	return n, nil
}

// errSequenceChoice words that a sequence number is missing, or there where none belongs.
func errSequenceChoice(kind string, given bool) error {
	var b strings.Builder
	b.WriteString("Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified " + kind)
	if given {
		b.WriteString(" and also a StartingSequenceNumber.")
	} else {
		b.WriteString(" and no StartingSequenceNumber.")
	}
	return invalidArgument(b.String())
}

// millisCeil returns the first whole millisecond that is not before t.
func millisCeil(t time.Time) int64 { return millis(t.Add(time.Millisecond - 1)) }
