package embedded_test

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

// TestACreationThatIsCutShortCanBeRepeated lets the disk die at every single write of a first start.
func TestACreationThatIsCutShortCanBeRepeated(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const most = 200 // writes of a first start, and more
	done := false
	for at := 0; !done; at++ {
		if at == most {
			t.Fatalf("a start that may write %d times does not succeed", at)
		}
		for _, kept := range []int{0, 50, 100} {
			disk := vfs.NewCrashableMem()
			var writes atomic.Int64
			var off atomic.Bool
			dying := errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
				if op.Kind.ReadOrWrite() == errorfs.OpIsRead || op.Kind == errorfs.OpFileClose {
					return nil
				}
				if !off.Load() && writes.Add(1) > int64(at) {
					return errors.New("injected: the disk died")
				}
				return nil
			}))
			ended := make(chan *embedded.Engine, 1)
			go func() {
				var e *embedded.Engine
				defer func() { ended <- e }()
				e, _ = embedded.Open(embedded.Config{Dir: "a/data", FS: dying, Fatal: func(error) { runtime.Goexit() }})
			}()
			e := <-ended
			off.Store(true)
			if e != nil {
				l := mustOpen(t, e, "log", storage.Config{})
				mustAppend(t, l, entry("k", "1"))
			}
			clone := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: kept, RNG: rng})
			again, err := embedded.Open(embedded.Config{Dir: "a/data", FS: clone})
			if err != nil {
				t.Fatalf("write %d failed, %d%% kept: the next start: %v", at, kept, err)
			}
			l := mustOpen(t, again, "log", storage.Config{})
			if got := read(t, l, storage.Range{}); e != nil && got != "1:k=1" || e == nil && got != "" {
				t.Fatalf("write %d failed, %d%% kept: got %q", at, kept, got)
			}
			mustAppend(t, l, entry("k", "2"))
			again.Close()
			if e != nil {
				done = true
				e.Close()
			}
		}
	}
}
