package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/storage/storagetest"
)

func entry(key, text string) storage.Entry { return storage.Entry{Key: key, Data: []byte(text)} }

func mustOpen(t testing.TB, e storage.Engine, name string, cfg storage.Config) storage.Log {
	t.Helper()
	l, err := e.Open(context.Background(), name, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustAppend(t testing.TB, l storage.Log, es ...storage.Entry) uint64 {
	t.Helper()
	seq, err := l.Append(context.Background(), es...)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func read(t testing.TB, l storage.Log, r storage.Range) string {
	t.Helper()
	recs, err := l.Read(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, r := range recs {
		parts = append(parts, fmt.Sprintf("%d:%s=%s", r.Seq, r.Key, r.Data))
	}
	return strings.Join(parts, " ")
}

// until runs the scheduler until ok says so.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for ; !ok(); runtime.Gosched() {
		if ctx.Err() != nil {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestNothingIsSeenBeforeItIsDurable(t *testing.T) {
	ctx := context.Background()
	r := newRig(t)
	l := mustOpen(t, r.e, "log", storage.Config{})
	table := mustOpen(t, r.e, "table", storage.Config{Latest: true})
	mustAppend(t, l, entry("k", "old"))
	mustAppend(t, table, entry("row", "old"))
	release := r.fs.hold()
	defer release()
	done := make(chan error, 2)
	for _, log := range []storage.Log{l, table} {
		go func() {
			_, err := log.Append(ctx, entry("k", "new"), entry("row", "new"))
			done <- err
		}()
		until(t, "the append is written", func() bool { return embedded.Applied(log) == 3 })
	}
	if got := read(t, l, storage.Range{}); got != "1:k=old" {
		t.Fatalf("during the sync: got %s", got)
	}
	if rec, err := l.Last(ctx, "row"); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("last during the sync: got %v, %v", rec, err)
	}
	if _, last, err := l.Bounds(ctx); last != 1 || err != nil {
		t.Fatalf("bounds during the sync: last %d, %v", last, err)
	}
	// What a table's append supersedes is gone from the picture, so its readers wait: they never see neither.
	row := make(chan string, 1)
	go func() { row <- read(t, table, storage.Range{Key: "row"}) }()
	// Who loses a guard to an append that is not durable waits for it.
	lost := make(chan error, 1)
	go func() {
		_, err := l.Append(ctx, storage.Entry{Key: "k", Guard: &storage.Guard{Key: "k", Seq: 1}})
		lost <- err
	}()
	until(t, "both wait", func() bool {
		return embedded.Awaited(l) && embedded.Awaited(table) || len(row) > 0 || len(lost) > 0
	})
	select {
	case got := <-row:
		t.Fatalf("a table's row during the sync: got %s", got)
	case err := <-lost:
		t.Fatalf("a guard was answered during the sync: %v", err)
	case err := <-done:
		t.Fatalf("an append was answered during the sync: %v", err)
	default:
	}
	release()
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if got := <-row; got != "3:row=new" {
		t.Fatalf("the table's row: got %s", got)
	}
	if err := <-lost; !errors.Is(err, storage.ErrConflict) {
		t.Fatalf("the lost guard: got %v, want ErrConflict", err)
	}
}

func TestWaitsForTheDiskCanBeGivenUp(t *testing.T) {
	r := newRig(t)
	calls := map[string]func(context.Context, storage.Log) error{
		"read a table":    func(ctx context.Context, l storage.Log) error { _, err := l.Read(ctx, storage.Range{}); return err },
		"last of a table": func(ctx context.Context, l storage.Log) error { _, err := l.Last(ctx, "k"); return err },
		"trim":            func(ctx context.Context, l storage.Log) error { return l.Trim(ctx, 2) },
		"a lost guard": func(ctx context.Context, l storage.Log) error {
			_, err := l.Append(ctx, storage.Entry{Key: "k", Guard: &storage.Guard{Key: "k"}})
			return err
		},
	}
	logs := map[string]storage.Log{}
	for name := range calls {
		logs[name] = mustOpen(t, r.e, storage.EscapeName(name), storage.Config{Latest: strings.Contains(name, "table")})
	}
	release := r.fs.hold()
	defer release()
	for name, call := range calls {
		l := logs[name]
		// give runs a call until it waits, and gives it up.
		give := func(call func(context.Context) error, waits func() bool) error {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- call(ctx) }()
			until(t, name+" waits", func() bool { return waits() || len(done) > 0 })
			cancel()
			return <-done
		}
		err := give(func(ctx context.Context) error { _, err := l.Append(ctx, entry("k", "1")); return err },
			func() bool { return embedded.Applied(l) == 1 })
		if !errors.Is(err, storage.ErrUnknown) || !errors.Is(err, context.Canceled) {
			t.Fatalf("append: got %v, want ErrUnknown and Canceled", err)
		}
		err = give(func(ctx context.Context) error { return call(ctx, l) }, func() bool { return embedded.Awaited(l) })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: got %v, want Canceled", name, err)
		}
	}
	release()
	for name, l := range logs {
		if got := mustAppend(t, l, entry("j", "2")); got != 2 {
			t.Fatalf("%s: the next number: got %d, want 2", name, got)
		}
		if got := read(t, l, storage.Range{}); got != "1:k=1 2:j=2" {
			t.Fatalf("%s: what was given up was stored: got %s", name, got)
		}
	}
}

func TestNothingIsAcknowledgedAfterAFailedWrite(t *testing.T) {
	for _, fault := range []storagetest.Fault{storagetest.ShortWrite, storagetest.FailedSync, storagetest.FullDisk} {
		r := newRig(t)
		l := mustOpen(t, r.e, "log", storage.Config{})
		other := mustOpen(t, r.e, "other", storage.Config{})
		mustAppend(t, l, entry("k", "good"))
		if err := r.e.Healthy(); err != nil {
			t.Fatalf("%s: before: %v", fault, err)
		}
		r.fs.plan(fault, 0)
		if _, err := l.Append(context.Background(), entry("k", "bad")); !errors.Is(err, storage.ErrUnknown) {
			t.Fatalf("%s: the append it struck: got %v, want ErrUnknown", fault, err)
		}
		select {
		case <-r.e.Failed():
		default:
			t.Fatalf("%s: Failed is not closed", fault)
		}
		if err := r.e.Healthy(); !errors.Is(err, storage.ErrFailed) {
			t.Fatalf("%s: healthy: got %v, want ErrFailed", fault, err)
		}
		_, appendErr := other.Append(context.Background(), entry("k", "later"))
		_, openErr := r.e.Open(context.Background(), "new", storage.Config{})
		for what, err := range map[string]error{
			"append": appendErr, "open": openErr, "trim": other.Trim(context.Background(), 1), "drop": r.e.Drop(context.Background(), "other"),
		} {
			if what != "trim" && !errors.Is(err, storage.ErrFailed) { // there is nothing to trim
				t.Errorf("%s: %s afterwards: got %v, want ErrFailed", fault, what, err)
			}
		}
		if got := read(t, l, storage.Range{}); got != "1:k=good" {
			t.Errorf("%s: what can be read afterwards: got %s", fault, got)
		}
		r.crash(t, 0)
		if got := read(t, mustOpen(t, r.e, "log", storage.Config{}), storage.Range{}); got != "1:k=good" {
			t.Errorf("%s: after the crash: got %s", fault, got)
		}
		if err := r.e.Healthy(); err != nil {
			t.Errorf("%s: after the restart: %v", fault, err)
		}
	}
}

func TestWhatPebbleCannotSurviveEndsTheProcess(t *testing.T) {
	r := newRig(t)
	l := mustOpen(t, r.e, "log", storage.Config{})
	mustAppend(t, l, entry("k", "good"))
	r.fs.spoil("MANIFEST")
	go r.e.Flush() // never returns
	if err := <-r.fatal; err == nil || !strings.Contains(err.Error(), "MANIFEST") {
		t.Fatalf("Fatal got %v", err)
	}
	if err := r.e.Healthy(); !errors.Is(err, storage.ErrFailed) {
		t.Fatalf("healthy: got %v", err)
	}
	if _, err := l.Append(context.Background(), entry("k", "later")); !errors.Is(err, storage.ErrFailed) {
		t.Fatalf("append: got %v, want ErrFailed", err)
	}
	r.fatal <- nil // so that the crash does not wait for the engine
	r.crash(t, 50)
	if got := read(t, mustOpen(t, r.e, "log", storage.Config{}), storage.Range{}); got != "1:k=good" {
		t.Fatalf("after the crash: got %s", got)
	}
}

// A disk on which the log cannot be flushed is refused: Pebble would try for ever, and the process would neither serve
// nor end.
func TestADiskThatIsFullAtTheStartIsRefused(t *testing.T) {
	r := newRig(t)
	mustAppend(t, mustOpen(t, r.e, "log", storage.Config{}), entry("k", "good"))
	disk := r.disk.CrashClone(vfs.CrashCloneCfg{RNG: r.rng})
	fs := &faultFS{FS: disk}
	fs.spoil(".sst")
	if e, err := embedded.Open(embedded.Config{Dir: "data", Clock: r.clock, FS: fs}); !errors.Is(err, errSync) {
		if err == nil {
			e.Close()
		}
		t.Fatalf("got %v, want %v", err, errSync)
	}
	r.crash(t, 0) // with room again
	if got := read(t, mustOpen(t, r.e, "log", storage.Config{}), storage.Range{}); got != "1:k=good" {
		t.Fatalf("afterwards: got %s", got)
	}
}

func TestDamagedDataIsAnErrorAndNotAGap(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	e, err := embedded.Open(embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	l := mustOpen(t, e, "log", storage.Config{})
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		var es []storage.Entry
		for range 100 {
			data := make([]byte, 1024)
			for i := range data {
				data[i] = byte(rng.Uint32())
			}
			es = append(es, storage.Entry{Key: "k", Data: data})
		}
		mustAppend(t, l, es...)
	}
	if err := errors.Join(e.Flush(), e.Close()); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("tables: %v, %v", tables, err)
	}
	for _, name := range tables {
		table, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(table) > 500_000 {
			table[len(table)/2] ^= 1
			if err := os.WriteFile(name, table, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	e, err = embedded.Open(embedded.Config{Dir: dir})
	if err != nil {
		t.Fatalf("open with a damaged block: %v", err)
	}
	defer e.Close()
	l = mustOpen(t, e, "log", storage.Config{})
	n := 0
	for n < 1000 {
		recs, err := l.Read(ctx, storage.Range{Key: "k", From: uint64(n + 1), Max: 10})
		if err != nil {
			break
		}
		if len(recs) == 0 || recs[0].Seq != uint64(n+1) {
			t.Fatalf("a silent gap after record %d", n)
		}
		n += len(recs)
	}
	if n == 1000 || n == 0 {
		t.Fatalf("%d records could be read", n)
	}
	if err := e.Healthy(); err == nil || errors.Is(err, storage.ErrFailed) {
		t.Fatalf("healthy: got %v, want the damage", err)
	}
	if recs, err := l.Read(ctx, storage.Range{Key: "k", From: 950}); err != nil || len(recs) != 51 {
		t.Fatalf("what is not damaged: %d records, %v", len(recs), err)
	}
	if got := mustAppend(t, l, entry("k", "more")); got != 1001 {
		t.Fatalf("the next number: got %d, want 1001", got)
	}
}

func TestADirectoryHasOneUser(t *testing.T) {
	dir := t.TempDir()
	e, err := embedded.Open(embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := embedded.Open(embedded.Config{Dir: dir}); !errors.Is(err, embedded.ErrInUse) {
		t.Fatalf("the same process: got %v, want ErrInUse", err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestChildOpensDirectory$", "-test.v")
	child.Env = append(os.Environ(), "HOOKSWITCH_TEST_DIR="+dir)
	out, err := child.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("another hookswitch uses "+dir)) {
		t.Fatalf("another process: got %v, %s", err, out)
	}
}

// TestChildOpensDirectory runs in a process of its own, for TestADirectoryHasOneUser.
func TestChildOpensDirectory(t *testing.T) {
	dir := os.Getenv("HOOKSWITCH_TEST_DIR")
	if dir == "" {
		t.Skip("only for a child process")
	}
	_, err := embedded.Open(embedded.Config{Dir: dir})
	if !errors.Is(err, embedded.ErrInUse) {
		t.Fatalf("got %v, want ErrInUse", err)
	}
	t.Log(err)
}

func TestAnUnknownFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	e, err := embedded.Open(embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, mustOpen(t, e, "log", storage.Config{}), entry("k", "1"))
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "FORMAT")
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"hookswitch storage format 2\n", "hookswitch storage format 10\n", "something else", ""} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := embedded.Open(embedded.Config{Dir: dir}); !errors.Is(err, embedded.ErrFormat) {
			t.Errorf("format %q: got %v, want ErrFormat", text, err)
		}
	}
	if err := os.WriteFile(name, good, 0o644); err != nil {
		t.Fatal(err)
	}
	if e, err = embedded.Open(embedded.Config{Dir: dir}); err != nil {
		t.Fatalf("the refused attempts left something behind: %v", err)
	}
	defer e.Close()
	if got := read(t, mustOpen(t, e, "log", storage.Config{}), storage.Range{}); got != "1:k=1" {
		t.Errorf("got %s", got)
	}
}

func TestExpiredRecordsAreDeleted(t *testing.T) {
	r := newRig(t)
	l := mustOpen(t, r.e, "log", storage.Config{MaxAge: time.Hour})
	for range 10 {
		mustAppend(t, l, entry("a", "x"), entry("b", "y"))
		r.clock.Advance(10 * time.Minute)
	}
	// Now the first appends are 100 and 90 and 80 and 70 minutes old, the fifth exactly 60.
	next := r.e.Expire()
	records, chunks, floor := embedded.Stored(l)
	if records != 12 || chunks != 6 || floor != 9 {
		t.Errorf("stored: got %d records, %d chunks, floor %d, want 12, 6, 9", records, chunks, floor)
	}
	if wait := next.Sub(r.clock.Now()); wait != time.Minute {
		t.Errorf("the next round: got in %v, want in a minute, the soonest", wait)
	}
	// The expirer wakes by itself, on the clock.
	r.clock.Advance(2 * time.Hour)
	until(t, "everything is deleted", func() bool { n, _, _ := embedded.Stored(l); return n == 0 })
	if got := mustAppend(t, l, entry("a", "z")); got != 21 {
		t.Errorf("the next number: got %d, want 21", got)
	}
}

func TestAnAgeThatGrowsDoesNotBringRecordsBack(t *testing.T) {
	r := newRig(t)
	l := mustOpen(t, r.e, "log", storage.Config{MaxAge: 10 * time.Second})
	mustAppend(t, l, entry("k", "1"))
	r.clock.Advance(11 * time.Second) // too soon for the expirer
	mustAppend(t, l, entry("k", "2"))
	mustOpen(t, r.e, "log", storage.Config{MaxAge: time.Hour})
	r.crash(t, 0)
	if got := read(t, mustOpen(t, r.e, "log", storage.Config{MaxAge: time.Hour}), storage.Range{}); got != "2:k=2" {
		t.Fatalf("after a crash: got %s, want 2:k=2", got)
	}
}

func TestTrimDeletesWhatItHides(t *testing.T) {
	r := newRig(t)
	l := mustOpen(t, r.e, "log", storage.Config{})
	for i := range 20 {
		var es []storage.Entry
		for j := range 500 {
			es = append(es, entry(fmt.Sprint("k", (i*500+j)%2000), ""))
		}
		mustAppend(t, l, es...)
	}
	for _, c := range []struct {
		before          uint64
		records, chunks int
	}{
		{601, 9400, 19}, // few keys: by ranges, in the middle of an append
		{9801, 200, 1},  // many keys: one by one, in several steps
		{10_001, 0, 0},
	} {
		if err := l.Trim(context.Background(), c.before); err != nil {
			t.Fatal(err)
		}
		if records, chunks, floor := embedded.Stored(l); records != c.records || chunks != c.chunks || floor != c.before {
			t.Errorf("trimmed before %d: got %d records, %d chunks, floor %d, want %d, %d", c.before, records, chunks, floor, c.records, c.chunks)
		}
	}
}

func FuzzRuns(f *testing.F) {
	f.Add(embedded.Chunk("a", "b", "shardId-000000000000"), uint64(6))
	f.Add([]byte("12345678\x01"), uint64(1))
	f.Add([]byte("12345678\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00"), uint64(1<<64-1))
	f.Fuzz(func(t *testing.T, chunk []byte, last uint64) {
		if total, err := embedded.Runs(chunk, last); err == nil && total > last {
			t.Fatalf("%d records end at %d", total, last)
		}
	})
}
