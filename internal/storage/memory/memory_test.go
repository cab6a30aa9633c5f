package memory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/storage/storagetest"
)

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) *storagetest.Harness {
		c := clock.NewVirtual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
		disk := new(memory.Disk)
		e := memory.New(memory.Config{Clock: c, Disk: disk})
		return &storagetest.Harness{
			Engine: e,
			Clock:  c,
			Restart: func(t storagetest.T) storage.Engine {
				if err := e.Close(); err != nil {
					t.Fatalf("close: %v", err)
				}
				e = memory.New(memory.Config{Clock: c, Disk: disk})
				return e
			},
			Crash: func(t storagetest.T, kept int) storage.Engine {
				disk.Crash(kept >= 50)
				e = memory.New(memory.Config{Clock: c, Disk: disk})
				return e
			},
			Plan: func(f storagetest.Fault, after int) {
				disk.Plan(after, map[storagetest.Fault]memory.Fault{
					storagetest.ShortWrite: memory.ShortWrite, storagetest.FailedSync: memory.FailedSync, storagetest.FullDisk: memory.FullDisk,
				}[f])
			},
		}
	})
}

func TestCapacityIsABound(t *testing.T) {
	ctx := context.Background()
	disk := &memory.Disk{Capacity: 100_000}
	e := memory.New(memory.Config{Disk: disk})
	l, err := e.Open(ctx, "l", storage.Config{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; err == nil; n++ {
		_, err = l.Append(ctx, storage.Entry{Key: "k", Data: make([]byte, 899)})
	}
	if !errors.Is(err, storage.ErrFull) || n != 101 {
		t.Fatalf("append %d of 1,000 bytes each: got %v, want ErrFull at 101", n, err)
	}
	if err := l.Trim(ctx, 51); err != nil {
		t.Fatal(err)
	}
	if got := disk.Used(); got != 50_000 {
		t.Fatalf("half was trimmed: got %d bytes used, want 50000", got)
	}
	if _, err := l.Append(ctx, storage.Entry{Key: "k", Data: make([]byte, 899)}); err != nil {
		t.Fatalf("append after a trim: %v", err)
	}
	if err := e.Drop(ctx, "l"); err != nil || disk.Used() != 0 {
		t.Fatalf("dropped: %v, got %d bytes used, want 0", err, disk.Used())
	}
}

func TestSupersededRowsTakeNoSpace(t *testing.T) {
	ctx := context.Background()
	e := memory.New(memory.Config{})
	l, err := e.Open(ctx, "table", storage.Config{Latest: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(ctx, storage.Entry{Key: "old"}); err != nil {
		t.Fatal(err)
	}
	used := int64(0)
	for i := range 10_000 {
		if _, err := l.Append(ctx, storage.Entry{Key: fmt.Sprint("k", i%10), Data: []byte("0123456789")}); err != nil {
			t.Fatal(err)
		}
		used = max(used, e.Disk().Used())
	}
	if limit := int64(11 * 200); used > limit {
		t.Fatalf("eleven rows took %d bytes, want at most %d", used, limit)
	}
}

func BenchmarkAppend(b *testing.B) {
	l, err := memory.New(memory.Config{Disk: &memory.Disk{Capacity: 1 << 40}}).Open(context.Background(), "l", storage.Config{})
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, 1024)
	n := uint64(0)
	for b.Loop() {
		if n, err = l.Append(context.Background(), storage.Entry{Key: "k", Data: data}); err != nil {
			b.Fatal(err)
		}
		if n%10_000 == 0 {
			if err := l.Trim(context.Background(), n); err != nil {
				b.Fatal(err)
			}
		}
	}
}
