package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

const (
	instanceID = "aaaaaaaa-bbbb-cccc-dddd-111111111111"
	records1   = "arn:aws:kinesis:us-east-1:111122223333:stream/records"
	records2   = "arn:aws:kinesis:us-east-1:111122223333:stream/records-2"
	events1    = "arn:aws:kinesis:us-east-1:111122223333:stream/events"
)

var (
	available = center.StatusRef{ID: "s-available", Name: "Available", Type: center.Routable}
	offline   = center.StatusRef{ID: "s-offline", Name: "Offline", Type: center.Offline}
	lunch     = center.StatusRef{ID: "s-lunch", Name: "Lunch", Type: center.Custom}
)

// world is an instance whose journal the test writes, with targets that outlive every outbox.
type world struct {
	t      testing.TB
	clock  *clock.Virtual
	disk   *memory.Disk
	engine storage.Engine
	log    storage.Log
	target *target
	feed   *Feed
	reader *journal.Reader
	box    *Outbox
	delay  time.Duration
	live   func(center.ResourceType) (string, bool)
	faults *faults
	start  func() storage.Engine // opens what is on the disk, as after a crash
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, clock: clock.NewVirtual(start), disk: new(memory.Disk)}
	w.start = func() storage.Engine {
		w.disk.Crash(true)
		return memory.New(memory.Config{Clock: w.clock, Disk: w.disk})
	}
	w.begin()
	return w
}

// newWorldOnDisk has the engine that is used by default.
func newWorldOnDisk(t testing.TB) *world {
	w := &world{t: t, clock: clock.NewVirtual(start)}
	dir := t.TempDir()
	w.start = func() storage.Engine {
		if w.engine != nil {
			if err := w.engine.Close(); err != nil {
				t.Fatal(err)
			}
		}
		e, err := embedded.Open(embedded.Config{Dir: dir, Clock: w.clock})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	w.begin()
	t.Cleanup(func() { w.engine.Close() })
	return w
}

// begin writes how the journal begins.
func (w *world) begin() {
	t := w.t
	w.target = &target{byKey: map[string][]string{}}
	w.engine = w.start()
	w.openJournal()
	if _, err := w.log.Append(context.Background(), storage.Entry{Key: "owner", Data: []byte("1")}); err != nil {
		t.Fatal(err)
	}
	w.step(center.InstanceSaved{Key: []byte("key"), Instance: center.Instance{
		ID: instanceID, ARN: "arn:aws:connect:us-east-1:111122223333:instance/" + instanceID,
	}})
}

func (w *world) openJournal() {
	var err error
	if w.log, err = w.engine.Open(context.Background(), "cc-"+instanceID, storage.Config{}); err != nil {
		w.t.Fatal(err)
	}
	w.reader = journal.New(journal.Config{Log: w.log})
}

// crash ends everything that runs, and opens what is on the disk. What the feed knew is gone.
func (w *world) crash() {
	w.engine = w.start()
	w.openJournal()
	w.box = nil
}

// open opens the outbox. It may fail when faults are due.
func (w *world) open() error {
	w.feed = new(Feed)
	var deliver Deliverer = w.target
	engine := w.engine
	if w.faults != nil {
		deliver, engine = faultyTarget{w.target, w.faults}, faultyEngine{w.engine, w.faults}
	}
	var err error
	w.box, err = Open(context.Background(), Config{
		Instance: instanceID, Journal: w.reader, Engine: engine, Exchange: deliver, Feed: w.feed, Clock: w.clock,
		RecordDelay: w.delay, Association: w.live,
	})
	return err
}

// step commits events at the clock's time.
func (w *world) step(events ...center.Event) uint64 {
	w.t.Helper()
	return w.late(w.clock.Now(), events...)
}

// late commits events that were stamped at another time.
func (w *world) late(at time.Time, events ...center.Event) uint64 {
	w.t.Helper()
	_, last, err := w.log.Bounds(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := center.Encode(center.Step{Stamp: center.Stamp{At: at, Place: last + 1}, Events: events})
	if err != nil {
		w.t.Fatal(err)
	}
	place, err := w.log.Append(context.Background(), storage.Entry{Key: journal.StepKey, Data: b})
	if err != nil {
		w.t.Fatal(err)
	}
	return place
}

func (w *world) pass(d time.Duration) {
	if err := w.clock.Advance(d); err != nil {
		w.t.Fatal(err)
	}
}

// settle works until there is nothing to do now.
func (w *world) settle() {
	w.t.Helper()
	if w.box == nil {
		if err := w.open(); err != nil {
			w.t.Fatal(err)
		}
	}
	for n := 0; ; n++ {
		busy, err := w.box.Work(context.Background())
		if err != nil {
			w.t.Fatal(err)
		}
		if !busy {
			return
		}
		if n > 10_000 {
			w.t.Fatal("the outbox does not come to rest")
		}
	}
}

// to lets time pass, and works whenever the outbox wants to.
func (w *world) to(at time.Time) {
	w.t.Helper()
	for {
		w.settle()
		next, ok := w.box.Deadline()
		if !ok || next.After(at) {
			break
		}
		if next.After(w.clock.Now()) {
			w.pass(next.Sub(w.clock.Now()))
		}
	}
	if at.After(w.clock.Now()) {
		w.pass(at.Sub(w.clock.Now()))
	}
	w.settle()
}

func associated(res center.ResourceType, target string) center.Event {
	return center.StorageAssociated{Association: center.Association{ID: "a", Resource: res, Config: center.StorageConfig{Type: "KINESIS_STREAM", StreamARN: target}}}
}

func (w *world) associate() {
	w.step(associated(center.ContactTraceRecords, records1))
	w.step(associated(center.AgentEvents, events1))
}

func config(name string) center.AgentConfig {
	return center.AgentConfig{
		Username: name, FirstName: name, RoutingProfile: center.Ref{ID: "rp", Name: "Basic Routing Profile"},
		Concurrency: []center.Concurrency{{Channel: center.Voice, Slots: 1}},
	}
}

func (w *world) hire(id center.AgentID) {
	w.step(center.AgentConfigured{Agent: id, Config: config(string(id)), Status: &offline})
}

// call tells a whole call that an agent handles, a second a step.
func (w *world) call(c center.ContactID, a center.AgentID) {
	steps := callSteps(c, a, w.clock.Now)
	for _, events := range steps {
		w.step(events()...)
		w.pass(time.Second)
	}
}

func callSteps(c center.ContactID, a center.AgentID, now func() time.Time) []func() []center.Event {
	q := center.Ref{ID: "q", Name: "BasicQueue"}
	return []func() []center.Event{
		func() []center.Event {
			return []center.Event{center.ContactInitiated{Contact: c, Channel: center.Voice, Method: "INBOUND"}, center.ContactConnectedToSystem{Contact: c}}
		},
		func() []center.Event { return []center.Event{center.ContactQueued{Contact: c, Queue: q}} },
		func() []center.Event {
			return []center.Event{center.ContactOffered{Contact: c, Agent: a, Channel: center.Voice, Method: "INBOUND",
				Queue: center.AgentQueue{ID: "q", Name: "BasicQueue"}, QueuedAt: now().Add(-time.Second), Until: now().Add(20 * time.Second)}}
		},
		func() []center.Event {
			return []center.Event{center.ContactConnected{Contact: c, Agent: a, Username: string(a)}}
		},
		func() []center.Event { return []center.Event{center.ContactHeld{Contact: c, Agent: a}} },
		func() []center.Event { return []center.Event{center.ContactResumed{Contact: c, Agent: a}} },
		func() []center.Event {
			return []center.Event{center.ContactLeft{Contact: c, Agent: a}, center.ContactDisconnected{Contact: c, Reason: "CUSTOMER_DISCONNECT"}}
		},
		func() []center.Event {
			return []center.Event{center.ContactCleared{Contact: c, Agent: a}, center.ContactCompleted{Contact: c}}
		},
	}
}

// target takes documents and remembers them.
type target struct {
	got   []delivered
	byKey map[string][]string // ids in the order in which they were first taken
	calls int
	most  int                                    // items in one call
	bytes int                                    // in one call, at most
	fail  func(to string, it courier.Item) error // per item
	down  func(to string) error                  // per call
}

type delivered struct {
	to   string
	item courier.Item
}

func (x *target) Deliver(_ context.Context, to arn.ARN, items []courier.Item) (failed []courier.Failure, err error) {
	x.calls++
	if x.down != nil {
		if err := x.down(to.String()); err != nil {
			return nil, err
		}
	}
	size := 0
	for i, it := range items {
		size += len(it.Data) + len(it.Key)
		if x.fail != nil {
			if err := x.fail(to.String(), it); err != nil {
				failed = append(failed, courier.Failure{Index: i, Err: err})
				continue
			}
		}
		it.Data = slices.Clone(it.Data)
		x.got = append(x.got, delivered{to.String(), it})
		if !slices.Contains(x.byKey[it.Key], it.ID) {
			x.byKey[it.Key] = append(x.byKey[it.Key], it.ID)
		}
	}
	x.most, x.bytes = max(x.most, len(items)), max(x.bytes, size)
	return failed, nil
}

// to returns the documents that a target got, decoded.
func (x *target) to(t testing.TB, target string) (docs []map[string]any) {
	t.Helper()
	for _, d := range x.got {
		if d.to != target {
			continue
		}
		var m map[string]any
		if err := json.Unmarshal(d.item.Data, &m); err != nil {
			t.Fatalf("%v: %s", err, d.item.Data)
		}
		docs = append(docs, m)
	}
	return docs
}

// words returns one word a document: an agent event's type and time of day, or a record's LastUpdateTimestamp.
func (x *target) words(t testing.TB, target string) (words []string) {
	t.Helper()
	for _, d := range x.to(t, target) {
		if typ, ok := d["EventType"].(string); ok {
			words = append(words, typ+" "+d["EventTimestamp"].(string)[11:23])
		} else {
			words = append(words, d["LastUpdateTimestamp"].(string)[11:19])
		}
	}
	return words
}

var errCrash = errors.New("the process died")

// faults kills the process at the n-th call: before it does anything, or after it did everything but before it returns.
type faults struct {
	at    int // counts down; the call that reaches 0 dies
	after bool
	died  string
}

func (f *faults) call(name string, do func() error) error {
	if f.died != "" {
		return errCrash
	}
	f.at--
	if f.at != 0 {
		return do()
	}
	f.died = name
	if f.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errCrash
}

type faultyTarget struct {
	*target
	f *faults
}

func (x faultyTarget) Deliver(ctx context.Context, to arn.ARN, items []courier.Item) (failed []courier.Failure, err error) {
	err = x.f.call("deliver", func() error {
		failed, err = x.target.Deliver(ctx, to, items)
		return err
	})
	return failed, err
}

type faultyEngine struct {
	storage.Engine
	f *faults
}

func (e faultyEngine) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	l, err := e.Engine.Open(ctx, name, cfg)
	return faultyLog{l, e.f}, err
}

type faultyLog struct {
	storage.Log
	f *faults
}

func (l faultyLog) Append(ctx context.Context, entries ...storage.Entry) (last uint64, err error) {
	err = l.f.call("append", func() error {
		last, err = l.Log.Append(ctx, entries...)
		return err
	})
	if err != nil && l.f.died != "" {
		return 0, fmt.Errorf("%w: %w", errCrash, storage.ErrFailed)
	}
	return last, err
}
