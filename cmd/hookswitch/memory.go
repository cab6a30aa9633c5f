package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
)

// Garbage is by default collected when as much of it has come as was in use, which for large answers and write buffers
// is much. Below memoryLimitMin it may be; above it only half as much.
const (
	memoryLimitMin   = 104 << 20 // bytes of all that the runtime holds
	memoryLimitEvery = time.Second
	liveMetric       = "/gc/heap/live:bytes"
)

// limitMemory keeps the memory of the process near what is in use, until ctx ends. Who sets GOMEMLIMIT decides himself.
func limitMemory(ctx context.Context) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	sample := []metrics.Sample{{Name: liveMetric}}
	for {
		metrics.Read(sample)
		if sample[0].Value.Kind() != metrics.KindUint64 {
			return // a runtime that does not tell
		}
		debug.SetMemoryLimit(memoryLimit(int64(sample[0].Value.Uint64())))
		if clock.Sleep(ctx, clock.System{}, memoryLimitEvery) != nil {
			return
		}
	}
}

// memoryLimit returns the limit for a heap of which so many bytes were in use when it was last collected.
func memoryLimit(live int64) int64 { return max(memoryLimitMin, live+live/2) }
