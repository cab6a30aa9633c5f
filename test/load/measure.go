package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/bits"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/hookswitch/hookswitch/internal/clock"
)

// bodiesOfARun is how many different requests the connections take turns in; fewer when they are large.
const (
	bodiesOfARun      = 64
	bodiesOfARunBytes = 64 << 20
)

// streamWait is how long a new stream may take to become ACTIVE.
const streamWait = time.Minute

// endpoint is one server under load.
type endpoint struct {
	options
	server    *server
	address   string
	stream    string
	made      bool     // the stream is ours
	consumers []string // ARNs of those of mode sub
	signer    signer
	clock     clock.System
}

func newEndpoint(s *server, stream string, o options) *endpoint {
	return &endpoint{options: o, server: s, address: s.url, stream: stream, signer: signer{url: s.url, region: o.region, v4: v4.NewSigner(),
		creds: aws.Credentials{AccessKeyID: o.key, SecretAccessKey: o.secret}}}
}

// call sends one request that is not measured.
func (e *endpoint) call(ctx context.Context, c *conn, operation string, in any) ([]byte, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	request, err := e.signer.request(ctx, operation, body, e.clock.Now())
	if err != nil {
		return nil, err
	}
	status, answer, err := c.do(request, e.clock.Now().Add(answerTimeout))
	if err == nil && status != 200 {
		err = fmt.Errorf("%d %.300s", status, answer)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	return answer, nil
}

// once sends one request on a connection of its own.
func (e *endpoint) once(ctx context.Context, operation string, in any) ([]byte, error) {
	c, err := dial(ctx, e.address)
	if err != nil {
		return nil, err
	}
	defer c.net.Close()
	answer, err := e.call(ctx, c, operation, in)
	return bytes.Clone(answer), err
}

// prepare makes the stream, unless there is one, and fills it for mode get.
func (e *endpoint) prepare(ctx context.Context) error {
	if e.stream == "" {
		e.stream = fmt.Sprintf("load-%d", e.clock.Now().UnixNano())
		if _, err := e.once(ctx, "CreateStream", map[string]any{"StreamName": e.stream, "ShardCount": e.shards}); err != nil {
			return err
		}
		e.made = true
	}
	end := e.clock.Now().Add(streamWait)
	for {
		answer, err := e.once(ctx, "DescribeStreamSummary", map[string]any{"StreamName": e.stream})
		if err != nil {
			return err
		}
		if textMember(answer, "StreamStatus") == "ACTIVE" {
			break
		}
		if e.clock.Now().After(end) {
			return fmt.Errorf("stream %s does not become ACTIVE within %v", e.stream, streamWait)
		}
		if err := clock.Sleep(ctx, e.clock, 50*time.Millisecond); err != nil {
			return err
		}
	}
	if e.mode != modeGet {
		return nil
	}
	bodies, err := puts(modePutN, e.stream, e.batchThatFits(), e.size, 1)
	if err != nil {
		return err
	}
	for left := e.preload; left > 0; left -= e.batchThatFits() {
		answer, err := e.once(ctx, "PutRecords", json.RawMessage(bodies[0]))
		if err != nil {
			return err
		}
		if n := numberMember(answer, "FailedRecordCount"); n != 0 {
			return fmt.Errorf("FailedRecordCount is %d while filling the stream", n)
		}
	}
	return nil
}

// batchThatFits is the batch, made smaller where a request would be larger than 5 MiB.
func (e *endpoint) batchThatFits() int { return max(1, min(e.batch, (5<<20)/(e.size+32))) }

func (e *endpoint) cleanUp(ctx context.Context) error {
	if !e.made {
		return nil
	}
	_, err := e.once(ctx, "DeleteStream", map[string]any{"StreamName": e.stream})
	return err
}

// result is one run.
type result struct {
	Label            string  `json:"label,omitempty"`
	URL              string  `json:"url"`
	Mode             string  `json:"mode"`
	Connections      int     `json:"connections"`
	RecordBytes      int     `json:"record_bytes"`
	Seconds          float64 `json:"seconds"`
	Requests         int     `json:"requests"`
	Records          int     `json:"records"`
	RecordsPerSecond float64 `json:"records_per_s"`
	MBPerSecond      float64 `json:"mb_per_s"` // 10^6 bytes of data
	P50              int64   `json:"p50_us"`
	P99              int64   `json:"p99_us"`
	Max              int64   `json:"max_us"`
	PutP50           int64   `json:"put_p50_us,omitzero"` // mode sub: of the puts, where the others are of deliveries
	PutP99           int64   `json:"put_p99_us,omitzero"`
	CPUPerRecord     float64 `json:"server_cpu_us_per_record,omitzero"` // of a server that was started
	RSS              float64 `json:"server_rss_mib,omitzero"`           // at the end of the run
	Errors           int     `json:"errors"`
	FirstError       string  `json:"first_error,omitempty"`
}

// tally is what one connection counts.
type tally struct {
	requests, records, errors int
	first                     string
	times                     histogram
	puts                      histogram // mode sub: of the puts, where times are of deliveries
}

func (t *tally) fail(err error) {
	if t.errors++; t.first == "" {
		t.first = err.Error()
	}
}

// measure does one run.
func (e *endpoint) measure(ctx context.Context) (result, error) {
	plan := e.plan
	if e.mode == modeSub {
		plan = e.planSub
	}
	do, err := plan(ctx)
	if err != nil {
		return result{}, err
	}
	before, begin := e.server.usage(), e.clock.Now()
	tallies := do()
	took, after := e.clock.Now().Sub(begin).Seconds(), e.server.usage()
	if err := ctx.Err(); err != nil {
		return result{}, err
	}
	r := result{Label: e.label, URL: e.address, Mode: e.mode, Connections: e.connections, RecordBytes: e.size, Seconds: took}
	var times, puts histogram
	for i := range tallies {
		t := &tallies[i]
		r.Requests, r.Records, r.Errors = r.Requests+t.requests, r.Records+t.records, r.Errors+t.errors
		if r.FirstError == "" {
			r.FirstError = t.first
		}
		times.add(&t.times)
		puts.add(&t.puts)
	}
	r.RecordsPerSecond = float64(r.Records) / took
	r.MBPerSecond = r.RecordsPerSecond * float64(e.size) / 1e6
	r.P50, r.P99, r.Max = times.quantile(0.5), times.quantile(0.99), times.quantile(1)
	r.PutP50, r.PutP99 = puts.quantile(0.5), puts.quantile(0.99)
	if r.RSS = after.rssMiB; r.Records > 0 {
		r.CPUPerRecord = (after.cpu - before.cpu).Seconds() * 1e6 / float64(r.Records)
	}
	return r, nil
}

// plan opens what a run needs and returns the run itself, which closes it.
func (e *endpoint) plan(ctx context.Context) (func() []tally, error) {
	work, err := e.work(ctx)
	if err != nil {
		return nil, err
	}
	conns, err := e.dialAll(ctx, e.connections)
	if err != nil {
		return nil, err
	}
	return func() []tally {
		defer closeAll(conns)
		tallies := make([]tally, len(conns))
		var all sync.WaitGroup
		end := e.clock.Now().Add(e.duration)
		for i, c := range conns {
			all.Go(func() { work(c, i, end, &tallies[i]) })
		}
		all.Wait()
		return tallies
	}, nil
}

func (e *endpoint) dialAll(ctx context.Context, n int) (conns []*conn, err error) {
	for range n {
		c, err := dial(ctx, e.address)
		if err != nil {
			closeAll(conns)
			return nil, err
		}
		conns = append(conns, c)
	}
	return conns, nil
}

func closeAll(conns []*conn) {
	for _, c := range conns {
		c.net.Close()
	}
}

// work returns what each connection does until the end of a run.
func (e *endpoint) work(ctx context.Context) (func(*conn, int, time.Time, *tally), error) {
	if e.mode == modeGet {
		return func(c *conn, i int, end time.Time, t *tally) { e.get(ctx, c, i, end, t) }, nil
	}
	batch := 1
	if e.mode == modePutN {
		batch = e.batchThatFits()
	}
	n := max(1, min(bodiesOfARun, bodiesOfARunBytes/(batch*(e.size+64))))
	bodies, err := puts(e.mode, e.stream, batch, e.size, n)
	if err != nil {
		return nil, err
	}
	operation, requests := "PutRecord", make([][]byte, len(bodies))
	if e.mode == modePutN {
		operation = "PutRecords"
	}
	for i, body := range bodies {
		if requests[i], err = e.signer.request(ctx, operation, body, e.clock.Now()); err != nil {
			return nil, err
		}
	}
	return func(c *conn, i int, end time.Time, t *tally) { e.put(ctx, c, requests, i, batch, end, t) }, nil
}

// pacer says when a connection sends its next request: as -rate says, or at once.
type pacer struct {
	clock clock.Clock
	gap   time.Duration // 0: at once
	next  time.Time
	end   time.Time
}

func (e *endpoint) pacer(end time.Time) *pacer {
	p := &pacer{clock: e.clock, next: e.clock.Now(), end: end}
	if e.rate > 0 {
		p.gap = time.Duration(e.connections) * time.Second / time.Duration(e.rate)
	}
	return p
}

// wait returns once the next request is due, and when that was; false at the end of the run. What the server has made
// late is not made up for.
func (p *pacer) wait(ctx context.Context) (begin time.Time, ok bool) {
	begin = p.clock.Now()
	if p.next.After(begin) {
		if clock.Sleep(ctx, p.clock, p.next.Sub(begin)) != nil {
			return begin, false
		}
		begin = p.clock.Now()
	}
	if p.next = p.next.Add(p.gap); p.next.Before(begin) {
		p.next = begin
	}
	return begin, begin.Before(p.end) && ctx.Err() == nil
}

// put sends the requests in turn.
func (e *endpoint) put(ctx context.Context, c *conn, requests [][]byte, turn, batch int, end time.Time, t *tally) {
	for pace := e.pacer(end); ; turn++ {
		begin, ok := pace.wait(ctx)
		if !ok {
			return
		}
		status, answer, err := c.do(requests[turn%len(requests)], begin.Add(answerTimeout))
		now := e.clock.Now()
		t.requests++
		t.times.count(now.Sub(begin))
		switch {
		case err != nil:
			t.fail(err)
			return
		case status != 200:
			t.fail(fmt.Errorf("%d %.300s", status, answer))
			continue
		}
		failed := 0
		if e.mode == modePutN {
			if failed = numberMember(answer, "FailedRecordCount"); failed < 0 {
				t.fail(fmt.Errorf("no FailedRecordCount in %.300s", answer))
				continue
			}
		}
		if failed > 0 {
			t.fail(fmt.Errorf("%d records failed", failed))
		}
		t.records += batch - failed
	}
}

// get reads a shard from its oldest record to its tip, and again. Connections take turns in the shards.
func (e *endpoint) get(ctx context.Context, c *conn, turn int, end time.Time, t *tally) {
	iterator := ""
	for e.clock.Now().Before(end) && ctx.Err() == nil {
		if iterator == "" {
			answer, err := e.call(ctx, c, "GetShardIterator", map[string]any{"StreamName": e.stream,
				"ShardId": fmt.Sprintf("shardId-%012d", turn%e.shards), "ShardIteratorType": "TRIM_HORIZON"})
			if err != nil {
				t.fail(err)
				return
			}
			if iterator = textMember(answer, "ShardIterator"); iterator == "" {
				t.fail(fmt.Errorf("no ShardIterator in %.300s", answer))
				return
			}
		}
		begin := e.clock.Now()
		answer, err := e.call(ctx, c, "GetRecords", map[string]any{"ShardIterator": iterator})
		t.requests++
		t.times.count(e.clock.Now().Sub(begin))
		if err != nil {
			t.fail(err)
			return
		}
		t.records += bytes.Count(answer, []byte(`"PartitionKey"`))
		iterator = textMember(answer, "NextShardIterator")
		if numberMember(answer, "MillisBehindLatest") == 0 {
			iterator, turn = "", turn+e.connections
		}
	}
}

// histogram counts times in microseconds, in buckets about 6 % wide.
type histogram struct {
	buckets [64 * 16]int
	n       int
}

func (h *histogram) count(d time.Duration) {
	h.buckets[bucket(max(0, d.Microseconds()))]++
	h.n++
}

// bucket returns the place of a time: sixteen places for each power of two.
func bucket(us int64) int {
	if us < 16 {
		return int(us)
	}
	shift := bits.Len64(uint64(us)) - 5
	return shift*16 + int(us>>shift)
}

// upper returns the longest time that falls into a bucket.
func upper(b int) int64 {
	if b < 32 {
		return int64(b)
	}
	shift := b/16 - 1
	return int64(b-shift*16+1)<<shift - 1
}

func (h *histogram) add(o *histogram) {
	for i, n := range o.buckets {
		h.buckets[i] += n
	}
	h.n += o.n
}

// quantile returns the time that a part of all is not above.
func (h *histogram) quantile(part float64) int64 {
	left := int(part*float64(h.n-1)) + 1
	for i, n := range h.buckets {
		if left -= n; left <= 0 && n > 0 {
			return upper(i)
		}
	}
	return 0
}
