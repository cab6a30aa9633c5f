package kinesis

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

// Of each run of the random test.
const (
	randomSteps      = 130 // with the hundred runs of a check, above 10,000 in all
	randomShardsMax  = 12  // open at once; with those that closed there are several logs of them
	randomIterators  = 12
	randomConsumers  = 4
	randomStepsAtAll = 10000
)

// TestRandomOperationsAgreeWithTheModel puts, reshards, lets records expire, reads with every kind of iterator and through
// subscriptions, and crashes, in random order, and compares every answer with what the model says.
func TestRandomOperationsAgreeWithTheModel(t *testing.T) {
	steps := 0
	rapid.Check(t, func(rt *rapid.T) {
		var failure any
		synctest.Test(t, func(t *testing.T) {
			g := &gambler{t: t, rt: rt}
			defer func() {
				failure = recover() // rapid wants it on the goroutine that it called
				g.hangUp()
			}()
			g.begin()
			for range randomSteps {
				steps++
				g.play()
			}
			g.readEverything()
		})
		// rapid tells failures by where they come from.
		switch f := failure.(type) {
		case nil:
		case disagreement:
			rt.Fatal(string(f))
		case error:
			panic(f)
		default:
			panic(f) // rapid's own: a run that it has no numbers left for
		}
	})
	t.Logf("%d steps", steps)
	if steps < randomStepsAtAll && !t.Failed() {
		t.Errorf("%d steps, want %d", steps, randomStepsAtAll)
	}
}

// disagreement is what a run panics with when service and model differ.
type disagreement string

func (g *gambler) failf(format string, args ...any) {
	panic(disagreement(fmt.Sprintf(format, args...)))
}

// modelTB lets a world fail a run.
type modelTB struct {
	testing.TB
	g *gambler
}

func (t modelTB) Helper()                   {}
func (t modelTB) Fatal(args ...any)         { t.g.failf("%s", fmt.Sprint(args...)) }
func (t modelTB) Fatalf(f string, a ...any) { t.g.failf(f, a...) }
func (t modelTB) Errorf(f string, a ...any) { t.g.failf(f, a...) }

// gambler plays random moves on a service and on the model of its one stream.
type gambler struct {
	t         *testing.T // of the bubble
	rt        *rapid.T
	w         *world
	m         *modelStream
	iterators []modelIterator
	consumers []string // ARNs
	readers   []*modelReader
	puts      int
}

// modelIterator is an iterator that was given out.
type modelIterator struct {
	token     string
	shard, at int // place of the next record
	made      time.Time
}

// modelReader is a subscription.
type modelReader struct {
	*listener
	arn       string
	shard, at int
	began     time.Time
	over      bool
	last      string // ContinuationSequenceNumber
}

// begin makes the stream.
func (g *gambler) begin() {
	g.w = newWorld(modelTB{g.t, g})
	g.m = &modelStream{now: g.w.clock.Now, retention: 24}
	n := g.draw("shards", 1, 4)
	g.w.create("s", n)
	for _, r := range uniform(n) {
		g.m.shards = append(g.m.shards, &modelShard{start: r[0], end: r[1], created: g.w.clock.Now().Unix()})
	}
}

func (g *gambler) draw(what string, low, high int) int {
	return rapid.IntRange(low, high).Draw(g.rt, what)
}

// moves are what can happen, each as often as its weight says.
var moves = func() (list []func(*gambler)) {
	for _, m := range []struct {
		weight int
		move   func(*gambler)
	}{
		{10, (*gambler).put}, {6, (*gambler).putMany}, {2, (*gambler).putAndCrash},
		{4, (*gambler).split}, {3, (*gambler).merge}, {2, (*gambler).scale}, {2, (*gambler).splitAndCrash},
		{5, (*gambler).wait}, {1, (*gambler).waitLong}, {2, (*gambler).retain}, {2, (*gambler).trim}, {1, (*gambler).crash},
		{10, (*gambler).iterate}, {12, (*gambler).get}, {5, (*gambler).subscribe}, {2, (*gambler).list},
	} {
		for range m.weight {
			list = append(list, m.move)
		}
	}
	return list
}()

// play makes one move and looks at what it led to.
func (g *gambler) play() {
	moves[g.draw("move", 0, len(moves)-1)](g)
	g.hear()
}

// send sends a request and returns its answer, or the type of its error.
func (g *gambler) send(operation, body string, args ...any) (answer, string) {
	body = fmt.Sprintf(body, args...)
	status, text := g.w.send(operation, body)
	a := parseAnswer(g.w.t, text)
	if status != 200 {
		return nil, a.text("__type")
	}
	return a, ""
}

// must sends a request that has to be answered with a type of error, "" for none.
func (g *gambler) must(wanted, operation, body string, args ...any) answer {
	a, code := g.send(operation, body, args...)
	if code != wanted {
		g.failf("%s %s is answered with %q, want %q", operation, fmt.Sprintf(body, args...), code, wanted)
	}
	return a
}

// record draws a record to put and where it has to go.
func (g *gambler) record() (body string, shard int, r modelRecord) {
	g.puts++
	r = modelRecord{key: fmt.Sprint("k", g.draw("key", 0, 30)), data: fmt.Sprint("data ", g.puts), arrival: g.m.millis()}
	body = fmt.Sprintf(`"PartitionKey":%q,"Data":%q`, r.key, base64.StdEncoding.EncodeToString([]byte(r.data)))
	hash := hashOf(r.key)
	if g.draw("explicit", 0, 2) == 0 {
		hash = g.hash(new(big.Int), new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1)))
		body += fmt.Sprintf(`,"ExplicitHashKey":"%v"`, hash)
	}
	return body, g.m.route(hash), r
}

// hash draws a number from low to high.
func (g *gambler) hash(low, high *big.Int) *big.Int {
	span := new(big.Int).Add(new(big.Int).Sub(high, low), big.NewInt(1))
	n := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 17, 17).Draw(g.rt, "hash"))
	return n.Mod(n, span).Add(n, low)
}

// stored takes over a record that was acknowledged, and checks its number.
func (g *gambler) stored(a answer, path string, shard int, r modelRecord) {
	r.sequence = a.text(path + "SequenceNumber")
	if got := a.text(path + "ShardId"); got != shardID(shard) {
		g.failf("record %q went to %s, want %s", r.data, got, shardID(shard))
	}
	s := g.m.shards[shard]
	last := ""
	for _, before := range s.records {
		last = max(last, before.sequence)
	}
	if len(r.sequence) != sequenceDigits || r.sequence <= last {
		g.failf("record %q got the number %s after %s", r.data, r.sequence, last)
	}
	s.records = append(s.records, r)
}

func (g *gambler) put() {
	body, shard, r := g.record()
	g.stored(g.must("", "PutRecord", `{"StreamName":"s",%s}`, body), "", shard, r)
}

func (g *gambler) putMany() {
	n := g.draw("records", 1, 12)
	bodies, shards, records := make([]string, n), make([]int, n), make([]modelRecord, n)
	for i := range n {
		bodies[i], shards[i], records[i] = g.record()
		bodies[i] = "{" + bodies[i] + "}"
	}
	a := g.must("", "PutRecords", `{"StreamName":"s","Records":[%s]}`, strings.Join(bodies, ","))
	if a["FailedRecordCount"] != 0.0 || len(a.list("Records")) != n {
		g.failf("PutRecords of %d answers %v", n, a)
	}
	for i := range n {
		g.stored(a, fmt.Sprintf("Records.%d.", i), shards[i], records[i])
	}
}

// putAndCrash puts a record that the disk does not confirm; the crash decides whether it is there.
func (g *gambler) putAndCrash() {
	body, shard, r := g.record()
	g.w.disk.Plan(0, memory.FailedSync)
	g.must("InternalFailure", "PutRecord", `{"StreamName":"s",%s}`, body)
	if kept := g.draw("kept", 0, 1) == 1; g.restart(kept) {
		g.m.shards[shard].records = append(g.m.shards[shard].records, r)
	}
}

// splitPoint draws a shard, which may be closed or forgotten, a key to split it at, and what the answer must be.
func (g *gambler) splitPoint() (i int, at *big.Int, code string) {
	i = g.draw("shard", 0, len(g.m.shards)-1)
	if open := g.m.openShards(); g.draw("any shard", 0, 4) > 0 {
		i = open[g.draw("open shard", 0, len(open)-1)]
	}
	s := g.m.shards[i]
	at = g.hash(s.start, s.end)
	switch {
	case !g.m.listed(i):
		code = "ResourceNotFoundException"
	case !s.open(), at.Cmp(new(big.Int).Add(s.start, big.NewInt(1))) <= 0, at.Cmp(s.end) >= 0:
		code = "InvalidArgumentException"
	}
	return i, at, code
}

func (g *gambler) split() {
	i, at, code := g.splitPoint()
	if code == "" && len(g.m.openShards()) >= randomShardsMax {
		return
	}
	g.must(code, "SplitShard", `{"StreamName":"s","ShardToSplit":%q,"NewStartingHashKey":"%v"}`, shardID(i), at)
	if code == "" {
		g.m.split(i, at)
	}
	g.list()
}

// splitAndCrash splits a shard, which the disk does not confirm.
func (g *gambler) splitAndCrash() {
	i, at, code := g.splitPoint()
	if code != "" || len(g.m.openShards()) >= randomShardsMax {
		return
	}
	g.w.disk.Plan(0, memory.FailedSync)
	g.must("InternalFailure", "SplitShard", `{"StreamName":"s","ShardToSplit":%q,"NewStartingHashKey":"%v"}`, shardID(i), at)
	if kept := g.draw("kept", 0, 1) == 1; g.restart(kept) {
		g.m.split(i, at)
	}
	g.list()
}

func (g *gambler) merge() {
	open := g.m.openShards()
	if len(open) < 2 {
		return
	}
	k := g.draw("pair", 0, len(open)-2)
	i, j, code := open[k], open[k+1], ""
	if g.draw("wrong order", 0, 5) == 0 {
		i, j, code = j, i, "InvalidArgumentException"
	}
	g.must(code, "MergeShards", `{"StreamName":"s","ShardToMerge":%q,"AdjacentShardToMerge":%q}`, shardID(i), shardID(j))
	if code == "" {
		g.m.merge(i, j)
	}
	g.list()
}

// scale asks for another number of shards. How the service gets there is its own affair: that the lines of descent are
// right, and what is open in the end, is not.
func (g *gambler) scale() {
	open := g.m.openShards()
	target := g.draw("target", 1, min(2*len(open)+1, randomShardsMax))
	code := ""
	if !g.m.scales() || target > 2*len(open) || 2*target < len(open) {
		code = "LimitExceededException"
	}
	a := g.must(code, "UpdateShardCount", `{"StreamName":"s","TargetShardCount":%d,"ScalingType":"UNIFORM_SCALING"}`, target)
	if code != "" {
		return
	}
	if a["CurrentShardCount"] != float64(len(open)) || a["TargetShardCount"] != float64(target) {
		g.failf("UpdateShardCount from %d to %d answers %v", len(open), target, a)
	}
	g.m.scaled = append(g.m.scaled, g.w.clock.Now())
	for _, doc := range g.w.state("s").Shards[len(g.m.shards):] {
		s := &modelShard{start: bigKey(doc.Start), end: bigKey(doc.End)}
		switch p := doc.Parents; len(p) {
		case 1:
			if g.m.shards[p[0]].open() {
				g.m.split(p[0], bigKey(g.w.state("s").Shards[len(g.m.shards)+1].Start))
			}
		case 2:
			g.m.merge(p[0], p[1])
		default:
			g.failf("shard %v to %v has %d parents", s.start, s.end, len(p))
		}
	}
	want := uniform(target)
	for k, i := range g.m.openShards() {
		if s := g.m.shards[i]; k >= target || s.start.Cmp(want[k][0]) != 0 || s.end.Cmp(want[k][1]) != 0 {
			g.failf("open shard %d of %d is %v to %v", k, target, s.start, s.end)
		}
	}
	g.list()
}

func bigKey(k hashKey) *big.Int {
	n := new(big.Int).Lsh(new(big.Int).SetUint64(k.hi), 64)
	return n.Or(n, new(big.Int).SetUint64(k.lo))
}

// wait lets a moment pass, or exactly the time after which a subscription can be taken over.
func (g *gambler) wait() {
	d := time.Duration(g.draw("ms", 1, 4000)) * time.Millisecond
	if g.draw("exactly", 0, 3) == 0 {
		d = 5 * time.Second
	}
	g.w.advance(d)
}

// waitLong lets subscriptions end, iterators and, now and then, records expire.
func (g *gambler) waitLong() {
	g.w.advance([]time.Duration{6 * time.Minute, 5 * time.Hour, 23 * time.Hour, 30 * time.Hour}[g.draw("long", 0, 3)])
}

func (g *gambler) retain() {
	hours := []int64{24, 30, 48}[g.draw("hours", 0, 2)]
	operation := "IncreaseStreamRetentionPeriod"
	if hours < g.m.retention {
		operation = "DecreaseStreamRetentionPeriod"
	}
	g.must("", operation, `{"StreamName":"s","RetentionPeriodHours":%d}`, hours)
	if hours != g.m.retention {
		g.m.retain(hours)
	}
}

// trim lets the service remove what has expired, a minute after it did so last.
func (g *gambler) trim() {
	g.w.advance(time.Minute)
	g.w.work()
}

func (g *gambler) crash() { g.restart(false) }

// restart crashes the service and starts it again on what was on the disk. Iterators outlive it, subscriptions do not.
func (g *gambler) restart(keep bool) bool {
	g.hangUp()
	g.w.disk.Crash(keep)
	g.w.reopen()
	return keep
}

func (g *gambler) hangUp() {
	for _, r := range g.readers {
		r.cancel()
	}
	g.readers = nil
	synctest.Wait()
}

// list compares the list of shards.
func (g *gambler) list() {
	got := g.must("", "ListShards", `{"StreamName":"s"}`).list("Shards")
	for i, s := range g.m.shards {
		if !g.m.listed(i) {
			continue
		}
		if len(got) == 0 {
			g.failf("%s is not listed", shardID(i))
		}
		a := answer(got[0].(map[string]any))
		got = got[1:]
		want := []string{shardID(i), s.start.String(), s.end.String(), "", ""}
		for k, p := range s.parents {
			want[3+k] = shardID(p)
		}
		have := []string{a.text("ShardId"), a.text("HashKeyRange.StartingHashKey"), a.text("HashKeyRange.EndingHashKey"), a.text("ParentShardId"), a.text("AdjacentParentShardId")}
		if !slices.Equal(have, want) || (a.text("SequenceNumberRange.EndingSequenceNumber") == "") != s.open() {
			g.failf("listed is %v, want %v, open: %v", a, want, s.open())
		}
	}
	if len(got) > 0 {
		g.failf("listed is also %v", got)
	}
	filter := `"Type":"AT_LATEST"`
	if g.draw("filter", 0, 1) == 1 {
		at := g.m.millis() - int64(g.draw("ms ago", 0, 10000))
		filter = fmt.Sprintf(`"Type":"AT_TIMESTAMP","Timestamp":%d.%03d`, at/1000, at%1000)
	}
	var ranges [][2]*big.Int
	for _, s := range g.must("", "ListShards", `{"StreamName":"s","ShardFilter":{%s}}`, filter).list("Shards") {
		start, _ := new(big.Int).SetString(answer(s.(map[string]any)).text("HashKeyRange.StartingHashKey"), 10)
		end, _ := new(big.Int).SetString(answer(s.(map[string]any)).text("HashKeyRange.EndingHashKey"), 10)
		ranges = append(ranges, [2]*big.Int{start, end})
	}
	slices.SortFunc(ranges, func(a, b [2]*big.Int) int { return a[0].Cmp(b[0]) })
	if err := cover(ranges); err != nil {
		g.failf("shards by %s: %v", filter, err)
	}
}
