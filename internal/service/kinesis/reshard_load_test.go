package kinesis

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

// holding is a storage whose appends to record logs wait until they are let go.
type holding struct {
	storage.Engine
	entered, release chan struct{}
}

type holdingLog struct {
	storage.Log
	of *holding
}

func (h *holding) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	l, err := h.Engine.Open(ctx, name, cfg)
	if strings.HasPrefix(name, recordLogs) {
		return holdingLog{l, h}, err
	}
	return l, err
}

func (l holdingLog) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	l.of.entered <- struct{}{}
	<-l.of.release
	return l.Log.Append(ctx, entries...)
}

// TestAShardClosesAfterThePutsUnderWay: a put that chose a shard is in it before the shard's end can be read.
func TestAShardClosesAfterThePutsUnderWay(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	h := &holding{Engine: w.cfg.Storage, entered: make(chan struct{}), release: make(chan struct{})}
	w.cfg.Storage = h
	var err error
	if w.svc, err = New(w.ctx, w.cfg); err != nil {
		t.Fatal(err)
	}
	var put atomic.Bool
	var all sync.WaitGroup
	all.Go(func() {
		w.put("s", 1)
		put.Store(true)
	})
	<-h.entered
	all.Go(func() {
		w.split("s", 0)
		it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
		if out := w.ok("GetRecords", `{"ShardIterator":%q}`, it); len(out.list("Records")) != 1 || out["NextShardIterator"] != nil {
			t.Errorf("the closed shard reads %v", out)
		}
	})
	for w.state("s").logs.puts.TryRLock() { // until the split waits
		w.state("s").logs.puts.RUnlock()
	}
	if n := len(w.state("s").Shards); n != 1 {
		t.Errorf("the shard closed while a put was under way: %d shards", n)
	}
	close(h.release)
	all.Wait()
	if !put.Load() || len(w.state("s").Shards) != 3 {
		t.Errorf("put %v, %d shards", put.Load(), len(w.state("s").Shards))
	}
}

// TestWritersMeetResharding has writers put, by the API and by the courier, while shards split, merge and are counted
// anew: every record that was acknowledged is read once, where the answer said, and those of a key in their order.
func TestWritersMeetResharding(t *testing.T) {
	for name, open := range map[string]func(*testing.T, clock.Clock) storage.Engine{
		"memory": func(_ *testing.T, c clock.Clock) storage.Engine {
			return memory.New(memory.Config{Clock: c, Disk: new(memory.Disk)})
		},
		"embedded": func(t *testing.T, c clock.Clock) storage.Engine {
			e, err := embedded.Open(embedded.Config{Dir: filepath.Join(t.TempDir(), "data"), Clock: c})
			if err != nil {
				t.Fatal(err)
			}
			return e
		},
	} {
		t.Run(name, func(t *testing.T) {
			virtual := clock.NewVirtual(epoch)
			w := &world{t: t, clock: virtual, ctx: as(testAccount, testRegion), cfg: Config{Clock: virtual, Storage: open(t, virtual)}}
			defer w.cfg.Storage.Close()
			var err error
			if w.svc, err = New(w.ctx, w.cfg); err != nil {
				t.Fatal(err)
			}
			w.create("s", 2)
			w.reshardUnderLoad("s")
		})
	}
}

func (w *world) reshardUnderLoad(name string) {
	w.t.Helper()
	const writers, couriers, batch, rounds = 6, 2, 5, 40
	var mu sync.Mutex // guards acked
	acked := map[string]string{}
	var done atomic.Bool
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			for i := 0; !done.Load(); i++ {
				list := make([]string, batch)
				for j := range list {
					list[j] = fmt.Sprintf(`{"PartitionKey":"w%d-%d","Data":"AAAA"}`, n, j)
				}
				out := w.ok("PutRecords", `{"StreamName":%q,"Records":[%s]}`, name, strings.Join(list, ","))
				mu.Lock()
				for j := range list {
					seq := out.text(fmt.Sprintf("Records.%d.SequenceNumber", j))
					if acked[seq] != "" {
						w.t.Errorf("%s was given twice", seq)
					}
					acked[seq] = fmt.Sprintf("w%d-%d", n, j)
				}
				mu.Unlock()
			}
		})
	}
	delivered := make([]int, couriers)
	for n := range couriers {
		all.Go(func() {
			for !done.Load() {
				items := make([]courier.Item, batch)
				for j := range items {
					items[j] = courier.Item{Key: fmt.Sprintf("agent %d", n), Data: fmt.Append(nil, delivered[n]+j)}
				}
				if failed, err := w.svc.Deliver(w.ctx, streamOf(name), items); err != nil || len(failed) > 0 {
					w.t.Error(failed, err)
					return
				}
				delivered[n] += batch
			}
		})
	}
	for i := range rounds {
		open := w.state(name).shards.open
		switch {
		case i%8 == 7 && len(w.state(name).Scaled) < scalesPerDayMax:
			w.ok("UpdateShardCount", `{"StreamName":%q,"TargetShardCount":%d,"ScalingType":"UNIFORM_SCALING"}`, name, len(open)+1-i%16/8*2)
		case len(open) > 5 || i%3 == 2 && len(open) > 1:
			k := i % (len(open) - 1)
			w.merge(name, open[k].index, open[k+1].index)
		default:
			w.split(name, open[i%len(open)].index)
		}
		w.advance(400 * time.Millisecond)
	}
	done.Store(true)
	all.Wait()
	w.checkStream(name, acked, delivered)
}

// checkStream reads a whole stream as a courier does and compares it with what was acknowledged.
func (w *world) checkStream(name string, acked map[string]string, delivered []int) {
	w.t.Helper()
	read, last, next := map[string]string{}, map[string]string{}, map[string]int{}
	for pos := ""; ; {
		items, after, err := w.svc.Read(w.ctx, streamOf(name), pos)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(items) == 0 {
			break
		}
		pos = after
		for _, item := range items {
			if read[item.ID] != "" {
				w.t.Fatalf("%s is read twice", item.ID)
			}
			read[item.ID] = item.Key
			if item.ID <= last[item.Key] {
				w.t.Fatalf("%s of %s is read after %s", item.ID, item.Key, last[item.Key])
			}
			last[item.Key] = item.ID
			if strings.HasPrefix(item.Key, "agent") {
				if got := string(item.Data); got != fmt.Sprint(next[item.Key]) {
					w.t.Fatalf("%s: event %s where %d is due", item.Key, got, next[item.Key])
				}
				next[item.Key]++
			}
		}
	}
	want := len(acked)
	for n, d := range delivered {
		want += d
		if got := next[fmt.Sprintf("agent %d", n)]; got != d {
			w.t.Errorf("agent %d: %d events of %d", n, got, d)
		}
	}
	for seq, key := range acked {
		if read[seq] != key {
			w.t.Fatalf("%s of %s was acknowledged and reads %q", seq, key, read[seq])
		}
	}
	if len(read) != want || want == 0 {
		w.t.Errorf("%d records are read, %d were acknowledged", len(read), want)
	}
}
