package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

var ctx = context.Background()

func openLog(t testing.TB, latest bool) storage.Log {
	t.Helper()
	l, err := memory.New(memory.Config{}).Open(ctx, "l", storage.Config{Latest: latest})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func agentStep(place uint64) center.Step {
	return center.Step{Stamp: center.Stamp{Place: place}, Events: []center.Event{center.AgentLoggedIn{Agent: center.AgentID(fmt.Sprint(place))}}}
}

// add writes the step at the log's end.
func add(t testing.TB, l storage.Log) uint64 {
	t.Helper()
	_, last, err := l.Bounds(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b, err := center.Encode(agentStep(last + 1))
	if err != nil {
		t.Fatal(err)
	}
	if last, err = l.Append(ctx, storage.Entry{Key: StepKey, Data: b}); err != nil {
		t.Fatal(err)
	}
	return last
}

// readAll reads to the end and returns the places.
func readAll(t testing.TB, r *Reader, from uint64, most int) (places []uint64, end uint64) {
	t.Helper()
	for {
		entries, next, err := r.Read(ctx, from, most)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) > most {
			t.Fatalf("%d entries, at most %d were asked for", len(entries), most)
		}
		for _, e := range entries {
			if got := e.Step.Events[0].(center.AgentLoggedIn).Agent; string(got) != fmt.Sprint(e.Place) {
				t.Fatalf("at place %d stands the step of %s", e.Place, got)
			}
			places = append(places, e.Place)
		}
		if next == from {
			return places, from
		}
		from = next
	}
}

func TestEveryFollowerSeesEveryStepOnce(t *testing.T) {
	l := openLog(t, false)
	r := New(Config{Log: l, CacheSteps: 8})
	var want []uint64
	for i := range 60 {
		if i%7 == 0 {
			if _, err := l.Append(ctx, storage.Entry{Key: "owner", Data: []byte("x")}); err != nil {
				t.Fatal(err)
			}
		}
		place := add(t, l)
		want = append(want, place)
		if i%5 == 0 {
			r.Publish(place, agentStep(place)) // some are handed over, some are not
		}
		for _, from := range []uint64{1, place / 2, place} {
			got, end := readAll(t, r, max(from, 1), 1+i%9)
			i, _ := slices.BinarySearch(want, from)
			if !slices.Equal(got, want[i:]) || end != place+1 {
				t.Fatalf("from %d: got %v to %d, want %v to %d", from, got, end, want[i:], place+1)
			}
		}
	}
	if len(r.steps) > 8 {
		t.Errorf("%d steps are kept", len(r.steps))
	}
}

func TestAStepIsDecodedOnce(t *testing.T) {
	l := openLog(t, false)
	for range 20 {
		add(t, l)
	}
	r := New(Config{Log: l})
	a, _, err := r.Read(ctx, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := r.Read(ctx, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a {
		if &a[i].Step.Events[0] != &b[i].Step.Events[0] {
			t.Fatalf("the step at %d was decoded twice", a[i].Place)
		}
	}
}

func TestTheCacheIsBoundedInBytes(t *testing.T) {
	r := New(Config{Log: openLog(t, false)})
	flow := center.FlowSaved{Flow: center.Flow{Content: strings.Repeat("x", 1<<20)}}
	for place := range uint64(20) {
		r.Publish(place+1, center.Step{Events: []center.Event{flow}})
		if r.bytes > CacheBytesMax || len(r.steps) != len(r.sizes) {
			t.Fatalf("%d bytes in %d steps", r.bytes, len(r.steps))
		}
	}
	if len(r.steps) == 0 {
		t.Error("nothing is kept")
	}
}

func TestAStepOfANewerVersionStopsTheReader(t *testing.T) {
	l := openLog(t, false)
	if _, err := l.Append(ctx, storage.Entry{Key: StepKey, Data: []byte(`{"s":{},"e":[{"Unheard":{}}]}`)}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := New(Config{Log: l}).Read(ctx, 1, 10); !errors.Is(err, center.ErrUnknownWord) {
		t.Errorf("got %v", err)
	}
}

func TestWaitersAreWoken(t *testing.T) {
	l := openLog(t, false)
	r := New(Config{Log: l})
	wait := r.Wait()
	select {
	case <-wait:
		t.Fatal("woken by nothing")
	default:
	}
	r.Publish(1, agentStep(1))
	<-wait
	runCtx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- r.Run(runCtx) }()
	for place := uint64(0); place < 5; {
		wait = r.Wait()
		add(t, l)
		_, place, _ = l.Bounds(ctx)
		<-wait
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// Between a step's commit and its publication one follower may read it from the log; the others are woken all the same.
func TestAStepReadBeforeItIsPublishedWakesTheOthers(t *testing.T) {
	l := openLog(t, false)
	r := New(Config{Log: l})
	other := r.Wait()
	place := add(t, l)
	if got, _ := readAll(t, r, 1, 10); len(got) != 1 {
		t.Fatalf("read %v", got)
	}
	r.Publish(place, agentStep(place))
	select {
	case <-other:
	default:
		t.Error("a follower that waited before the step was committed sleeps on")
	}
}

func TestSplit(t *testing.T) {
	var st center.Step
	want := map[string]int{}
	for i := range 500 {
		id := fmt.Sprintf("a%d", i*i%97)
		want[id]++
		st.Events = append(st.Events, center.AgentLoggedIn{Agent: center.AgentID(id)}, center.InstanceDeleted{})
	}
	var order []string
	for _, g := range Split(st, func(e center.Event) string { return string(center.AgentOf(e)) }) {
		order = append(order, g.Key)
		if len(g.Events) != want[g.Key] {
			t.Errorf("%s: %d events, want %d", g.Key, len(g.Events), want[g.Key])
		}
	}
	if len(order) != len(want) || !slices.Equal(order[:4], []string{"a0", "a1", "a4", "a9"}) {
		t.Errorf("order %v", order)
	}
}

type row struct{ N int }

func openRows(t *testing.T, l storage.Log, cache int) (*Rows[row], []byte) {
	t.Helper()
	r, pos, err := OpenRows(ctx, RowsConfig[row]{
		Log: l, Prefix: "r.", Cache: cache,
		Encode: func(r *row) ([]byte, error) { return json.Marshal(r) },
		Decode: func(b []byte) (*row, error) { r := new(row); return r, json.Unmarshal(b, r) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, pos
}

func TestRowsAndPositionGoTogether(t *testing.T) {
	l := openLog(t, true)
	a, pos := openRows(t, l, 2)
	if pos != nil {
		t.Fatalf("position %q in an empty log", pos)
	}
	for i := range 5 {
		if err := a.Commit(ctx, map[string]*row{fmt.Sprint(i): {i}, "all": {i}}, []byte(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.cache) > 2 {
		t.Errorf("%d rows are kept decoded", len(a.cache))
	}
	b, pos := openRows(t, l, 0)
	if string(pos) != "4" {
		t.Errorf("position %q", pos)
	}
	for i := range 5 {
		if got, err := b.Get(ctx, fmt.Sprint(i)); err != nil || got == nil || got.N != i {
			t.Errorf("row %d: %v, %v", i, got, err)
		}
	}
	if got, err := b.Get(ctx, "none"); got != nil || err != nil {
		t.Errorf("no row: %v, %v", got, err)
	}
	if err := b.Commit(ctx, nil, []byte("5")); err != nil {
		t.Fatal(err)
	}
	if err := a.Commit(ctx, map[string]*row{"0": {100}}, []byte("x")); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("the older one committed: %v", err)
	}
	if got, _ := b.Get(ctx, "0"); got.N != 0 {
		t.Errorf("what was refused is there: %v", got)
	}
}

// lossy loses the answers of appends.
type lossy struct {
	storage.Log
	stored bool
}

func (l lossy) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	if l.stored {
		l.Log.Append(ctx, entries...)
	}
	return 0, storage.ErrUnknown
}

func TestAnUnknownOutcomeIsLookedUp(t *testing.T) {
	l := openLog(t, true)
	r, _ := openRows(t, l, 0)
	if err := r.Commit(ctx, map[string]*row{"a": {1}}, []byte("1")); err != nil {
		t.Fatal(err)
	}
	r.cfg.Log = lossy{l, false}
	if err := r.Commit(ctx, map[string]*row{"a": {2}}, []byte("2")); !errors.Is(err, storage.ErrUnknown) {
		t.Errorf("nothing was stored: %v", err)
	}
	r.cfg.Log = lossy{l, true}
	if err := r.Commit(ctx, map[string]*row{"a": {2}}, []byte("2")); err != nil {
		t.Errorf("it was stored: %v", err)
	}
	r.cfg.Log = l
	if err := r.Commit(ctx, map[string]*row{"a": {3}}, []byte("3")); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestTrimHeadStopsAtTheFirstThatIsNotGone(t *testing.T) {
	l := openLog(t, true)
	r, _ := openRows(t, l, 0)
	for i := range 10 {
		if err := r.Commit(ctx, map[string]*row{fmt.Sprint(i): {i}}, []byte(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	gone := func(r *row) bool { return r.N < 6 && r.N != 4 }
	if n, err := r.TrimHead(ctx, 3, gone); n != 3 || err != nil {
		t.Errorf("removed %d, %v, want the bound 3", n, err)
	}
	if n, err := r.TrimHead(ctx, 100, gone); n != 1 || err != nil {
		t.Errorf("removed %d, %v, want 1: row 4 stands in front", n, err)
	}
	var left []int
	if err := r.Each(ctx, func(_ string, r *row) error { left = append(left, r.N); return nil }); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(left, []int{4, 5, 6, 7, 8, 9}) {
		t.Errorf("left %v", left)
	}
	if got, _ := r.Get(ctx, "1"); got != nil {
		t.Errorf("a removed row is still kept: %v", got)
	}
	if n, err := r.TrimHead(ctx, 100, func(*row) bool { return true }); n != 6 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if _, pos := openRows(t, l, 0); string(pos) != "9" {
		t.Errorf("the position went with the rows: %q", pos)
	}
}

func BenchmarkRead(b *testing.B) {
	l := openLog(b, false)
	for range 10_000 {
		add(b, l)
	}
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if got, _ := readAll(b, New(Config{Log: l}), 1, 500); len(got) != 10_000 {
				b.Fatal(len(got))
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/step")
	})
	b.Run("kept", func(b *testing.B) {
		r := New(Config{Log: l, CacheSteps: 10_000})
		readAll(b, r, 1, 500)
		for b.Loop() {
			readAll(b, r, 1, 500)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/step")
	})
}
