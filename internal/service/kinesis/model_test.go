package kinesis

import (
	"crypto/md5"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// modelStream is what a stream must be, written down from the documentation without regard to how the service does it.
type modelStream struct {
	now       func() time.Time
	retention int64 // hours
	hidden    int64 // milliseconds: nothing that arrived before is shown whatever the retention is now
	scaled    []time.Time
	shards    []*modelShard // by index
}

// modelShard is a shard and every record that was ever put into it.
type modelShard struct {
	start, end *big.Int
	created    int64 // seconds
	closed     int64 // milliseconds; 0 while open
	parents    []int
	records    []modelRecord
}

type modelRecord struct {
	key, data string
	sequence  string // "" while nobody was told it: its put had failed, and it was stored all the same
	arrival   int64  // milliseconds
}

func (s *modelShard) open() bool { return s.closed == 0 }

func (m *modelStream) millis() int64 { return m.now().UnixMilli() }

// horizon is the arrival time before which nothing is shown.
func (m *modelStream) horizon() int64 {
	return max(m.hidden, m.millis()-m.retention*time.Hour.Milliseconds())
}

func (m *modelStream) retain(hours int64) {
	m.hidden = m.horizon()
	m.retention = hours
	m.hidden = m.horizon()
}

// listed says whether a shard is still shown.
func (m *modelStream) listed(i int) bool {
	return m.shards[i].open() || m.shards[i].closed >= m.horizon()
}

// openShards lists the open shards by their ranges.
func (m *modelStream) openShards() (list []int) {
	for i, s := range m.shards {
		if s.open() {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b int) int { return m.shards[a].start.Cmp(m.shards[b].start) })
	return list
}

// route returns the open shard for a hash key.
func (m *modelStream) route(hash *big.Int) int {
	for i, s := range m.shards {
		if s.open() && s.start.Cmp(hash) <= 0 && hash.Cmp(s.end) <= 0 {
			return i
		}
	}
	return -1
}

func hashOf(partitionKey string) *big.Int {
	sum := md5.Sum([]byte(partitionKey))
	return new(big.Int).SetBytes(sum[:])
}

// close closes shards at one time and appends children, made one second later.
func (m *modelStream) close(parents []int, ranges ...[2]*big.Int) {
	at := m.millis()
	for _, p := range parents {
		at = max(at, m.shards[p].created*1000)
	}
	for _, p := range parents {
		m.shards[p].closed = at
	}
	for _, r := range ranges {
		m.shards = append(m.shards, &modelShard{start: r[0], end: r[1], created: at/1000 + 1, parents: parents})
	}
}

func (m *modelStream) split(i int, at *big.Int) {
	s := m.shards[i]
	m.close([]int{i}, [2]*big.Int{s.start, new(big.Int).Sub(at, big.NewInt(1))}, [2]*big.Int{at, s.end})
}

func (m *modelStream) merge(i, j int) {
	m.close([]int{i, j}, [2]*big.Int{m.shards[i].start, m.shards[j].end})
}

// children lists the shards that one was split or merged into.
func (m *modelStream) children(i int) (list []int) {
	for c, s := range m.shards {
		if slices.Contains(s.parents, i) {
			list = append(list, c)
		}
	}
	return list
}

// visible lists the places of a shard's records that a reader at a place gets.
func (m *modelStream) visible(shard, from int) (places []int) {
	horizon := m.horizon()
	for i := from; i < len(m.shards[shard].records); i++ {
		if m.shards[shard].records[i].arrival >= horizon {
			places = append(places, i)
		}
	}
	return places
}

// since returns the place of a shard's first record that arrived at a time in milliseconds or later.
func (m *modelStream) since(shard int, at int64) int {
	records := m.shards[shard].records
	i := slices.IndexFunc(records, func(r modelRecord) bool { return r.arrival >= at })
	if i < 0 {
		return len(records)
	}
	return i
}

// scales says whether the stream may be scaled once more within 24 hours, and forgets what is longer ago.
func (m *modelStream) scales() bool {
	m.scaled = slices.DeleteFunc(m.scaled, func(t time.Time) bool { return m.now().Sub(t) >= 24*time.Hour })
	return len(m.scaled) < 10
}

// uniform returns the ranges of n shards of equal width.
func uniform(n int) (ranges [][2]*big.Int) {
	space := new(big.Int).Lsh(big.NewInt(1), 128)
	width := new(big.Int).Div(space, big.NewInt(int64(n)))
	for i := range int64(n) {
		start := new(big.Int).Mul(width, big.NewInt(i))
		end := new(big.Int).Sub(new(big.Int).Add(start, width), big.NewInt(1))
		if i == int64(n)-1 {
			end = new(big.Int).Sub(space, big.NewInt(1))
		}
		ranges = append(ranges, [2]*big.Int{start, end})
	}
	return ranges
}

// cover returns why ranges, in order, do not hold every hash key once; nil if they do.
func cover(ranges [][2]*big.Int) error {
	next := new(big.Int)
	for _, r := range ranges {
		if r[0].Cmp(next) != 0 || r[1].Cmp(r[0]) < 0 {
			return fmt.Errorf("%v to %v where %v should start", r[0], r[1], next)
		}
		next = new(big.Int).Add(r[1], big.NewInt(1))
	}
	if want := new(big.Int).Lsh(big.NewInt(1), 128); next.Cmp(want) != 0 {
		return fmt.Errorf("the ranges end before %v", next)
	}
	return nil
}
