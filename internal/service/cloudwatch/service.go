package cloudwatch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/metric"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Config sets a service up. Storage is required; everything else has a working zero value.
type Config struct {
	Storage storage.Engine
	Clock   clock.Clock // nil: the wall clock
	// SeriesMax is how many series an account may have in one Region. 0: DefaultSeriesMax.
	SeriesMax int
	// IndexBytesMax is how much memory the series of all accounts may take, in bytes. 0: 64 MiB.
	IndexBytesMax int
}

// Validate reports everything that is wrong with c.
func (c Config) Validate() error {
	var errs []error
	if c.Storage == nil {
		errs = append(errs, errors.New("cloudwatch: Storage is missing"))
	}
	if c.SeriesMax < 0 {
		errs = append(errs, errors.New("cloudwatch: SeriesMax is negative"))
	}
	if c.IndexBytesMax < 0 {
		errs = append(errs, errors.New("cloudwatch: IndexBytesMax is negative"))
	}
	return errors.Join(errs...)
}

// Service serves the API and is a metric.Sink. It is safe for concurrent use and has no goroutines.
type Service struct {
	clock   clock.Clock
	index   *index
	minutes *table
	seconds *table
}

// New opens the service on its storage: all metrics that were there are there again.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.SeriesMax == 0 {
		cfg.SeriesMax = DefaultSeriesMax
	}
	if cfg.IndexBytesMax == 0 {
		cfg.IndexBytesMax = indexBytesMax
	}
	s := &Service{clock: cfg.Clock}
	var err error
	if s.index, err = openIndex(ctx, cfg.Storage, cfg.SeriesMax, cfg.IndexBytesMax); err != nil {
		return nil, fmt.Errorf("cloudwatch: %w", err)
	}
	if s.minutes, err = openTable(ctx, cfg.Storage, "cloudwatch-60", 60, keepByMinute); err != nil {
		return nil, fmt.Errorf("cloudwatch: %w", err)
	}
	if s.seconds, err = openTable(ctx, cfg.Storage, "cloudwatch-1", 1, keepBySecond); err != nil {
		return nil, fmt.Errorf("cloudwatch: %w", err)
	}
	return s, nil
}

// Operations lists what the service serves.
func (s *Service) Operations() []wire.Operation {
	return []wire.Operation{
		cloudwatchapi.GetMetricData(s.getMetricData),
		cloudwatchapi.GetMetricStatistics(s.getMetricStatistics),
		cloudwatchapi.ListMetrics(s.listMetrics),
		cloudwatchapi.PutMetricData(s.putMetricData),
	}
}

// Work does one round of what happens by itself: it learns what other processes wrote and forgets series without data.
func (s *Service) Work(ctx context.Context) error {
	if err := s.index.refresh(ctx); err != nil {
		return fmt.Errorf("cloudwatch: %w", err)
	}
	s.index.expire(s.clock.Now())
	return nil
}

// An observation is one datum: a statistic set, or values.
type observation struct {
	sighting
	at     time.Time
	fine   bool // of high resolution
	set    statistics
	values []weighted // nil: set counts
}

func (o *observation) into(b *bucket) {
	if o.values == nil {
		b.set(o.set)
		return
	}
	for _, v := range o.values {
		b.observe(v.value, v.weight)
	}
}

// record makes at most metric.PointsMax observations durable. What is kept by the second is written first: who gets an
// error has then changed nothing that is kept for long.
func (s *Service) record(ctx context.Context, all []observation, now time.Time) error {
	sightings := make([]sighting, len(all))
	minutes, seconds := map[string]*block{}, map[string]*block{}
	into := func(t *table, blocks map[string]*block, o *observation) {
		key, slot := t.place(o.id, o.unit, o.at.Unix())
		if blocks[key] == nil {
			blocks[key] = new(block)
		}
		b := blocks[key].at(slot)
		o.into(b)
		b.spread.settle(distinctMax)
	}
	for i := range all {
		o := &all[i]
		sightings[i] = o.sighting
		into(s.minutes, minutes, o)
		if o.fine && now.Sub(o.at) < keepBySecond {
			into(s.seconds, seconds, o)
		}
	}
	if err := s.index.note(ctx, sightings, now); err != nil {
		return err
	}
	if err := s.seconds.add(ctx, seconds); err != nil {
		return err
	}
	return s.minutes.add(ctx, minutes)
}

// Record implements metric.Sink.
func (s *Service) Record(ctx context.Context, points []metric.Point) error {
	if len(points) > metric.PointsMax {
		return fmt.Errorf("cloudwatch: %d points at once, %d at most", len(points), metric.PointsMax)
	}
	all := make([]observation, len(points))
	for i, p := range points {
		u, ok := unitOf(p.Unit)
		if !ok {
			return fmt.Errorf("cloudwatch: unknown unit %q of %s", p.Unit, p.Name)
		}
		set := statistics{p.Count, p.Sum, p.Min, p.Max}
		if !set.sound() {
			return fmt.Errorf("cloudwatch: %s: %w", p.Name, errStatistics)
		}
		who := newIdentity(account{p.Account, p.Region}, p.Namespace, p.Name, append([]metric.Dimension(nil), p.Dimensions...))
		all[i] = observation{sighting: sighting{who, who.id(), u}, at: p.At, set: set}
	}
	if len(all) == 0 {
		return nil
	}
	return s.record(ctx, all, s.clock.Now())
}

// sound reports whether s can be a statistic set.
func (s statistics) sound() bool {
	return s.count > 0 && s.min <= s.max && inRange(s.count) && inRange(s.sum) && inRange(s.min) && inRange(s.max)
}

// inRange reports whether f is a value that CloudWatch takes: "Values must be in the range of -2^360 to 2^360", and
// neither NaN nor infinite (API reference of MetricDatum).
func inRange(f float64) bool { return math.Abs(f) <= valueMax }

const valueMax float64 = 1 << 360

func caller(ctx context.Context) account {
	c := wire.CallerFrom(ctx)
	return account{c.Account, c.Region}
}
