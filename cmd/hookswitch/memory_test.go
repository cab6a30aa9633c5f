package main

import (
	"context"
	"runtime/debug"
	"testing"
)

func TestMemoryLimitFollowsWhatIsInUse(t *testing.T) {
	for live, want := range map[int64]int64{0: memoryLimitMin, 60 << 20: memoryLimitMin, 100 << 20: 150 << 20, 4 << 30: 6 << 30} {
		if got := memoryLimit(live); got != want {
			t.Errorf("with %d bytes in use the limit is %d, want %d", live, got, want)
		}
	}
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	t.Setenv("GOMEMLIMIT", "1GiB")
	limitMemory(ended)
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("the limit is %d although GOMEMLIMIT is set", got)
	}
	t.Setenv("GOMEMLIMIT", "")
	limitMemory(ended)
	if got := debug.SetMemoryLimit(-1); got < memoryLimitMin || got == before {
		t.Errorf("the limit is %d", got)
	}
}
