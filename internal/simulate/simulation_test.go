package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/machine"
)

// taken is everything that a simulation says.
type taken struct {
	journal   [][]byte
	documents []Document
	summary   Summary
	last      *machine.State
}

func run(t testing.TB, cfg Config) taken {
	t.Helper()
	var out taken
	cfg.Step = func(_ center.Step, record []byte) { out.journal = append(out.journal, record) }
	cfg.Document = func(d Document) { out.documents = append(out.documents, d) }
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if out.summary, err = s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	out.last = s.Machine().State()
	return out
}

func mixed(seed uint64) Config {
	return Config{Seed: seed, Agents: 12, Queues: 3, ContactsPerHour: 240, Duration: 90 * time.Minute, TaskShare: 0.2, DialShare: 0.1,
		Break: 30 * time.Minute, BreakFor: 3 * time.Minute, Miss: 0.1, Reject: 0.05}
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	a, b := run(t, mixed(7)), run(t, mixed(7))
	if len(a.journal) < 1000 || len(a.documents) < 1000 {
		t.Fatalf("%d steps and %d documents are too few to say anything", len(a.journal), len(a.documents))
	}
	if !bytes.Equal(bytes.Join(a.journal, []byte{'\n'}), bytes.Join(b.journal, []byte{'\n'})) {
		t.Error("the journals differ")
	}
	if !reflect.DeepEqual(a.documents, b.documents) {
		t.Error("the documents differ")
	}
	if !reflect.DeepEqual(a.summary, b.summary) {
		t.Errorf("the summaries differ: %s", cmp.Diff(a.summary, b.summary))
	}
	if c := run(t, mixed(8)); bytes.Equal(bytes.Join(a.journal, nil), bytes.Join(c.journal, nil)) {
		t.Error("another seed gives the same journal")
	}
}

func TestManySeedsBreakNoInvariant(t *testing.T) {
	seeds := 12
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			got := run(t, mixed(uint64(seed)))
			if n := len(got.last.Contacts); n > 0 {
				t.Errorf("%d contacts are still open", n)
			}
			for id, a := range got.last.Agents {
				if a.LoggedIn || len(a.Desk) > 0 || a.Status.Type != center.Offline {
					t.Errorf("agent %s has not gone home: %+v", id, a)
				}
			}
			replayed := machine.New()
			for _, b := range got.journal {
				step, err := center.Decode(b)
				if err != nil {
					t.Fatal(err)
				}
				replayed.Apply(step)
			}
			if d := cmp.Diff(got.last, replayed.State()); d != "" {
				t.Errorf("replay(journal) is not the live state:\n%s", d)
			}
		})
	}
}

// told is what contact records say of the contacts of one queue or channel.
type told struct {
	offered, handled, abandoned, inTime, left int
	wait, longest, handle                     time.Duration
}

// tellAll reads contact records: of all, of each queue, and of each channel.
func tellAll(t *testing.T, documents []Document) (records, attempts, noQueue int, all map[string]*told) {
	t.Helper()
	all = map[string]*told{}
	for _, d := range documents {
		if d.Kind != ContactRecord {
			continue
		}
		var r struct {
			Channel, DisconnectReason, InitiationMethod string
			Agent                                       *struct {
				AgentInteractionDuration, CustomerHoldDuration, AfterContactWorkDuration int
			}
			AgentConnectionAttempts int
			Queue                   *struct {
				Name     string
				Duration int
			}
		}
		if err := json.Unmarshal(d.Data, &r); err != nil {
			t.Fatal(err)
		}
		records++
		attempts += r.AgentConnectionAttempts
		if r.Queue == nil {
			noQueue++
			continue
		}
		wait := time.Duration(r.Queue.Duration) * time.Second
		for _, name := range []string{"", "queue " + r.Queue.Name, "channel " + r.Channel} {
			x := all[name]
			if x == nil {
				x = &told{}
				all[name] = x
			}
			x.offered++
			x.left++
			if wait <= ServiceLevel {
				x.inTime++
			}
			x.longest = max(x.longest, wait)
			switch {
			case r.Agent != nil:
				x.handled++
				x.wait += wait
				x.handle += time.Duration(r.Agent.AgentInteractionDuration+r.Agent.CustomerHoldDuration+r.Agent.AfterContactWorkDuration) * time.Second
			case r.DisconnectReason == customerLeft:
				x.abandoned++
			}
		}
	}
	return records, attempts, noQueue, all
}

// agrees holds a part of a summary to what contact records say, which have whole seconds.
func agrees(t *testing.T, name string, p Part, x *told) {
	t.Helper()
	if x == nil {
		x = &told{}
	}
	near := func(what string, a, b time.Duration) {
		if (a - b).Abs() > time.Second {
			t.Errorf("%s: %s %s, in the records %s", name, what, a, b)
		}
	}
	if p.Offered != x.offered || p.Handled != x.handled || p.Abandoned != x.abandoned {
		t.Errorf("%s: %+v; the records say %+v", name, p, *x)
	}
	near("longest wait", p.LongestWait, x.longest)
	near("average wait", p.AverageWait, x.wait/time.Duration(max(x.handled, 1)))
	near("average handle time", p.AverageHandle, x.handle/time.Duration(max(x.handled, 1)))
	percent := func(what string, got float64, part, of int) {
		if d := got - 100*float64(part)/float64(max(of, 1)); d > 2 || d < -2 {
			t.Errorf("%s: %s %.1f, in the records %d of %d", name, what, got, part, of)
		}
	}
	percent("service level", p.ServiceLevel, x.inTime, x.left)
	percent("abandon rate", p.AbandonRate, x.abandoned, x.offered)
}

// addsUp holds a summary to what the documents say.
func addsUp(t *testing.T, s Summary, documents []Document) {
	t.Helper()
	records, attempts, noQueue, all := tellAll(t, documents)
	if s.Contacts != records || s.NoQueue != noQueue || s.Missed != attempts-s.Handled || s.Documents != len(documents) {
		t.Errorf("summary %+v\nrecords: contacts %d, without a queue %d, missed %d, documents %d", s, records, noQueue, attempts-s.Handled, len(documents))
	}
	agrees(t, "all", s.Part, all[""])
	for _, p := range s.ByQueue {
		agrees(t, "queue "+p.Name, p, all["queue "+p.Name])
		delete(all, "queue "+p.Name)
	}
	for _, p := range s.ByChannel {
		agrees(t, "channel "+p.Name, p, all["channel "+p.Name])
		delete(all, "channel "+p.Name)
	}
	if delete(all, ""); len(all) > 0 {
		t.Errorf("the summary says nothing about %v", all)
	}
}

// TestTheSummaryAddsUp counts the same things again, from the documents.
func TestTheSummaryAddsUp(t *testing.T) {
	got := run(t, mixed(3))
	s := got.summary
	addsUp(t, s, got.documents)
	if s.Abandoned == 0 || s.Missed == 0 || s.Holds == 0 || s.ServiceLevel <= 0 || s.ServiceLevel >= 100 || s.Occupancy <= 0 || s.Occupancy > 100 {
		t.Errorf("nothing happened: %+v", s)
	}
	if len(s.ByQueue) != 3 || len(s.ByChannel) != 2 {
		t.Errorf("%d queues and %d channels", len(s.ByQueue), len(s.ByChannel))
	}
}

// TestHeartbeatsAndRecordsComeInTime: an agent's events are never more than 120 s apart until an hour after it went home,
// and a record comes 65 s after its contact's completion.
func TestHeartbeatsAndRecordsComeInTime(t *testing.T) {
	got := run(t, Config{Seed: 1, Agents: 3, ContactsPerHour: 30, Duration: 30 * time.Minute})
	last := map[string]time.Time{}
	completed := map[string]time.Time{}
	at := time.Time{}
	for _, d := range got.documents {
		if d.At.Before(at) {
			t.Fatalf("%s of %s comes after one of %s", d.Kind, d.At, at)
		}
		at = d.At
		switch {
		case d.Kind == AgentEvent:
			if gap := d.At.Sub(last[d.Key]); !last[d.Key].IsZero() && gap > 121*time.Second {
				t.Errorf("%s says nothing for %s", d.Key, gap)
			}
			last[d.Key] = d.At
		case d.Kind == ContactEvent && bytes.Contains(d.Data, []byte(`"COMPLETED"`)):
			completed[d.Key] = d.At
		case d.Kind == ContactRecord:
			if gap := d.At.Sub(completed[d.Key]); gap != 65*time.Second {
				t.Errorf("record of %s after %s", d.Key, gap)
			}
		}
	}
	if got.summary.Lasted < 90*time.Minute {
		t.Errorf("it lasted only %s: heartbeats go on for an hour", got.summary.Lasted)
	}
}

func TestConfigIsValidated(t *testing.T) {
	_, err := New(Config{Agents: -1, Queues: 41, TaskShare: 0.6, DialShare: 0.6, Talk: 25 * time.Hour, Hold: 2})
	for _, want := range []string{"Agents", "Queues", "TaskShare and DialShare", "Talk", "Hold"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in: %v", want, err)
		}
	}
}

// TestAFullCenterIsBusy: one agent and a flood of callers reach the machine's bound on open contacts, and the world goes on.
func TestAFullCenterIsBusy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	s, err := New(Config{Seed: 1, Agents: 1, ContactsPerHour: perHourMax, Duration: 4 * time.Minute, Patience: time.Hour, CheckEvery: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if sum.Busy == 0 || sum.Contacts < 50_000 || sum.Handled+sum.Abandoned != sum.Offered {
		t.Errorf("summary %+v", sum)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	s, err := New(mixed(1))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Run(ctx); err == nil {
		t.Error("ran on")
	}
}

// BenchmarkDay is a day of 1,000 agents and 50,000 contacts with all documents.
func BenchmarkDay(b *testing.B) {
	for b.Loop() {
		size := 0
		s, err := New(Config{Seed: 1, Agents: 1000, Queues: 5, ContactsPerHour: 50_000.0 / 24, Duration: 24 * time.Hour,
			CheckEvery: 1e6, Document: func(d Document) { size += len(d.Data) }})
		if err != nil {
			b.Fatal(err)
		}
		sum, err := s.Run(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(sum.Contacts), "contacts")
		b.ReportMetric(float64(sum.Steps), "steps")
		b.ReportMetric(float64(sum.Documents), "documents")
		b.ReportMetric(float64(size)/1e6, "MB")
	}
}

// TestADayOfTransfers: agents bring others in, in every way, and nothing is lost: each leg has a record, whose chain leads to
// the customer's first contact.
func TestADayOfTransfers(t *testing.T) {
	cfg := mixed(11)
	cfg.Transfer = 0.4
	cfg.Start = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) // queues that are closed take no transfers
	got := run(t, cfg)
	type record struct {
		ContactID, InitiationMethod, InitialContactID, PreviousContactID, NextContactID, TransferCompletedTimestamp string
		Agent                                                                                                       *struct {
			CustomerHoldDuration, AgentInteractionDuration, AgentInitiatedHoldDuration int
		}
		TransferredToEndpoint *struct{ Address string }
	}
	records := map[string]record{}
	for _, d := range got.documents {
		if d.Kind == ContactRecord {
			var r record
			if err := json.Unmarshal(d.Data, &r); err != nil {
				t.Fatal(err)
			}
			records[r.ContactID] = r
		}
	}
	count := map[string]int{}
	for id, r := range records {
		switch {
		case r.TransferredToEndpoint != nil && r.TransferCompletedTimestamp != "":
			count["cold, outside"]++
		case r.TransferredToEndpoint != nil:
			count["warm, outside"]++
		case r.TransferCompletedTimestamp != "":
			count["cold"]++
		}
		if a := r.Agent; a != nil && (a.AgentInteractionDuration < 0 || a.AgentInitiatedHoldDuration > a.CustomerHoldDuration) {
			t.Errorf("%s: %+v", id, *a)
		}
		if r.InitiationMethod != "TRANSFER" {
			continue
		}
		count["legs"]++
		before, ok := records[r.PreviousContactID]
		root := records[r.InitialContactID]
		if !ok || before.NextContactID == "" || root.ContactID == "" || root.InitialContactID != "" {
			t.Errorf("%s goes on from %q, which goes on with %q; the first is %q", id, r.PreviousContactID, before.NextContactID, r.InitialContactID)
		}
		if r.Agent != nil && r.Agent.AgentInteractionDuration > 0 && before.TransferCompletedTimestamp == "" {
			count["warm"]++
		}
	}
	for _, way := range []string{"legs", "cold", "warm", "cold, outside", "warm, outside"} {
		if count[way] == 0 {
			t.Errorf("no %s: %v", way, count)
		}
	}
	t.Logf("%v of %d contacts", count, len(records))
}
