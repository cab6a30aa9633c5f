package kinesis

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// mergeShards closes two neighbours, the lower one named first, and gives them one child. Records put after it returned
// are in that.
func (s *Service) mergeShards(ctx context.Context, in *kinesisapi.MergeShardsInput) (*kinesisapi.MergeShardsOutput, error) {
	st, now, err := s.existing(ctx, "MergeShards", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	index, ok := parseShardID(*in.ShardToMerge)
	if !ok {
		return nil, errNoSuchShard(st.key, *in.ShardToMerge)
	}
	adjacent, ok := parseShardID(*in.AdjacentShardToMerge)
	if !ok {
		return nil, errNoSuchShard(st.key, *in.AdjacentShardToMerge)
	}
	err = s.reshard(ctx, st, "MergeShards", func(cur *streamState, _ *streamDoc, r *resharding) error {
		first, err := shardAt(cur, index, now)
		if err != nil {
			return err
		}
		second, err := shardAt(cur, adjacent, now)
		if err != nil {
			return err
		}
		for _, sh := range []*shard{first, second} {
			if !sh.open() {
				return errShardClosed(sh, cur.key)
			}
		}
		if first.End == hashKeyMax || first.End.next() != second.Start {
			return errNotAdjacent(cur.key, first, second)
		}
		r.merge(index, adjacent)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.MergeShardsOutput{}, nil
}

func errNotAdjacent(key streamKey, first, second *shard) error {
	return invalidArgument(fmt.Sprintf("Shards %s and %s in stream %s are not an adjacent pair of shards eligible for merging", first.id, second.id, key.of()))
}
