package audit

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/simulate"
)

// day is a center as big as its agents, with contacts for each of them, seen only through its documents.
func day(agents int, perHour float64, length time.Duration) simulate.Config {
	return simulate.Config{Seed: 1, Agents: agents, Queues: 5, ContactsPerHour: perHour, Duration: length, CheckEvery: 1e6, TaskShare: 0.1, DialShare: 0.05}
}

// audited runs a simulation and audits what it publishes. Change may spoil a document on its way.
func audited(t testing.TB, cfg simulate.Config, change func(simulate.Document) []byte) (*Audit, simulate.Summary) {
	t.Helper()
	a := &Audit{}
	cfg.Document = func(d simulate.Document) {
		data := d.Data
		if change != nil {
			data = change(d)
		}
		var err error
		switch d.Kind {
		case simulate.AgentEvent:
			err = a.AgentEvent(data)
		case simulate.ContactRecord:
			err = a.Record(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := simulate.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := s.Run(context.Background()) // ends with a check of all invariants
	if err != nil {
		t.Fatal(err)
	}
	a.Empty()
	state := s.Machine().State()
	if n := len(state.Contacts); n > 0 {
		t.Errorf("%d contacts are open at the end", n)
	}
	for id, g := range state.Agents {
		if busy(g) {
			t.Errorf("agent %s is not free at the end: %+v", id, g.Desk)
		}
	}
	return a, sum
}

func busy(a *lifecycle.Agent) bool {
	for _, c := range a.Config.Concurrency {
		if free, most := a.Slots(c.Channel); free != most {
			return true
		}
	}
	return len(a.Desk) > 0
}

// agree fails when the two streams tell different stories, or hardly any.
func agree(t testing.TB, a *Audit, sum simulate.Summary) {
	t.Helper()
	for _, f := range a.Findings() {
		t.Error(f)
	}
	n := a.Count()
	if n.Records != sum.Contacts || n.Handled != sum.Handled {
		t.Errorf("%d records, %d of them handled; the summary says %d and %d", n.Records, n.Handled, sum.Contacts, sum.Handled)
	}
	if mean := n.Talk + n.Hold; (mean/time.Duration(n.Handled) - sum.AverageTalk).Abs() > time.Second {
		t.Errorf("talk and hold are %v a contact, the summary says %v", mean/time.Duration(n.Handled), sum.AverageTalk)
	}
	if n.Ring <= 0 || n.Hold <= 0 || n.Wrap <= 0 || n.Offers < n.Handled {
		t.Errorf("nothing happened: %+v", n)
	}
}

func TestAgentEventsAndRecordsTellOneStory(t *testing.T) {
	a, sum := audited(t, day(50, 2000.0/4, 4*time.Hour), nil)
	if sum.Contacts < 1800 {
		t.Fatalf("only %d contacts", sum.Contacts)
	}
	agree(t, a, sum)
}

// TestTransfersTellOneStory is the same with agents who bring others into their calls: holds of another agent's doing, and
// customers who are left to someone else.
func TestTransfersTellOneStory(t *testing.T) {
	cfg := day(40, 1600.0/4, 4*time.Hour)
	cfg.Transfer = 0.3
	a, _ := audited(t, cfg, nil)
	for _, f := range a.Findings() {
		t.Error(f)
	}
	if n := a.Count(); n.Handled < 1000 || n.Hold == 0 {
		t.Errorf("too little to say anything: %+v", n)
	}
}

// TestWhatDoesNotAgreeIsFound spoils one document in a hundred, in each way in turn.
func TestWhatDoesNotAgreeIsFound(t *testing.T) {
	for name, x := range map[string]struct {
		kind, from, to, want string
	}{
		"connected":  {simulate.ContactRecord, `"ConnectedToAgentTimestamp":"2026-`, `"ConnectedToAgentTimestamp":"2025-`, "connected at"},
		"hold":       {simulate.ContactRecord, `"CustomerHoldDuration":`, `"CustomerHoldDuration":7`, "hold"},
		"talk":       {simulate.ContactRecord, `"AgentInteractionDuration":`, `"AgentInteractionDuration":9`, "interaction"},
		"wrap":       {simulate.ContactRecord, `"AfterContactWorkDuration":`, `"AfterContactWorkDuration":9`, "after-contact work"},
		"attempts":   {simulate.ContactRecord, `"AgentConnectionAttempts":`, `"AgentConnectionAttempts":3`, "attempts"},
		"chain":      {simulate.AgentEvent, `"FirstName":"Agent"`, `"FirstName":"Agnes"`, "chain"},
		"order":      {simulate.AgentEvent, `"EventTimestamp":"2026-`, `"EventTimestamp":"2025-`, "after one at"},
		"start":      {simulate.AgentEvent, `"State":"ENDED"`, `"State":"CONNECTED"`, "left at"},
		"who did it": {simulate.ContactRecord, `/agent/`, `/agent/x`, "no agent event tells"},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			a, _ := audited(t, day(10, 150, time.Hour), func(d simulate.Document) []byte {
				if d.Kind != x.kind || !bytes.Contains(d.Data, []byte(x.from)) {
					return d.Data
				}
				if n++; n%20 != 7 {
					return d.Data
				}
				return bytes.ReplaceAll(d.Data, []byte(x.from), []byte(x.to))
			})
			if got := strings.Join(a.Findings(), "\n"); !strings.Contains(got, x.want) {
				t.Errorf("found %q, want something about %q", got, x.want)
			}
		})
	}
}

func TestFindingsAreBounded(t *testing.T) {
	a := &Audit{}
	for i := range 3 * FindingsMax {
		if err := a.Record(fmt.Appendf(nil, `{"ContactId":"c%d","AgentConnectionAttempts":1}`, i)); err != nil {
			t.Fatal(err)
		}
	}
	if f := a.Findings(); len(f) != FindingsMax+1 || f[FindingsMax] != fmt.Sprintf("and %d more", 2*FindingsMax) {
		t.Errorf("%d findings, the last is %q", len(f), f[len(f)-1])
	}
}

func TestWhatIsNotADocumentIsAnError(t *testing.T) {
	for _, doc := range []string{"", "{}", `{"AgentARN":1,"CurrentAgentSnapshot":{,"Contacts":[],"NextAgentStatus":null},"EventId":"x","PreviousAgentSnapshot":null,"Version":"1"}`} {
		if err := new(Audit).AgentEvent([]byte(doc)); err == nil {
			t.Errorf("%q was read as an agent event", doc)
		}
	}
	if err := new(Audit).Record([]byte("x")); err == nil {
		t.Error("x was read as a record")
	}
}

// BenchmarkDay is a day of 1,000 agents and 50,000 contacts with all documents, every agent event and record of which is
// audited.
func BenchmarkDay(b *testing.B) {
	for b.Loop() {
		a, sum := audited(b, day(1000, 50_000.0/24, 24*time.Hour), nil)
		agree(b, a, sum)
		n := a.Count()
		b.ReportMetric(float64(n.Records), "records")
		b.ReportMetric(float64(n.AgentEvents), "agent-events")
	}
}
