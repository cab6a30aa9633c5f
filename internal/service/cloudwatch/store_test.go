package cloudwatch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/metric"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

func points(n int) []metric.Point {
	var out []metric.Point
	for i := range n {
		out = append(out, metric.Point{Series: metric.Series{Account: testAccount, Region: "eu-west-3", Namespace: "AWS/Kinesis", Name: "IncomingBytes",
			Dimensions: []metric.Dimension{{Name: "StreamName", Value: fmt.Sprint("s", i)}}, Unit: "Bytes"}, At: minute, Count: 2, Sum: 10, Min: 1, Max: 9})
	}
	return out
}

// TestSink: what our own services count is asked for as everything else is, and points of one minute add up.
func TestSink(t *testing.T) {
	w := newWorld(t)
	var sink metric.Sink = w.svc
	for range 3 {
		if err := sink.Record(t.Context(), points(2)); err != nil {
			t.Fatal(err)
		}
	}
	in := asked("IncomingBytes", minute, minute.Add(time.Minute), 60, types.StatisticSum, types.StatisticMaximum, types.StatisticSampleCount)
	in.Namespace, in.Dimensions = aws.String("AWS/Kinesis"), dimension("StreamName", "s1")
	if got := w.statistics(in); len(got) != 1 || *got[0].Sum != 30 || *got[0].Maximum != 9 || *got[0].SampleCount != 6 || got[0].Unit != types.StandardUnitBytes {
		t.Errorf("got %+v", got)
	}
	if err := sink.Record(t.Context(), points(metric.PointsMax)); err != nil {
		t.Errorf("as many as there may be: %v", err)
	}
	if err := sink.Record(t.Context(), nil); err != nil {
		t.Errorf("nothing: %v", err)
	}
	for what, change := range map[string]func(*metric.Point){
		"unknown unit":  func(p *metric.Point) { p.Unit = "Furlongs" },
		"statistic set": func(p *metric.Point) { p.Count = 0 },
		"finite":        func(p *metric.Point) { p.Sum = math.Inf(1) },
		"in order":      func(p *metric.Point) { p.Min = 10 },
	} {
		bad := points(2)
		change(&bad[1])
		if err := sink.Record(t.Context(), bad); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := sink.Record(t.Context(), points(metric.PointsMax+1)); err == nil {
		t.Error("more points than there may be are taken")
	}
	if got := w.statistics(in); *got[0].Sum != 40 {
		t.Errorf("after refusals the sum is %v", *got[0].Sum)
	}
}

// TestSeriesAreBounded: an account, and all accounts together, have no more series than they may; those that are there
// go on, and when some have gone others may come.
func TestSeriesAreBounded(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.SeriesMax = 3 })
	w.put(value("a", epoch, 1), value("b", epoch, 1))
	_, err := w.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String("Test"), MetricData: []types.MetricDatum{value("a", epoch, 1), value("c", epoch, 1), value("d", epoch, 1)}})
	wantError(t, err, "LimitExceeded", "An account can have 3 metrics in a Region here, not 4.")
	w.put(value("a", epoch, 1), value("c", epoch, 1))
	if got := w.sum("a"); got != 2 {
		t.Errorf("the sum of a is %v", got)
	}
	other := w.as("210987654321", "eu-west-3", nil)
	if _, err := other.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String("Test"), MetricData: []types.MetricDatum{value("a", epoch, 1)}}); err != nil {
		t.Errorf("another account: %v", err)
	}
	w.advance(keepByMinute + aheadMax + time.Second)
	if err := w.svc.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.put(value("d", w.clock.Now(), 1), value("e", w.clock.Now(), 1), value("f", w.clock.Now(), 1))

	w = newWorld(t, func(c *Config) { c.IndexBytesMax = 3 * (seriesBytes + len("Test") + 1) })
	w.put(value("a", epoch, 1), value("b", epoch, 1), value("c", epoch, 1))
	_, err = w.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String("Test"), MetricData: []types.MetricDatum{value("d", epoch, 1)}})
	wantError(t, err, "LimitExceeded", fmt.Sprintf("All metrics together can take %d bytes of memory here, which more of them would exceed.", w.cfg.IndexBytesMax))
	w.reopen()
	if got := w.svc.index.bytes; got != w.cfg.IndexBytesMax {
		t.Errorf("reopened, the index takes %d bytes, not %d", got, w.cfg.IndexBytesMax)
	}
}

// TestCacheIsBounded: blocks that were written are kept up to a bound, and what falls out is read again.
func TestCacheIsBounded(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.SeriesMax = 1e6 })
	var values []float64
	for i := range 150 {
		values = append(values, float64(i)+0.5)
	}
	puts, batch := 0, 100
	for before := -1; w.svc.minutes.cacheBytes > before; puts++ { // until blocks fall out
		before = w.svc.minutes.cacheBytes
		var data []types.MetricDatum
		for i := range batch {
			data = append(data, types.MetricDatum{MetricName: aws.String(fmt.Sprint("m", puts*batch+i)), Values: values})
		}
		w.put(data...)
	}
	size := 0
	for _, c := range w.svc.minutes.cache {
		size += c.size
	}
	if size != w.svc.minutes.cacheBytes || size > cacheBytesMax {
		t.Errorf("the cache counts %d bytes and has %d", w.svc.minutes.cacheBytes, size)
	}
	w.put(value("m0", epoch, 1))
	if got := w.sum("m0"); got != 75*150+1 {
		t.Errorf("the sum is %v", got)
	}
}

// TestBlocksFitAnAppend: the largest batch of the largest blocks is one that every engine takes.
func TestBlocksFitAnAppend(t *testing.T) {
	b := new(block)
	for slot := range b {
		for i := range distinctMax {
			b.at(slot).spread.values = append(b.at(slot).spread.values, weighted{float64(i), 1.5})
		}
	}
	if n := len(b.append(nil)); n > blockBytesMax || n < blockBytesMax*9/10 {
		t.Errorf("a full block has %d bytes, the bound is %d", n, blockBytesMax)
	}
	if blockBytesMax*batchBlocksMax > storage.MaxAppendBytes || blockBytesMax > storage.MaxRecordBytes {
		t.Errorf("%d blocks of %d bytes do not fit an append", batchBlocksMax, blockBytesMax)
	}
}

// TestPutsAtOnce: puts that come together wait for the disk together, and nothing is lost or counted twice.
func TestPutsAtOnce(t *testing.T) {
	const writers, each = 32, 25
	slow := &slowEngine{Engine: memory.New(memory.Config{Clock: clock.NewVirtual(epoch)}), gate: make(chan struct{})}
	svc, err := New(t.Context(), Config{Storage: slow, Clock: clock.NewVirtual(epoch)})
	if err != nil {
		t.Fatal(err)
	}
	if err := svc.Record(t.Context(), points(3)[:0]); err != nil {
		t.Fatal(err)
	}
	close(slow.gate)
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			for i := range each {
				if err := svc.Record(t.Context(), points(3)[(n+i)%3:][:1]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	count := 0.0
	for _, p := range points(3) {
		id := newIdentity(account{p.Account, p.Region}, p.Namespace, p.Name, p.Dimensions).id()
		u, _ := unitOf("Bytes")
		if _, err := svc.minutes.query(t.Context(), id, u, interval{minute.Unix(), minute.Unix() + 60, 60}, epoch, false, func(p *point) { count += p.count }); err != nil {
			t.Fatal(err)
		}
	}
	if count != 2*writers*each {
		t.Errorf("counted %v, not %d", count, 2*writers*each)
	}
	t.Logf("%d puts in %d appends", writers*each, slow.appends.Load())
}

// slowEngine counts appends; they wait for the gate.
type slowEngine struct {
	storage.Engine
	gate    chan struct{}
	appends atomic.Int64
}

func (e *slowEngine) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	l, err := e.Engine.Open(ctx, name, cfg)
	return slowLog{l, e}, err
}

type slowLog struct {
	storage.Log
	e *slowEngine
}

func (l slowLog) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	<-l.e.gate
	l.e.appends.Add(1)
	return l.Log.Append(ctx, entries...)
}

// TestWaitingPutsShareAnAppend: while one put waits for the disk, all others that come become one append.
func TestWaitingPutsShareAnAppend(t *testing.T) {
	engine := memory.New(memory.Config{Clock: clock.NewVirtual(epoch)})
	slow := &slowEngine{Engine: engine, gate: make(chan struct{})}
	table, err := openTable(t.Context(), slow, "t", 60, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	one := func() map[string]*block {
		b := new(block)
		b.at(3).observe(2, 1)
		return map[string]*block{"k": b}
	}
	var all sync.WaitGroup
	const waiting = 50
	all.Go(func() { table.add(t.Context(), one()) })
	slow.gate <- struct{}{} // the first is under way: its batch is closed
	first := table.join(one())
	for range waiting - 1 {
		if b := table.join(one()); b != first {
			t.Fatal("a put does not join the batch that waits")
		}
	}
	full := map[string]*block{}
	for i := range batchBlocksMax {
		full[fmt.Sprint("full", i)] = new(block)
	}
	if table.join(full) == first {
		t.Error("a batch takes more than one append can hold")
	}
	all.Wait()
	table.writing.Lock()
	defer table.writing.Unlock()
	go func() { slow.gate <- struct{}{} }()
	if err := table.write(t.Context(), first.added); err != nil {
		t.Fatal(err)
	}
	b, _, err := table.read(t.Context(), "k")
	if err != nil || b[3].count != waiting+1 || slow.appends.Load() != 2 {
		t.Errorf("%+v after %d appends, %v", b[3], slow.appends.Load(), err)
	}
}

// TestOthersOnTheSameStorage: two processes that put into the same minute lose nothing of one another, and learn of the
// series of the other.
func TestOthersOnTheSameStorage(t *testing.T) {
	w := newWorld(t)
	other, err := New(t.Context(), w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		for _, s := range []*Service{w.svc, other} {
			if err := s.Record(t.Context(), points(1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	third := points(1)
	third[0].Name, third[0].Unit = "Others", "None"
	if err := other.Record(t.Context(), third); err != nil {
		t.Fatal(err)
	}
	if err := w.svc.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.list(&client.ListMetricsInput{}); len(got) != 2 {
		t.Errorf("there is %v", got)
	}
	in := asked("IncomingBytes", minute, minute.Add(time.Minute), 60, types.StatisticSum)
	in.Namespace, in.Dimensions = aws.String("AWS/Kinesis"), dimension("StreamName", "s0")
	if got := w.statistics(in); *got[0].Sum != 200 {
		t.Errorf("the sum is %v", *got[0].Sum)
	}
}

// TestFaults: with a disk that fails and crashes at random, all that was acknowledged is there, and what was not is there
// at most once.
func TestFaults(t *testing.T) {
	for seed := range int64(30) {
		rng := rand.New(rand.NewSource(seed))
		w := newWorld(t)
		var acked, tried float64
		for range 40 {
			if rng.Intn(4) == 0 {
				w.disk.Plan(rng.Intn(3), []memory.Fault{memory.ShortWrite, memory.FailedSync, memory.FullDisk}[rng.Intn(3)])
			}
			tried++
			d := value("m", epoch.Add(-time.Duration(rng.Intn(3))*time.Minute), 1)
			if rng.Intn(3) == 0 {
				d.StorageResolution = aws.Int32(1)
			}
			_, err := w.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String("Test"), MetricData: []types.MetricDatum{d}})
			if err == nil {
				acked++
				continue
			}
			w.disk.Crash(rng.Intn(2) == 0)
			w.reopen()
		}
		got := 0.0
		for _, d := range w.statistics(asked("m", minute.Add(-time.Hour), minute.Add(time.Hour), 7200, types.StatisticSum)) {
			got += *d.Sum
		}
		if got < acked || got > tried {
			t.Errorf("seed %d: %v of %v that were acknowledged, of %v", seed, got, acked, tried)
		}
	}
}

// TestDamage: a record that is not ours is an error, and nothing is answered from it.
func TestDamage(t *testing.T) {
	w := newWorld(t)
	w.put(value("m", epoch, 1))
	key, _ := w.svc.minutes.place(newIdentity(account{testAccount, "eu-west-3"}, "Test", "m", nil).id(), 0, epoch.Unix())
	if _, err := w.svc.minutes.log.Append(t.Context(), storage.Entry{Key: key, Data: []byte{9}}); err != nil {
		t.Fatal(err)
	}
	_, err := w.GetMetricStatistics(t.Context(), asked("m", minute, minute.Add(time.Hour), 60, types.StatisticSum))
	wantError(t, err, "InternalFailure", "The request failed because of an internal error. Its request id finds the cause in the server's log.")
	if _, _, err := w.svc.minutes.read(t.Context(), key); !errors.Is(err, errBlock) {
		t.Errorf("reading gives %v", err)
	}
}

func TestBlockRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for range 200 {
		b := new(block)
		for range rng.Intn(20) {
			k := b.at(rng.Intn(blockSlots))
			switch rng.Intn(3) {
			case 0:
				k.observe(rng.NormFloat64()*10, float64(rng.Intn(400)+1)/float64(rng.Intn(2)+1))
			case 1:
				k.set(statistics{3, 9, 1, 5})
			default:
				for range rng.Intn(400) {
					k.observe(math.Exp(rng.NormFloat64()*20), 1)
				}
			}
			k.spread.settle(distinctMax)
		}
		got, err := decodeBlock(b.append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(b, got, cmp.AllowUnexported(bucket{}, spread{}, weighted{}), cmp.FilterValues(func(a, b []weighted) bool { return len(a)+len(b) == 0 }, cmp.Ignore())); d != "" {
			t.Fatal(d)
		}
	}
}

// FuzzBlock: no bytes make reading a block panic, and what is read is written as it was.
func FuzzBlock(f *testing.F) {
	b := new(block)
	b.at(3).observe(1.5, 300)
	b.at(14).set(statistics{3, 9, 1, 5})
	f.Add(b.append(nil))
	f.Add([]byte{blockVersion})
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := decodeBlock(data)
		if err != nil {
			return
		}
		again, err := decodeBlock(b.append(nil))
		if err != nil {
			t.Fatalf("%x: %v", data, err)
		}
		if string(again.append(nil)) != string(b.append(nil)) {
			t.Fatalf("%x is not written as it was read", data)
		}
		b.with(again)
	})
}

func TestConfig(t *testing.T) {
	_, err := New(t.Context(), Config{SeriesMax: -1, IndexBytesMax: -1})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v", err)
	}
}
