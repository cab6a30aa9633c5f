package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

// rawFile is the limit of what a disk allows: writers put their bytes into one buffer, and one goroutine writes it to
// a file and syncs, again and again.
type rawFile struct {
	f    *os.File
	work chan struct{}
	done chan struct{}

	mu      sync.Mutex // guards everything below
	buf     []byte
	spare   []byte
	waiting chan error
}

func openRaw(b *testing.B) *rawFile {
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	r := &rawFile{f: f, work: make(chan struct{}, 1), done: make(chan struct{}), waiting: make(chan error)}
	go func() {
		defer close(r.done)
		for range r.work {
			r.mu.Lock()
			buf, waiting := r.buf, r.waiting
			r.buf, r.waiting = r.spare[:0], make(chan error)
			r.mu.Unlock()
			_, err := f.Write(buf)
			if err == nil {
				err = f.Sync()
			}
			if err != nil {
				panic(err)
			}
			r.mu.Lock()
			r.spare = buf
			r.mu.Unlock()
			close(waiting)
		}
	}()
	return r
}

func (r *rawFile) append(records ...[]byte) {
	r.mu.Lock()
	for _, rec := range records {
		r.buf = append(r.buf, rec...)
	}
	waiting := r.waiting
	r.mu.Unlock()
	select {
	case r.work <- struct{}{}:
	default:
	}
	<-waiting
}

func (r *rawFile) close() {
	close(r.work)
	<-r.done
	r.f.Close()
}

// payload is a record of 1 KiB that does not compress to nothing.
func payload(seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	p := make([]byte, 1024)
	for i := range p {
		p[i] = "0123456789abcdef\""[rng.IntN(17)]
	}
	return p
}

// BenchmarkAgainstRaw writes the same records to a raw file and through the engine, in turns, and reports records per
// second of both and the median ratio. The goals: 0.7 for single records of 64 writers, 0.35 for batches of 500.
//
//	go test -run xxx -bench AgainstRaw -benchtime 5x ./internal/storage/embedded
func BenchmarkAgainstRaw(b *testing.B) {
	for _, c := range []struct{ writers, batch, records int }{
		{1, 1, 2_000}, {64, 1, 100_000}, {1, 500, 100_000}, {4, 500, 200_000},
	} {
		b.Run(fmt.Sprintf("writers=%d/batch=%d", c.writers, c.batch), func(b *testing.B) {
			raw := openRaw(b)
			defer raw.close()
			e, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			l, err := e.Open(context.Background(), "bench", storage.Config{})
			if err != nil {
				b.Fatal(err)
			}
			data := payload(1)
			measure := func(write func()) time.Duration {
				start := clock.System{}.Now()
				var writers sync.WaitGroup
				for range c.writers {
					writers.Go(func() {
						for range c.records / c.writers / c.batch {
							write()
						}
					})
				}
				writers.Wait()
				return clock.System{}.Now().Sub(start)
			}
			rawBatch := make([][]byte, c.batch)
			entries := make([]storage.Entry, c.batch)
			for i := range entries {
				rawBatch[i] = data
				entries[i] = storage.Entry{Key: fmt.Sprintf("shardId-%012d", i%16), Data: data}
			}
			var rawTime, engineTime time.Duration
			var ratios []float64
			for b.Loop() {
				r := measure(func() { raw.append(rawBatch...) })
				e := measure(func() {
					if _, err := l.Append(context.Background(), entries...); err != nil {
						b.Error(err)
					}
				})
				rawTime, engineTime = rawTime+r, engineTime+e
				ratios = append(ratios, r.Seconds()/e.Seconds())
			}
			slices.Sort(ratios)
			n := float64(len(ratios) * c.records)
			b.ReportMetric(n/rawTime.Seconds(), "raw-rec/s")
			b.ReportMetric(n/engineTime.Seconds(), "rec/s")
			b.ReportMetric(ratios[len(ratios)/2], "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkRead reads a shard and the whole log in pages.
func BenchmarkRead(b *testing.B) {
	ctx := context.Background()
	e, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	l, err := e.Open(ctx, "bench", storage.Config{})
	if err != nil {
		b.Fatal(err)
	}
	const records, shards = 200_000, 4
	data := payload(1)
	for i := 0; i < records; i += 500 {
		entries := make([]storage.Entry, 500)
		for j := range entries {
			entries[j] = storage.Entry{Key: fmt.Sprintf("shard-%d", (i+j*7)%shards), Data: data}
		}
		if _, err := l.Append(ctx, entries...); err != nil {
			b.Fatal(err)
		}
	}
	for _, key := range []string{"shard-1", ""} {
		b.Run(fmt.Sprintf("key=%q", key), func(b *testing.B) {
			b.SetBytes(1024)
			n, from := 0, uint64(0)
			for n < b.N {
				recs, err := l.Read(ctx, storage.Range{Key: key, From: from, Max: 1000})
				if err != nil {
					b.Fatal(err)
				}
				if n, from = n+len(recs), 0; len(recs) > 0 {
					from = recs[len(recs)-1].Seq + 1
				}
			}
		})
	}
}

// BenchmarkGuardedAppend is what a contact center does: three events and an outbox row under its owner's guard.
func BenchmarkGuardedAppend(b *testing.B) {
	ctx := context.Background()
	for _, latest := range []bool{false, true} {
		b.Run(fmt.Sprintf("latest=%t", latest), func(b *testing.B) {
			e, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			l, err := e.Open(ctx, "bench", storage.Config{Latest: latest})
			if err != nil {
				b.Fatal(err)
			}
			owner, err := l.Append(ctx, storage.Entry{Key: "owner"})
			if err != nil {
				b.Fatal(err)
			}
			data := payload(1)
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				key := fmt.Sprint("contact.", rand.IntN(1000))
				for pb.Next() {
					_, err := l.Append(ctx, storage.Entry{Key: key, Data: data, Guard: &storage.Guard{Key: "owner", Seq: owner}},
						storage.Entry{Key: key, Data: data}, storage.Entry{Key: key, Data: data}, storage.Entry{Key: "outbox", Data: data})
					if err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkOpen opens an empty directory: part of the time to `Ready.`.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		e, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		e.Close()
		b.StartTimer()
	}
}
