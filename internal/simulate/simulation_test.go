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
	if a.summary != b.summary {
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

// TestTheSummaryAddsUp counts the same things again, from the documents.
func TestTheSummaryAddsUp(t *testing.T) {
	got := run(t, mixed(3))
	var records, handled, abandoned, queued, attempts int
	var wait, longest time.Duration
	for _, d := range got.documents {
		if d.Kind != ContactRecord {
			continue
		}
		var r struct {
			Agent                   *struct{ Username string }
			AgentConnectionAttempts int
			Queue                   *struct{ Duration int }
		}
		if err := json.Unmarshal(d.Data, &r); err != nil {
			t.Fatal(err)
		}
		records++
		attempts += r.AgentConnectionAttempts
		if r.Queue != nil {
			queued++
			d := time.Duration(r.Queue.Duration) * time.Second
			longest = max(longest, d)
			if r.Agent != nil {
				handled++
				wait += d
			} else {
				abandoned++
			}
		}
	}
	s := got.summary
	if s.Contacts != records || s.Offered != queued || s.Handled != handled || s.Abandoned != abandoned || s.Missed != attempts-handled {
		t.Errorf("summary %+v\nrecords: contacts %d, offered %d, handled %d, abandoned %d, missed %d", s, records, queued, handled, abandoned, attempts-handled)
	}
	if d := s.LongestWait - longest; d.Abs() > time.Second {
		t.Errorf("longest wait %s, in the records %s", s.LongestWait, longest)
	}
	if d := s.AverageWait - wait/time.Duration(handled); d.Abs() > time.Second {
		t.Errorf("average wait %s, in the records %s", s.AverageWait, wait/time.Duration(handled))
	}
	if s.Abandoned == 0 || s.Missed == 0 || s.Holds == 0 || s.ServiceLevel <= 0 || s.ServiceLevel >= 100 || s.Occupancy <= 0 || s.Occupancy > 100 {
		t.Errorf("nothing happened: %+v", s)
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
