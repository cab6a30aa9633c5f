package kinesis

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// shardsPerLog is how many shards share a storage log. PutRecords is one append for each log it touches.
const shardsPerLog = 16

// shardDoc is the durable part of a shard. A shard's place in a stream's list is its index, which is never reused.
type shardDoc struct {
	Start   hashKey `json:"start"`
	End     hashKey `json:"end"`
	Created int64   `json:"created"` // seconds since the epoch; every sequence number of the shard carries it
	// Parents are the indexes of the shards that this one was split or merged from: none, one, or the parent and the
	// adjacent parent.
	Parents []int `json:"parents,omitempty"`
	Closed  int64 `json:"closed,omitempty"` // milliseconds since the epoch; 0 while open
}

// shard is a shard as requests see it: its durable part and what can be computed from it once.
type shard struct {
	shardDoc
	index    int
	id       string // "shardId-000000000007"
	startKey string // StartingHashKey
	endKey   string // EndingHashKey
	startSeq string // StartingSequenceNumber
	endSeq   string // EndingSequenceNumber; "" while open
	children []int
	meter    *shardMeter
}

func shardID(index int) string { return fmt.Sprintf("shardId-%012d", index) }

func newShard(index int, doc shardDoc) *shard {
	s := &shard{shardDoc: doc, index: index, id: shardID(index), startKey: doc.Start.String(), endKey: doc.End.String()}
	s.startSeq = s.sequence(0, doc.Created*1000).String()
	if !s.open() {
		s.endSeq = s.sequence(counterEnd, doc.Closed).String()
	}
	return s
}

func (s *shard) open() bool { return s.Closed == 0 }

// expired says whether the shard was closed so long ago that none of its records is left: it is listed no more.
func (s *shard) expired(horizon int64) bool { return !s.open() && s.Closed < horizon }

// sequence returns the sequence number of the record at a place of the log that arrived at a time in milliseconds.
func (s *shard) sequence(counter uint64, arrival int64) sequenceNumber {
	return sequenceNumber{shardCreated: s.Created, shardIndex: s.index, counter: counter, time: arrival / 1000, version: 2}
}

// parseShardID reads a shard ID as leniently as the service does: what follows the first "-", or all of it, must be a
// decimal number below 2^31. (Observed by a suite that was run against the service in 2020.)
func parseShardID(id string) (index int, ok bool) {
	if _, after, found := strings.Cut(id, "-"); found {
		id = after
	}
	n, err := strconv.ParseUint(id, 10, 31)
	return int(n), err == nil
}

// shardMap is all shards of a stream at one moment. It is immutable.
type shardMap struct {
	all  []*shard // by index
	open []*shard // by starting hash key; they cover the space without gap or overlap
}

// newShardMap makes a map of a stream's shards. What was counted of them is taken over from old, which may be nil.
func newShardMap(docs []shardDoc, old *shardMap) *shardMap {
	m := &shardMap{all: make([]*shard, len(docs))}
	for i, d := range docs {
		m.all[i] = newShard(i, d)
		if old != nil && i < len(old.all) {
			m.all[i].meter = old.all[i].meter
		} else {
			m.all[i].meter = new(shardMeter)
		}
	}
	for _, s := range m.all {
		if s.open() {
			m.open = append(m.open, s)
		}
		for _, p := range s.Parents {
			m.all[p].children = append(m.all[p].children, s.index)
		}
	}
	sort.Slice(m.open, func(i, j int) bool { return m.open[i].Start.cmp(m.open[j].Start) < 0 })
	return m
}

// route returns the open shard whose range holds k.
func (m *shardMap) route(k hashKey) *shard {
	lo, hi := 0, len(m.open)
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if m.open[mid].Start.cmp(k) <= 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return m.open[lo]
}

// byIndex returns a shard that has not expired, or nil.
func (m *shardMap) byIndex(index int, horizon int64) *shard {
	if index >= len(m.all) || m.all[index].expired(horizon) {
		return nil
	}
	return m.all[index]
}

// initialShards divides the hash key space evenly. created is in seconds.
func initialShards(n int, created int64) []shardDoc {
	docs := make([]shardDoc, n)
	for i, r := range splitHashSpace(n) {
		docs[i] = shardDoc{Start: r.start, End: r.end, Created: created}
	}
	return docs
}

// millis is a time as records carry it.
func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
