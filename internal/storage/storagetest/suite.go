// Package storagetest is the contract of the storage port as tests. Every engine runs it: one call of Run.
package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// A Harness is an engine on an empty disk and what can be done to it. What is nil cannot be done: the tests that need
// it are skipped.
type Harness struct {
	Engine storage.Engine

	// Clock is the frozen clock the engine runs on; nil: it runs on the wall clock.
	Clock *clock.Virtual
	// Restart closes the engine and opens its disk again.
	Restart func(t T) storage.Engine
	// Crash loses what is not on the disk and opens it again. Kept says how much of what was written and not synced
	// reached the disk, in percent.
	Crash func(t T, kept int) storage.Engine
	// Slow says that a write costs a real sync. The model test then makes slowChecks runs, not rapid's hundred, unless
	// -rapid.checks asks for a number.
	Slow bool
	// Plan makes a fault strike after some more appends.
	Plan func(f Fault, after int)
}

// T is what a *testing.T and a *rapid.T have in common.
type T interface {
	Helper()
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// A Fault is what a disk does wrong.
type Fault string

// The faults.
const (
	ShortWrite Fault = "short write" // a write stores a part and fails
	FailedSync Fault = "failed sync" // a sync fails; what was written may be on the disk or not
	FullDisk   Fault = "full disk"   // there is no space left
)

// Run runs the whole suite. Open is called once for each test.
func Run(t *testing.T, open func(t *testing.T) *Harness) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *Harness)
	}{
		{"records keep their order and are found by key, sequence number and time", testOrder},
		{"pages end at Max and MaxBytes", testPages},
		{"keys that are prefixes of each other stay apart", testPrefixKeys},
		{"a failed guard refuses everything", testGuards},
		{"an owner record fences a deposed owner", testFence},
		{"no update is lost between racing writers", testRace},
		{"concurrent appends are contiguous", testConcurrent},
		{"a Latest log keeps the newest record of each key", testLatest},
		{"trimming does not reuse sequence numbers", testTrim},
		{"trimming many keys", testTrimManyKeys},
		{"a tail yields history and then what comes", testTail},
		{"a tail ends with its context, its log, its engine", testTailEnds},
		{"bounds are kept", testLimits},
		{"big records", testBig},
		{"settings of a log", testConfig},
		{"names are listed and dropped", testNames},
		{"a done context stops every call", testContext},
		{"a closed engine answers ErrClosed", testClosed},
		{"records expire", testMaxAge},
		{"times do not decrease", testTimes},
		{"a restart forgets nothing", testRestart},
		{"a crash loses nothing that was acknowledged", testCrash},
		{"an engine answers as the model does", testModel},
		{"faults", testFaults},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) { c.test(t, open(t)) })
	}
}

// patience is how long a test waits for something that should happen at once.
const patience = 30 * time.Second

func background(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func openLog(t T, e storage.Engine, name string, cfg storage.Config) storage.Log {
	t.Helper()
	l, err := e.Open(context.Background(), name, cfg)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	return l
}

func mustAppend(t T, l storage.Log, entries ...storage.Entry) uint64 {
	t.Helper()
	last, err := l.Append(context.Background(), entries...)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	return last
}

func mustRead(t T, l storage.Log, r storage.Range) []storage.Record {
	t.Helper()
	recs, err := l.Read(context.Background(), r)
	if err != nil {
		t.Fatalf("read %+v: %v", r, err)
	}
	return recs
}

// entry returns an entry of a key with text as its data.
func entry(key, text string) storage.Entry { return storage.Entry{Key: key, Data: []byte(text)} }

// guarded returns an entry of a key with a guard on it.
func guarded(key, text string, seq uint64) storage.Entry {
	return storage.Entry{Key: key, Data: []byte(text), Guard: &storage.Guard{Key: key, Seq: seq}}
}

// show writes records as "seq key=data" with spaces between.
func show(recs []storage.Record) string {
	var parts []string
	for _, r := range recs {
		parts = append(parts, fmt.Sprintf("%d:%s=%s", r.Seq, r.Key, r.Data))
	}
	return strings.Join(parts, " ")
}

func seqs(recs []storage.Record) []uint64 {
	var out []uint64
	for _, r := range recs {
		out = append(out, r.Seq)
	}
	return out
}

func want(t T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func wantErr(t T, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("%s: got error %v, want %v", what, err, target)
	}
}

func wantBounds(t T, l storage.Log, first, last uint64) {
	t.Helper()
	f, la, err := l.Bounds(context.Background())
	if err != nil {
		t.Fatalf("bounds: %v", err)
	}
	want(t, "bounds", []uint64{f, la}, []uint64{first, last})
}

func testOrder(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "order", storage.Config{})
	wantBounds(t, l, 1, 0)
	want(t, "reading an empty log", show(mustRead(t, l, storage.Range{Key: "a"})), "")
	want(t, "first", mustAppend(t, l, entry("a", "1")), 1)
	want(t, "last of a batch", mustAppend(t, l, entry("b", "2"), entry("a", "3"), entry("a", "")), 4)
	want(t, "next", mustAppend(t, l, entry("a.b", "5"), entry("a.b", "6"), entry("b", "7")), 7)
	wantBounds(t, l, 1, 7)
	for _, c := range []struct {
		r    storage.Range
		want string
	}{
		{storage.Range{}, "1:a=1 2:b=2 3:a=3 4:a= 5:a.b=5 6:a.b=6 7:b=7"},
		{storage.Range{From: 3}, "3:a=3 4:a= 5:a.b=5 6:a.b=6 7:b=7"},
		{storage.Range{From: 6}, "6:a.b=6 7:b=7"},
		{storage.Range{From: 8}, ""},
		{storage.Range{From: 99}, ""},
		{storage.Range{Key: "a"}, "1:a=1 3:a=3 4:a="},
		{storage.Range{Key: "a", From: 2}, "3:a=3 4:a="},
		{storage.Range{Key: "a", From: 4}, "4:a="},
		{storage.Range{Key: "a", From: 5}, ""},
		{storage.Range{Key: "b", From: 1}, "2:b=2 7:b=7"},
		{storage.Range{Key: "none"}, ""},
		{storage.Range{From: 2, Max: 2}, "2:b=2 3:a=3"},
		{storage.Range{Key: "a", From: 2, Max: 1}, "3:a=3"},
	} {
		want(t, fmt.Sprintf("%+v", c.r), show(mustRead(t, l, c.r)), c.want)
	}
	last, err := l.Last(ctx, "a")
	wantErr(t, "last", err, nil)
	want(t, "last", show([]storage.Record{last}), "4:a=")
	_, err = l.Last(ctx, "none")
	wantErr(t, "last of no key", err, storage.ErrNotFound)
	_, err = l.Last(ctx, "a.")
	wantErr(t, "last of an illegal key", err, storage.ErrName)
	testSince(t, h)
}

func testSince(t *testing.T, h *Harness) {
	if h.Clock == nil {
		return
	}
	l := openLog(t, h.Engine, "since", storage.Config{})
	start := h.Clock.Now()
	for i := range 20 { // at 0 s: 1 2, at 10 s: 3 4, ...
		mustAppend(t, l, entry("a", fmt.Sprint(i)), entry("b", fmt.Sprint(i)))
		h.Clock.Advance(10 * time.Second)
	}
	for _, c := range []struct {
		after time.Duration
		want  []uint64
	}{
		{-time.Hour, []uint64{1, 2, 3}}, {0, []uint64{1, 2, 3}}, {1, []uint64{3, 4, 5}}, {10 * time.Second, []uint64{3, 4, 5}},
		{100 * time.Second, []uint64{21, 22, 23}}, {185 * time.Second, []uint64{39, 40}}, {time.Hour, nil},
	} {
		recs := mustRead(t, l, storage.Range{Since: start.Add(c.after), Max: 3})
		want(t, fmt.Sprint("since ", c.after), seqs(recs), c.want)
		for _, r := range recs {
			want(t, "time", r.Time, start.Add(time.Duration((r.Seq-1)/2)*10*time.Second))
		}
	}
	want(t, "by key since", seqs(mustRead(t, l, storage.Range{Key: "b", Since: start.Add(170 * time.Second)})), []uint64{36, 38, 40})
	want(t, "the later of From and Since", seqs(mustRead(t, l, storage.Range{Key: "b", From: 37, Since: start.Add(150 * time.Second)})), []uint64{38, 40})
	want(t, "the later of Since and From", seqs(mustRead(t, l, storage.Range{Key: "b", From: 3, Since: start.Add(190 * time.Second)})), []uint64{40})
}

func testPages(t *testing.T, h *Harness) {
	l := openLog(t, h.Engine, "pages", storage.Config{})
	var all []storage.Entry
	for i := range storage.MaxBatch {
		all = append(all, entry("k", strings.Repeat("x", 100)+fmt.Sprint(i)))
	}
	mustAppend(t, l, all...)
	mustAppend(t, l, all[:300]...)
	want(t, "Max 0", len(mustRead(t, l, storage.Range{Key: "k"})), storage.MaxBatch)
	want(t, "Max above the default", len(mustRead(t, l, storage.Range{Max: 5000})), 1300)
	want(t, "one record is larger than MaxBytes", len(mustRead(t, l, storage.Range{Key: "k", MaxBytes: 1})), 1)
	n := len(mustRead(t, l, storage.Range{Key: "k", MaxBytes: 10_000}))
	if n < 80 || n > 110 {
		t.Fatalf("10,000 bytes of records of 101 to 104 bytes: got %d of them", n)
	}
	var got []uint64
	for from := uint64(0); ; {
		recs := mustRead(t, l, storage.Range{From: from, Max: 77})
		if len(recs) == 0 {
			break
		}
		got = append(got, seqs(recs)...)
		from = recs[len(recs)-1].Seq + 1
	}
	want(t, "page by page", len(got), 1300)
	want(t, "ordered and without gaps", slices.IsSorted(got) && got[0] == 1 && got[1299] == 1300, true)
}

func testPrefixKeys(t *testing.T, h *Harness) {
	l := openLog(t, h.Engine, "prefixes", storage.Config{})
	mustAppend(t, l, entry("a", "1"), entry("a.a", "2"), entry("aa", "3"), entry("a-", "4"), entry("a_", "5"), entry("A", "6"))
	for i, key := range []string{"a", "a.a", "aa", "a-", "a_", "A"} {
		want(t, key, show(mustRead(t, l, storage.Range{Key: key})), fmt.Sprintf("%d:%s=%d", i+1, key, i+1))
		_, err := l.Append(context.Background(), guarded(key, "x", uint64(i+1)))
		wantErr(t, "guard on "+key, err, nil)
	}
}
