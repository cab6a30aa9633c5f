package kinesis

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// splitShard closes a shard and gives it two children. Records put after it returned are in these.
func (s *Service) splitShard(ctx context.Context, in *kinesisapi.SplitShardInput) (*kinesisapi.SplitShardOutput, error) {
	st, now, err := s.existing(ctx, "SplitShard", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	index, ok := parseShardID(*in.ShardToSplit)
	if !ok {
		return nil, errNoSuchShard(st.key, *in.ShardToSplit)
	}
	release := func() {}
	defer func() { release() }()
	err = s.reshard(ctx, st, "SplitShard", func(cur *streamState, _ *streamDoc, r *resharding) error {
		sh, err := shardAt(cur, index, now)
		if err != nil {
			return err
		}
		if !sh.open() {
			return errShardClosed(sh, cur.key)
		}
		at, ok := parseHashKey(*in.NewStartingHashKey)
		if !ok || at.cmp(sh.Start.next()) <= 0 || at.cmp(sh.Start) <= 0 || at.cmp(sh.End) >= 0 {
			return errSplitPoint(cur.key, sh, *in.NewStartingHashKey)
		}
		release()
		if release, err = s.claim(account{cur.Account, cur.Region}, usage{shards: 1}, now); err != nil {
			release = func() {}
			return err
		}
		r.split(index, at)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.SplitShardOutput{}, nil
}

func errSplitPoint(key streamKey, sh *shard, at string) error {
	return invalidArgument(fmt.Sprintf("NewStartingHashKey %s used in SplitShard() on shard %s in stream %s is not both greater than one plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s.",
		at, sh.id, key.of(), sh.startKey, sh.endKey))
}
