package kinesis

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
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
	var put, split atomic.Bool
	var all sync.WaitGroup
	all.Go(func() {
		w.put("s", 1)
		put.Store(true)
	})
	<-h.entered
	all.Go(func() {
		w.split("s", 0)
		split.Store(true)
		it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
		if out := w.ok("GetRecords", `{"ShardIterator":%q}`, it); len(out.list("Records")) != 1 || out["NextShardIterator"] != nil {
			t.Errorf("the closed shard reads %v", out)
		}
	})
	// A split that waits for puts keeps further ones out: that is how the test sees that it has begun, and waits.
	for waiting := 0; waiting < 10000 && !split.Load(); runtime.Gosched() {
		if waiting++; w.state("s").logs.puts.TryRLock() {
			w.state("s").logs.puts.RUnlock()
			waiting = 0
		}
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

// TestAPutThatMetASplitGoesToAChild: the request found the stream before the split, and puts after it.
func TestAPutThatMetASplitGoesToAChild(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	before := w.state("s")
	w.split("s", 0)
	r := w.svc.put(w.ctx, before, []putEntry{{partitionKey: "k", hash: hashKeyMax}}, w.clock.Now())
	if r[0].err != nil || r[0].shard.index != 2 {
		t.Errorf("put: %+v", r[0])
	}
}

// TestReadFindsChildrenWhoseTurnWasBeforeTheirParents: an empty read means that there is nothing, not that a shard ended.
func TestReadFindsChildrenWhoseTurnWasBeforeTheirParents(t *testing.T) {
	w := newWorld(t)
	w.create("s", 3)
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"first","Data":"","ExplicitHashKey":%q}`, w.state("s").shards.all[1].startKey)
	_, pos := w.drain("s", "") // shard 2 is next
	w.split("s", 0)
	w.split("s", 3)
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"second","Data":"","ExplicitHashKey":"0"}`) // into 5, below 3, below 0
	items, _, err := w.svc.Read(w.ctx, streamOf("s"), pos)
	if err != nil || len(items) != 1 || items[0].Key != "second" {
		t.Errorf("read %v, %v", items, err)
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
	w.changeUnderLoad(name, func(i int) {
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
	})
}

// TestWritersMeetGrowth is TestWritersMeetResharding on a stream that grows by itself.
func TestWritersMeetGrowth(t *testing.T) {
	w := newWorld(t)
	w.ok("CreateStream", `{"StreamName":"s"}`)
	w.changeUnderLoad("s", func(i int) {
		open := w.state("s").shards.open
		open[i*7%len(open)].meter.written.Add(minuteBytes * (hotBytes + 1))
		w.advance(growEvery)
		w.work()
	})
	if n := w.shardsOf("s"); n < 40 {
		t.Errorf("it has grown to %d shards only", n)
	}
}

// changeUnderLoad has change do a number of rounds while the stream is written and read.
func (w *world) changeUnderLoad(name string, change func(round int)) {
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
	r := w.newReader(name)
	all.Go(func() { // as far as records are there, and past the ends of shards as soon as they close
		for !done.Load() {
			r.read()
		}
	})
	for i := range rounds {
		change(i)
	}
	done.Store(true)
	all.Wait()
	r.check(acked, delivered)
	again := w.newReader(name)
	again.check(acked, delivered)
}

// reader reads a whole stream as a courier does and sees to it that each record comes once and those of a key in order.
type reader struct {
	w    *world
	name string
	pos  string
	keys map[string]string // by sequence number
	last map[string]string // sequence number by key
	next map[string]int    // event by agent
}

func (w *world) newReader(name string) *reader {
	return &reader{w: w, name: name, keys: map[string]string{}, last: map[string]string{}, next: map[string]int{}}
}

// read reads once and says whether there was something.
func (r *reader) read() bool {
	r.w.t.Helper()
	items, next, err := r.w.svc.Read(r.w.ctx, streamOf(r.name), r.pos)
	if err != nil {
		r.w.t.Error(err)
		return false
	}
	r.pos = next
	for _, item := range items {
		if r.keys[item.ID] != "" {
			r.w.t.Errorf("%s is read twice", item.ID)
		}
		r.keys[item.ID] = item.Key
		if item.ID <= r.last[item.Key] {
			r.w.t.Errorf("%s of %s is read after %s", item.ID, item.Key, r.last[item.Key])
		}
		r.last[item.Key] = item.ID
		if strings.HasPrefix(item.Key, "agent") {
			if got := string(item.Data); got != fmt.Sprint(r.next[item.Key]) {
				r.w.t.Errorf("%s: event %s where %d is due", item.Key, got, r.next[item.Key])
			}
			r.next[item.Key]++
		}
	}
	return len(items) > 0
}

// check reads to the end and compares with what was acknowledged: keys by sequence number, and numbers of events.
func (r *reader) check(acked map[string]string, delivered []int) {
	r.w.t.Helper()
	for r.read() {
	}
	want := len(acked)
	for n, d := range delivered {
		want += d
		if got := r.next[fmt.Sprintf("agent %d", n)]; got != d {
			r.w.t.Errorf("agent %d: %d events of %d", n, got, d)
		}
	}
	for seq, key := range acked {
		if r.keys[seq] != key {
			r.w.t.Fatalf("%s of %s was acknowledged and reads %q", seq, key, r.keys[seq])
		}
	}
	if len(r.keys) != want || want == 0 {
		r.w.t.Errorf("%d records are read, %d were acknowledged", len(r.keys), want)
	}
}
