package storagetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// model is what a log should answer, written as plainly as can be.
type model struct {
	latest bool
	maxAge time.Duration
	recs   []storage.Record
	last   uint64
	floor  uint64
}

func (m *model) newest(key string) uint64 {
	for _, r := range slices.Backward(m.recs) {
		if r.Key == key {
			return r.Seq
		}
	}
	return 0
}

func (m *model) append(entries []storage.Entry, now time.Time) error {
	for _, e := range entries {
		if e.Guard != nil && m.newest(e.Guard.Key) != e.Guard.Seq {
			return storage.ErrConflict
		}
	}
	for _, e := range entries {
		if m.latest {
			m.recs = slices.DeleteFunc(m.recs, func(r storage.Record) bool { return r.Key == e.Key })
		}
		m.last++
		m.recs = append(m.recs, storage.Record{Seq: m.last, Key: e.Key, Data: e.Data, Time: now})
	}
	return nil
}

func (m *model) trim(before uint64) {
	m.floor = max(m.floor, min(before, m.last+1))
	m.recs = slices.DeleteFunc(m.recs, func(r storage.Record) bool { return r.Seq < before })
}

func (m *model) expire(now time.Time) {
	for m.maxAge > 0 && len(m.recs) > 0 && now.Sub(m.recs[0].Time) > m.maxAge {
		m.trim(m.recs[0].Seq + 1)
	}
}

func (m *model) read(r storage.Range) (out []storage.Record) {
	size := 0
	for _, rec := range m.recs {
		if rec.Seq < r.From || rec.Time.Before(r.Since) || r.Key != "" && rec.Key != r.Key {
			continue
		}
		if len(out) == r.Max || r.MaxBytes > 0 && size >= r.MaxBytes {
			break
		}
		out = append(out, rec)
		size += len(rec.Data)
	}
	return out
}

func (m *model) first() uint64 {
	if len(m.recs) == 0 {
		return m.last + 1
	}
	return m.recs[0].Seq
}

var modelKeys = []string{"a", "b", "aa", "a.b", "c-d_e"}

const slowChecks = "15"

// testModel does random things to an engine and to the model, and compares what both say.
func testModel(t *testing.T, h *Harness) {
	if checks := flag.Lookup("rapid.checks"); h.Slow && checks.Value.String() == checks.DefValue {
		checks.Value.Set(slowChecks)
		defer checks.Value.Set(checks.DefValue)
	}
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		m := &model{latest: rapid.Bool().Draw(t, "latest")}
		if h.Clock != nil && rapid.Bool().Draw(t, "ages") {
			m.maxAge = time.Duration(rapid.IntRange(1, 100).Draw(t, "age")) * time.Second
		}
		cfg := storage.Config{Latest: m.latest, MaxAge: m.maxAge}
		name := fmt.Sprintf("model-%d", run)
		l := openLog(t, h.Engine, name, cfg)
		now := func() time.Time {
			if h.Clock == nil {
				return time.Time{}
			}
			return h.Clock.Now()
		}
		reopen := func(t *rapid.T, e storage.Engine) {
			h.Engine = e
			l = openLog(t, e, name, cfg)
		}
		actions := map[string]func(*rapid.T){
			"append": func(t *rapid.T) { appendBoth(t, l, m, now()) },
			"trim": func(t *rapid.T) {
				before := rapid.Uint64Range(0, m.last+3).Draw(t, "before")
				wantErr(t, "trim", l.Trim(context.Background(), before), nil)
				m.trim(before)
			},
			"": func(t *rapid.T) {
				m.expire(now())
				compare(t, l, m, h.Clock != nil)
			},
		}
		if h.Clock != nil {
			actions["wait"] = func(t *rapid.T) {
				h.Clock.Advance(time.Duration(rapid.IntRange(1, 30_000).Draw(t, "ms")) * time.Millisecond)
				m.expire(now())
			}
		}
		if h.Restart != nil {
			actions["restart"] = func(t *rapid.T) { reopen(t, h.Restart(t)) }
		}
		if h.Crash != nil {
			actions["crash"] = func(t *rapid.T) { reopen(t, h.Crash(t, rapid.IntRange(0, 100).Draw(t, "kept"))) }
		}
		t.Repeat(actions)
		wantErr(t, "drop", h.Engine.Drop(context.Background(), name), nil)
	})
}

func appendBoth(t *rapid.T, l storage.Log, m *model, now time.Time) {
	key := rapid.SampledFrom(modelKeys)
	var entries []storage.Entry
	written := map[string]bool{}
	for i := range rapid.IntRange(1, 5).Draw(t, "entries") {
		e := storage.Entry{Key: key.Draw(t, "key"), Data: fmt.Appendf(nil, "%d.%d", m.last, i)}
		guard := key.Draw(t, "guard key")
		if rapid.IntRange(0, 2).Draw(t, "guarded") == 0 && !written[guard] {
			e.Guard = &storage.Guard{Key: guard, Seq: m.newest(guard)}
			if rapid.IntRange(0, 4).Draw(t, "stale") == 0 {
				e.Guard.Seq = rapid.Uint64Range(0, m.last+2).Draw(t, "guard seq")
			}
		}
		written[e.Key], written[guard] = true, true // a key is guarded once
		entries = append(entries, e)
	}
	wantedErr := m.append(entries, now)
	last, err := l.Append(context.Background(), entries...)
	if !errors.Is(err, wantedErr) {
		t.Fatalf("append %+v: got error %v, want %v", entries, err, wantedErr)
	}
	if err == nil {
		want(t, "last", last, m.last)
	}
}

func compare(t *rapid.T, l storage.Log, m *model, times bool) {
	first, last, err := l.Bounds(context.Background())
	wantErr(t, "bounds", err, nil)
	want(t, "last", last, m.last)
	if m.latest || len(m.recs) == 0 {
		want(t, "first", first, m.first())
	} else {
		want(t, "first", first, max(m.floor, 1))
	}
	r := storage.Range{From: rapid.Uint64Range(0, m.last+2).Draw(t, "from"), Max: rapid.IntRange(1, 20).Draw(t, "max")}
	if rapid.Bool().Draw(t, "one key") {
		r.Key = rapid.SampledFrom(modelKeys).Draw(t, "key")
	}
	if times && len(m.recs) > 0 && rapid.Bool().Draw(t, "since") {
		r.Since = rapid.SampledFrom(m.recs).Draw(t, "rec").Time.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "offset")))
	}
	if times && rapid.Bool().Draw(t, "sized") { // engines on one machine count exactly
		r.MaxBytes = rapid.IntRange(1, 20).Draw(t, "bytes")
	}
	got, wanted := mustRead(t, l, r), m.read(r)
	want(t, fmt.Sprintf("read %+v", r), show(got), show(wanted))
	for i := range got {
		if times && !got[i].Time.Equal(wanted[i].Time) {
			t.Fatalf("record %d has time %v, want %v", got[i].Seq, got[i].Time, wanted[i].Time)
		}
	}
	key := rapid.SampledFrom(modelKeys).Draw(t, "last of")
	rec, err := l.Last(context.Background(), key)
	if newest := m.newest(key); newest == 0 {
		wantErr(t, "last of "+key, err, storage.ErrNotFound)
	} else {
		wantErr(t, "last of "+key, err, nil)
		want(t, "last of "+key, rec.Seq, newest)
	}
}
