package kinesis

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// Everything here is for Config.Metrics, but for the bytes that a shard of an on-demand stream took, which its growth
// needs. Without Metrics nothing else is counted.

// countPut counts what a put did to a stream and its shards. order is the entries that came not too fast, those of one
// shard together.
func (s *Service) countPut(st *streamState, order []int, entries []putEntry, results []putResult, now time.Time) {
	if s.metrics == nil && st.Mode != modeOnDemand {
		return
	}
	minute, byShard := minuteOf(now), s.metrics != nil && len(st.Metrics) > 0
	bytes, records := 0, 0
	for from := 0; from < len(order); {
		sh, b, n := results[order[from]].shard, 0, 0
		for ; from < len(order) && results[order[from]].shard == sh; from++ {
			if i := order[from]; results[i].err == nil {
				b += entries[i].size()
				n++
			}
		}
		bytes, records = bytes+b, records+n
		sh.meter.written.Add(int64(b))
		if byShard && n > 0 {
			sh.meter.count(minute, func(stats []stat) {
				stats[shardIncomingBytes].add(float64(b))
				stats[shardIncomingRecords].add(float64(n))
				stats[shardWriteExceeded].add(0)
			})
		}
	}
	if s.metrics == nil {
		return
	}
	exceeded := len(results) - len(order)
	if byShard && exceeded > 0 {
		for i := range results {
			if isTooFast(results[i].err) {
				results[i].shard.meter.count(minute, func(stats []stat) { stats[shardWriteExceeded].add(1) })
			}
		}
	}
	m := st.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	stats := m.all.in(minute, streamMetricCount)
	if records > 0 {
		stats[incomingBytes].add(float64(bytes))
		stats[incomingRecords].add(float64(records))
	}
	stats[writeExceeded].add(float64(exceeded))
}

// count adds to a shard's metrics.
func (m *shardMeter) count(minute int64, add func([]stat)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	add(m.all.in(minute, shardMetricCount))
}

func isTooFast(err error) bool {
	_, is := err.(*kinesisapi.ProvisionedThroughputExceededException)
	return is
}

// millisSince is a latency as metrics have it.
func (s *Service) millisSince(begin time.Time) float64 {
	return float64(s.clock.Now().Sub(begin)) / float64(time.Millisecond)
}

// success is 1 or 0.
func success(ok bool) float64 {
	if ok {
		return 1
	}
	return 0
}

// countPutRecord counts a call of PutRecord that began at a time.
func (s *Service) countPutRecord(st *streamState, size int, ok bool, begin time.Time) {
	if s.metrics == nil {
		return
	}
	latency := s.millisSince(begin)
	m := st.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	stats := m.all.in(minuteOf(begin), streamMetricCount)
	stats[putRecordLatency].add(latency)
	stats[putRecordSuccess].add(success(ok))
	if ok {
		stats[putRecordBytes].add(float64(size))
	}
}

// countPutRecords counts a call of PutRecords that began at a time.
func (s *Service) countPutRecords(st *streamState, entries []putEntry, results []putResult, failed, throttled int, begin time.Time) {
	if s.metrics == nil {
		return
	}
	latency, stored, bytes := s.millisSince(begin), len(results)-failed, 0
	for i := range results {
		if results[i].err == nil {
			bytes += entries[i].size()
		}
	}
	m := st.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	stats := m.all.in(minuteOf(begin), streamMetricCount)
	stats[putRecordsLatency].add(latency)
	stats[putRecordsSuccess].add(success(stored > 0))
	stats[putRecordsTotal].add(float64(len(results)))
	stats[putRecordsSuccessful].add(float64(stored))
	stats[putRecordsFailed].add(float64(failed - throttled))
	stats[putRecordsThrottled].add(float64(throttled))
	if stored > 0 {
		stats[putRecordsBytes].add(float64(bytes))
	}
}

// countGet counts a call of GetRecords that began at a time. p is nil when it failed; tooFast says that it came so.
func (s *Service) countGet(st *streamState, sh *shard, p *page, tooFast bool, begin time.Time) {
	if s.metrics == nil {
		return
	}
	latency, minute := s.millisSince(begin), minuteOf(begin)
	bytes, age := 0, int64(0)
	if p != nil {
		bytes, age = p.size(), p.behind(begin)
	}
	if len(st.Metrics) > 0 {
		sh.meter.count(minute, func(stats []stat) {
			stats[shardReadExceeded].add(success(tooFast))
			if p != nil {
				stats[shardOutgoingBytes].add(float64(bytes))
				stats[shardOutgoingRecords].add(float64(len(p.records)))
				stats[shardIteratorAge].add(float64(age))
			}
		})
	}
	m := st.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	stats := m.all.in(minute, streamMetricCount)
	stats[getRecordsLatency].add(latency)
	stats[getRecordsSuccess].add(success(p != nil))
	stats[readExceeded].add(success(tooFast))
	if p != nil {
		stats[getRecordsBytes].add(float64(bytes))
		stats[getRecordsRecords].add(float64(len(p.records)))
		stats[getRecordsAge].add(float64(age))
	}
}

// countConsumer adds to the metrics of a stream's consumer.
func (s *Service) countConsumer(st *streamState, name string, now time.Time, add func([]stat)) {
	if s.metrics == nil {
		return
	}
	m := st.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.consumers[name]
	if c == nil {
		if m.consumers == nil {
			m.consumers = map[string]*meter{}
		}
		c = &meter{}
		m.consumers[name] = c
	}
	add(c.in(minuteOf(now), consumerMetricCount))
}

// countSubscribe counts a call of SubscribeToShard: it began, or it came too soon after another.
func (s *Service) countSubscribe(st *streamState, name string, ok bool, now time.Time) {
	s.countConsumer(st, name, now, func(stats []stat) {
		stats[subscribeSuccess].add(success(ok))
		stats[subscribeExceeded].add(success(!ok))
	})
}

// countEvent counts an event that was sent to a consumer, or could not be.
func (s *Service) countEvent(st *streamState, name string, p *page, ok bool, now time.Time) {
	s.countConsumer(st, name, now, func(stats []stat) {
		if stats[eventSuccess].add(success(ok)); ok {
			stats[eventBytes].add(float64(p.size()))
			stats[eventRecords].add(float64(len(p.records)))
			stats[eventBehind].add(float64(p.behind(now)))
		}
	})
}
