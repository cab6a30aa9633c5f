package kinesis

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// shardsOf returns how many shards of a stream are open, and fails unless they cover the hash space.
func (w *world) shardsOf(name string) int {
	w.t.Helper()
	open := w.state(name).shards.open
	next := hashKey{}
	for i, sh := range open {
		if sh.Start != next || i == len(open)-1 && sh.End != hashKeyMax {
			w.t.Fatalf("the open shards do not cover the hash space at %s", sh.Start)
		}
		next = sh.End.next()
	}
	return len(open)
}

// putBytes puts an amount of bytes under one hash key of stream s, in records of a MiB at most.
func (w *world) putBytes(hash string, amount int) {
	w.t.Helper()
	for amount > 0 {
		n := min(amount, 1<<20)
		amount -= n
		results := w.svc.put(w.ctx, w.state("s"), []putEntry{{data: make([]byte, n), hash: mustHash(w.t, hash)}}, w.clock.Now())
		if results[0].err != nil {
			w.t.Fatal(results[0].err)
		}
	}
}

// took makes the shard of a hash key have taken an amount of bytes.
func (w *world) took(hash string, amount int64) {
	w.t.Helper()
	w.state("s").shards.route(mustHash(w.t, hash)).meter.written.Add(amount)
}

func mustHash(t testing.TB, s string) hashKey {
	k, ok := parseHashKey(s)
	if !ok {
		t.Fatalf("%q is no hash key", s)
	}
	return k
}

const minuteBytes = 60 // seconds of a rate

func TestOnDemandStreamsSplitHotShards(t *testing.T) {
	w := newWorld(t)
	w.ok("CreateStream", `{"StreamName":"s"}`)
	w.create("provisioned", 1)
	w.putBytes("0", hotBytes*minuteBytes)
	w.advance(growEvery)
	w.work()
	if n := w.shardsOf("s"); n != 4 {
		t.Fatalf("%d shards at the bound", n)
	}
	w.putBytes("0", hotBytes*minuteBytes+minuteBytes)
	w.advance(growEvery - time.Millisecond)
	w.work()
	if n := w.shardsOf("s"); n != 4 {
		t.Fatalf("%d shards before the minute is over", n)
	}
	w.advance(time.Millisecond)
	w.work()
	st := w.state("s")
	if n := w.shardsOf("s"); n != 5 || st.shards.all[0].open() || len(st.shards.all[0].children) != 2 || st.status(w.clock.Now()) != statusActive {
		t.Fatalf("%d shards above it, the first %+v", n, st.shards.all[0])
	}
	if a, b := st.shards.open[0], st.shards.open[1]; a.End.next() != b.Start || b.Start.hi != 1<<61 {
		t.Errorf("the halves are %v and %v", a, b)
	}
	// Readers see an end with children, and writers the children.
	out := w.ok("GetRecords", `{"ShardIterator":%q}`, w.iterator("s", `"ShardIteratorType":"LATEST"`))
	if out["NextShardIterator"] != nil || len(out.list("ChildShards")) != 2 {
		t.Errorf("at the end of the shard that was split: %v", out)
	}
	w.putBytes("0", 10)
	w.advance(growEvery)
	w.work()
	if n := w.shardsOf("s"); n != 5 {
		t.Errorf("%d shards when it is quiet: what was put before counts again", n)
	}
	w.reopen()
	if n := w.shardsOf("s"); n != 5 {
		t.Errorf("%d shards after a restart", n)
	}
}

func TestOnDemandCapacityIsTwiceThePeak(t *testing.T) {
	w := newWorld(t)
	w.ok("UpdateAccountSettings", enable)
	w.ok("CreateStream", `{"StreamName":"s"}`)
	w.took("0", 5<<20*minuteBytes) // all of it in one shard
	w.advance(growEvery)
	w.work()
	if n := w.shardsOf("s"); n != 10 {
		t.Fatalf("%d shards after 5 MiB/s, want 10", n)
	}
	// The peak is remembered for 30 days, across restarts: what was asked for beyond it is let go, not it.
	warm := func(miBps, want int) {
		t.Helper()
		w.reopen()
		w.ok("UpdateStreamWarmThroughput", `{"StreamName":"s","WarmThroughputMiBps":%d}`, miBps)
		if n := w.shardsOf("s"); n != want {
			t.Errorf("%d shards with a warm throughput of %d, want %d", n, miBps, want)
		}
	}
	warm(16, 16)
	warm(1, 10)
	w.advance(29 * 24 * time.Hour)
	warm(1, 10)
	w.advance(24 * time.Hour)
	warm(1, 4)
	w.ok("GetRecords", `{"ShardIterator":%q}`, w.ok("GetShardIterator", `{"StreamName":"s","ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, w.state("s").shards.open[0].id).text("ShardIterator"))
}

func TestGrowthIsBounded(t *testing.T) {
	docs := initialShards(growthShardsMax-1, 1)
	rates := map[int]float64{0: 1e9, 5: 1e9}
	open := make([]int, len(docs))
	for i := range open {
		open[i] = i
	}
	r := &resharding{shards: docs, now: 5000}
	if n := r.grow(open, rates, 10*growthShardsMax); n != growthShardsMax {
		t.Errorf("%d shards", n)
	}
	narrow := []shardDoc{{Start: hashKey{0, 7}, End: hashKey{0, 8}}, {Start: hashKey{0, 9}, End: hashKey{0, 12}}}
	r = &resharding{shards: narrow, now: 5000}
	if n := r.grow([]int{0, 1}, map[int]float64{0: 1e9, 1: 1e9}, 2); n != 3 || r.shards[0].Closed != 0 || r.shards[3].Start != (hashKey{0, 11}) {
		t.Errorf("%d shards of two that are narrow: %+v", n, r.shards)
	}
	if got := shardsForBytes(1 << 40); got != growthShardsMax {
		t.Errorf("%d shards for a TiB/s", got)
	}
	doc := streamDoc{}
	for day := range 100 {
		doc.peak(10<<20+int64(day)<<20, epoch.Add(time.Duration(day)*24*time.Hour))
	}
	if len(doc.Peaks) != peakDays {
		t.Errorf("%d peaks are kept", len(doc.Peaks))
	}
	if doc.peak(1<<20, epoch.Add(1000*24*time.Hour)) {
		t.Error("a peak that asks for nothing is noted")
	}
	for _, tt := range []struct{ start, end, want hashKey }{
		{hashKey{}, hashKeyMax, hashKey{1 << 63, 0}}, {hashKey{1, 1<<64 - 1}, hashKey{3, 0}, hashKey{2, 1 << 63}}, {hashKey{0, 9}, hashKey{0, 12}, hashKey{0, 11}},
	} {
		if got := tt.start.middle(tt.end); got != tt.want {
			t.Errorf("the middle of %v to %v is %v, want %v", tt.start, tt.end, got, tt.want)
		}
	}
}

func TestStreamsThatDoNotGrow(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = 5 * time.Minute })
	w.create("s", 1)
	w.advance(5 * time.Minute)
	w.took("0", 5<<20*minuteBytes)
	w.advance(growEvery)
	w.work()
	if n := w.shardsOf("s"); n != 1 {
		t.Errorf("a provisioned stream has %d shards", n)
	}
	w.ok("UpdateStreamMode", `{"StreamARN":%q,"StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`, testStreamARN)
	w.took("0", 5<<20*minuteBytes)
	w.advance(growEvery)
	w.work()
	if n := w.shardsOf("s"); n != 1 {
		t.Errorf("a stream that is UPDATING has %d shards", n)
	}
	w.advance(5 * time.Minute)
	w.took("0", 5<<20*minuteBytes*5)
	w.work()
	if n := w.shardsOf("s"); n != 10 {
		t.Errorf("then it has %d shards, want 10", n)
	}
	_, text := w.send("SplitShard", `{"StreamName":"s","ShardToSplit":"1","NewStartingHashKey":"9"}`)
	if !strings.Contains(text, "not supported for a stream in ON_DEMAND mode") {
		t.Error(fmt.Sprint("split by hand: ", text))
	}
}

// What a stream took before it was on-demand, over whatever time, is not what it takes a minute.
func TestWhatWasPutBeforeIsNoLoad(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Metrics = &sink{} })
	w.create("s", 4)
	w.putBytes("0", 40<<20)
	w.advance(growEvery)
	w.work()
	for _, mode := range []string{"ON_DEMAND", "PROVISIONED", "ON_DEMAND"} {
		w.ok("UpdateStreamMode", `{"StreamARN":%q,"StreamModeDetails":{"StreamMode":%q}}`, testStreamARN, mode)
		w.advance(growEvery)
		w.work()
		if n := w.shardsOf("s"); n != 4 || len(w.state("s").Peaks) > 0 {
			t.Fatalf("%s: %d shards, peaks %v", mode, n, w.state("s").Peaks)
		}
		w.advance(24 * time.Hour) // the mode changes twice a day
	}
}

func TestGrowthAfterAClockThatWasSetBack(t *testing.T) {
	w := newWorld(t)
	w.ok("CreateStream", `{"StreamName":"s"}`)
	grow := func(at time.Time) {
		t.Helper()
		if err := w.svc.grow(w.ctx, at); err != nil {
			t.Fatal(err)
		}
	}
	grow(epoch.Add(-time.Hour))
	w.took("0", hotBytes*minuteBytes+minuteBytes)
	grow(epoch.Add(-time.Hour + growEvery))
	if n := w.shardsOf("s"); n != 5 {
		t.Errorf("%d shards a minute later", n)
	}
}
