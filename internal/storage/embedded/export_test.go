package embedded

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// Runs decodes a chunk, for the fuzz test.
func Runs(chunk []byte, last uint64) (total uint64, err error) {
	rs, err := runs(nil, chunk, last)
	for _, r := range rs {
		total += r.last - r.first + 1
	}
	return total, err
}

// Chunk encodes one run for each key.
func Chunk(keys ...string) []byte {
	chunk := make([]byte, timeBytes)
	for i, k := range keys {
		chunk = appendRun(chunk, i+1, k)
	}
	return chunk
}

// Flush writes the memtable into a table.
func (e *Engine) Flush() error { return e.db.Flush() }

// Expire runs one round of the expirer.
func (e *Engine) Expire() time.Time { return e.expire(context.Background()) }

// Stored counts what is physically there of a log, and returns its durable floor.
func Stored(sl storage.Log) (records, chunks int, floor uint64) {
	l := sl.(*log)
	l.trimming.Lock()
	defer l.trimming.Unlock()
	count := func(kind byte) (n int) {
		it, err := l.e.db.NewIter(space(kind, l.id))
		if err != nil {
			panic(err)
		}
		defer it.Close()
		for ok := it.First(); ok; ok = it.Next() {
			n++
		}
		return n
	}
	return count(kindRec), count(kindSeq), l.meta.Floor
}

// Applied returns the newest sequence number given out, durable or not.
func Applied(sl storage.Log) uint64 {
	l := sl.(*log)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next - 1
}

// Awaited says whether someone waits for the log to become durable.
func Awaited(sl storage.Log) bool {
	w := &sl.(*log).mark
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.wake != nil
}
