package kinesis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/distributed"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/storage/storagetest/natstest"
)

func TestConfigIsChecked(t *testing.T) {
	_, err := New(context.Background(), Config{TransitionDelay: -1, TrimInterval: -1, Limits: Limits{Shards: shardsLimitMax + 1, OnDemandStreams: -1, CreatingStreams: limitMax + 1}})
	for _, want := range []string{"Storage is missing", "TransitionDelay is negative", "TrimInterval is negative", "Limits.Shards is 50001", "Limits.OnDemandStreams is -1", "Limits.CreatingStreams is 1000001"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

func TestNewNeedsRandomness(t *testing.T) {
	if _, err := New(context.Background(), Config{Storage: memory.New(memory.Config{}), Rand: strings.NewReader("short")}); err == nil {
		t.Error("a service without randomness started")
	}
	w := newWorld(t)
	w.svc.rand = strings.NewReader("")
	w.refused("CreateStream", `{"StreamName":"s"}`, "InternalFailure", "The request failed because of an internal error. Its request id finds the cause in the server's log.")
}

func TestNewReportsADamagedDescription(t *testing.T) {
	w := newWorld(t)
	if _, err := w.svc.meta.Append(w.ctx, storage.Entry{Key: "stream.x", Data: []byte("{")}); err != nil {
		t.Fatal(err)
	}
	if _, err := New(w.ctx, w.cfg); err == nil {
		t.Error("a damaged description was passed over")
	}
}

// TestRecordsComeBackInOrderOnce puts, reads and reopens as chance has it, and compares with what was acknowledged.
func TestRecordsComeBackInOrderOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		shards := rapid.IntRange(1, 40).Draw(rt, "shards")
		w.create("s", shards)
		stored := map[int][]string{} // by shard: key and sequence number
		begun := make([]string, shards)
		got := map[int][]string{}
		iteratorOf := func(i int) string {
			return w.ok("GetShardIterator", `{"StreamName":"s","ShardId":"%d","ShardIteratorType":"TRIM_HORIZON"}`, i).text("ShardIterator")
		}
		for i := range begun {
			begun[i] = iteratorOf(i)
		}
		serial := 0
		read := func(i, limit int) int {
			out := w.ok("GetRecords", `{"ShardIterator":%q,"Limit":%d}`, begun[i], limit)
			begun[i] = out.text("NextShardIterator")
			for j := range out.list("Records") {
				got[i] = append(got[i], out.text(fmt.Sprintf("Records.%d.PartitionKey", j))+" "+out.text(fmt.Sprintf("Records.%d.SequenceNumber", j)))
			}
			return len(out.list("Records"))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"put": func(rt *rapid.T) {
				n := rapid.IntRange(1, 20).Draw(rt, "records")
				list := make([]string, n)
				for i := range list {
					list[i] = fmt.Sprintf(`{"PartitionKey":"k%d","Data":"AAAA"}`, serial+i)
				}
				out := w.ok("PutRecords", `{"StreamName":"s","Records":[%s]}`, strings.Join(list, ","))
				for i := range list {
					index, _ := parseShardID(out.text(fmt.Sprintf("Records.%d.ShardId", i)))
					stored[index] = append(stored[index], fmt.Sprintf("k%d %s", serial+i, out.text(fmt.Sprintf("Records.%d.SequenceNumber", i))))
				}
				serial += n
			},
			"get": func(rt *rapid.T) {
				read(rapid.IntRange(0, shards-1).Draw(rt, "shard"), rapid.IntRange(1, 15).Draw(rt, "limit"))
			},
			"reopen": func(*rapid.T) { w.reopen() },
			"wait":   func(*rapid.T) { w.advance(100 * time.Millisecond) },
			"work":   func(*rapid.T) { w.work() },
		})
		for i := range shards {
			for read(i, readRecordsMax) > 0 {
			}
			if !slices.Equal(got[i], stored[i]) {
				rt.Fatalf("shard %d of %d: got %v, want %v", i, shards, got[i], stored[i])
			}
			if !slices.IsSortedFunc(stored[i], func(a, b string) int { return strings.Compare(a[strings.Index(a, " "):], b[strings.Index(b, " "):]) }) {
				rt.Fatalf("shard %d: sequence numbers do not rise: %v", i, stored[i])
			}
		}
		if n := len(slices.Collect(maps.Keys(stored))); serial > 0 && n == 0 {
			rt.Fatal("nothing was compared")
		}
	})
}

// engines opens each engine on a place that survives closing it.
func engines(t *testing.T, c clock.Clock) map[string]func() storage.Engine {
	disk, dir, nats := new(memory.Disk), filepath.Join(t.TempDir(), "data"), natstest.Start(t)
	return map[string]func() storage.Engine{
		"memory": func() storage.Engine { return memory.New(memory.Config{Clock: c, Disk: disk}) },
		"embedded": func() storage.Engine {
			e, err := embedded.Open(embedded.Config{Dir: dir, Clock: c})
			if err != nil {
				t.Fatal(err)
			}
			return e
		},
		"distributed": func() storage.Engine {
			e, err := distributed.Open(context.Background(), distributed.Config{URL: nats.URL, MonitorURLs: []string{nats.MonitorURL}})
			if err != nil {
				t.Fatal(err)
			}
			return e
		},
	}
}

func TestEverythingReopens(t *testing.T) {
	virtual := clock.NewVirtual(epoch)
	for name, open := range engines(t, virtual) {
		t.Run(name, func(t *testing.T) {
			w := &world{t: t, clock: virtual, ctx: as(testAccount, testRegion)}
			start := func() {
				w.cfg = Config{Clock: virtual, Storage: open()}
				var err error
				if w.svc, err = New(w.ctx, w.cfg); err != nil {
					t.Fatal(err)
				}
			}
			snapshot := func() (all []string) {
				for _, op := range []string{"DescribeStream", "DescribeStreamSummary", "ListShards", "ListTagsForStream"} {
					_, text := w.send(op, `{"StreamName":"s"}`)
					all = append(all, text)
				}
				for i := range 20 {
					it := w.ok("GetShardIterator", `{"StreamName":"s","ShardId":"%d","ShardIteratorType":"AT_TIMESTAMP","Timestamp":%d.5}`, i, epoch.Unix()).text("ShardIterator")
					out := w.ok("GetRecords", `{"ShardIterator":%q}`, it)
					all = append(all, fmt.Sprint(out.at("Records")))
				}
				return all
			}
			start()
			w.create("s", 20)
			w.create("gone", 1)
			w.put("gone", 1)
			w.ok("DeleteStream", `{"StreamName":"gone"}`)
			w.ok("AddTagsToStream", `{"StreamName":"s","Tags":{"a":"b"}}`)
			w.ok("IncreaseStreamRetentionPeriod", `{"StreamName":"s","RetentionPeriodHours":48}`)
			for range 5 {
				w.ok("PutRecords", `{"StreamName":"s","Records":%s}`, entries(100, "AAAA"))
				w.advance(300 * time.Millisecond)
			}
			before := snapshot()
			if err := w.cfg.Storage.Close(); err != nil {
				t.Fatal(err)
			}
			start()
			defer w.cfg.Storage.Close()
			after := snapshot()
			if !slices.Equal(before, after) {
				t.Errorf("before %v\nafter %v", before, after)
			}
			if !strings.Contains(strings.Join(after, ""), "AAAA") {
				t.Error("there was nothing to compare")
			}
			w.work()
			if got := len(w.logs()); got != 2 {
				t.Errorf("%d logs, want the two of the stream that is there", got)
			}
		})
	}
}

func TestArrivalNeverGoesBack(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	w.put("s", 1)
	w.clock = clock.NewVirtual(epoch.Add(-time.Hour)) // someone set the clock back, and we start again
	w.cfg.Clock = w.clock
	w.reopen()
	w.put("s", 1)
	out := w.ok("GetRecords", `{"ShardIterator":%q}`, w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`))
	a, b := out.at("Records.0.ApproximateArrivalTimestamp"), out.at("Records.1.ApproximateArrivalTimestamp")
	if a != b || out.at("MillisBehindLatest") != 0.0 {
		t.Errorf("arrivals %v and %v, %v behind", a, b, out.at("MillisBehindLatest"))
	}
}

// TestTimesOutOfOrder writes records as if one had overtaken another between its stamp and its place in the log.
func TestTimesOutOfOrder(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	st := w.state("s")
	log, err := st.logs.open(w.ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	base := millis(epoch)
	arrivals := []int64{0, 10, 500, 20, 30, 600, 610, 2000}
	for _, a := range arrivals {
		e := putEntry{partitionKey: "k"}
		if _, err := log.Append(w.ctx, storage.Entry{Key: st.shards.all[0].id, Data: appendRecord(nil, &e, base+a, "", nil)}); err != nil {
			t.Fatal(err)
		}
	}
	for at := int64(-10); at < 2100; at += 5 {
		want := slices.IndexFunc(arrivals, func(a int64) bool { return a >= at })
		if want < 0 {
			want = len(arrivals)
		}
		got, err := log.firstSince(w.ctx, st.shards.all[0].id, base+at)
		if err != nil || got != uint64(want)+1 {
			t.Errorf("first since %d is record %d, %v; want %d", at, got, err, want+1)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	w := newWorld(t)
	w.create("s", 20)
	var all sync.WaitGroup
	const writers, each = 8, 30
	for i := range writers {
		all.Go(func() {
			for j := range each {
				w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"%d-%d","Data":""}`, i, j)
				w.ok("PutRecords", `{"StreamName":"s","Records":%s}`, entries(3, ""))
			}
		})
		all.Go(func() {
			for j := range 4 {
				w.ok("AddTagsToStream", `{"StreamName":"s","Tags":{"%d-%d":""}}`, i, j)
				w.ok("CreateStream", `{"StreamName":"t%d-%d","ShardCount":1}`, i, j)
				w.ok("DeleteStream", `{"StreamName":"t%d-%d"}`, i, j)
				if _, err := w.svc.Work(w.ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	keys, _ := w.drain("s", "")
	if len(keys) != writers*each*4 {
		t.Errorf("%d records, want %d", len(keys), writers*each*4)
	}
	if got := len(w.state("s").Tags); got != writers*4 {
		t.Errorf("%d tags, want %d", got, writers*4)
	}
}

func TestADamagedRecordIsAnError(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	st := w.state("s")
	log, err := st.logs.open(w.ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	if _, err := log.Append(w.ctx, storage.Entry{Key: st.shards.all[0].id, Data: []byte("?")}); err != nil {
		t.Fatal(err)
	}
	w.refused("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, it), "InternalFailure", "The request failed because of an internal error. Its request id finds the cause in the server's log.")
	if _, err := readShard(w.ctx, log, st.shards.all[0], 1, 10, 0); !errors.Is(err, errRecord) {
		t.Errorf("reading it: %v", err)
	}
}
