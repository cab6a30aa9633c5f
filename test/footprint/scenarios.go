package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// What the scenarios do.
const (
	streamName       = "footprint"
	streamShards     = 4
	recordBytes      = 4 << 10
	batchRecords     = 250
	producers        = 4
	manyShards       = 1000
	manyShardsWithin = 2 * time.Second
	restartWithin    = time.Second
	restartBytes     = 1e9
	subscribedShards = 50
	consumersOfEach  = 20
	residentMaxMiB   = 150
	slowBytes        = 512 << 20
)

// Measured is what one scenario found.
type Measured struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Max    float64 `json:"max"` // the bound
	Within bool    `json:"within"`
}

func measured(name string, value float64, unit string, bound float64) Measured {
	return Measured{Name: name, Value: value, Unit: unit, Max: bound, Within: value <= bound}
}

// scenarios are what -scenario can name.
var scenarios = map[string]func(context.Context, config) ([]Measured, error){
	"retained":      retained,
	"restart":       restart,
	"shards":        shards,
	"subscriptions": subscriptions,
	"slow":          slow,
}

// producer puts records of random data, which no compression makes smaller.
type producer struct {
	k    *kinesis.Client
	data []byte // a gibibyte of randomness would take long: records are places of this
	sent atomic.Int64
}

func newProducer(k *kinesis.Client) (*producer, error) {
	p := &producer{k: k, data: make([]byte, 16<<20)}
	_, err := rand.Read(p.data)
	return p, err
}

// put puts batches from several connections until so many bytes were acknowledged.
func (p *producer) put(ctx context.Context, bytes int64) error {
	var all sync.WaitGroup
	errs := make([]error, producers)
	for i := range producers {
		all.Go(func() {
			for errs[i] == nil && p.sent.Load() < bytes {
				errs[i] = p.batch(ctx, batchRecords)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (p *producer) batch(ctx context.Context, n int) error {
	entries := make([]types.PutRecordsRequestEntry, n)
	for i := range entries {
		at := mathrand.IntN(len(p.data) - recordBytes)
		entries[i] = types.PutRecordsRequestEntry{PartitionKey: aws.String(strconv.FormatUint(mathrand.Uint64(), 16)), Data: p.data[at : at+recordBytes]}
	}
	out, err := p.k.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(streamName), Records: entries})
	if err == nil && *out.FailedRecordCount > 0 {
		err = fmt.Errorf("%d records failed", *out.FailedRecordCount)
	}
	p.sent.Add(int64(n) * recordBytes)
	return err
}

// retained fills a stream and reads all of it again, with one consumer that asks and one that is sent it, while the
// producer goes on.
func retained(ctx context.Context, c config) ([]Measured, error) {
	s, err := launch(ctx, c)
	if err != nil {
		return nil, err
	}
	defer s.end()
	p, err := newProducer(s.k)
	if err != nil {
		return nil, err
	}
	if err := s.create(ctx, streamShards); err != nil {
		return nil, err
	}
	var results []Measured
	phase := func(name string, do func() error) error {
		peak, err := s.peak(ctx, do)
		results = append(results, measured(fmt.Sprintf("resident while %s, %g GiB retained", name, float64(p.sent.Load())/(1<<30)), peak, "MiB", residentMaxMiB))
		return err
	}
	beside := func(do func() error) func() error {
		return func() error {
			ctx, stop := context.WithCancel(ctx)
			var putting sync.WaitGroup
			putting.Go(func() {
				for ctx.Err() == nil {
					_ = p.batch(ctx, 10) // an error is the next phase's to meet
					wait(ctx, 50*time.Millisecond)
				}
			})
			defer putting.Wait()
			defer stop()
			return do()
		}
	}
	err = phase("putting", func() error { return p.put(ctx, int64(c.gib*(1<<30))) })
	if err == nil {
		err = phase("a consumer lags by all of it", beside(func() error { return s.readAll(ctx) }))
	}
	if err == nil {
		err = phase("a subscriber lags by all of it", beside(func() error { return s.receiveAll(ctx) }))
	}
	if err == nil {
		err = phase("idle", func() error { wait(ctx, c.idle); return nil })
	}
	return results, err
}

// restart fills a stream, kills the server and measures the next start, and one after a stop.
func restart(ctx context.Context, c config) ([]Measured, error) {
	s, err := launch(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() { s.end() }()
	p, err := newProducer(s.k)
	if err == nil {
		err = s.create(ctx, streamShards)
	}
	if err == nil {
		err = p.put(ctx, restartBytes)
	}
	var results []Measured
	for _, how := range []string{"kill -9", "a stop"} {
		if err != nil {
			return results, err
		}
		s.halt(how == "kill -9")
		if err = s.start(ctx); err == nil {
			results = append(results, measured("from exec to Ready. with 1 GB, after "+how, s.ready.Seconds()*1000, "ms", milliseconds(restartWithin)))
		}
	}
	return results, err
}

// shards makes a stream of a thousand.
func shards(ctx context.Context, c config) ([]Measured, error) {
	s, err := launch(ctx, c)
	if err != nil {
		return nil, err
	}
	defer s.end()
	begin := time.Now()
	err = s.create(ctx, manyShards)
	return []Measured{measured("creation of 1,000 shards", milliseconds(time.Since(begin)), "ms", milliseconds(manyShardsWithin))}, err
}

// subscriptions holds a thousand that nothing comes on.
func subscriptions(ctx context.Context, c config) ([]Measured, error) {
	s, err := launch(ctx, c)
	if err != nil {
		return nil, err
	}
	defer s.end()
	if err := s.create(ctx, subscribedShards); err != nil {
		return nil, err
	}
	var streams []*kinesis.SubscribeToShardEventStream
	defer func() {
		for _, e := range streams {
			e.Close()
		}
	}()
	for i := range consumersOfEach {
		arn, err := s.consumer(ctx, fmt.Sprint("c", i))
		if err != nil {
			return nil, err
		}
		for shard := range subscribedShards {
			e, err := s.subscribe(ctx, arn, shard, types.ShardIteratorTypeLatest)
			if err != nil {
				return nil, err
			}
			streams = append(streams, e)
		}
	}
	peak, err := s.peak(ctx, func() error { wait(ctx, c.idle); return nil })
	return []Measured{measured("resident with 1,000 idle subscriptions", peak, "MiB", residentMaxMiB)}, err
}

// slow lets one subscriber take nothing while another follows a producer.
func slow(ctx context.Context, c config) ([]Measured, error) {
	s, err := launch(ctx, c)
	if err != nil {
		return nil, err
	}
	defer s.end()
	p, err := newProducer(s.k)
	if err == nil {
		err = s.create(ctx, 1)
	}
	if err != nil {
		return nil, err
	}
	run := func(name string) (took time.Duration, peak float64, err error) {
		arn, err := s.consumer(ctx, name)
		if err != nil {
			return 0, 0, err
		}
		quick, err := s.subscribe(ctx, arn, 0, types.ShardIteratorTypeLatest)
		if err != nil {
			return 0, 0, err
		}
		defer quick.Close()
		begin, sent := time.Now(), p.sent.Load()
		peak, err = s.peak(ctx, func() error {
			done := make(chan error, 1)
			go func() { done <- p.put(ctx, sent+slowBytes) }()
			got, err := int64(0), error(nil)
			for got < slowBytes && err == nil {
				got, err = drain(quick, got)
			}
			return errors.Join(err, <-done)
		})
		return time.Since(begin), peak, err
	}
	alone, _, err := run("alone")
	if err != nil {
		return nil, err
	}
	arn, err := s.consumer(ctx, "slow")
	if err != nil {
		return nil, err
	}
	stuck, err := s.subscribe(ctx, arn, 0, types.ShardIteratorTypeTrimHorizon) // and nobody reads it
	if err != nil {
		return nil, err
	}
	defer stuck.Close()
	beside, peak, err := run("beside")
	return []Measured{
		measured("512 MiB put and received beside a subscriber that takes nothing, over the time without it", beside.Seconds()/alone.Seconds(), "times", 2),
		measured("resident meanwhile", peak, "MiB", residentMaxMiB),
	}, err
}
