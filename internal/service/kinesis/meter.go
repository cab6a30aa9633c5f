package kinesis

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/metric"
)

// minutesKeptMax bounds how many minutes' observations of one series wait to be reported: a quarter of an hour's. Older
// ones are dropped.
const minutesKeptMax = 15

// stat sums up the observations of one metric.
type stat struct{ count, sum, min, max float64 }

func (s *stat) add(v float64) {
	if s.count == 0 {
		s.min, s.max = v, v
	}
	s.count++
	s.sum += v
	s.min = min(s.min, v)
	s.max = max(s.max, v)
}

// meter sums up the observations of some metrics, minute by minute.
type meter struct {
	minute int64  // that now is of, since the epoch
	now    []stat // by metric; nil: nothing was ever observed
	past   []minute
}

// minute is what was observed in one.
type minute struct {
	minute int64
	stats  []stat
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// in returns the sums of a minute to add to, of as many metrics. What a clock that was set back observes counts for the
// latest minute.
func (m *meter) in(minute int64, metrics int) []stat {
	if m.now == nil {
		m.now, m.minute = make([]stat, metrics), minute
	}
	m.turn(minute)
	return m.now
}

// turn puts the present sums aside when their minute is over.
func (m *meter) turn(to int64) {
	if to <= m.minute || m.now == nil {
		return
	}
	if !empty(m.now) {
		if len(m.past) == minutesKeptMax {
			m.past = append(m.past[:0], m.past[1:]...)
		}
		m.past = append(m.past, minute{m.minute, m.now})
		m.now = make([]stat, len(m.now))
	}
	m.minute = to
}

func empty(stats []stat) bool {
	for i := range stats {
		if stats[i].count > 0 {
			return false
		}
	}
	return true
}

// take returns the minutes that were over at a time, once.
func (m *meter) take(now int64) []minute {
	m.turn(now)
	past := m.past
	m.past = nil
	return past
}

// streamMeter is what this process counts of a stream: one name's, whatever incarnations have it.
type streamMeter struct {
	mu        sync.Mutex // guards everything below
	all       meter
	consumers map[string]*meter // by name
}

// shardMeter is what this process counts of one shard. It outlives changes of the stream's description.
type shardMeter struct {
	throttle shardThrottle
	written  atomic.Int64 // bytes put

	mu  sync.Mutex // guards all
	all meter
}

// metricName is one metric of AWS/Kinesis.
type metricName struct{ name, unit string }

const (
	unitBytes  = "Bytes"
	unitCount  = "Count"
	unitMillis = "Milliseconds"
)

// The metrics of a stream, in the order of streamMetrics.
const (
	getRecordsBytes = iota
	getRecordsAge
	getRecordsLatency
	getRecordsRecords
	getRecordsSuccess
	incomingBytes
	incomingRecords
	putRecordBytes
	putRecordLatency
	putRecordSuccess
	putRecordsBytes
	putRecordsLatency
	putRecordsSuccess
	putRecordsTotal
	putRecordsSuccessful
	putRecordsFailed
	putRecordsThrottled
	readExceeded
	writeExceeded
	streamMetricCount
)

var streamMetrics = [streamMetricCount]metricName{
	getRecordsBytes:      {"GetRecords.Bytes", unitBytes},
	getRecordsAge:        {"GetRecords.IteratorAgeMilliseconds", unitMillis},
	getRecordsLatency:    {"GetRecords.Latency", unitMillis},
	getRecordsRecords:    {"GetRecords.Records", unitCount},
	getRecordsSuccess:    {"GetRecords.Success", unitCount},
	incomingBytes:        {"IncomingBytes", unitBytes},
	incomingRecords:      {"IncomingRecords", unitCount},
	putRecordBytes:       {"PutRecord.Bytes", unitBytes},
	putRecordLatency:     {"PutRecord.Latency", unitMillis},
	putRecordSuccess:     {"PutRecord.Success", unitCount},
	putRecordsBytes:      {"PutRecords.Bytes", unitBytes},
	putRecordsLatency:    {"PutRecords.Latency", unitMillis},
	putRecordsSuccess:    {"PutRecords.Success", unitCount},
	putRecordsTotal:      {"PutRecords.TotalRecords", unitCount},
	putRecordsSuccessful: {"PutRecords.SuccessfulRecords", unitCount},
	putRecordsFailed:     {"PutRecords.FailedRecords", unitCount},
	putRecordsThrottled:  {"PutRecords.ThrottledRecords", unitCount},
	readExceeded:         {"ReadProvisionedThroughputExceeded", unitCount},
	writeExceeded:        {"WriteProvisionedThroughputExceeded", unitCount},
}

// The metrics of a consumer, in the order of consumerMetrics.
const (
	subscribeExceeded = iota
	subscribeSuccess
	eventBytes
	eventBehind
	eventRecords
	eventSuccess
	consumerMetricCount
)

var consumerMetrics = [consumerMetricCount]metricName{
	subscribeExceeded: {"SubscribeToShard.RateExceeded", unitCount},
	subscribeSuccess:  {"SubscribeToShard.Success", unitCount},
	eventBytes:        {"SubscribeToShardEvent.Bytes", unitBytes},
	eventBehind:       {"SubscribeToShardEvent.MillisBehindLatest", unitMillis},
	eventRecords:      {"SubscribeToShardEvent.Records", unitCount},
	eventSuccess:      {"SubscribeToShardEvent.Success", unitCount},
}

// The metrics of a shard, in the order of the API's documentation.
const (
	shardIncomingBytes = iota
	shardIncomingRecords
	shardOutgoingBytes
	shardOutgoingRecords
	shardWriteExceeded
	shardReadExceeded
	shardIteratorAge
	shardMetricCount
)

var shardMetrics = [shardMetricCount]metricName{
	shardIncomingBytes:   {"IncomingBytes", unitBytes},
	shardIncomingRecords: {"IncomingRecords", unitCount},
	shardOutgoingBytes:   {"OutgoingBytes", unitBytes},
	shardOutgoingRecords: {"OutgoingRecords", unitCount},
	shardWriteExceeded:   {"WriteProvisionedThroughputExceeded", unitCount},
	shardReadExceeded:    {"ReadProvisionedThroughputExceeded", unitCount},
	shardIteratorAge:     {"IteratorAgeMilliseconds", unitMillis},
}

// pointsOf appends what some minutes hold to points.
func pointsOf(points []metric.Point, minutes []minute, names []metricName, series metric.Series, dimensions ...metric.Dimension) []metric.Point {
	for _, m := range minutes {
		for i := range m.stats {
			st := &m.stats[i]
			if st.count == 0 {
				continue
			}
			series.Name, series.Unit, series.Dimensions = names[i].name, names[i].unit, dimensions
			points = append(points, metric.Point{Series: series, At: time.Unix(m.minute*60, 0).UTC(), Count: st.count, Sum: st.sum, Min: st.min, Max: st.max})
		}
	}
	return points
}

// points takes what was observed of a stream in the minutes that are over.
func (st *streamState) points(now int64) (points []metric.Point) {
	series := metric.Series{Account: st.Account, Region: st.Region, Namespace: "AWS/Kinesis"}
	stream := metric.Dimension{Name: "StreamName", Value: st.Name}
	m := st.meter
	m.mu.Lock()
	points = pointsOf(points, m.all.take(now), streamMetrics[:], series, stream)
	for name, c := range m.consumers {
		points = pointsOf(points, c.take(now), consumerMetrics[:], series, stream, metric.Dimension{Name: "ConsumerName", Value: name})
		if empty(c.now) {
			delete(m.consumers, name)
		}
	}
	m.mu.Unlock()
	if len(st.Metrics) == 0 {
		return points
	}
	for _, sh := range st.shards.all {
		sh.meter.mu.Lock()
		past := sh.meter.all.take(now)
		sh.meter.mu.Unlock()
		for _, p := range pointsOf(nil, past, shardMetrics[:], series, stream, metric.Dimension{Name: "ShardId", Value: sh.id}) {
			if slices.Contains(st.Metrics, p.Name) {
				points = append(points, p)
			}
		}
	}
	return points
}
