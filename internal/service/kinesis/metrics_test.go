package kinesis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/internal/metric"
)

// sink keeps what it is given.
type sink struct {
	mu     sync.Mutex // guards everything below
	points []metric.Point
	most   int // points of one Record
	err    error
	refuse string // a Record that begins with a point of this name fails
}

var errRefused = errors.New("refused")

func (s *sink) Record(_ context.Context, points []metric.Point) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || len(points) > 0 && points[0].Name == s.refuse && s.refuse != "" {
		return errors.Join(s.err, errRefused)
	}
	s.most = max(s.most, len(points))
	s.points = append(s.points, points...)
	return nil
}

// lines lists what came since the last call: minute after epoch, metric and dimensions, count, sum, min, max.
func (s *sink) lines(t *testing.T) []string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, p := range s.points {
		if p.Namespace != "AWS/Kinesis" || p.Account != testAccount || p.Region != testRegion || p.Count <= 0 || p.At.Second() != 0 || p.Unit == "" {
			t.Errorf("a point is %+v", p)
		}
		of := ""
		for _, d := range p.Dimensions {
			of += " " + d.Name + "=" + d.Value
		}
		lines = append(lines, fmt.Sprintf("%.0f %s%s: %v %v %v %v %s", p.At.Sub(epoch.Truncate(time.Minute)).Minutes(), p.Name, of, p.Count, p.Sum, p.Min, p.Max, p.Unit))
	}
	s.points = nil
	slices.Sort(lines)
	return lines
}

func metered(s *sink) func(*Config) { return func(c *Config) { c.Metrics = s } }

func expectLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("reported\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestStreamMetrics(t *testing.T) {
	kept := &sink{}
	w := newWorld(t, metered(kept))
	w.create("s", 2)
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","ExplicitHashKey":"0","Data":"AAAA"}`)
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","ExplicitHashKey":"0","Data":"AAAAAAAA"}`)
	w.work()
	expectLines(t, kept.lines(t)) // the minute is not over
	w.advance(time.Minute)
	w.ok("PutRecords", `{"StreamName":"s","Records":[%s,%s]}`, recordsTo(0, 2, 10), recordsTo(1, 1, 30))
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	w.ok("GetRecords", `{"ShardIterator":%q,"Limit":2}`, it)
	w.work()
	expectLines(t, kept.lines(t),
		"0 IncomingBytes StreamName=s: 2 11 4 7 Bytes", "0 IncomingRecords StreamName=s: 2 2 1 1 Count",
		"0 PutRecord.Bytes StreamName=s: 2 11 4 7 Bytes", "0 PutRecord.Latency StreamName=s: 2 0 0 0 Milliseconds", "0 PutRecord.Success StreamName=s: 2 2 1 1 Count",
		"0 WriteProvisionedThroughputExceeded StreamName=s: 2 0 0 0 Count")
	w.work()
	expectLines(t, kept.lines(t)) // once is enough
	w.advance(3 * time.Minute)    // nothing happens in these
	w.work()
	expectLines(t, kept.lines(t),
		"1 IncomingBytes StreamName=s: 1 50 50 50 Bytes", "1 IncomingRecords StreamName=s: 1 3 3 3 Count",
		"1 PutRecords.Bytes StreamName=s: 1 50 50 50 Bytes", "1 PutRecords.Latency StreamName=s: 1 0 0 0 Milliseconds", "1 PutRecords.Success StreamName=s: 1 1 1 1 Count",
		"1 PutRecords.TotalRecords StreamName=s: 1 3 3 3 Count", "1 PutRecords.SuccessfulRecords StreamName=s: 1 3 3 3 Count",
		"1 PutRecords.FailedRecords StreamName=s: 1 0 0 0 Count", "1 PutRecords.ThrottledRecords StreamName=s: 1 0 0 0 Count",
		"1 WriteProvisionedThroughputExceeded StreamName=s: 1 0 0 0 Count",
		"1 GetRecords.Bytes StreamName=s: 1 11 11 11 Bytes", "1 GetRecords.Records StreamName=s: 1 2 2 2 Count", "1 GetRecords.Success StreamName=s: 1 1 1 1 Count",
		"1 GetRecords.Latency StreamName=s: 1 0 0 0 Milliseconds", "1 GetRecords.IteratorAgeMilliseconds StreamName=s: 1 60000 60000 60000 Milliseconds",
		"1 ReadProvisionedThroughputExceeded StreamName=s: 1 0 0 0 Count")
	// What was counted last is reported at the end, the deleted stream's too.
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":""}`)
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	if err := w.svc.Close(w.ctx); err != nil {
		t.Fatal(err)
	}
	if got := kept.lines(t); len(got) != 6 || got[0] != "4 IncomingBytes StreamName=s: 1 1 1 1 Bytes" {
		t.Errorf("at the end came %q", got)
	}
}

func TestThrottlingIsCounted(t *testing.T) {
	kept := &sink{}
	w := newWorld(t, metered(kept), throttled)
	w.create("s", 2)
	w.ok("EnableEnhancedMonitoring", `{"StreamName":"s","ShardLevelMetrics":["WriteProvisionedThroughputExceeded","ReadProvisionedThroughputExceeded"]}`)
	w.ok("PutRecords", `{"StreamName":"s","Records":[%s,%s]}`, recordsTo(0, 3, 1<<19), recordsTo(1, 1, 1))
	w.send("PutRecord", `{"StreamName":"s","PartitionKey":"k","ExplicitHashKey":"0","Data":""}`)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	for range 7 {
		w.send("GetRecords", fmt.Sprintf(`{"ShardIterator":%q,"Limit":1}`, it))
	}
	w.advance(time.Minute)
	w.work()
	got := kept.lines(t)
	for _, want := range []string{
		"0 PutRecords.ThrottledRecords StreamName=s: 1 1 1 1 Count", "0 PutRecords.SuccessfulRecords StreamName=s: 1 3 3 3 Count", "0 PutRecords.FailedRecords StreamName=s: 1 0 0 0 Count",
		"0 PutRecord.Success StreamName=s: 1 0 0 0 Count", "0 WriteProvisionedThroughputExceeded StreamName=s: 2 2 1 1 Count",
		"0 WriteProvisionedThroughputExceeded StreamName=s ShardId=shardId-000000000000: 3 2 0 1 Count",
		"0 WriteProvisionedThroughputExceeded StreamName=s ShardId=shardId-000000000001: 1 0 0 0 Count",
		"0 ReadProvisionedThroughputExceeded StreamName=s: 7 2 0 1 Count", "0 GetRecords.Success StreamName=s: 7 5 0 1 Count",
		"0 ReadProvisionedThroughputExceeded StreamName=s ShardId=shardId-000000000000: 7 2 0 1 Count",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestEnhancedMonitoring(t *testing.T) {
	kept := &sink{}
	w := newWorld(t, metered(kept))
	w.create("s", 1)
	all := "[IncomingBytes IncomingRecords OutgoingBytes OutgoingRecords WriteProvisionedThroughputExceeded ReadProvisionedThroughputExceeded IteratorAgeMilliseconds]"
	change := func(operation, metrics, before, after string) {
		t.Helper()
		out := w.ok(operation, `{"StreamName":"s","ShardLevelMetrics":%s}`, metrics)
		if b, a := fmt.Sprint(out.at("CurrentShardLevelMetrics")), fmt.Sprint(out.at("DesiredShardLevelMetrics")); b != before || a != after || out.text("StreamARN") != testStreamARN || out.text("StreamName") != "s" {
			t.Errorf("%s %s answers %v", operation, metrics, out)
		}
		w.reopen()
		for _, d := range []string{"DescribeStream", "DescribeStreamSummary"} {
			got := w.ok(d, `{"StreamName":"s"}`)
			list := got.at("StreamDescription.EnhancedMonitoring.0.ShardLevelMetrics")
			if d == "DescribeStreamSummary" {
				list = got.at("StreamDescriptionSummary.EnhancedMonitoring.0.ShardLevelMetrics")
			}
			if fmt.Sprint(list) != after {
				t.Errorf("%s says %v, want %s", d, list, after)
			}
		}
	}
	counted := func() (names []string) {
		t.Helper()
		w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"AAAA"}`)
		w.ok("GetRecords", `{"ShardIterator":%q}`, w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`))
		w.advance(time.Minute)
		w.work()
		for _, line := range kept.lines(t) {
			if _, rest, ok := strings.Cut(line, " "); ok && strings.Contains(line, "ShardId=shardId-000000000000") {
				names = append(names, rest[:strings.Index(rest, " ")])
			}
		}
		return names
	}
	if got := counted(); got != nil {
		t.Errorf("before, %v are counted by shard", got)
	}
	change("EnableEnhancedMonitoring", `["IteratorAgeMilliseconds","IncomingBytes"]`, "[]", "[IncomingBytes IteratorAgeMilliseconds]")
	if got := counted(); fmt.Sprint(got) != "[IncomingBytes IteratorAgeMilliseconds]" {
		t.Errorf("of two, %v are counted", got)
	}
	change("EnableEnhancedMonitoring", `["ALL"]`, "[IncomingBytes IteratorAgeMilliseconds]", all)
	change("EnableEnhancedMonitoring", `["ALL"]`, all, all)
	if got := counted(); len(got) != int(shardMetricCount) {
		t.Errorf("of all, %v are counted", got)
	}
	change("DisableEnhancedMonitoring", `["IncomingRecords","OutgoingBytes","OutgoingRecords","WriteProvisionedThroughputExceeded"]`, all,
		"[IncomingBytes ReadProvisionedThroughputExceeded IteratorAgeMilliseconds]")
	change("DisableEnhancedMonitoring", `["ALL"]`, "[IncomingBytes ReadProvisionedThroughputExceeded IteratorAgeMilliseconds]", "[]")
	w.refused("EnableEnhancedMonitoring", `{"StreamName":"none","ShardLevelMetrics":["ALL"]}`, "ResourceNotFoundException", "Stream none under account 123456789012 not found.")

	without := newWorld(t)
	without.create("s", 1)
	without.refused("EnableEnhancedMonitoring", `{"StreamName":"s","ShardLevelMetrics":["ALL"]}`, "InvalidArgumentException", "ShardLevelMetrics cannot be enabled: no metrics are kept here.")
	without.ok("DisableEnhancedMonitoring", `{"StreamName":"s","ShardLevelMetrics":["ALL"]}`)
}

func TestConsumerMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := &sink{}
		w := newWorld(t, metered(kept))
		w.create("s", 1)
		w.put("s", 2)
		w.advance(time.Second)
		arn := w.register("app")
		l := w.listen(t, arn, `"Type":"TRIM_HORIZON"`)
		l.next()
		w.send("SubscribeToShard", subscribeBody(arn, `"Type":"LATEST"`))
		w.advance(silenceMax)
		l.next()
		w.advance(time.Minute)
		w.work()
		var got []string
		for _, line := range kept.lines(t) {
			if strings.Contains(line, "ConsumerName=app") && strings.HasPrefix(line, "0 ") {
				got = append(got, strings.Replace(line, " StreamName=s ConsumerName=app", "", 1))
			}
		}
		if len(got) != int(consumerMetricCount) || got[0] != "0 SubscribeToShard.RateExceeded: 2 1 0 1 Count" || got[1] != "0 SubscribeToShard.Success: 2 1 0 1 Count" ||
			got[4] != "0 SubscribeToShardEvent.Records: 2 2 0 2 Count" || got[5] != "0 SubscribeToShardEvent.Success: 2 2 1 1 Count" {
			t.Errorf("reported\n%s", strings.Join(got, "\n"))
		}
		l.cancel()
		l.ended()
		w.advance(time.Minute)
		w.work()
		w.advance(time.Minute)
		w.work()
		if n := len(w.state("s").meter.consumers); n != 0 {
			t.Errorf("%d consumers that are quiet are kept", n)
		}
	})
}

// TestMetricsWaitForTheSink lets the sink fail: what was counted comes later, once, and what is too old goes.
func TestMetricsWaitForTheSink(t *testing.T) {
	kept := &sink{err: errors.New("no room")}
	w := newWorld(t, metered(kept))
	w.create("s", 1)
	for i := range 3 {
		for range i + 1 {
			w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":""}`)
		}
		w.advance(time.Minute)
		if _, err := w.svc.Work(w.ctx); err == nil || !strings.Contains(err.Error(), "no room") {
			t.Fatalf("Work: %v", err)
		}
	}
	kept.err = nil
	w.advance(time.Minute)
	w.work()
	var got []string
	for _, line := range kept.lines(t) {
		if strings.Contains(line, "PutRecord.Success") {
			got = append(got, line)
		}
	}
	expectLines(t, got, "0 PutRecord.Success StreamName=s: 1 1 1 1 Count", "1 PutRecord.Success StreamName=s: 2 2 1 1 Count", "2 PutRecord.Success StreamName=s: 3 3 1 1 Count")

	r := &w.svc.reports
	r.pending = make([]metric.Point, pendingPointsMax+5)
	r.pending[5].Name, r.pending[5+metric.PointsMax].Name = "first kept", "not taken"
	kept.refuse = "not taken"
	if err := w.svc.report(w.ctx, r.reported+1); !errors.Is(err, errRefused) {
		t.Errorf("report: %v", err)
	}
	if len(kept.points) != pendingPointsMax-metric.PointsMax || kept.points[0].Name != "first kept" || kept.most != metric.PointsMax || len(r.pending) != metric.PointsMax {
		t.Errorf("%d points came, the first %q, %d at once, %d are left", len(kept.points), kept.points[0].Name, kept.most, len(r.pending))
	}
}

func TestMinutesThatWaitAreBounded(t *testing.T) {
	var m meter
	for i := range int64(minutesKeptMax + 4) {
		m.in(i, 1)[0].add(float64(i))
	}
	if m.in(0, 1)[0].add(0); m.minute != minutesKeptMax+3 { // a clock that was set back
		t.Errorf("the minute is %d", m.minute)
	}
	past := m.take(minutesKeptMax + 4)
	if len(past) != minutesKeptMax || past[0].minute != 4 || past[minutesKeptMax-1].minute != minutesKeptMax+3 || past[minutesKeptMax-1].stats[0].count != 2 {
		t.Errorf("kept %+v", past)
	}
	if m.take(minutesKeptMax+5) != nil {
		t.Error("what was taken is there again")
	}
}

// BenchmarkCounting is what counting adds to a put of records that go to four shards, without and with metrics.
func BenchmarkCounting(b *testing.B) {
	for _, records := range []int{1, 500} {
		for _, kept := range []bool{false, true} {
			b.Run(fmt.Sprintf("records=%d/metrics=%v", records, kept), func(b *testing.B) {
				w := newWorld(b, func(c *Config) {
					if kept {
						c.Metrics = &sink{}
					}
				})
				w.create("s", 4)
				st := w.state("s")
				entries, results, order := make([]putEntry, records), make([]putResult, records), make([]int, records)
				for i := range order {
					order[i], results[i].shard = i, st.shards.all[i*4/records]
				}
				now := w.clock.Now()
				b.ReportAllocs()
				for b.Loop() {
					w.svc.countPut(st, order, entries, results, now)
					w.svc.countPutRecords(st, entries, results, 0, 0, now)
				}
			})
		}
	}
}
