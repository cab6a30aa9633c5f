package cloudwatch

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/metric"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

func embeddedService(b *testing.B) *Service {
	b.Helper()
	engine, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { engine.Close() })
	svc, err := New(b.Context(), Config{Storage: engine, Clock: clock.NewVirtual(epoch)})
	if err != nil {
		b.Fatal(err)
	}
	return svc
}

// BenchmarkPut is durable calls of twenty points each, as a Kinesis consumer sends them, by 32 callers.
func BenchmarkPut(b *testing.B) {
	svc := embeddedService(b)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := svc.Record(b.Context(), points(20)); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkFifteenDays reads all that there is of one metric: a point of each minute, by the hour.
func BenchmarkFifteenDays(b *testing.B) {
	svc := embeddedService(b)
	p := points(1)[0]
	start := epoch.Add(-keepByMinute).Truncate(time.Minute)
	var all []metric.Point
	for i := range int(keepByMinute / time.Minute) {
		p.At = start.Add(time.Duration(i+1) * time.Minute)
		all = append(all, p)
	}
	for some := range slices.Chunk(all, metric.PointsMax) {
		if err := svc.Record(b.Context(), some); err != nil {
			b.Fatal(err)
		}
	}
	id := newIdentity(account{p.Account, p.Region}, p.Namespace, p.Name, p.Dimensions).id()
	u, _ := unitOf(p.Unit)
	for b.Loop() {
		n := 0
		if _, err := svc.minutes.query(b.Context(), id, u, interval{start.Unix(), epoch.Unix(), 3600}, epoch, true, func(*point) { n++ }); err != nil || n != 361 {
			b.Fatal(fmt.Sprint(n, " points, ", err))
		}
	}
}
