package kinesis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/keys"
)

// Bounds of what passes through the courier.
const (
	deliverBytesMax = 5 << 20 // bytes of data and keys that are put at once
	sourceItemsMax  = 1000    // items of one Read
	sourceBytesMax  = 4 << 20 // bytes of data after which one Read ends
)

var (
	_ courier.Target = (*Service)(nil)
	_ courier.Source = (*Service)(nil)
)

// Deliver puts the items into a stream, their keys as partition keys, up to 500 and 5 MiB at a time. An item that no
// stream could take fails with courier.ErrRefused, the others as records of PutRecords do, one by one. err means that
// the stream is not there (courier.ErrNoSuchTarget).
func (s *Service) Deliver(ctx context.Context, to arn.ARN, items []courier.Item) ([]courier.Failure, error) {
	st, err := s.target(ctx, to)
	if err != nil {
		return nil, err
	}
	var failed []courier.Failure
	entries, places, size := make([]putEntry, 0, min(len(items), putRecordsMax)), make([]int, 0, min(len(items), putRecordsMax)), 0
	flush := func() {
		for j, r := range s.put(ctx, st, entries, s.clock.Now()) {
			if missing(r.err) {
				r.err = courier.ErrNoSuchTarget // deleted meanwhile
			}
			if r.err != nil {
				failed = append(failed, courier.Failure{Index: places[j], Err: fmt.Errorf("put into %s: %w", to, r.err)})
			}
		}
		entries, places, size = entries[:0], places[:0], 0
	}
	for i := range items {
		entry, err := entryOf(st, &items[i])
		if err != nil {
			failed = append(failed, courier.Failure{Index: i, Err: fmt.Errorf("put into %s: %w", to, err)})
			continue
		}
		if len(entries) == putRecordsMax || len(entries) > 0 && size+entry.size() > deliverBytesMax {
			flush()
		}
		entries, places, size = append(entries, entry), append(places, i), size+entry.size()
	}
	if len(entries) > 0 {
		flush()
	}
	slices.SortFunc(failed, func(a, b courier.Failure) int { return a.Index - b.Index })
	return failed, nil
}

// Check returns nil when the stream takes records now, courier.ErrNoSuchTarget when it is not there, and a *keys.Error when its
// key is refused.
func (s *Service) Check(ctx context.Context, to arn.ARN) error {
	st, err := s.target(ctx, to)
	if err != nil || !st.encrypted() {
		return err
	}
	if err := s.keys.Check(ctx, keyUser(ctx, st), st.Key, keys.GenerateDataKey); err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	return nil
}

// target returns a stream that takes records.
func (s *Service) target(ctx context.Context, to arn.ARN) (*streamState, error) {
	now := s.clock.Now()
	key, err := keyOfARN(to)
	if err != nil {
		return nil, err
	}
	st, err := s.stream(ctx, key, now)
	if err != nil {
		return nil, err
	}
	if st != nil {
		if cur := st.state.Load(); cur.serves(now) && cur.Partition == to.Partition {
			return cur, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", to, courier.ErrNoSuchTarget)
}

func keyOfARN(a arn.ARN) (streamKey, error) {
	const prefix = "stream/"
	if a.Service != "kinesis" || len(a.Resource) <= len(prefix) || a.Resource[:len(prefix)] != prefix {
		return streamKey{}, fmt.Errorf("%s is not a stream: %w", a, courier.ErrNoSuchTarget)
	}
	return streamKey{a.Account, a.Region, a.Resource[len(prefix):]}, nil
}

// entryOf makes a record of an item, or refuses it in the terms of PutRecords.
func entryOf(st *streamState, item *courier.Item) (putEntry, error) {
	if n := utf8.RuneCountInString(item.Key); n < 1 || n > partitionKeyMax {
		return putEntry{}, fmt.Errorf("a partition key of %d characters: %w", n, courier.ErrRefused)
	}
	entry := putEntry{partitionKey: item.Key, data: item.Data, hash: hashPartitionKey(item.Key), lineage: item.Lineage}
	if entry.size() > st.maxRecordBytes() || len(item.Lineage) > lineageBytesMax {
		return entry, fmt.Errorf("a record of %d bytes: %w", entry.size(), courier.ErrRefused)
	}
	return entry, nil
}

// lineageBytesMax bounds the lineage that is kept with a record, in bytes.
const lineageBytesMax = 1024

// sourcePosition is where a reader of a whole stream stands: the next place in the log of each shard it has begun. A shard
// that is finished stays in, so that its children may be begun.
type sourcePosition struct {
	ID     string         `json:"id"` // incarnation
	Shards map[int]uint64 `json:"shards"`
	Last   int            `json:"last"` // index of the shard that the last items came from
}

// Read returns the next items of a stream: those of one shard in their order, of all shards in turn, of a child only
// after its parents' last. No items means that there are none now. A position in a stream that was deleted and made
// anew is the beginning of the new one.
func (s *Service) Read(ctx context.Context, from arn.ARN, pos string) ([]courier.Item, string, error) {
	st, err := s.target(ctx, from)
	if err != nil {
		return nil, "", err
	}
	var at sourcePosition
	if pos != "" {
		if err := json.Unmarshal([]byte(pos), &at); err != nil {
			return nil, "", fmt.Errorf("position in %s: %w", from, err)
		}
	}
	if at.ID != st.ID {
		at = sourcePosition{ID: st.ID, Last: -1}
	}
	if at.Shards == nil {
		at.Shards = map[int]uint64{}
	}
	items, err := s.readTurn(ctx, st, &at)
	if missing(err) {
		err = courier.ErrNoSuchTarget
	}
	if err != nil {
		return nil, "", fmt.Errorf("read from %s: %w", from, err)
	}
	next, err := json.Marshal(at)
	return items, string(next), err
}

// readTurn reads from the shards in turn, beginning after the one that was last, until one has items. A shard that
// turned out to be finished lets its children have their turn, which may have been before it: they are asked again.
func (s *Service) readTurn(ctx context.Context, st *streamState, at *sourcePosition) ([]courier.Item, error) {
	horizon := st.horizon(s.clock.Now())
	for finished := true; finished; {
		finished = false
		for i := range st.shards.all {
			sh := st.shards.all[(at.Last+1+i)%len(st.shards.all)]
			if sh.expired(horizon) {
				delete(at.Shards, sh.index) // or positions would grow with every resharding
				continue
			}
			if !at.due(st, sh, horizon) {
				continue
			}
			items, err := s.readSource(ctx, st, sh, at, horizon)
			if err != nil || len(items) > 0 {
				return items, err
			}
			finished = finished || at.Shards[sh.index] == sourceFinished
		}
	}
	return nil, nil
}

// due says whether a shard can have items: it is not finished, but its parents are.
func (at *sourcePosition) due(st *streamState, sh *shard, horizon int64) bool {
	return at.Shards[sh.index] != sourceFinished && !slices.ContainsFunc(sh.Parents, func(p int) bool {
		return !st.shards.all[p].expired(horizon) && at.Shards[p] != sourceFinished
	})
}

// readSource reads from one shard and moves the position on.
func (s *Service) readSource(ctx context.Context, st *streamState, sh *shard, at *sourcePosition, horizon int64) ([]courier.Item, error) {
	log, err := st.logs.open(ctx, st.log(sh))
	if err != nil {
		return nil, err
	}
	p, err := readShard(ctx, log, sh, at.Shards[sh.index], sourceItemsMax, horizon)
	if err == nil {
		err = s.unseal(ctx, st, sh, &p, keyUser(ctx, st))
	}
	if err != nil {
		return nil, err
	}
	items := itemsOf(sh, &p)
	at.Shards[sh.index] = p.next
	if !sh.open() && !p.more {
		at.Shards[sh.index] = sourceFinished
	}
	if len(items) > 0 {
		at.Last = sh.index
	}
	return items, nil
}

// sourceFinished is the position after the last record of a closed shard. No log is that long.
const sourceFinished = ^uint64(0)

// itemsOf makes items of a page, and cuts the page where they become too many bytes.
func itemsOf(sh *shard, p *page) []courier.Item {
	items := make([]courier.Item, 0, len(p.records))
	size := 0
	for i := range p.records {
		r := &p.records[i]
		if size += len(r.data); size > sourceBytesMax && i > 0 {
			p.next, p.more = p.seqs[i], true
			return items
		}
		items = append(items, courier.Item{
			ID:      sh.sequence(p.seqs[i], r.arrival).String(),
			Key:     string(r.partitionKey),
			Lineage: string(r.lineage),
			Data:    r.data,
		})
	}
	return items
}
