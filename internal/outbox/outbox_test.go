package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/storage"
)

func TestACallIsToldInAgentEventsContactEventsAndARecord(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.hire("a1")
	w.settle()
	follow := make(chan []Item, 1)
	items := w.feed.Follow(context.Background(), Filter{})
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.step(center.AgentStatusChanged{Agent: "a1", Status: available})
	w.call("c1", "a1")
	completed := w.clock.Now().Add(-time.Second) // 08:00:07
	w.to(completed.Add(64 * time.Second))
	if got := w.target.words(t, records1); got != nil {
		t.Errorf("published %v before the delay was over", got)
	}
	w.to(start.Add(3 * time.Minute))
	if diff := cmp.Diff([]string{"08:01:12"}, w.target.words(t, records1)); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"LOGIN 08:00:00.000", "STATE_CHANGE 08:00:00.001", "STATE_CHANGE 08:00:02.000", "STATE_CHANGE 08:00:03.000",
		"STATE_CHANGE 08:00:04.000", "STATE_CHANGE 08:00:05.000", "STATE_CHANGE 08:00:06.000", "STATE_CHANGE 08:00:07.000",
		"HEART_BEAT 08:02:07.000",
	}, w.target.words(t, events1)); diff != "" {
		t.Errorf("agent events (-want +got):\n%s", diff)
	}
	for _, d := range w.target.got {
		switch d.to {
		case records1:
			if d.item.Key != "c1" {
				t.Errorf("a record has the key %q", d.item.Key)
			}
		case events1:
			if !strings.HasSuffix(d.item.Key, "/agent/a1") {
				t.Errorf("an agent event has the key %q", d.item.Key)
			}
		}
	}
	close(follow)
	kinds := map[string]int{}
	for it := range items {
		kinds[it.Kind]++
		if it.Kind == KindContactEvent && it.Target != "" || it.Kind == KindContactRecord && it.Target != records1 || it.ID == "" || it.Instance != instanceID {
			t.Errorf("item %+v", it)
		}
		if it.Kind == KindAgentEvent && (it.Place == 0) != bytes.Contains(it.Document, []byte("HEART_BEAT")) {
			t.Errorf("place %d: %s", it.Place, it.Document)
		}
		if it.Number == w.feed.last {
			break
		}
	}
	if diff := cmp.Diff(map[string]int{KindAgentEvent: 9, KindContactRecord: 1, KindContactEvent: 6}, kinds); diff != "" {
		t.Errorf("feed (-want +got):\n%s", diff)
	}
}

func TestARecordIsPublishedAgainWhenTheContactChanges(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.hire("a1")
	w.call("c1", "a1")                                                                                      // completed 08:00:07
	w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"before": "publication"}}) // 08:00:08
	w.to(start.Add(2 * time.Minute))
	w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"after": "1"}})
	w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"after": "2"}})
	w.settle()
	w.crash()
	w.to(start.Add(3 * time.Minute))
	w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"after": "3"}})
	w.settle()
	if diff := cmp.Diff([]string{"08:01:12", "08:02:00", "08:02:01", "08:03:00"}, w.target.words(t, records1)); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	docs := w.target.to(t, records1)
	if diff := cmp.Diff(map[string]any{"before": "publication"}, docs[0]["Attributes"]); diff != "" {
		t.Errorf("first version (-want +got):\n%s", diff)
	}
	last := docs[len(docs)-1]
	if diff := cmp.Diff(map[string]any{"before": "publication", "after": "3"}, last["Attributes"]); diff != "" {
		t.Errorf("last version (-want +got):\n%s", diff)
	}
	for k := range last {
		if k != "Attributes" && k != "LastUpdateTimestamp" && !reflect.DeepEqual(docs[0][k], last[k]) {
			t.Errorf("%s changed from %v to %v", k, docs[0][k], last[k])
		}
	}
}

func TestOnlyWhatHappensWhileThereIsAnAssociationIsPublished(t *testing.T) {
	w := newWorld(t)
	w.hire("a1")
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.call("c1", "a1") // before: never published
	w.to(start.Add(10 * time.Minute))
	w.associate()
	w.to(start.Add(11 * time.Minute))
	w.call("c2", "a1")
	w.to(start.Add(14 * time.Minute)) // the last event 08:11:07.000
	w.step(center.StorageDisassociated{Resource: center.AgentEvents})
	w.call("c3", "a1")
	w.step(center.StorageDisassociated{Resource: center.ContactTraceRecords}) // before c3 is due
	w.to(start.Add(30 * time.Minute))
	w.step(associated(center.ContactTraceRecords, records2))
	w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"k": "v"}}) // goes where records go now
	w.call("c4", "a1")
	w.to(start.Add(40 * time.Minute))
	if diff := cmp.Diff([]string{"08:12:12"}, w.target.words(t, records1)); diff != "" {
		t.Errorf("first stream (-want +got):\n%s", diff)
	}
	var ids []string
	for _, d := range w.target.to(t, records2) {
		ids = append(ids, d["ContactId"].(string))
	}
	if diff := cmp.Diff([]string{"c1", "c4"}, ids); diff != "" {
		t.Errorf("second stream (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"STATE_CHANGE 08:11:02.000", "STATE_CHANGE 08:11:03.000", "STATE_CHANGE 08:11:04.000",
		"STATE_CHANGE 08:11:05.000", "STATE_CHANGE 08:11:06.000", "STATE_CHANGE 08:11:07.000", "HEART_BEAT 08:13:07.000",
	}, w.target.words(t, events1)); diff != "" {
		t.Errorf("agent events (-want +got):\n%s", diff)
	}
}

func TestHeartbeatsCountFromTheAssociationOnAndSurviveRestarts(t *testing.T) {
	w := newWorld(t)
	w.hire("a1")
	w.hire("a2") // never logs in
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.to(start.Add(time.Hour + time.Minute))
	w.associate() // 09:01
	w.to(start.Add(time.Hour + 4*time.Minute))
	w.crash()
	w.to(start.Add(time.Hour + 7*time.Minute))
	if diff := cmp.Diff([]string{"HEART_BEAT 09:03:00.000", "HEART_BEAT 09:05:00.000", "HEART_BEAT 09:07:00.000"}, w.target.words(t, events1)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.pass(time.Second)
	w.step(center.AgentLoggedOut{Agent: "a1"}) // 09:07:01
	w.to(start.Add(5 * time.Hour))
	got := w.target.words(t, events1)
	if len(got) != 3+1+30 || got[len(got)-1] != "HEART_BEAT 10:07:01.000" {
		t.Errorf("got %d events, the last %s", len(got), got[len(got)-1])
	}
}

func TestTimeThatWasPassedOverIsCaughtUpForAnHourOnly(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.hire("a1")
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.settle()
	w.pass(10*time.Hour + time.Second)
	w.settle()
	got := w.target.words(t, events1)
	if want := 1 + int(HeartbeatCatchUp/heartbeatAfter); len(got) != want {
		t.Errorf("%d events, want %d: %v", len(got), want, got)
	}
	if last := got[len(got)-1]; last != "HEART_BEAT 18:00:00.000" {
		t.Errorf("the last is %s", last)
	}
	w.step(center.AgentLoggedOut{Agent: "a1"}) // the heartbeats before it come first
	w.pass(3 * time.Hour)
	w.settle()
	got = w.target.words(t, events1)
	if last := got[len(got)-1]; last != "LOGOUT 18:00:01.000" {
		t.Errorf("the last is %s", last)
	}
}

func TestWhatIsDueComesBeforeTheStepAfterIt(t *testing.T) {
	tell := func(late bool) []delivered {
		w := newWorld(t)
		w.associate()
		w.hire("a1")
		w.step(center.AgentLoggedIn{Agent: "a1"})
		w.call("c1", "a1")
		if !late {
			w.to(start.Add(5 * time.Minute))
		} else {
			w.pass(start.Add(5 * time.Minute).Sub(w.clock.Now()))
		}
		w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"k": "v"}})
		w.step(center.AgentStatusChanged{Agent: "a1", Status: lunch})
		w.to(start.Add(10 * time.Minute))
		return w.target.got
	}
	ids := func(got []delivered) map[string]string {
		m := map[string]string{}
		for _, d := range got {
			m[d.item.ID] = string(d.item.Data)
		}
		return m
	}
	if diff := cmp.Diff(ids(tell(false)), ids(tell(true))); diff != "" {
		t.Errorf("a lane that was late told another story (-in time +late):\n%s", diff)
	}
}

func TestRecordsAtOnce(t *testing.T) {
	w := newWorld(t)
	w.delay = -1
	w.associate()
	w.call("c1", "a1")
	w.settle()
	if diff := cmp.Diff([]string{"08:00:07"}, w.target.words(t, records1)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// story is a morning with everything in it. It is written while the outbox works, so that crashes hit it anywhere.
func story(w *world, work func()) {
	w.associate()
	w.hire("a1")
	w.hire("a2")
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.step(center.AgentStatusChanged{Agent: "a1", Status: available}, center.AgentLoggedIn{Agent: "a2"})
	work()
	w.call("c1", "a1")
	work()
	w.call("c2", "a2")
	w.pass(30 * time.Second)
	w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"k": "1"}})
	work()
	for range 30 {
		w.pass(10 * time.Second)
		work()
	}
	w.step(center.ContactAttributesChanged{Contact: "c2", Set: map[string]string{"k": "2"}}, center.AgentStatusChanged{Agent: "a2", Status: lunch})
	w.step(associated(center.ContactTraceRecords, records2))
	w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"k": "3"}})
	work()
	w.step(center.AgentLoggedOut{Agent: "a2"}, center.AgentStatusChanged{Agent: "a2", Status: offline})
	w.pass(130 * time.Second)
	work()
}

func TestACrashAtAnyCallLosesNothingAndInventsNothing(t *testing.T) {
	want := newWorld(t)
	story(want, want.settle)
	reference := map[string]string{}
	for _, d := range want.target.got {
		reference[d.item.ID] = string(d.item.Data)
	}
	if len(reference) < 25 || len(want.target.got) != len(reference) {
		t.Fatalf("the story has %d documents, delivered %d times", len(reference), len(want.target.got))
	}
	deaths := map[string]int{}
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			w := newWorld(t)
			w.faults = &faults{at: at, after: after}
			story(w, func() {
				for {
					if w.box == nil {
						if err := w.open(); err != nil {
							t.Fatal(err)
						}
					}
					busy, err := w.box.Work(context.Background())
					if w.faults.died != "" {
						deaths[w.faults.died]++
						w.crash()
						w.faults = &faults{at: -1}
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					if !busy {
						return
					}
				}
			})
			if w.faults.at > 0 {
				break // the story was over before
			}
			for _, d := range w.target.got {
				if ref, ok := reference[d.item.ID]; !ok {
					t.Fatalf("crash at call %d (after: %t) invented %s", at, after, d.item.Data)
				} else if ref != string(d.item.Data) {
					t.Fatalf("crash at call %d (after: %t): %s has other bytes:\n%s\n%s", at, after, d.item.ID, ref, d.item.Data)
				}
			}
			for key, ids := range want.target.byKey {
				if diff := cmp.Diff(ids, w.target.byKey[key]); diff != "" {
					t.Fatalf("crash at call %d (after: %t): documents of %s (-want +got):\n%s", at, after, key, diff)
				}
			}
		}
	}
	if deaths["append"] < 20 || deaths["deliver"] < 20 {
		t.Errorf("died too seldom: %v", deaths)
	}
	t.Logf("died %v", deaths)
}

func TestTheSameStoryOnTheEngineThatIsUsedByDefault(t *testing.T) {
	want, w := newWorld(t), newWorldOnDisk(t)
	story(want, want.settle)
	n := 0
	story(w, func() {
		if n++; n%3 == 0 {
			w.crash()
		}
		w.settle()
	})
	if diff := cmp.Diff(want.target.byKey, w.target.byKey); diff != "" {
		t.Errorf("(-memory +disk):\n%s", diff)
	}
}

func TestACommitWhoseOutcomeIsUnknownIsNotLost(t *testing.T) {
	for _, keep := range []bool{false, true} {
		w := newWorld(t)
		w.associate()
		w.hire("a1")
		w.step(center.AgentLoggedIn{Agent: "a1"})
		if err := w.open(); err != nil {
			t.Fatal(err)
		}
		w.disk.Plan(1, 2) // the second append's sync fails
		for range 5 {
			if _, err := w.box.Work(context.Background()); err != nil {
				break
			}
		}
		w.disk.Crash(keep)
		w.crash()
		w.settle()
		w.step(center.AgentLoggedOut{Agent: "a1"})
		w.settle()
		ids := map[string]bool{}
		for _, d := range w.target.got {
			ids[d.item.ID] = true
		}
		if len(ids) != 2 {
			t.Errorf("keep %t: %d documents, want LOGIN and LOGOUT", keep, len(ids))
		}
	}
}

func TestAFailedDocumentHoldsUpOnlyItsOwnKey(t *testing.T) {
	w := newWorld(t)
	w.associate()
	for _, id := range []center.AgentID{"a1", "a2"} {
		w.hire(id)
		w.step(center.AgentLoggedIn{Agent: id})
		w.step(center.AgentStatusChanged{Agent: id, Status: available})
		w.step(center.AgentStatusChanged{Agent: id, Status: lunch})
	}
	tries := 0
	w.target.fail = func(_ string, it courier.Item) error {
		if strings.HasSuffix(it.Key, "/a1") && bytes.Contains(it.Data, []byte(`"LOGIN"`)) { // those behind it would be taken
			if tries++; tries <= 3 {
				return errors.New("throttled")
			}
		}
		return nil
	}
	w.settle()
	if got := w.target.words(t, events1); len(got) != 3 {
		t.Fatalf("got %v before the first retry, want none of a1 and three of a2", got)
	}
	st := w.box.Status()[1]
	if st.Waiting != 3 || st.FailingSince.IsZero() || st.LastError != "throttled" || st.Target != events1 {
		t.Errorf("status %+v", st)
	}
	w.to(w.clock.Now().Add(time.Minute))
	for key, ids := range w.target.byKey {
		var types []string
		for _, d := range w.target.got {
			if d.item.Key == key {
				types = append(types, d.item.ID)
			}
			if d.item.Key == key && len(types) == 1 && !bytes.Contains(d.item.Data, []byte(`"LOGIN"`)) {
				t.Errorf("%s: the first that came is %s", key, d.item.Data)
			}
		}
		if len(ids) != 3 || !slices.Equal(ids, types) || len(w.target.byKey) != 2 {
			t.Errorf("%s: %v, taken as %v", key, ids, types)
		}
	}
	if st := w.box.Status()[1]; st.Published != 6 || st.Repeated != 3 || st.Waiting != 0 || !st.FailingSince.IsZero() {
		t.Errorf("status %+v", st)
	}
}

func TestRetriesAreBounded(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.hire("a1")
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.target.down = func(string) error { return courier.ErrNoSuchTarget }
	w.settle()
	first, ok := w.box.Deadline()
	if wait := first.Sub(w.clock.Now()); !ok || wait < RetryMin/2 || wait > RetryMin {
		t.Errorf("the first retry comes after %s", wait)
	}
	w.to(w.clock.Now().Add(10 * time.Minute))
	if n := w.target.calls; n < 20 || n > 80 {
		t.Errorf("%d tries in ten minutes", n)
	}
	next, _ := w.box.Deadline()
	if wait := next.Sub(w.clock.Now()); wait > RetryMax {
		t.Errorf("a retry comes after %s", wait)
	}
	w.to(start.Add(RetryFor - time.Minute))
	if st := w.box.Status()[1]; st.Dropped != 0 || st.Waiting != 1 {
		t.Errorf("before the bound: %+v", st)
	}
	w.to(start.Add(RetryFor + time.Minute))
	if st := w.box.Status()[1]; st.Dropped != 1 {
		t.Errorf("after the bound: %+v", st)
	}
	w.target.down = nil
	w.step(center.AgentLoggedOut{Agent: "a1"})
	w.to(w.clock.Now().Add(time.Minute))
	got := w.target.words(t, events1)
	if len(got) == 0 || !strings.HasPrefix(got[len(got)-1], "LOGOUT") {
		t.Errorf("got %v", got)
	}
}

func TestWhatATargetRefusesIsDroppedAtOnce(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.hire("a1")
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.step(center.AgentStatusChanged{Agent: "a1", Status: available})
	w.target.fail = func(_ string, it courier.Item) error {
		if bytes.Contains(it.Data, []byte(`"LOGIN"`)) {
			return fmt.Errorf("too large: %w", courier.ErrRefused)
		}
		return nil
	}
	w.settle()
	if got := w.target.words(t, events1); len(got) != 1 || w.box.Status()[1].Dropped != 1 {
		t.Errorf("got %v, %+v", got, w.box.Status()[1])
	}
}

func TestATargetThatIsGoneGivesWayToANewAssociation(t *testing.T) {
	for _, live := range []bool{false, true} {
		w := newWorld(t)
		current := map[center.ResourceType]string{}
		if live {
			w.live = func(r center.ResourceType) (string, bool) { t, ok := current[r]; return t, ok }
		}
		w.associate()
		current[center.ContactTraceRecords], current[center.AgentEvents] = records1, events1
		w.hire("a1")
		w.step(center.AgentLoggedIn{Agent: "a1"})
		w.target.down = func(to string) error {
			if to == events1 {
				return courier.ErrNoSuchTarget
			}
			return nil
		}
		w.settle()
		w.step(associated(center.AgentEvents, records2))
		current[center.AgentEvents] = records2
		w.settle() // no need to wait for the retry
		if got := w.target.words(t, records2); len(got) != 1 {
			t.Errorf("live %t: got %v", live, got)
		}
		w.target.down = func(string) error { return courier.ErrNoSuchTarget }
		w.step(center.AgentStatusChanged{Agent: "a1", Status: lunch})
		w.settle()
		w.step(center.StorageDisassociated{Resource: center.AgentEvents})
		delete(current, center.AgentEvents)
		w.to(w.clock.Now().Add(time.Minute))
		if st := w.box.Status()[1]; st.Unwanted != 1 || st.Waiting != 0 {
			t.Errorf("live %t: %+v", live, st)
		}
	}
}

func TestAViewThatIsBehindTheJournalLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.live = func(center.ResourceType) (string, bool) { return "", false }
	w.associate()
	w.hire("a1")
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.settle()
	if got := w.target.words(t, events1); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestBatchesAreBounded(t *testing.T) {
	w := newWorld(t)
	w.associate()
	const n = 2*DeliverItems + 7
	var all []center.Event
	for i := range n {
		id := center.AgentID(fmt.Sprintf("a%04d", i))
		all = append(all, center.AgentConfigured{Agent: id, Config: config(string(id)), Status: &offline}, center.AgentLoggedIn{Agent: id})
	}
	w.step(all...) // one step, more agents than one commit holds rows
	w.settle()
	if got := len(w.target.got); got != n || len(w.target.byKey) != n {
		t.Errorf("%d documents of %d agents, want %d", got, len(w.target.byKey), n)
	}
	if w.target.most > DeliverItems {
		t.Errorf("%d documents in one delivery", w.target.most)
	}
	w.pass(heartbeatAfter)
	w.settle()
	if got := len(w.target.got); got != 2*n {
		t.Errorf("%d documents after the heartbeats, want %d", got, 2*n)
	}
	w.crash()
	w.settle()
	if got := len(w.target.got); got != 2*n {
		t.Errorf("%d documents after a restart", got)
	}
}

func TestDeliveriesAreBoundedInBytes(t *testing.T) {
	w := newWorld(t)
	w.delay = -1
	w.associate()
	big := strings.Repeat("x", 32<<10)
	const n = 400
	for i := range n {
		id := center.ContactID(fmt.Sprintf("c%04d", i))
		w.step(center.ContactInitiated{Contact: id, Channel: center.Task, Method: "API", Attributes: map[string]string{"big": big}},
			center.ContactDisconnected{Contact: id, Reason: "OTHER"}, center.ContactCompleted{Contact: id})
	}
	w.settle()
	if len(w.target.got) != n || w.target.bytes > DeliverBytes || w.target.most > DeliverItems {
		t.Errorf("%d documents, up to %d bytes and %d documents at once", len(w.target.got), w.target.bytes, w.target.most)
	}
}

func TestTwoOutboxesOfOneInstanceDoNotUndoEachOther(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.hire("a1")
	w.settle()
	other := *w
	other.box = nil
	other.settle()
	w.step(center.AgentLoggedIn{Agent: "a1"})
	other.settle()
	w.settle() // delivers again, finds that the other was first, and goes on from there
	w.step(center.AgentLoggedOut{Agent: "a1"})
	w.settle()
	ids := map[string]bool{}
	for _, d := range w.target.got {
		ids[d.item.ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("%d documents, want 2: %v", len(ids), slices.Collect(maps.Keys(ids)))
	}
}

func TestOpeningReadsOnlyTheEndOfTheJournal(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.call("old", "a1")
	w.to(start.Add(5 * time.Minute))
	w.call("young", "a1")
	w.settle()
	w.crash()
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	l := w.box.lanes[0].(*lane[recordRow])
	if len(l.dues.items) != 1 || l.dues.items[0].id != "young" || l.at.LowWater != l.dues.items[0].place {
		t.Errorf("due: %+v, low water %d", l.dues.items, l.at.LowWater)
	}
	if _, last, _ := w.log.Bounds(context.Background()); l.at.LowWater < last {
		t.Errorf("reads from %d, the journal ends at %d", l.at.LowWater, last)
	}
	w.to(start.Add(10 * time.Minute))
	if got := len(w.target.words(t, records1)); got != 2 {
		t.Errorf("%d records", got)
	}
}

func TestALaneThatHasNothingToSayStillCommitsNowAndThen(t *testing.T) {
	w := newWorld(t)
	w.settle()
	for range quietPlacesMax + stepsMax {
		w.step(center.QueueSaved{})
	}
	w.settle()
	_, last, _ := w.log.Bounds(context.Background())
	w.crash()
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	for _, st := range w.box.Status() {
		if st.Place+quietPlacesMax < last {
			t.Errorf("%s begins again at %d, the journal ends at %d", st.Lane, st.Place, last)
		}
	}
}

func TestRowsOfContactsThatAreTooOldGoAway(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.call("c1", "a1")
	w.to(start.Add(5 * time.Minute))
	w.pass(start.AddDate(0, rowMonths, 0).Sub(w.clock.Now()))
	w.step(center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"k": "v"}})
	w.settle()
	if got := len(w.target.words(t, records1)); got != 1 {
		t.Errorf("%d records", got)
	}
	log, err := w.engine.Open(context.Background(), LogName(instanceID, LaneContactRecords), storage.Config{Latest: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Last(context.Background(), "contact.c1"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the row is still there: %v", err)
	}
	w.crash()
	w.settle()
	if got := len(w.target.words(t, records1)); got != 1 {
		t.Errorf("%d records after a restart", got)
	}
}

func TestRunWorksWhenTheJournalGrowsAndWhenTimePasses(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.hire("a1")
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	items := w.feed.Follow(ctx, Filter{Kinds: []string{KindAgentEvent}})
	done := make(chan error, 2)
	go func() { done <- w.box.Run(ctx) }()
	go func() { done <- w.reader.Run(ctx) }()
	w.step(center.AgentLoggedIn{Agent: "a1"})
	n := 0
	for it := range items {
		if n++; n == 1 {
			if !bytes.Contains(it.Document, []byte(`"LOGIN"`)) {
				t.Errorf("first: %s", it.Document)
			}
			go func() { // until the lane waits for it
				for ctx.Err() == nil {
					if at, ok := w.clock.Next(); ok {
						w.clock.Set(at)
						return
					}
				}
			}()
			continue
		}
		if !bytes.Contains(it.Document, []byte(`"HEART_BEAT"`)) {
			t.Errorf("second: %s", it.Document)
		}
		break
	}
	cancel()
	for range 2 {
		<-done
	}
}

// A step may be stamped before something falls due and become durable after it was released. Whatever was sent before a
// crash must still be true after it.
func TestWhatTheClockDecidedStaysDecidedAfterACrash(t *testing.T) {
	released := 0
	for at := 1; at < 20; at++ {
		for _, after := range []bool{false, true} {
			w := newWorld(t)
			w.associate()
			w.hire("a1")
			w.step(center.AgentLoggedIn{Agent: "a1"})
			w.call("c1", "a2") // due at 08:01:12
			w.to(start.Add(time.Minute))
			w.pass(2 * time.Minute)
			w.faults = &faults{at: at, after: after}
			w.crash()
			if err := w.open(); err != nil {
				t.Fatal(err)
			}
			for busy := true; busy && w.faults.died == ""; {
				busy, _ = w.box.Work(context.Background())
			}
			w.faults = nil
			w.crash()
			w.late(start.Add(61*time.Second),
				center.ContactAttributesChanged{Contact: "c1", Set: map[string]string{"k": "v"}},
				center.AgentStatusChanged{Agent: "a1", Status: lunch})
			w.settle()
			seen, last := map[string]string{}, ""
			for _, d := range w.target.got {
				if data, ok := seen[d.item.ID]; ok && data != string(d.item.Data) {
					t.Errorf("crash at call %d (after: %t): %s has other bytes:\n%s\n%s", at, after, d.item.ID, data, d.item.Data)
				}
				seen[d.item.ID] = string(d.item.Data)
			}
			for _, word := range w.target.words(t, events1) {
				when := word[len(word)-12:]
				if when < last {
					t.Errorf("crash at call %d (after: %t): %s comes after %s", at, after, word, last)
				}
				last = when
			}
			if got := w.target.words(t, records1); got[len(got)-1] == "08:01:13" {
				released++
			} else if !slices.Equal(slices.Compact(got), []string{"08:01:12"}) {
				t.Errorf("crash at call %d (after: %t): records %v", at, after, got)
			}
		}
	}
	if released == 0 || released == 38 {
		t.Errorf("in %d of 38 crashes the record was out before: the test does not see both sides", released)
	}
}

func TestAStuckStreamHoldsUpOnlyItsOwnLane(t *testing.T) {
	w := newWorld(t)
	w.delay = -1
	w.associate()
	w.hire("a1")
	w.target.down = func(to string) error {
		if to == records1 {
			return courier.ErrNoSuchTarget
		}
		return nil
	}
	w.call("c1", "a1")
	w.settle()
	w.call("c2", "a1")
	w.settle()
	if got := len(w.target.words(t, events1)); got != 12 {
		t.Errorf("%d agent events while records are stuck", got)
	}
	if st := w.box.Status(); st[0].Waiting != 1 || st[2].Waiting != 0 || st[2].Published != 12 {
		t.Errorf("status %+v", st)
	}
	w.target.down = nil
	w.to(w.clock.Now().Add(RetryMax))
	if got := len(w.target.words(t, records1)); got != 2 {
		t.Errorf("%d records in the end", got)
	}
}

func TestADeletedInstanceSaysNothingMore(t *testing.T) {
	w := newWorld(t)
	w.associate()
	w.hire("a1")
	w.step(center.AgentLoggedIn{Agent: "a1"})
	w.call("c1", "a1")
	w.settle()
	before := len(w.target.got)
	w.step(center.InstanceDeleted{})
	w.to(start.Add(10 * time.Minute))
	if got := len(w.target.got); got != before {
		t.Errorf("%d documents after the end", got-before)
	}
}
