package history

import (
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/contactstore"
)

var nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// TestEachStepCountsOnce: however the journal is cut into rounds, with the process ending in between or the database lost,
// the same comes of it.
func TestEachStepCountsOnce(t *testing.T) {
	cfg := morning(9)
	cfg.Duration = time.Hour
	d := live(t, cfg)
	whole := newWorld(t, d.end)
	whole.add(d.steps...)
	whole.follow()
	cut := newWorld(t, d.end)
	for i, rest := 0, d.steps; len(rest) > 0; i++ {
		n := min(len(rest), 1+i*37%400)
		cut.add(rest[:n]...)
		rest = rest[n:]
		cut.follow()
		if i%5 == 2 {
			cut.reopen()
		}
		if i == 7 {
			if err := cut.settle(t.Context(), cut.fold.latest()); err != nil { // someone asks in between
				t.Fatal(err)
			}
		}
	}
	lost := newWorld(t, d.end)
	lost.add(d.steps...)
	lost.follow()
	if err := lost.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(lost.file, []byte("this is no database, and has never been one: it is long enough to be looked into"), 0o600); err != nil {
		t.Fatal(err)
	}
	lost.open()
	if lost.Place() != 1 {
		t.Errorf("a broken database is at %d", lost.Place())
	}
	lost.follow()
	want := sorted(whole.dump())
	for name, w := range map[string]*world{"cut": cut, "lost": lost} {
		got := sorted(w.dump())
		for table := range want {
			if len(want[table]) == 0 && table != "open_contact" {
				t.Errorf("%s is empty", table)
			}
			if !reflect.DeepEqual(got[table], want[table]) {
				t.Errorf("%s: %s has %d rows that are not those of the whole, %d", name, table, len(got[table]), len(want[table]))
			}
		}
	}
}

// latest is when the newest change of an agent was.
func (f *fold) latest() (at time.Time) {
	for _, a := range f.agents {
		if a.Since.After(at) {
			at = a.Since
		}
	}
	return at
}

func sorted(dump map[string][]string) map[string][]string {
	for _, rows := range dump {
		slices.Sort(rows)
	}
	return dump
}

// TestAFailedCommitIsMadeAgain: what was folded and not committed is folded once more.
func TestAFailedCommitIsMadeAgain(t *testing.T) {
	cfg := morning(2)
	cfg.Duration = 20 * time.Minute
	d := live(t, cfg)
	good, bad := newWorld(t, d.end), newWorld(t, d.end)
	for _, w := range []*world{good, bad} {
		w.add(d.steps...)
	}
	good.follow()
	if _, err := bad.db.Exec("CREATE TRIGGER fails BEFORE INSERT ON offer BEGIN SELECT RAISE(ABORT, 'full'); END"); err != nil {
		t.Fatal(err)
	}
	failed := false
	for busy := true; busy; {
		var err error
		if busy, err = bad.Work(t.Context()); err != nil {
			failed = true
			break
		}
	}
	if !failed {
		t.Fatal("nothing failed")
	}
	if _, err := bad.db.Exec("DROP TRIGGER fails"); err != nil {
		t.Fatal(err)
	}
	bad.follow()
	if !reflect.DeepEqual(sorted(good.dump()), sorted(bad.dump())) {
		t.Error("not the same as without the failure")
	}
}

func TestDaysOfAgentsTimeAddUp(t *testing.T) {
	w := newWorld(t, nine)
	w.tell(nine, center.AgentConfigured{Agent: "ann", Status: &center.StatusRef{ID: "o", Type: center.Offline}, Config: center.AgentConfig{RoutingProfile: center.Ref{ID: "p"}}})
	from, to := nine.Add(67*time.Minute+123*time.Millisecond), nine.Add(54*time.Hour+20*time.Minute)
	w.tell(from, center.AgentStatusChanged{Agent: "ann", Status: center.StatusRef{ID: "a", Type: center.Routable}})
	w.tell(to, center.AgentStatusChanged{Agent: "ann", Status: center.StatusRef{ID: "o", Type: center.Offline}})
	w.follow()
	idle := func(a, b time.Time) float64 {
		t.Helper()
		groups, err := w.Measure(t.Context(), MetricQuery{From: a, To: b, By: []Field{Agent}, Metrics: []Metric{{Name: "SUM_IDLE_TIME_AGENT"}}, Now: to})
		if err != nil {
			t.Fatal(err)
		}
		if len(groups) == 0 {
			return 0
		}
		return groups[0].Values[0].Number
	}
	midnight := nine.Truncate(day)
	for name, x := range map[string]struct {
		from, to time.Time
		want     time.Duration
	}{
		"all":                    {nine, nine.Add(60 * time.Hour), to.Sub(from)},
		"whole days":             {midnight, midnight.Add(3 * day), to.Sub(from)},
		"a day":                  {midnight.Add(day), midnight.Add(2 * day), day},
		"parts of two days":      {midnight.Add(20 * time.Hour), midnight.Add(30 * time.Hour), 10 * time.Hour},
		"a day and parts of two": {midnight.Add(23 * time.Hour), midnight.Add(49 * time.Hour), 26 * time.Hour},
		"before":                 {midnight, nine, 0},
	} {
		if got := idle(x.from, x.to); got != x.want.Seconds() {
			t.Errorf("%s: %v s, want %v", name, got, x.want.Seconds())
		}
	}
}

// TestWhatIsTooOldGoesAway: contacts 24 months after they began, hidden at once; agents' time and offers sooner.
func TestWhatIsTooOldGoesAway(t *testing.T) {
	w := newWorld(t, nine)
	w.tell(nine, center.AgentConfigured{Agent: "ann", Status: &center.StatusRef{ID: "a", Type: center.Routable}})
	for _, id := range []center.ContactID{"old", "new"} {
		w.tell(w.clock.Now().Add(time.Hour), center.ContactInitiated{Contact: id, Channel: center.Voice, Method: "INBOUND", Attributes: map[string]string{"k": "v"}},
			center.ContactConnectedToSystem{Contact: id}, center.ContactQueued{Contact: id, Queue: center.Ref{ID: "q"}}, center.ContactOffered{Contact: id, Agent: "ann", Channel: center.Voice},
			center.ContactMissed{Contact: id, Agent: "ann", State: center.AgentContactMissed}, center.ContactCleared{Contact: id, Agent: "ann"},
			center.ContactDisconnected{Contact: id, Reason: "CUSTOMER_DISCONNECT"}, center.ContactCompleted{Contact: id})
	}
	w.follow()
	found := func() int {
		hits, total, err := w.Search(t.Context(), Query{By: Initiated, From: nine, To: nine.Add(day), Limit: 10, Now: w.clock.Now()}, true)
		if err != nil || int(total) != len(hits) {
			t.Fatal(total, len(hits), err)
		}
		return len(hits)
	}
	rows := func(table string) (n int) {
		if err := w.db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if found() != 2 || rows("label") != 2 || rows("offer") != 2 || rows("agent_time") == 0 {
		t.Fatalf("%d contacts, %d labels, %d offers", found(), rows("label"), rows("offer"))
	}
	until := nine.Add(time.Hour).AddDate(0, ContactMonths, 0)
	for _, x := range []struct {
		at   time.Time
		want int
	}{{until.Add(-time.Millisecond), 2}, {until, 1}, {until.Add(time.Hour), 0}} {
		if err := w.clock.Set(x.at); err != nil {
			t.Fatal(err)
		}
		if got := found(); got != x.want {
			t.Errorf("at %s: %d contacts, want %d", x.at, got, x.want)
		}
		w.trimNext = time.Time{}
		w.follow()
		if got := rows("contact"); got != x.want || rows("label") != x.want {
			t.Errorf("at %s: %d rows and %d labels, want %d", x.at, got, rows("label"), x.want)
		}
	}
	if n := rows("offer") + rows("agent_time") + rows("agent_day"); n != 0 {
		t.Errorf("%d offers and times are left", n)
	}
}

// TestLateChangesAreFound: attributes that change after completion, in a round of its own or in that of the completion.
func TestLateChangesAreFound(t *testing.T) {
	for _, apart := range []bool{true, false} {
		w := newWorld(t, nine)
		w.tell(nine, center.ContactInitiated{Contact: "c", Channel: center.Task, Method: "API"}, center.ContactConnectedToSystem{Contact: "c"},
			center.ContactDisconnected{Contact: "c", Reason: "API"}, center.ContactCompleted{Contact: "c"})
		if apart {
			w.follow()
		}
		w.tell(nine.Add(time.Hour), center.ContactAttributesChanged{Contact: "c", Set: map[string]string{"k": "late"}})
		w.follow()
		hits, _, err := w.Search(t.Context(), Query{By: Disconnected, From: nine, To: nine, Where: Labelled(Attribute, "k", []string{"late"}), Limit: 1, Now: w.clock.Now()}, false)
		if err != nil || len(hits) != 1 {
			t.Errorf("apart %t: found %v, %v", apart, hits, err)
		}
		if got := w.dump()["contact"]; len(got) != 1 {
			t.Errorf("apart %t: %v", apart, got)
		}
		w.tell(nine.Add(2*time.Hour), center.ContactAttributesChanged{Contact: "nobody", Set: map[string]string{"k": "v"}})
		w.follow() // one that is not kept any more is passed over
	}
}

var _ Contacts = (*contactstore.Store)(nil)
