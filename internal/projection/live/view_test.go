package live

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

func empty() *View { return New(0, directory.New(), nil, nil) }

func step(n int, events ...center.Event) center.Step {
	return center.Step{Stamp: center.Stamp{At: now.Add(time.Duration(n) * time.Second), Place: uint64(n)}, Events: events}
}

func made(id center.AgentID) center.Event {
	return center.AgentConfigured{Agent: id, Config: center.AgentConfig{Username: string(id)}, Status: &center.StatusRef{ID: "s", Type: center.Offline}}
}

func TestTheViewFollowsSteps(t *testing.T) {
	v := empty()
	v.Apply(3, step(3,
		center.InstanceSaved{Instance: center.Instance{ID: "i"}}, made("a"),
		center.ContactInitiated{Contact: "c", Channel: center.Voice, Attributes: map[string]string{"k": "1"}},
		center.ContactQueued{Contact: "c", Queue: center.Ref{ID: "q"}},
		center.ContactOffered{Contact: "c", Agent: "a", Channel: center.Voice}))
	v.Directory(func(d *directory.Directory) {
		if d.Instance.ID != "i" {
			t.Errorf("the directory shows %+v", d.Instance)
		}
	})
	a, place, ok := v.AgentAt("a")
	if !ok || place != 3 || len(a.Desk) != 1 || v.Place() != 3 {
		t.Errorf("the agent is %+v at %d", a, place)
	}
	if got := v.Contacts(InQueue("q")); len(got) != 1 || got[0].ID != "c" {
		t.Errorf("in the queue: %+v", got)
	}
	if got := v.Contacts(OfAgent("a")); len(got) != 1 || len(v.Contacts(OfAgent("b"))) != 0 {
		t.Errorf("of the agent: %+v", got)
	}
	v.Apply(4, step(4, center.ContactConnected{Contact: "c", Agent: "a"}, center.ContactLeft{Contact: "c", Agent: "a"}))
	if len(v.Contacts(InQueue("q"))) != 0 || len(v.Contacts(OfAgent("a"))) != 1 {
		t.Error("a contact in after-contact work is the agent's, and in no queue")
	}
	v.Apply(5, step(5, center.ContactCleared{Contact: "c", Agent: "a"}, center.ContactDisconnected{Contact: "c"}, center.ContactCompleted{Contact: "c"}))
	if _, open := v.Contact("c"); open || len(v.Contacts(nil)) != 0 {
		t.Error("a completed contact is still here")
	}
	v.Apply(6, step(6, center.ContactAttributesChanged{Contact: "c", Set: map[string]string{"k": "2"}}))
	v.Apply(7, step(7, center.AgentRemoved{Agent: "a"}))
	if _, there := v.Agent("a"); there || len(v.Agents(nil)) != 0 {
		t.Error("a removed agent is still here")
	}
	v.Apply(8, step(8, made("b"), center.ContactInitiated{Contact: "d"}))
	v.Apply(9, step(9, center.InstanceDeleted{}))
	if len(v.Agents(nil)) != 0 || len(v.Contacts(nil)) != 0 {
		t.Error("a deleted instance still has agents or contacts")
	}
}

func TestWhatIsReturnedBelongsToTheCaller(t *testing.T) {
	given := map[center.AgentID]*lifecycle.Agent{"a": {ID: "a"}}
	v := New(1, directory.New(), given, nil)
	given["a"].LoggedIn = true
	v.Apply(2, step(2, center.ContactInitiated{Contact: "c", Attributes: map[string]string{"k": "1"}},
		center.ContactQueued{Contact: "c"}, center.ContactOffered{Contact: "c", Agent: "a"}, center.ContactConnected{Contact: "c", Agent: "a"}))
	c, _ := v.Contact("c")
	a, _ := v.Agent("a")
	if a.LoggedIn {
		t.Error("the view shares an agent with whoever made it")
	}
	before := []any{a.Clone(), *clone(&c)}
	v.Apply(3, step(3, center.ContactHeld{Contact: "c", Agent: "a"}, center.ContactAttributesChanged{Contact: "c", Set: map[string]string{"k": "2"}}))
	if d := cmp.Diff(before, []any{a, c}); d != "" {
		t.Errorf("what was returned has changed:\n%s", d)
	}
	a.Desk[0].State, c.Attributes["k"], c.Agent.Holds = "x", "x", 99
	if got, _ := v.Contact("c"); got.Attributes["k"] != "2" || got.Agent.Holds != 1 {
		t.Error("the caller changed the view")
	}
	if got, _ := v.Agent("a"); got.Desk[0].State != center.AgentContactOnHold {
		t.Error("the caller changed the view")
	}
}

func TestASubscriberIsToldOfItsAgentOnly(t *testing.T) {
	v := empty()
	touched, stop := v.SubscribeAgent("a")
	v.Apply(1, step(1, made("b")))
	select {
	case <-touched:
		t.Error("told of another agent")
	default:
	}
	v.Apply(2, step(2, made("a")))
	v.Apply(3, step(3, center.AgentLoggedIn{Agent: "a"}, center.AgentStatusChanged{Agent: "a", Status: center.StatusRef{ID: "t"}}))
	<-touched
	states, upTo, ok := v.AgentStates("a", 0)
	if !ok || upTo != 3 || len(states) != 2 || states[0].Place != 2 || states[1].Place != 3 || states[0].Agent.LoggedIn || states[1].Agent.Status.ID != "t" {
		t.Errorf("states %+v up to %d, %t: want one a step", states, upTo, ok)
	}
	if states, _, _ := v.AgentStates("a", 2); len(states) != 1 || !states[0].At.Equal(now.Add(3*time.Second)) {
		t.Errorf("after 2: %+v", states)
	}
	stop()
	stop()
	v.Apply(4, step(4, center.AgentLoggedOut{Agent: "a"}))
	select {
	case <-touched:
		t.Error("told after the subscription ended")
	default:
	}
	if len(v.subscribers) != 0 {
		t.Errorf("subscribers are left: %v", v.subscribers)
	}
}

func TestRecentStatesAreBoundedAndSayWhenTheyAreIncomplete(t *testing.T) {
	v := New(10, directory.New(), nil, nil)
	if _, _, ok := v.AgentStates("a", 9); ok {
		t.Error("states from before the view are said to be known")
	}
	if _, _, ok := v.AgentStates("a", 11); ok {
		t.Error("states after a place to come are said to be known")
	}
	v.Apply(11, step(11, made("a")))
	for n := range RecentMax {
		v.Apply(uint64(12+n), step(12+n, center.AgentLoggedIn{Agent: "a"}))
	}
	if len(v.recent) != RecentMax {
		t.Errorf("%d states are kept, want %d", len(v.recent), RecentMax)
	}
	if _, _, ok := v.AgentStates("a", 10); ok {
		t.Error("a state that is forgotten is said to be known")
	}
	states, upTo, ok := v.AgentStates("a", 11)
	if !ok || len(states) != RecentMax || states[0].Place != 12 || upTo != 11+RecentMax {
		t.Fatalf("%d states from %d, %t", len(states), states[0].Place, ok)
	}
	for n, s := range states {
		if s.Place != uint64(12+n) {
			t.Fatalf("state %d is of %d", n, s.Place)
		}
	}
}

func TestReadersAndTheWriterDoNotDisturbEachOther(t *testing.T) {
	v := empty()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				touched, stop := v.SubscribeAgent("a")
				v.Agents(nil)
				v.Contacts(nil)
				v.Metrics(MetricsQuery{At: now, ByQueue: true, ByChannel: true})
				v.AgentStates("a", max(v.Place(), 5)-5)
				v.Directory(func(d *directory.Directory) { _ = len(d.Queues) })
				select {
				case <-touched:
				default:
				}
				stop()
			}
		})
	}
	for n := 1; n < 400; n++ {
		id := center.ContactID(fmt.Sprint(n))
		v.Apply(uint64(n), step(n, made("a"), center.ContactInitiated{Contact: id, Channel: center.Voice},
			center.ContactQueued{Contact: id, Queue: center.Ref{ID: "q"}}, center.ContactOffered{Contact: id, Agent: "a", Channel: center.Voice}))
	}
	group.Wait()
}
