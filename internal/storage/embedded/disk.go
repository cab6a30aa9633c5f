package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// format is what this version writes into the file FORMAT. A version that changes the layout of the keys raises it and
// reads the older ones.
const (
	formatFile   = "FORMAT"
	creatingFile = "CREATING" // there while the first start is under way
	formatPrefix = "hookswitch storage format "
	format       = formatPrefix + "1\n"
)

// ErrFormat says that a directory was written by a version this one does not understand, or is not ours.
var ErrFormat = errors.New("unknown storage format")

// ErrInUse says that another process has the directory open.
var ErrInUse = errors.New("the data directory is in use")

// lockDir makes sure that no one else uses the directory, creating it if it is missing.
func lockDir(fs vfs.FS, dir string) (*pebble.Lock, error) {
	if err := makeDir(fs, dir); err != nil {
		return nil, fmt.Errorf("storage: create %s: %w", dir, err)
	}
	lock, err := pebble.LockDirectory(dir, fs)
	if errors.Is(err, syscall.EAGAIN) || err != nil && strings.Contains(err.Error(), "lock held") {
		return nil, fmt.Errorf("%w: another hookswitch uses %s; stop it, or give this one another directory with --data", ErrInUse, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("storage: lock %s: %w", dir, err)
	}
	return lock, nil
}

// makeDir creates a directory that survives a power failure: each one is synced that got a new entry.
func makeDir(fs vfs.FS, dir string) error {
	parents := []string{fs.PathDir(dir)} // always: who made dir may have been stopped before this
	for p := parents[0]; fs.PathDir(p) != p; p = fs.PathDir(p) {
		if _, err := fs.Stat(p); err == nil {
			break
		}
		parents = append(parents, fs.PathDir(p))
	}
	if err := fs.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range parents {
		d, err := fs.OpenDir(p)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
	}
	return nil
}

// checkFormat reads the marker of the directory. Fresh says that there is none yet, since the directory is empty or its
// creation was cut short: whoever opens the database then calls created.
//
// Pebble does not survive a power failure in the middle of its first start: its marker may reach the disk without the
// manifest that it names. Nothing was acknowledged by then. So a file says that a creation is under way, and what such a
// one has left is removed before the next try.
func checkFormat(fs vfs.FS, dir string) (fresh bool, err error) {
	name := fs.PathJoin(dir, formatFile)
	f, err := fs.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return true, beginCreation(fs, dir)
	}
	if err != nil {
		return false, fmt.Errorf("storage: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 100))
	if err != nil {
		return false, fmt.Errorf("storage: read %s: %w", name, err)
	}
	if string(text) == format {
		return false, nil
	}
	if strings.HasPrefix(string(text), formatPrefix) {
		return false, fmt.Errorf("%w: %s was written by another version of hookswitch (it says %q, this version knows %q); use that version or another directory",
			ErrFormat, dir, strings.TrimSpace(string(text)), strings.TrimSpace(format))
	}
	return false, fmt.Errorf("%w: %s does not name a format of hookswitch", ErrFormat, name)
}

// beginCreation marks a directory as being created, and removes what an earlier try has left in it. A database that
// nothing of ours marks is not touched.
func beginCreation(fs vfs.FS, dir string) error {
	_, err := fs.Stat(fs.PathJoin(dir, creatingFile))
	begun := err == nil
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("storage: %w", err)
	}
	files, err := fs.List(dir)
	if err != nil {
		return fmt.Errorf("storage: list %s: %w", dir, err)
	}
	for _, name := range files {
		if !ofDatabase(name) {
			continue
		}
		if !begun {
			return fmt.Errorf("%w: %s holds a database (%s) but no %s; use another directory", ErrFormat, dir, name, formatFile)
		}
		if err := fs.Remove(fs.PathJoin(dir, name)); err != nil {
			return fmt.Errorf("storage: remove what a start that was cut short has left: %w", err)
		}
	}
	if begun {
		return nil
	}
	if err := writeFile(fs, dir, creatingFile, "the first start is under way, or was cut short\n"); err != nil {
		return fmt.Errorf("storage: begin %s: %w", dir, err)
	}
	return nil
}

// ofDatabase reports whether a file is one of those that Pebble makes, besides its lock.
func ofDatabase(name string) bool {
	for _, prefix := range []string{"MANIFEST-", "OPTIONS-", "CURRENT", "marker.", "temporary."} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return strings.HasSuffix(name, ".log") || strings.HasSuffix(name, ".sst") || strings.HasSuffix(name, ".blob") || strings.HasSuffix(name, ".dbtmp")
}

// created marks a directory as whole. It is durable when this returns.
func created(fs vfs.FS, dir string) error {
	if err := writeFile(fs, dir, formatFile, format); err != nil {
		return fmt.Errorf("storage: write the format of %s: %w", dir, err)
	}
	if err := fs.Remove(fs.PathJoin(dir, creatingFile)); err != nil { // left behind it means nothing beside the format
		return fmt.Errorf("storage: %w", err)
	}
	return nil
}

// writeFile writes a small file that is there whole or not at all, and durable when this returns.
func writeFile(fs vfs.FS, dir, name, text string) error {
	name = fs.PathJoin(dir, name)
	f, err := fs.Create(name+".new", vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(text))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := fs.Rename(name+".new", name); err != nil {
		return err
	}
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Sizes, in bytes. Memtables start small and double up to theirs, so an idle engine holds little. Several of them fill
// while one is written out, which is most of what a busy engine holds: of 32 MiB each they made 300 MiB of a process.
const (
	memTableBytes = 8 << 20
	cacheBytes    = 16 << 20
	blockBytes    = 32 << 10 // of tables: records are mostly read in order
	openFiles     = 500
)

// compactAfter and stopAfter are after how many memtables that were written out these are compacted, and writing waits for
// that. Pebble's own, 4 and 12, are for larger ones: they cost writers a third more processor time.
const (
	compactAfter = 16
	stopAfter    = 40
)

// options are what Pebble runs with. They are fixed but for the file system.
func options(fs vfs.FS, lock *pebble.Lock, h *health) *pebble.Options {
	o := &pebble.Options{
		FS: fs, Lock: lock, Logger: h,
		FormatMajorVersion:          pebble.FormatValueSeparation,
		MemTableSize:                memTableBytes,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       compactAfter,
		L0StopWritesThreshold:       stopAfter,
		CacheSize:                   cacheBytes,
		MaxOpenFiles:                openFiles,
		EventListener: &pebble.EventListener{
			// Without a handler Pebble ends the process at the first damaged block, though all others can be read.
			DataCorruption:  func(i pebble.DataCorruptionInfo) { h.damaged(fmt.Errorf("%s", i)) },
			BackgroundError: func(err error) { h.background(err) },
			FlushEnd: func(i pebble.FlushInfo) {
				if i.Err == nil {
					h.background(nil)
				}
			},
		},
	}
	for i := range o.Levels {
		o.Levels[i].BlockSize = blockBytes
	}
	return o
}

// health is what the engine knows about its disk. It is Pebble's logger, too.
type health struct {
	log   *slog.Logger
	fatal func(error)

	mu        sync.Mutex
	corrupt   error         // a damaged block: for good
	behind    error         // the last flush or compaction failed: until one succeeds
	writeFail error         // a write to the log failed: nothing may be acknowledged any more
	failed    chan struct{} // closed when writeFail is set
	opening   chan error    // gets the first background failure before opened; nil after it
}

// flushPause is how long a flush or compaction that failed rests: Pebble tries it again at once.
const flushPause = 100 * time.Millisecond

// opened ends the time in which a background failure ends the opening. It returns the failure if there was one.
func (h *health) opened() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case err := <-h.opening:
		return err
	default:
	}
	h.opening = nil
	return nil
}

// failure returns why nothing may be written any more, or nil.
func (h *health) failure() error {
	select {
	case <-h.failed:
	default:
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Errorf("%w: %w", storage.ErrFailed, h.writeFail)
}

// fail records the first failed write. Pebble's errors print a stack trace unless they are logged as text.
func (h *health) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.writeFail != nil {
		return
	}
	h.writeFail = err
	close(h.failed)
	h.log.Error("the disk failed a write; storage takes no more until it is restarted", "err", err.Error())
}

func (h *health) damaged(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.corrupt == nil {
		h.corrupt = err
		h.log.Error("stored data is damaged", "err", err.Error())
	}
}

// background takes the outcome of a flush, or the failure of a compaction.
func (h *health) background(err error) {
	if h.noted(err) {
		runtime.Goexit() // nobody waits for the database any more
	}
	if err != nil {
		_ = clock.Sleep(context.Background(), clock.System{}, flushPause)
	}
}

// noted reports whether err ends the opening.
func (h *health) noted(err error) (ends bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil && h.opening != nil {
		select {
		case h.opening <- err:
		default: // it has ended already
		}
		return true
	}
	if err != nil && h.behind == nil {
		h.log.Error("storage cannot tidy up", "err", err.Error())
	}
	h.behind = err
	return false
}

func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.writeFail != nil {
		return fmt.Errorf("%w: %w", storage.ErrFailed, h.writeFail)
	}
	return errors.Join(h.corrupt, h.behind)
}

// Infof implements pebble.Logger. What Pebble does all day is of no use to anyone.
func (h *health) Infof(string, ...any) {}

// Errorf implements pebble.Logger.
func (h *health) Errorf(f string, args ...any) { h.log.Error("pebble: " + fmt.Sprintf(f, args...)) }

// Fatalf implements pebble.Logger. It does not return: Pebble could acknowledge what it has lost.
func (h *health) Fatalf(f string, args ...any) {
	err := fmt.Errorf("pebble: "+f, args...)
	h.fail(err)
	h.fatal(err)
	panic(err)
}
