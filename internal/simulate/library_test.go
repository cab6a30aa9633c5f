package simulate

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// ready runs a scenario of the library whole, and holds its summary to its documents.
func ready(t *testing.T, name string) taken {
	t.Helper()
	r, err := scenario.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, Config{Seed: 1, Scenario: r.Scenario, CheckEvery: 50})
	addsUp(t, got.summary, got.documents)
	if n := len(got.last.Contacts); n > 0 {
		t.Errorf("%d contacts are still open", n)
	}
	for id, a := range got.last.Agents {
		if a.LoggedIn || len(a.Desk) > 0 {
			t.Errorf("agent %s has not gone home: %+v", id, a)
		}
	}
	if t.Failed() {
		t.Logf("%+v", got.summary)
	}
	return got
}

// part returns what a summary says of a queue or channel.
func part(t *testing.T, all []Part, name string) Part {
	t.Helper()
	for _, p := range all {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("the summary says nothing about %s", name)
	return Part{}
}

// between fails when a number is not what the name of a scenario promises.
func between(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s is %.1f; the scenario promises %.1f to %.1f", what, got, low, high)
	}
}

func TestQuietDay(t *testing.T) {
	s := ready(t, "quiet-day").summary
	between(t, "service level", s.ServiceLevel, 90, 100)
	between(t, "abandon rate", s.AbandonRate, 0, 3)
	between(t, "occupancy", s.Occupancy, 10, 50)
	between(t, "calls for orders", float64(part(t, s.ByQueue, "orders").Offered), 150, 400)
	between(t, "calls for support, and tasks", float64(part(t, s.ByQueue, "support").Offered), 120, 350)
	between(t, "tasks", float64(part(t, s.ByChannel, "TASK").Offered), 20, 100)
}

func TestMondayPeak(t *testing.T) {
	got := ready(t, "monday-peak")
	s := got.summary
	between(t, "abandon rate", s.AbandonRate, 10, 60)
	between(t, "longest wait in minutes", s.LongestWait.Minutes(), 3, 60)
	begin := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	peak, later := arrivedIn(t, got.documents, begin.Add(time.Hour), 2*time.Hour), arrivedIn(t, got.documents, begin.Add(4*time.Hour), 2*time.Hour)
	between(t, "contacts of the peak, compared with the hours after lunch", float64(peak)/float64(later), 2.2, 5)
}

func TestMassAbandon(t *testing.T) {
	got := ready(t, "mass-abandon")
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	out := func(from time.Time, d time.Duration) float64 {
		all, gone := 0, 0
		eachRecord(t, got.documents, func(r record1) {
			if r.arrived(from, d) && r.Queue != nil {
				all++
				if r.DisconnectReason == customerLeft && r.Agent == nil {
					gone++
				}
			}
		})
		return 100 * float64(gone) / float64(all)
	}
	between(t, "abandon rate before the outage", out(begin, 25*time.Minute), 0, 25)
	between(t, "abandon rate during the outage", out(begin.Add(35*time.Minute), 50*time.Minute), 50, 100)
	between(t, "abandon rate of it all", got.summary.AbandonRate, 30, 90)
}

func TestIVROutage(t *testing.T) {
	got := ready(t, "ivr-outage")
	begin := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	during, lost := 0, 0
	eachRecord(t, got.documents, func(r record1) {
		if r.arrived(begin.Add(30*time.Minute), 20*time.Minute) && r.SystemEndpoint.Address == "+18005550120" {
			during++
			if r.DisconnectReason == "CONTACT_FLOW_DISCONNECT" && r.Queue == nil {
				lost++
			}
		}
	})
	if during < 20 || lost != during {
		t.Errorf("%d of %d calls during the outage were let go by the flow", lost, during)
	}
	s := got.summary
	between(t, "contacts without a queue", float64(s.NoQueue), float64(lost), float64(lost)+3)
	between(t, "callers of the dead number", float64(s.Unreached), 1, 20)
	if s.Delay < 10*time.Minute || s.Delay > 15*time.Minute {
		t.Errorf("records waited for their stream for %s, which was gone for 15 min", s.Delay)
	}
	for _, d := range got.documents {
		if gone := begin.Add(45 * time.Minute); d.Kind == ContactRecord && !d.At.Before(gone) && d.At.Before(gone.Add(15*time.Minute)) {
			t.Fatalf("a record was published at %s, when its stream was gone", d.At)
		}
	}
}

func TestCallbackEvening(t *testing.T) {
	got := ready(t, "callback-evening")
	reached, tries, late := 0, 0, 0
	eachRecord(t, got.documents, func(r record1) {
		if r.InitiationMethod != "CALLBACK" {
			return
		}
		tries++
		if r.Agent != nil {
			reached++
		}
		if r.InitiationTimestamp.After(time.Date(2026, 3, 2, 19, 0, 0, 0, time.UTC)) {
			late++
		}
	})
	s := got.summary
	if s.Callbacks != tries || tries < 60 || reached < tries/2 || reached == tries || late == 0 {
		t.Errorf("%d callbacks, %d in the records, %d reached, %d late in the evening", s.Callbacks, tries, reached, late)
	}
	between(t, "abandon rate", s.AbandonRate, 0, 15)
}

func TestTaskBacklog(t *testing.T) {
	got := ready(t, "task-backlog")
	begin := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	early, last := 0, time.Time{}
	eachRecord(t, got.documents, func(r record1) {
		if r.Channel == "TASK" && r.arrived(begin, 15*time.Minute) {
			early++
			if r.Agent != nil && r.Agent.ConnectedToAgentTimestamp.After(last) {
				last = r.Agent.ConnectedToAgentTimestamp
			}
		}
	})
	s := got.summary
	tasks, calls := part(t, s.ByChannel, "TASK"), part(t, s.ByChannel, "VOICE")
	if early < 200 || early < tasks.Offered/2 || last.Sub(begin) < 90*time.Minute {
		t.Errorf("%d of %d tasks came at once; the last of them was begun after %s", early, tasks.Offered, last.Sub(begin))
	}
	if tasks.Handled != tasks.Offered || tasks.AverageWait < 10*calls.AverageWait {
		t.Errorf("tasks %+v\ncalls %+v", tasks, calls)
	}
}

func TestChatHeavy(t *testing.T) {
	got := ready(t, "chat-heavy")
	s := got.summary
	chats, calls := part(t, s.ByChannel, "CHAT"), part(t, s.ByChannel, "VOICE")
	between(t, "chats of ten contacts", 10*float64(chats.Offered)/float64(s.Offered), 8, 9.8)
	between(t, "share of chats that were handled", 100*float64(chats.Handled)/float64(chats.Offered), 80, 100)
	between(t, "calls", float64(calls.Handled), 10, 80)
	most, now := 0, map[center.AgentID]int{}
	said := map[string]int{}
	for _, b := range got.journal {
		step, err := center.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range step.Events {
			switch e := e.(type) {
			case center.ContactConnected:
				now[e.Agent]++
				most = max(most, now[e.Agent])
			case center.ContactLeft:
				now[e.Agent]--
			case center.ChatItemAdded:
				said[e.Role+" "+e.Content]++
			}
		}
	}
	if most != 3 || said["CUSTOMER 1"] < 150 || said["CUSTOMER Where is my order?"] < 100 || said["AGENT Let me have a look."] < 150 || said["CUSTOMER I cannot sign in."] < 80 {
		t.Errorf("%d chats at once; said %v", most, said)
	}
}

// record1 is what tests look for in a contact record.
type record1 struct {
	Channel, DisconnectReason, InitiationMethod string
	InitiationTimestamp                         time.Time
	SystemEndpoint                              struct{ Address string }
	Agent                                       *struct{ ConnectedToAgentTimestamp time.Time }
	Queue                                       *struct{ Name string }
}

func (r record1) arrived(from time.Time, d time.Duration) bool {
	return !r.InitiationTimestamp.Before(from) && r.InitiationTimestamp.Before(from.Add(d))
}

func eachRecord(t *testing.T, documents []Document, see func(record1)) {
	t.Helper()
	for _, d := range documents {
		if d.Kind != ContactRecord {
			continue
		}
		var r record1
		if err := json.Unmarshal(d.Data, &r); err != nil {
			t.Fatal(err)
		}
		see(r)
	}
}

func arrivedIn(t *testing.T, documents []Document, from time.Time, d time.Duration) int {
	t.Helper()
	n := 0
	eachRecord(t, documents, func(r record1) {
		if r.arrived(from, d) {
			n++
		}
	})
	return n
}

// TestTheLibraryIsKnownByItsTests: a scenario without a test that it does what its name says is none.
func TestTheLibraryIsKnownByItsTests(t *testing.T) {
	all, err := scenario.Library()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range all {
		names = append(names, r.Scenario.Name)
		if r.File != r.Scenario.Name+".yaml" {
			t.Errorf("%s is called %s", r.File, r.Scenario.Name)
		}
	}
	if got, want := strings.Join(names, " "), "callback-evening chat-heavy ivr-outage mass-abandon monday-peak quiet-day task-backlog"; got != want {
		t.Errorf("the library has %s, and tests for %s", got, want)
	}
}

// TestAScenarioIsTheSameBytes: all that a scenario can have comes from its seed.
func TestAScenarioIsTheSameBytes(t *testing.T) {
	for _, name := range []string{"ivr-outage", "callback-evening"} {
		r, err := scenario.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		a, b := run(t, Config{Seed: 3, Scenario: r.Scenario, CheckEvery: 1000}), run(t, Config{Seed: 3, Scenario: r.Scenario, CheckEvery: 1000})
		for i := range a.journal {
			if string(a.journal[i]) != string(b.journal[i]) {
				t.Fatalf("%s: step %d differs", name, i)
			}
		}
		if len(a.documents) != len(b.documents) {
			t.Errorf("%s: %d documents, then %d", name, len(a.documents), len(b.documents))
		}
	}
}

func TestDocumentsThatWaitAreBounded(t *testing.T) {
	r, err := scenario.Find("ivr-outage")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Seed: 1, Scenario: r.Scenario, CheckEvery: 1000, Document: func(Document) {}})
	if err != nil {
		t.Fatal(err)
	}
	s.publisher.heldMax = 5
	if _, err := s.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "more than 5 documents wait") {
		t.Errorf("error %v", err)
	}
}
