package kinesis

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Bounds of a put.
const (
	putRecordsMax   = 500      // records in a call
	putBytesMax     = 10 << 20 // bytes of data and partition keys in a call
	partitionKeyMax = 256      // characters of a partition key

	// scratchKeepBytes bounds the buffer that a finished put leaves for the next one, in bytes.
	scratchKeepBytes = 2 << 20
)

// putEntry is one record to put.
type putEntry struct {
	partitionKey string
	data         []byte
	hash         hashKey
	hasExplicit  bool // hash was given, not computed
	lineage      string
}

// size is what the record counts for in every limit.
func (e *putEntry) size() int { return len(e.data) + len(e.partitionKey) }

// putResult is what became of one record: it is durable under a sequence number, or there is an error.
type putResult struct {
	shard    *shard
	sequence string
	sealed   bool
	err      error
}

// putScratch is what a put works with and leaves for the next one.
type putScratch struct {
	order   []int // the entries' indexes, those of one shard together and in their order
	entries []storage.Entry
	slab    []byte
}

var putScratches = sync.Pool{New: func() any { return new(putScratch) }}

// put appends the entries to the logs of their shards and returns when each is durable or has failed. Entries of one
// log succeed or fail together and keep their order; logs are written side by side. entries may be reused afterwards.
func (s *Service) put(ctx context.Context, st *streamState, entries []putEntry, now time.Time) []putResult {
	results := make([]putResult, len(entries))
	st.logs.puts.RLock()
	defer st.logs.puts.RUnlock()
	// Shards may have closed since the request came, and the stream may be gone, or made anew.
	id := st.ID
	if st = s.known(st.key).state.Load(); st.ID != id || len(st.shards.open) == 0 {
		for i := range results {
			results[i].err = storage.ErrNotFound
		}
		return results
	}
	if st.encrypted() {
		if err := s.keys.Check(ctx, keyUser(ctx, st), st.Key, keys.GenerateDataKey); err != nil {
			for i := range results {
				results[i].err = err
			}
			return results
		}
	}
	for i := range entries {
		results[i].shard = st.shards.route(entries[i].hash)
	}
	if s.rates != nil {
		throttleWrites(st, entries, results, now)
	}
	w := putScratches.Get().(*putScratch)
	defer w.release()
	w.group(results)
	w.reserve(entries)
	texts := make([]byte, len(entries)*sequenceDigits)

	var running sync.WaitGroup
	for from := 0; from < len(w.order); {
		n := st.log(results[w.order[from]].shard)
		to := from + 1
		for to < len(w.order) && st.log(results[w.order[to]].shard) == n {
			to++
		}
		run := putRun{log: n, order: w.order[from:to], entries: w.entries[from:to], slab: w.cut(entries, from, to), texts: texts}
		if from == 0 && to == len(w.order) {
			s.putLog(ctx, st, run, entries, results, now)
			break
		}
		running.Go(func() { s.putLog(ctx, st, run, entries, results, now) })
		from = to
	}
	running.Wait()

	s.countPut(st, w.order, entries, results, now)
	all := string(texts)
	for i := range results {
		if results[i].err == nil {
			results[i].sequence = all[i*sequenceDigits : (i+1)*sequenceDigits]
		}
	}
	return results
}

// putRun is the part of a put that goes to one log.
type putRun struct {
	log     int
	order   []int           // indexes of its entries in the put
	entries []storage.Entry // to be filled
	slab    []byte          // empty, with room for all of them encoded
	texts   []byte          // of the whole put: sequence numbers in decimal
}

// putLog encodes and appends what goes to one log.
func (s *Service) putLog(ctx context.Context, st *streamState, run putRun, entries []putEntry, results []putResult, now time.Time) {
	fail := func(err error) {
		for _, i := range run.order {
			results[i].err = err
		}
	}
	log, err := st.logs.open(ctx, run.log)
	if err != nil {
		fail(err)
		return
	}
	arrival := log.stamp(millis(now))
	var seal *recordSealer
	if st.encrypted() {
		key, err := s.sealingKey(ctx, st, arrival, cap(run.slab))
		if err != nil {
			fail(err)
			return
		}
		seal = &recordSealer{key: key, stream: st.ID}
	}
	slab := run.slab
	for j, i := range run.order {
		start := len(slab)
		slab = appendRecord(slab, &entries[i], arrival, results[i].shard.id, seal)
		run.entries[j] = storage.Entry{Key: results[i].shard.id, Data: slab[start:len(slab):len(slab)]}
	}
	last, err := log.Append(ctx, run.entries...)
	if err != nil {
		fail(err)
		return
	}
	first := last - uint64(len(run.order)) + 1
	for j, i := range run.order {
		text := run.texts[i*sequenceDigits : i*sequenceDigits : (i+1)*sequenceDigits]
		results[i].shard.sequence(first+uint64(j), arrival).appendTo(text)
		results[i].sealed = seal != nil
	}
}

// group orders the entries that are not refused by shard, and by that by log. Those of a shard keep their order and get counters one after the
// other, as the service was seen to give them.
func (w *putScratch) group(results []putResult) {
	w.order = w.order[:0]
	for i := range results {
		if results[i].err == nil {
			w.order = append(w.order, i)
		}
	}
	slices.SortStableFunc(w.order, func(a, b int) int { return results[a].shard.index - results[b].shard.index })
}

// reserve makes room for all entries encoded.
func (w *putScratch) reserve(entries []putEntry) {
	w.entries = slices.Grow(w.entries[:0], len(entries))[:len(entries)]
	if need := storedBytesMax(entries); cap(w.slab) < need {
		w.slab = make([]byte, 0, need)
	}
	w.slab = w.slab[:0]
}

// cut takes room for the entries at w.order[from:to] off the slab.
func (w *putScratch) cut(entries []putEntry, from, to int) []byte {
	need := 0
	for _, i := range w.order[from:to] {
		need += storedBytes(&entries[i])
	}
	start := len(w.slab)
	w.slab = w.slab[:start+need]
	return w.slab[start : start : start+need]
}

func storedBytes(e *putEntry) int { return e.size() + len(e.lineage) + recordOverheadsMax }

func storedBytesMax(entries []putEntry) int {
	need := 0
	for i := range entries {
		need += storedBytes(&entries[i])
	}
	return need
}

func (w *putScratch) release() {
	clear(w.entries) // hold on to no data
	if cap(w.slab) > scratchKeepBytes {
		w.slab = nil
	}
	putScratches.Put(w)
}
