package kinesis

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/metric"
)

// pendingPointsMax bounds the points that wait because the sink does not take them: the oldest go first.
const pendingPointsMax = 200000

// reporter hands what was counted to Config.Metrics, a minute at a time.
type reporter struct {
	mu       sync.Mutex // guards everything below; held while points are handed over
	reported int64      // the minutes before this one, since the epoch, were collected
	pending  []metric.Point
}

// report hands over what was counted in the minutes that were over at a time, and what is left of earlier ones: once a
// minute. What the sink does not take does not keep back the rest.
func (s *Service) report(ctx context.Context, now int64) error {
	r := &s.reports
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.metrics == nil || now <= r.reported {
		return nil
	}
	r.reported = now
	for _, st := range s.allStreams() {
		r.pending = append(r.pending, st.state.Load().points(now)...)
	}
	if over := len(r.pending) - pendingPointsMax; over > 0 {
		s.log.LogAttrs(ctx, slog.LevelWarn, "metrics dropped: they could not be kept for too long", slog.Int("points", over))
		r.pending = r.pending[over:]
	}
	var refused []metric.Point
	var errs []error
	for batch := range slices.Chunk(r.pending, metric.PointsMax) {
		if err := s.metrics.Record(ctx, batch); err != nil {
			refused = append(refused, batch...)
			errs = append(errs, err)
		}
	}
	r.pending = refused
	if len(errs) > 0 {
		return fmt.Errorf("kinesis: report metrics: %d points wait: %w", len(refused), errs[0])
	}
	return nil
}

func (s *Service) allStreams() []*stream {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]*stream, 0, len(s.streams))
	for _, st := range s.streams {
		list = append(list, st)
	}
	return list
}

// Close reports what was counted in the minute that is not over yet. Nothing else needs closing.
func (s *Service) Close(ctx context.Context) error {
	return s.report(ctx, minuteOf(s.clock.Now().Add(time.Minute)))
}
