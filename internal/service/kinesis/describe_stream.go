package kinesis

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// describeShardsMax is how many shards a DescribeStream answers with, however many were asked for.
const describeShardsMax = 100

// describeStream describes a stream and its shards, page by page. While the stream is CREATING it has none.
func (s *Service) describeStream(ctx context.Context, in *kinesisapi.DescribeStreamInput) (*kinesisapi.DescribeStreamOutput, error) {
	st, now, err := s.existing(ctx, "DescribeStream", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	cur := st.state.Load()
	after, err := startAfter(cur.key, in.ExclusiveStartShardId)
	if err != nil {
		return nil, err
	}
	limit := describeShardsMax
	if in.Limit != nil {
		limit = min(limit, int(*in.Limit))
	}
	shards, more := []kinesisapi.Shard{}, false
	if cur.status(now) != statusCreating {
		shards, more = listedShards(cur.shards.all, after, limit, func(sh *shard) bool { return !sh.expired(cur.horizon(now)) })
	}
	encryption, keyID := cur.encryption()
	return &kinesisapi.DescribeStreamOutput{StreamDescription: &kinesisapi.StreamDescription{
		StreamName:              &cur.Name,
		StreamARN:               &cur.arn,
		StreamStatus:            new(cur.status(now)),
		StreamModeDetails:       modeDetails(cur),
		Shards:                  shards,
		HasMoreShards:           &more,
		RetentionPeriodHours:    &cur.Retention,
		StreamCreationTimestamp: createdAt(cur),
		EnhancedMonitoring:      monitoring(cur),
		EncryptionType:          encryption,
		KeyId:                   keyID,
	}}, nil
}

// startAfter reads an exclusive start: the index after which a list goes on, -1 for all of it.
func startAfter(key streamKey, id *string) (int, error) {
	if id == nil {
		return -1, nil
	}
	index, ok := parseShardID(*id)
	if !ok {
		return 0, errNoSuchShard(key, *id)
	}
	return index, nil
}

// listedShards returns up to limit of the shards that come after an index and that keep wants, and whether there are more.
func listedShards(all []*shard, after, limit int, keep func(*shard) bool) (list []kinesisapi.Shard, more bool) {
	list = []kinesisapi.Shard{}
	for i := after + 1; i < len(all); i++ {
		if !keep(all[i]) {
			continue
		}
		if len(list) == limit {
			return list, true
		}
		list = append(list, describeShard(all, all[i]))
	}
	return list, false
}

func describeShard(all []*shard, sh *shard) kinesisapi.Shard {
	d := kinesisapi.Shard{
		ShardId:             &sh.id,
		HashKeyRange:        &kinesisapi.HashKeyRange{StartingHashKey: &sh.startKey, EndingHashKey: &sh.endKey},
		SequenceNumberRange: &kinesisapi.SequenceNumberRange{StartingSequenceNumber: &sh.startSeq},
	}
	if !sh.open() {
		d.SequenceNumberRange.EndingSequenceNumber = &sh.endSeq
	}
	if len(sh.Parents) > 0 {
		d.ParentShardId = &all[sh.Parents[0]].id
	}
	if len(sh.Parents) > 1 {
		d.AdjacentParentShardId = &all[sh.Parents[1]].id
	}
	return d
}

func modeDetails(st *streamState) *kinesisapi.StreamModeDetails {
	return &kinesisapi.StreamModeDetails{StreamMode: &st.Mode}
}

func createdAt(st *streamState) *time.Time { return new(time.Unix(st.Created, 0).UTC()) }
