package kinesis

import (
	"context"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// getRecords returns the records that come next at an iterator, and the iterator to go on with. At the end of a closed
// shard there is none, but its children: clients rely on exactly one of the two.
func (s *Service) getRecords(ctx context.Context, in *kinesisapi.GetRecordsInput) (*kinesisapi.GetRecordsOutput, error) {
	now := s.clock.Now()
	it, err := s.openIterator(ctx, in, now)
	if err != nil {
		return nil, err
	}
	cur, sh, err := s.readable(ctx, "GetRecords", it.key, it.index, now)
	if err != nil {
		return nil, err
	}
	if cur.ID != it.id {
		return nil, errShardDoesNotExist(it.key, it.index) // that stream is gone; this has its name
	}
	if s.rates != nil && !sh.meter.throttle.read(millis(now)) {
		s.countGet(cur, sh, nil, true, now)
		return nil, errReadRate(cur.key, sh)
	}
	limit := readRecordsMax
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	log, err := cur.logs.open(ctx, cur.log(sh))
	var p page
	if err == nil {
		p, err = readShard(ctx, log, sh, it.from, limit, cur.horizon(now))
	}
	if err == nil {
		err = s.unseal(ctx, cur, sh, &p, keyUser(ctx, cur))
	}
	if err != nil {
		s.countGet(cur, sh, nil, false, now)
	}
	if refused := refusedKey(cur, err); refused != nil {
		return nil, refused
	}
	if missing(err) {
		return nil, errShardDoesNotExist(it.key, it.index)
	}
	if err != nil {
		return nil, fmt.Errorf("get records of %s: %w", cur.Name, err)
	}
	if s.rates != nil {
		sh.meter.throttle.got(p.size())
	}
	s.countGet(cur, sh, &p, false, now)
	out := &kinesisapi.GetRecordsOutput{Records: outRecords(sh, &p), MillisBehindLatest: new(p.behind(now))}
	if sh.open() || p.more {
		out.NextShardIterator = new(s.tokens.sealIterator(cur.iterator(sh, p.next, now)))
	} else {
		out.ChildShards = childShards(cur, sh)
	}
	return out, nil
}

// openIterator reads the iterator and refuses one that is forged, too old or of another stream.
func (s *Service) openIterator(ctx context.Context, in *kinesisapi.GetRecordsInput, now time.Time) (iterator, error) {
	it, err := s.tokens.openIterator(*in.ShardIterator)
	if err != nil {
		return it, invalidArgument("Invalid ShardIterator.")
	}
	c := wire.CallerFrom(ctx)
	if c.Region != it.key.region {
		return it, invalidArgument("Invalid ShardIterator.")
	}
	if in.StreamARN != nil {
		key, err := keyFromARN(c, *in.StreamARN)
		if err != nil {
			return it, err
		}
		if key != it.key {
			return it, invalidArgument("StreamARN " + *in.StreamARN + " is not the stream of the ShardIterator.")
		}
	}
	if made := fromMillis(it.made); now.Sub(made) > tokenLife {
		return it, errExpiredIterator(made, now)
	}
	return it, nil
}

// outRecords makes the answer's records. Their texts and times share memory, as they live and die together.
func outRecords(sh *shard, p *page) []kinesisapi.Record {
	out := make([]kinesisapi.Record, len(p.records))
	keys := 0
	for i := range p.records {
		keys += len(p.records[i].partitionKey)
	}
	text := make([]byte, 0, keys+len(p.records)*sequenceDigits)
	for i := range p.records {
		text = append(text, p.records[i].partitionKey...)
		text = sh.sequence(p.seqs[i], p.records[i].arrival).appendTo(text)
	}
	type part struct {
		key, sequence string
		arrival       time.Time
	}
	parts, rest, kms := make([]part, len(p.records)), string(text), encryptionKMS
	for i := range p.records {
		n := len(p.records[i].partitionKey)
		parts[i] = part{rest[:n], rest[n : n+sequenceDigits], fromMillis(p.records[i].arrival)}
		rest = rest[n+sequenceDigits:]
		out[i] = kinesisapi.Record{
			PartitionKey:                &parts[i].key,
			SequenceNumber:              &parts[i].sequence,
			ApproximateArrivalTimestamp: &parts[i].arrival,
			Data:                        p.records[i].data,
		}
		if p.records[i].head != nil {
			out[i].EncryptionType = &kms
		}
	}
	return out
}

// behind returns how far the page is from the tip of the shard, in milliseconds: 0 at the tip.
func (p *page) behind(now time.Time) int64 {
	if !p.more || len(p.records) == 0 {
		return 0
	}
	return max(0, millis(now)-p.records[len(p.records)-1].arrival)
}

// childShards lists the shards that a closed one was split or merged into, each with all its parents.
func childShards(st *streamState, sh *shard) []kinesisapi.ChildShard {
	list := make([]kinesisapi.ChildShard, 0, len(sh.children))
	for _, i := range sh.children {
		child := st.shards.all[i]
		parents := make([]string, 0, len(child.Parents))
		for _, p := range child.Parents {
			parents = append(parents, st.shards.all[p].id)
		}
		list = append(list, kinesisapi.ChildShard{
			ShardId:      &child.id,
			ParentShards: parents,
			HashKeyRange: &kinesisapi.HashKeyRange{StartingHashKey: &child.startKey, EndingHashKey: &child.endKey},
		})
	}
	return list
}
