package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

func testLatest(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "latest", storage.Config{Latest: true})
	for i := range 5 {
		for _, key := range []string{"a", "b"} {
			mustAppend(t, l, entry(key, fmt.Sprint(i)))
		}
	}
	want(t, "all", show(mustRead(t, l, storage.Range{})), "9:a=4 10:b=4")
	want(t, "by key", show(mustRead(t, l, storage.Range{Key: "a"})), "9:a=4")
	wantBounds(t, l, 9, 10)
	mustAppend(t, l, guarded("a", "x", 9), entry("c", "1"), entry("c", "2"), entry("b", "y"))
	want(t, "after a batch", show(mustRead(t, l, storage.Range{})), "11:a=x 13:c=2 14:b=y")
	_, err := l.Append(ctx, guarded("a", "z", 9))
	wantErr(t, "a stale guard", err, storage.ErrConflict)
	rec, err := l.Last(ctx, "c")
	wantErr(t, "last", err, nil)
	want(t, "last", show([]storage.Record{rec}), "13:c=2")
	for i := range 300 { // an old record between many that are superseded
		mustAppend(t, l, entry("b", fmt.Sprint(i)))
	}
	want(t, "an old key stays", show(mustRead(t, l, storage.Range{})), "11:a=x 13:c=2 314:b=299")
	want(t, "from the middle", show(mustRead(t, l, storage.Range{From: 12})), "13:c=2 314:b=299")
	wantErr(t, "trim", l.Trim(ctx, 12), nil)
	want(t, "trimmed", show(mustRead(t, l, storage.Range{})), "13:c=2 314:b=299")
	_, err = l.Last(ctx, "a")
	wantErr(t, "last of what was trimmed", err, storage.ErrNotFound)
	want(t, "a key that has none again", mustAppend(t, l, guarded("a", "new", 0)), 315)
}

func testTrim(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "trim", storage.Config{})
	for i := range 5 {
		mustAppend(t, l, entry("k0", fmt.Sprint(i)), entry("k1", fmt.Sprint(i)))
	}
	wantErr(t, "trim nothing", l.Trim(ctx, 0), nil)
	wantErr(t, "trim nothing", l.Trim(ctx, 1), nil)
	wantBounds(t, l, 1, 10)
	wantErr(t, "trim in the middle of an append", l.Trim(ctx, 6), nil)
	want(t, "what is left of a key", show(mustRead(t, l, storage.Range{Key: "k0"})), "7:k0=3 9:k0=4")
	want(t, "what is left", seqs(mustRead(t, l, storage.Range{From: 2})), "[6 7 8 9 10]")
	wantBounds(t, l, 6, 10)
	wantErr(t, "trim backwards", l.Trim(ctx, 3), nil)
	wantBounds(t, l, 6, 10)
	_, err := l.Append(ctx, guarded("k0", "", 5))
	wantErr(t, "a guard on a trimmed record", err, storage.ErrConflict)
	wantErr(t, "trim all", l.Trim(ctx, 11), nil)
	wantBounds(t, l, 11, 10)
	want(t, "nothing is left", show(mustRead(t, l, storage.Range{})), "")
	_, err = l.Last(ctx, "k0")
	wantErr(t, "last", err, storage.ErrNotFound)
	want(t, "the next number", mustAppend(t, l, guarded("k0", "new", 0)), 11)
	wantBounds(t, l, 11, 11)
	if h.Restart == nil {
		return
	}
	wantErr(t, "trim all", l.Trim(ctx, 12), nil)
	l = openLog(t, h.Restart(t), "trim", storage.Config{})
	wantBounds(t, l, 12, 11)
	want(t, "the next number after a restart", mustAppend(t, l, entry("k0", "new")), 12)
}

func testTrimManyKeys(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "many", storage.Config{})
	const appends = 12
	for a := range appends {
		var es []storage.Entry
		for i := range 500 {
			es = append(es, entry(fmt.Sprintf("k%d", (a*500+i)%3000), ""))
		}
		mustAppend(t, l, es...)
	}
	wantErr(t, "trim", l.Trim(ctx, 5900), nil)
	wantBounds(t, l, 5900, 6000)
	want(t, "the rest", len(mustRead(t, l, storage.Range{Max: 10_000})), 101)
	want(t, "a trimmed key", len(mustRead(t, l, storage.Range{Key: "k0"})), 0)
	want(t, "a key with one record left", seqs(mustRead(t, l, storage.Range{Key: "k2999"})), "[6000]")
}

func testLimits(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "limits", storage.Config{})
	full := make([]storage.Entry, storage.MaxBatch)
	for i := range full {
		full[i] = entry("k", "x")
	}
	want(t, "a full batch", mustAppend(t, l, full...), storage.MaxBatch)
	_, err := l.Append(ctx, append(full, entry("k", "one more"))...)
	wantErr(t, "a batch above MaxBatch", err, storage.ErrTooLarge)
	_, err = l.Append(ctx, storage.Entry{Key: "k", Data: make([]byte, storage.MaxRecordBytes+1)})
	wantErr(t, "a record above MaxRecordBytes", err, storage.ErrTooLarge)
	big := make([]byte, storage.MaxRecordBytes)
	_, err = l.Append(ctx, storage.Entry{Key: "k", Data: big}, storage.Entry{Key: "k", Data: big}, storage.Entry{Key: "k", Data: big},
		storage.Entry{Key: "k", Data: big}, storage.Entry{Key: "k", Data: big}, storage.Entry{Key: "k", Data: big})
	wantErr(t, "an append above MaxAppendBytes", err, storage.ErrTooLarge)
	_, err = l.Append(ctx)
	wantErr(t, "an append of nothing", err, storage.ErrBatch)
	wantBounds(t, l, 1, storage.MaxBatch)

	long := strings.Repeat("n", storage.MaxNameBytes)
	mustAppend(t, l, entry(long, "the longest key"))
	for _, key := range []string{"", long + "n", "a b", ".a", "a.", "a..b", "a*", "a>", "ä", "a/b", "a\x00b", "a\\b"} {
		_, err := l.Append(ctx, entry("good", ""), entry(key, ""))
		wantErr(t, fmt.Sprintf("key %q", key), err, storage.ErrName)
		if key == "" {
			continue // a range of all keys
		}
		_, err = l.Read(ctx, storage.Range{Key: key})
		wantErr(t, fmt.Sprintf("reading key %q", key), err, storage.ErrName)
	}
	wantBounds(t, l, 1, storage.MaxBatch+1)
	openLog(t, h.Engine, long, storage.Config{})
	for _, name := range []string{"", long + "n", "a.b", "a b", "a*", "ä", "a/b", "a\x00"} {
		_, err := h.Engine.Open(ctx, name, storage.Config{})
		wantErr(t, fmt.Sprintf("log name %q", name), err, storage.ErrName)
	}
}

func testBig(t *testing.T, h *Harness) {
	l := openLog(t, h.Engine, "big", storage.Config{})
	data := bytes.Repeat([]byte("0123456789abcdef"), storage.MaxRecordBytes/16)
	es := []storage.Entry{{Key: "k", Data: data}, entry("k", "small"), {Key: "k", Data: data[:1<<20]}}
	mustAppend(t, l, es...)
	mustAppend(t, l, es[0])
	data[0] = '!' // the engine kept nothing of it
	recs := mustRead(t, l, storage.Range{Key: "k"})
	want(t, "records", len(recs), 4)
	data[0] = '0'
	for i, size := range []int{len(data), 5, 1 << 20, len(data)} {
		want(t, "size", len(recs[i].Data), size)
		if size > 5 && !bytes.Equal(recs[i].Data, data[:size]) {
			t.Fatalf("record %d was changed", i)
		}
	}
	last, err := l.Last(context.Background(), "k")
	wantErr(t, "last", err, nil)
	want(t, "the last is whole", bytes.Equal(last.Data, data), true)
	recs[1].Data[0] = '!' // the caller owns what it got
	want(t, "read again", string(mustRead(t, l, storage.Range{From: 2, Max: 1})[0].Data), "small")
	want(t, "MaxBytes", len(mustRead(t, l, storage.Range{Key: "k", MaxBytes: storage.MaxRecordBytes})), 1)
}

func testConfig(t *testing.T, h *Harness) {
	ctx := background(t)
	one := openLog(t, h.Engine, "config", storage.Config{})
	mustAppend(t, one, entry("k", "1"))
	two := openLog(t, h.Engine, "config", storage.Config{MaxAge: time.Hour})
	want(t, "another age opens the same log", show(mustRead(t, two, storage.Range{})), "1:k=1")
	mustAppend(t, two, entry("k", "2"))
	want(t, "both see it", show(mustRead(t, one, storage.Range{})), "1:k=1 2:k=2")
	_, err := h.Engine.Open(ctx, "config", storage.Config{Latest: true})
	wantErr(t, "another Latest", err, storage.ErrConfig)
	_, err = h.Engine.Open(ctx, "config", storage.Config{MaxAge: -1})
	wantErr(t, "a negative age", err, storage.ErrConfig)
	if h.Restart == nil {
		return
	}
	_, err = h.Restart(t).Open(ctx, "config", storage.Config{Latest: true})
	wantErr(t, "another Latest after a restart", err, storage.ErrConfig)
}

func testNames(t *testing.T, h *Harness) {
	ctx := background(t)
	e := h.Engine
	names := func(prefix string) []string {
		got, err := e.Names(ctx, prefix)
		wantErr(t, "names", err, nil)
		return got
	}
	want(t, "no log", names(""), "[]")
	for _, n := range []string{"b", "a-1", "a-2", "a", "Z", "a_3"} {
		openLog(t, e, n, storage.Config{})
	}
	want(t, "all", names(""), "[Z a a-1 a-2 a_3 b]")
	want(t, "by prefix", names("a-"), "[a-1 a-2]")
	want(t, "by a name", names("a"), "[a a-1 a-2 a_3]")
	want(t, "none", names("c"), "[]")

	l := openLog(t, e, "a-1", storage.Config{})
	mustAppend(t, l, entry("k", "1"), entry("k", "2"))
	wantErr(t, "drop", e.Drop(ctx, "a-1"), nil)
	wantErr(t, "drop again", e.Drop(ctx, "a-1"), storage.ErrNotFound)
	wantErr(t, "drop what never was", e.Drop(ctx, "nothing"), storage.ErrNotFound)
	want(t, "after the drop", names("a-"), "[a-2]")
	_, err := l.Append(ctx, entry("k", "3"))
	wantErr(t, "append to a dropped log", err, storage.ErrNotFound)
	_, err = l.Read(ctx, storage.Range{})
	wantErr(t, "read a dropped log", err, storage.ErrNotFound)
	_, err = l.Last(ctx, "k")
	wantErr(t, "last of a dropped log", err, storage.ErrNotFound)
	_, _, err = l.Bounds(ctx)
	wantErr(t, "bounds of a dropped log", err, storage.ErrNotFound)
	wantErr(t, "trim a dropped log", l.Trim(ctx, 2), storage.ErrNotFound)

	l = openLog(t, e, "a-1", storage.Config{Latest: true})
	wantBounds(t, l, 1, 0)
	want(t, "a new log starts anew", mustAppend(t, l, guarded("k", "new", 0)), 1)
	want(t, "nothing old is in it", show(mustRead(t, l, storage.Range{})), "1:k=new")
	if h.Restart == nil {
		return
	}
	e = h.Restart(t)
	want(t, "after a restart", names(""), "[Z a a-1 a-2 a_3 b]")
	wantErr(t, "drop a log that was not opened", e.Drop(ctx, "a-2"), nil)
	want(t, "after the drop", names("a"), "[a a-1 a_3]")
}

func testContext(t *testing.T, h *Harness) {
	l := openLog(t, h.Engine, "context", storage.Config{})
	mustAppend(t, l, entry("k", "1"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, appendErr := l.Append(ctx, entry("k", "2"))
	_, readErr := l.Read(ctx, storage.Range{})
	_, lastErr := l.Last(ctx, "k")
	_, _, boundsErr := l.Bounds(ctx)
	_, openErr := h.Engine.Open(ctx, "other", storage.Config{})
	_, namesErr := h.Engine.Names(ctx, "")
	for name, err := range map[string]error{
		"append": appendErr, "read": readErr, "last": lastErr, "bounds": boundsErr, "open": openErr, "names": namesErr,
		"trim": l.Trim(ctx, 2), "drop": h.Engine.Drop(ctx, "context"),
	} {
		wantErr(t, name, err, context.Canceled)
	}
	for rec, err := range l.Tail(ctx, storage.Range{}) {
		t.Fatalf("a tail with a done context yields %v, %v", rec, err)
	}
	wantBounds(t, l, 1, 1)

	// Contexts that end somewhere in the middle: what was acknowledged is there, and nothing is there twice.
	acked := map[string]bool{}
	for i := range 200 {
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		text := fmt.Sprint("c", i)
		switch _, err := l.Append(ctx, entry("c", text)); {
		case err == nil:
			acked[text] = true
		case !errors.Is(err, context.Canceled) && !errors.Is(err, storage.ErrUnknown):
			t.Fatalf("append: %v", err)
		}
		cancel()
	}
	end := mustAppend(t, l, entry("c", "end"))
	seen := map[string]bool{}
	recs := mustRead(t, l, storage.Range{From: 2})
	for _, r := range recs {
		if seen[string(r.Data)] {
			t.Fatalf("%s is there twice", r.Data)
		}
		seen[string(r.Data)] = true
	}
	want(t, "no gaps", end, uint64(len(recs)+1))
	for text := range acked {
		if !seen[text] {
			t.Fatalf("%s was acknowledged and is not there", text)
		}
	}
}

func testClosed(t *testing.T, h *Harness) {
	ctx := background(t)
	l := openLog(t, h.Engine, "closed", storage.Config{})
	mustAppend(t, l, entry("k", "1"))
	wantErr(t, "close", h.Engine.Close(), nil)
	_, appendErr := l.Append(ctx, entry("k", "2"))
	_, readErr := l.Read(ctx, storage.Range{})
	_, lastErr := l.Last(ctx, "k")
	_, _, boundsErr := l.Bounds(ctx)
	_, openErr := h.Engine.Open(ctx, "other", storage.Config{})
	_, namesErr := h.Engine.Names(ctx, "")
	for name, err := range map[string]error{
		"append": appendErr, "read": readErr, "last": lastErr, "bounds": boundsErr, "open": openErr, "names": namesErr,
		"trim": l.Trim(ctx, 2), "drop": h.Engine.Drop(ctx, "closed"), "close": h.Engine.Close(),
	} {
		wantErr(t, name, err, storage.ErrClosed)
	}
}

func testMaxAge(t *testing.T, h *Harness) {
	if h.Clock == nil {
		t.Skip("the engine does not run on a virtual clock")
	}
	ctx := background(t)
	for _, latest := range []bool{false, true} {
		name := fmt.Sprint("age-", latest)
		l := openLog(t, h.Engine, name, storage.Config{MaxAge: time.Hour, Latest: latest})
		mustAppend(t, l, entry("a", "1"), entry("b", "2")) // at 0 min
		h.Clock.Advance(30 * time.Minute)
		mustAppend(t, l, entry("c", "3")) // at 30 min
		h.Clock.Advance(30 * time.Minute)
		want(t, "as old as MaxAge", seqs(mustRead(t, l, storage.Range{})), "[1 2 3]")
		h.Clock.Advance(time.Millisecond)
		want(t, "older than MaxAge", seqs(mustRead(t, l, storage.Range{})), "[3]")
		wantBounds(t, l, 3, 3)
		want(t, "by key", len(mustRead(t, l, storage.Range{Key: "a"})), 0)
		_, err := l.Last(ctx, "a")
		wantErr(t, "last", err, storage.ErrNotFound)
		_, err = l.Append(ctx, guarded("a", "", 1))
		wantErr(t, "a guard on an expired record", err, storage.ErrConflict)
		want(t, "a guard on a key that has none any more", mustAppend(t, l, guarded("a", "4", 0)), 4) // at 60 min

		l = openLog(t, h.Engine, name, storage.Config{MaxAge: 24 * time.Hour, Latest: latest})
		want(t, "what expired stays away when MaxAge grows", seqs(mustRead(t, l, storage.Range{})), "[3 4]")
		h.Clock.Advance(10 * time.Hour)
		want(t, "the longer age counts", seqs(mustRead(t, l, storage.Range{})), "[3 4]")
		if h.Restart != nil {
			e := h.Restart(t)
			l = openLog(t, e, name, storage.Config{MaxAge: 24 * time.Hour, Latest: latest})
			h.Engine = e
			want(t, "also after a restart", seqs(mustRead(t, l, storage.Range{})), "[3 4]")
		}
		l = openLog(t, h.Engine, name, storage.Config{MaxAge: 10*time.Hour + 15*time.Minute, Latest: latest})
		want(t, "a shorter age", seqs(mustRead(t, l, storage.Range{})), "[4]")
		h.Clock.Advance(time.Hour)
		want(t, "all expired", len(mustRead(t, l, storage.Range{})), 0)
		wantBounds(t, l, 5, 4)
		want(t, "the next number", mustAppend(t, l, entry("a", "5")), 5)
		l = openLog(t, h.Engine, name, storage.Config{Latest: latest})
		h.Clock.Advance(1000 * time.Hour)
		want(t, "no age", seqs(mustRead(t, l, storage.Range{})), "[5]")
	}
}

func testTimes(t *testing.T, h *Harness) {
	l := openLog(t, h.Engine, "times", storage.Config{})
	for range 10 {
		mustAppend(t, l, entry("k", "1"), entry("k", "2"))
		if h.Clock != nil {
			h.Clock.Advance(time.Nanosecond)
		}
	}
	var before time.Time
	for _, r := range mustRead(t, l, storage.Range{}) {
		if r.Time.Before(before) || r.Time.Location() != time.UTC {
			t.Fatalf("record %d has %v after %v", r.Seq, r.Time, before)
		}
		before = r.Time
	}
}
