package contactstore

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
)

type world struct {
	t      testing.TB
	clock  *clock.Virtual
	disk   *memory.Disk
	engine *memory.Engine
	log    storage.Log
	reader *journal.Reader
	store  *Store
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, clock: clock.NewVirtual(start), disk: new(memory.Disk)}
	w.open()
	return w
}

// open opens what is on the disk, as after a crash.
func (w *world) open() {
	w.engine = memory.New(memory.Config{Clock: w.clock, Disk: w.disk})
	var err error
	if w.log, err = w.engine.Open(ctx, "cc-i", storage.Config{}); err != nil {
		w.t.Fatal(err)
	}
	w.reader = journal.New(journal.Config{Log: w.log})
	if w.store, err = Open(ctx, Config{Instance: "i", Engine: w.engine, Journal: w.reader, Clock: w.clock, Cache: 3}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) step(events ...center.Event) uint64 {
	w.t.Helper()
	b, err := center.Encode(center.Step{Stamp: center.Stamp{At: w.clock.Now()}, Events: events})
	if err != nil {
		w.t.Fatal(err)
	}
	place, err := w.log.Append(ctx, storage.Entry{Key: journal.StepKey, Data: b})
	if err != nil {
		w.t.Fatal(err)
	}
	return place
}

func (w *world) settle() {
	w.t.Helper()
	for {
		busy, err := w.store.Work(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		if !busy {
			return
		}
	}
}

func (w *world) pass(d time.Duration) {
	if err := w.clock.Advance(d); err != nil {
		w.t.Fatal(err)
	}
}

func life(c center.ContactID) [][]center.Event {
	return [][]center.Event{
		{center.ContactInitiated{Contact: c, Channel: center.Voice, Method: "INBOUND", Attributes: map[string]string{"a": "1"}}, center.ContactConnectedToSystem{Contact: c}},
		{center.ContactQueued{Contact: c, Queue: center.Ref{ID: "q", Name: "Q"}}},
		{center.ContactOffered{Contact: c, Agent: "u", Channel: center.Voice}},
		{center.ContactConnected{Contact: c, Agent: "u", Username: "u"}},
		{center.ContactHeld{Contact: c, Agent: "u"}},
		{center.ContactAttributesChanged{Contact: c, Set: map[string]string{"b": "2"}}},
		{center.ContactResumed{Contact: c, Agent: "u"}},
		{center.ContactLeft{Contact: c, Agent: "u"}, center.ContactDisconnected{Contact: c, Reason: "OTHER"}},
		{center.ContactCleared{Contact: c, Agent: "u"}, center.ContactCompleted{Contact: c}},
		{center.ContactAttributesChanged{Contact: c, Set: map[string]string{"a": "3"}}},
	}
}

func TestAContactIsWhatItsEventsMadeOfItWheneverTheStoreWorked(t *testing.T) {
	for every := 1; every <= 11; every++ {
		w := newWorld(t)
		want := map[center.ContactID]*lifecycle.Contact{}
		for i := range 5 {
			id := center.ContactID(fmt.Sprintf("c%d", i))
			c := new(lifecycle.Contact)
			want[id] = c
			for n, events := range life(id) {
				for _, e := range events {
					c.Apply(w.clock.Now(), e)
				}
				w.step(events...)
				w.pass(1500 * time.Millisecond)
				if (n+i)%every == 0 {
					w.settle()
				}
				if (n+i)%(3*every) == 0 {
					w.open()
				}
			}
		}
		w.settle()
		for id, c := range want {
			got, err := w.store.Get(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(*c, got); diff != "" {
				t.Errorf("%s, working every %d steps (-want +got):\n%s", id, every, diff)
			}
		}
	}
}

func TestWhatWasReadStaysAsItWas(t *testing.T) {
	w := newWorld(t)
	steps := life("c")
	for i, events := range steps {
		before, _ := w.store.Get(ctx, "c")
		kept := before.Clone()
		w.step(events...)
		w.settle()
		if diff := cmp.Diff(kept, before); diff != "" {
			t.Errorf("step %d changed what was read before (-was +is):\n%s", i, diff)
		}
	}
}

func TestWaitForReadsYourWrites(t *testing.T) {
	w := newWorld(t)
	place := w.step(life("c")[0]...)
	short, cancel := context.WithCancel(ctx)
	cancel()
	if err := w.store.WaitFor(short, place); !errors.Is(err, context.Canceled) {
		t.Errorf("not in yet: %v", err)
	}
	if _, err := w.store.Get(ctx, "c"); !errors.Is(err, ErrNotFound) {
		t.Errorf("not in yet: %v", err)
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan struct{}, 2)
	go func() { w.store.Run(run); done <- struct{}{} }()
	go func() { w.reader.Run(run); done <- struct{}{} }()
	if err := w.store.WaitFor(ctx, place); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Get(ctx, "c"); err != nil {
		t.Errorf("after waiting: %v", err)
	}
	for i := range 20 {
		c := center.ContactID(fmt.Sprintf("c%d", i))
		if err := w.store.WaitFor(ctx, w.step(life(c)[0]...)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.Get(ctx, c); err != nil {
			t.Errorf("after waiting: %v", err)
		}
	}
	stop()
	<-done
	<-done
}

func TestAContactIsHiddenAfter24MonthsAndItsRowGoesAway(t *testing.T) {
	w := newWorld(t)
	for _, events := range life("old") {
		w.step(events...)
	}
	w.settle()
	w.pass(time.Hour)
	w.step(life("young")[0]...)
	w.settle()
	w.pass(start.AddDate(0, RetentionMonths, 0).Sub(w.clock.Now()) - time.Millisecond)
	if _, err := w.store.Get(ctx, "old"); err != nil {
		t.Errorf("a moment before: %v", err)
	}
	w.pass(time.Millisecond)
	if _, err := w.store.Get(ctx, "old"); !errors.Is(err, ErrNotFound) {
		t.Errorf("24 months after its initiation: %v", err)
	}
	w.settle()
	if _, err := w.store.Get(ctx, "young"); err != nil {
		t.Errorf("the younger one: %v", err)
	}
	rows, err := w.engine.Open(ctx, LogName("i"), storage.Config{Latest: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rows.Last(ctx, "contact.old"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the row: %v", err)
	}
	w.step(center.ContactAttributesChanged{Contact: "old", Set: map[string]string{"late": "1"}}, center.ContactHeld{Contact: "old"})
	w.settle()
	w.pass(2 * time.Hour) // now the younger one's time is over as well
	w.settle()
	w.open()
	if _, last, _ := w.log.Bounds(ctx); w.store.Place() != last+1 {
		t.Errorf("the position went with the rows: at %d, the journal ends at %d", w.store.Place(), last)
	}
	w.settle()
	if _, err := w.store.Get(ctx, "old"); !errors.Is(err, ErrNotFound) {
		t.Errorf("it came back: %v", err)
	}
}

func TestAStepWithMoreContactsThanACommitHolds(t *testing.T) {
	w := newWorld(t)
	const n = 3*journal.RowsMax + 5
	var all []center.Event
	for i := range n {
		all = append(all, life(center.ContactID(fmt.Sprint("c", i)))[0]...)
	}
	place := w.step(all...)
	busy, err := w.store.Work(ctx)
	if !busy || err != nil || w.store.Place() > place {
		t.Fatalf("after one round: %t, %v, at %d", busy, err, w.store.Place())
	}
	w.open() // in the middle of the step
	w.settle()
	if w.store.Place() != place+1 {
		t.Errorf("at %d, want %d", w.store.Place(), place+1)
	}
	for i := range n {
		c, err := w.store.Get(ctx, center.ContactID(fmt.Sprint("c", i)))
		if err != nil || c.ConnectedToSystemAt.IsZero() {
			t.Fatalf("c%d: %v", i, err)
		}
	}
}

func TestAnotherStoreOnTheSameRowsIsNoticed(t *testing.T) {
	w := newWorld(t)
	other, err := Open(ctx, Config{Instance: "i", Engine: w.engine, Journal: w.reader, Clock: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	for _, events := range life("c") {
		w.step(events...)
		if _, err := other.Work(ctx); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	if c, err := w.store.Get(ctx, "c"); err != nil || c.Attributes["a"] != "3" || c.Agent.Holds != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAFailedCommitIsTriedAgain(t *testing.T) {
	for _, fault := range []memory.Fault{memory.FullDisk, memory.ShortWrite, memory.FailedSync} {
		w := newWorld(t)
		w.step(life("c")[0]...)
		w.disk.Plan(0, fault)
		if _, err := w.store.Work(ctx); err == nil {
			t.Fatalf("fault %d went unnoticed", fault)
		}
		if fault != memory.FullDisk {
			w.disk.Crash(true)
			w.open()
		}
		w.settle()
		if _, err := w.store.Get(ctx, "c"); err != nil {
			t.Errorf("fault %d: %v", fault, err)
		}
	}
}

func BenchmarkWork(b *testing.B) {
	w := newWorld(b)
	n := 0
	for b.Loop() {
		b.StopTimer()
		for i := range 50 {
			for _, events := range life(center.ContactID(fmt.Sprintf("%d-%d", b.N, i))) {
				w.step(events...)
				n++
			}
		}
		b.StartTimer()
		w.settle()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/step")
}
