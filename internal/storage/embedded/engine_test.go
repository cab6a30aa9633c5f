package embedded_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/storage/storagetest"
)

// rig is an engine on a disk in memory that can fail and crash.
type rig struct {
	clock *clock.Virtual
	rng   *rand.Rand
	disk  *vfs.MemFS // what a crash clones
	fs    *faultFS   // what the engine uses
	e     *embedded.Engine
	fatal chan error
}

func newRig(t testing.TB) *rig {
	r := &rig{
		clock: clock.NewVirtual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)),
		rng:   rand.New(rand.NewPCG(1, 2)),
		disk:  vfs.NewCrashableMem(),
	}
	r.open(t)
	t.Cleanup(func() { r.e.Close() })
	return r
}

func (r *rig) open(t storagetest.T) {
	t.Helper()
	r.fs = &faultFS{FS: r.disk}
	r.fatal = make(chan error, 100)
	fatal := r.fatal
	e, err := embedded.Open(embedded.Config{Dir: "data", Clock: r.clock, FS: r.fs, Fatal: func(err error) {
		fatal <- err
		select {} // the process is over, as far as this goroutine is concerned
	}})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	r.e = e
}

// crash cuts the power: what is on the disk remains, and some of what was on its way.
func (r *rig) crash(t storagetest.T, kept int) {
	t.Helper()
	old := r.e
	r.disk = r.disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: kept, RNG: r.rng})
	if len(r.fatal) == 0 {
		go old.Close() // of no consequence for the clone
	}
	r.open(t)
}

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) *storagetest.Harness {
		r := newRig(t)
		return &storagetest.Harness{
			Engine: r.e,
			Clock:  r.clock,
			Restart: func(t storagetest.T) storage.Engine {
				if err := r.e.Close(); err != nil {
					t.Fatalf("close: %v", err)
				}
				r.open(t)
				return r.e
			},
			Crash: func(t storagetest.T, kept int) storage.Engine {
				r.crash(t, kept)
				return r.e
			},
			Plan: func(f storagetest.Fault, after int) { r.fs.plan(f, after) },
		}
	})
}

func TestContractOnARealDisk(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) *storagetest.Harness {
		dir := t.TempDir()
		c := clock.NewVirtual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
		open := func(t storagetest.T) *embedded.Engine {
			e, err := embedded.Open(embedded.Config{Dir: dir, Clock: c})
			if err != nil {
				t.Fatalf("open: %v", err)
			}
			return e
		}
		e := open(t)
		t.Cleanup(func() { e.Close() })
		return &storagetest.Harness{
			Engine: e,
			Slow:   true,
			Clock:  c,
			Restart: func(t storagetest.T) storage.Engine {
				if err := e.Close(); err != nil {
					t.Fatalf("close: %v", err)
				}
				e = open(t)
				return e
			},
		}
	})
}
