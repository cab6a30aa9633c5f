package kinesis

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// listShardsMax is how many shards a ListShards answers with, however many were asked for.
const listShardsMax = 1000

// shardList is a listing under way: what a NextToken of ListShards carries. Times are in milliseconds.
type shardList struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Name    string `json:"name"`
	ID      string `json:"id"`
	After   int    `json:"after"` // index of the last shard listed
	Filter  string `json:"filter"`
	At      int64  `json:"at,omitempty"` // the filter's timestamp
}

// listShards lists the shards of a stream that have not expired, page by page.
func (s *Service) listShards(ctx context.Context, in *kinesisapi.ListShardsInput) (*kinesisapi.ListShardsOutput, error) {
	now := s.clock.Now()
	list, cur, err := s.startShardList(ctx, in, now)
	if err != nil {
		return nil, err
	}
	if status := cur.status(now); status == statusCreating || status == statusDeleting {
		return nil, errNotActive(cur.key, status)
	}
	limit := listShardsMax
	if in.MaxResults != nil {
		limit = min(limit, int(*in.MaxResults))
	}
	shards, more := listedShards(cur.shards.all, list.After, limit, list.keep(cur, now))
	out := &kinesisapi.ListShardsOutput{Shards: shards}
	if more {
		last := shards[len(shards)-1]
		list.After, _ = parseShardID(*last.ShardId)
		text, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		out.NextToken = new(s.sealNextToken(tokenListShards, string(text), now))
	}
	return out, nil
}

// startShardList reads which shards of which stream are wanted, from the token or from the members.
func (s *Service) startShardList(ctx context.Context, in *kinesisapi.ListShardsInput, now time.Time) (list shardList, cur *streamState, err error) {
	named := in.StreamName != nil || in.StreamARN != nil
	switch {
	case in.NextToken == nil && !named:
		return list, nil, invalidArgument("Either NextToken or StreamName should be provided.")
	case in.NextToken != nil && named:
		return list, nil, invalidArgument("NextToken and StreamName cannot be provided together.")
	case in.NextToken != nil && (in.ExclusiveStartShardId != nil || in.StreamCreationTimestamp != nil || in.ShardFilter != nil):
		return list, nil, invalidArgument("NextToken cannot be provided together with ExclusiveStartShardId, StreamCreationTimestamp or ShardFilter.")
	case in.NextToken != nil:
		return s.resumeShardList(ctx, *in.NextToken, now)
	}
	st, _, err := s.existing(ctx, "ListShards", in.StreamName, in.StreamARN)
	if err != nil {
		return list, nil, err
	}
	cur = st.state.Load()
	if in.StreamCreationTimestamp != nil && in.StreamCreationTimestamp.Unix() != cur.Created {
		return list, nil, errNoStream(cur.key) // that one is gone; this has its name
	}
	list = shardList{Account: cur.Account, Region: cur.Region, Name: cur.Name, ID: cur.ID}
	if list.After, err = startAfter(cur.key, in.ExclusiveStartShardId); err != nil {
		return list, nil, err
	}
	return list, cur, list.filter(cur.key, in.ShardFilter, now)
}

// resumeShardList goes on with the listing that a token carries.
func (s *Service) resumeShardList(ctx context.Context, token string, now time.Time) (list shardList, cur *streamState, err error) {
	text, err := s.openNextToken(tokenListShards, token, now)
	if err != nil {
		return list, nil, err
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return list, nil, err
	}
	key := streamKey{list.Account, list.Region, list.Name}
	c := wire.CallerFrom(ctx)
	if c.Region != key.region {
		return list, nil, invalidArgument("Invalid NextToken.")
	}
	if err := s.rates.take(callerAccount(c), "ListShards", key, now); err != nil {
		return list, nil, err
	}
	st, err := s.stream(ctx, key, now)
	if err == nil {
		err = admit(c, "ListShards", key, st)
	}
	if err != nil {
		return list, nil, err
	}
	if st.state.Load().ID != list.ID {
		return list, nil, errNoStream(key)
	}
	return list, st.state.Load(), nil
}

// The values of ShardFilter.Type.
const (
	filterAfterShardID    = "AFTER_SHARD_ID"
	filterAtTrimHorizon   = "AT_TRIM_HORIZON"
	filterFromTrimHorizon = "FROM_TRIM_HORIZON"
	filterAtLatest        = "AT_LATEST"
	filterAtTimestamp     = "AT_TIMESTAMP"
	filterFromTimestamp   = "FROM_TIMESTAMP"
)

// filter takes over the request's filter.
func (l *shardList) filter(key streamKey, f *kinesisapi.ShardFilter, now time.Time) error {
	l.Filter = filterFromTrimHorizon
	if f == nil {
		return nil
	}
	l.Filter = *f.Type
	switch l.Filter {
	case filterAfterShardID:
		if f.ShardId == nil {
			return invalidArgument("Must specify ShardId for a ShardFilter of type AFTER_SHARD_ID.")
		}
		after, err := startAfter(key, f.ShardId)
		l.After = max(l.After, after)
		return err
	case filterAtTimestamp, filterFromTimestamp:
		if f.Timestamp == nil {
			return invalidArgument("Must specify Timestamp for a ShardFilter of type " + l.Filter + ".")
		}
		if f.Timestamp.After(now) {
			return errTimestampInFuture(*f.Timestamp, now)
		}
		l.At = millis(*f.Timestamp)
	}
	return nil
}

// keep returns the test that a listed shard passes.
func (l *shardList) keep(st *streamState, now time.Time) func(*shard) bool {
	horizon := st.horizon(now)
	oldest := max(horizon, st.Created*1000)
	at := max(l.At, oldest)
	// A child takes over the moment its parents close, although its sequence numbers begin a second later: at any time
	// the listed shards cover the hash space once.
	started := func(sh *shard, t int64) bool {
		return len(sh.Parents) == 0 || st.shards.all[sh.Parents[0]].Closed < t
	}
	living := func(sh *shard) bool { return !sh.expired(horizon) }
	openAt := func(sh *shard, t int64) bool { return living(sh) && started(sh, t) && (sh.open() || sh.Closed >= t) }
	switch l.Filter {
	case filterAtTrimHorizon:
		return func(sh *shard) bool { return openAt(sh, oldest) }
	case filterAtLatest:
		return func(sh *shard) bool { return sh.open() }
	case filterAtTimestamp:
		return func(sh *shard) bool { return openAt(sh, at) }
	case filterFromTimestamp:
		return func(sh *shard) bool { return living(sh) && (sh.open() || sh.Closed >= at) }
	}
	return living
}
