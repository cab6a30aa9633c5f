package machine

import (
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// consult is a call in which agent0 has brought agent1 in, and a call outside that rings at agent2's.
type consult struct {
	w              *world
	s              *State
	call, leg, out *lifecycle.Contact
	source         *lifecycle.Agent
}

func newConsult(t *testing.T) *consult {
	w := smallCenter(t, 3)
	w.must(center.UpdateQueue{ID: w.queue("BasicQueue"), Outbound: &center.OutboundCaller{Number: w.number("+18005550199")}})
	x := &consult{w: w, s: w.m.State()}
	for _, name := range []string{"agent1", "agent2"} {
		w.must(center.SetAgentStatus{Agent: w.agent(name), Status: w.status("Offline")})
	}
	x.source, x.call = x.talk("agent0")
	_, x.out = x.talk("agent2")
	w.must(center.AddParty{Contact: x.out.ID, Agent: w.agent("agent2"), To: center.Destination{Number: "+14255550188"}})
	w.must(center.SetAgentStatus{Agent: w.agent("agent1"), Status: w.status("Available")})
	w.must(center.AddParty{Contact: x.call.ID, Agent: x.source.ID, To: center.Destination{Agent: w.agent("agent1")}})
	x.leg = x.s.Contacts[x.call.Parties[0].ID]
	w.must(center.AcceptContact{Contact: x.leg.ID, Agent: w.agent("agent1")})
	return x
}

// talk lets a customer's call come to an agent.
func (x *consult) talk(name string) (*lifecycle.Agent, *lifecycle.Contact) {
	a := x.s.Agents[x.w.agent(name)]
	x.w.must(center.SetAgentStatus{Agent: a.ID, Status: x.w.status("Available")})
	x.w.must(aCall)
	x.w.must(center.AcceptContact{Contact: a.Desk[0].ID, Agent: a.ID})
	return a, x.s.Contacts[a.Desk[0].ID]
}

// TestCheckFindsWhatIsBrokenInCalls breaks a healthy consult in one way at a time.
func TestCheckFindsWhatIsBrokenInCalls(t *testing.T) {
	for invariant, breakIt := range map[string]func(*consult){
		"nobody is in a call that is over":              func(x *consult) { x.call.DisconnectedAt = x.s.At },
		"one leg holds the line":                        func(x *consult) { x.leg.Previous = "" },
		"a party that was brought in has its leg":       func(x *consult) { x.leg.Line = "elsewhere" },
		"a party is there when its agent is":            func(x *consult) { x.call.Parties[0].ConnectedAt = time.Time{} },
		"who is apart from the customer has it on hold": func(x *consult) { x.leg.Agent.HeldAt = time.Time{} },
		"a party rings or is there":                     func(x *consult) { x.out.Parties[0].RingUntil = time.Time{} },
		"who listens has someone to listen to":          func(x *consult) { x.out.Watches = "nobody" },
		"contact and desk agree":                        func(x *consult) { x.source.Desk[0].Parties = nil },
		"an outstanding effect has a point":             func(x *consult) { x.out.Parties[0].ID = "another" },
		"a contact on a desk is handled by its agent":   func(x *consult) { x.leg.Agent.Agent = x.source.ID },
	} {
		t.Run(invariant, func(t *testing.T) {
			x := newConsult(t)
			if err := Check(x.s); err != nil {
				t.Fatalf("before: %v", err)
			}
			breakIt(x)
			if err := Check(x.s); err == nil || !strings.Contains(err.Error(), `"`+invariant+`"`) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestWhoIsInACallIsBounded brings supervisors to a call until no more may listen, and parties until no more may talk.
func TestWhoIsInACallIsBounded(t *testing.T) {
	w := smallCenter(t, 1)
	talker := w.m.State().Agents[w.agent("agent0")]
	w.must(aCall)
	call := talker.Desk[0].ID
	w.must(center.AcceptContact{Contact: call, Agent: talker.ID})
	for i := range monitorsMax + 1 {
		name := "sue" + string(rune('a'+i))
		w.must(center.CreateUser{User: center.User{Username: name, FirstName: "S", LastName: "U", RoutingProfile: w.profile("Basic Routing Profile"),
			SecurityProfiles: w.security(), Phone: center.PhoneConfig{Type: "SOFT_PHONE"}}})
		cmd := center.MonitorCall{Contact: call, Supervisor: w.agent(name)}
		if i < monitorsMax {
			w.must(cmd)
		} else if r := refusal(t, w, cmd); r.Reason != center.Limit {
			t.Errorf("the supervisor after %d: got %v, want Limit", monitorsMax, r)
		}
	}
	w.must(center.UpdateQueue{ID: w.queue("BasicQueue"), Outbound: &center.OutboundCaller{Number: w.number("+18005550199")}})
	to := center.Destination{Number: "+14255550188"}
	for n := 2; n < partiesMax; n++ {
		w.must(center.AddParty{Contact: call, Agent: talker.ID, To: to})
	}
	if r := refusal(t, w, center.AddParty{Contact: call, Agent: talker.ID, To: to}); r.Reason != center.Conflict {
		t.Errorf("one more than %d in a call: got %v, want Conflict", partiesMax, r)
	}
	w.must(center.HangUp{Contact: call})
	for id, a := range w.m.State().Agents {
		if len(a.Desk) != 1 || a.Desk[0].State != center.AgentContactEnded {
			if a.Config.Username != "sue"+string(rune('a'+monitorsMax)) {
				t.Errorf("%s is left with %v", id, a.Desk)
			}
		}
	}
	w.checkRecovery(t)
}

// TestADroppedPartyIsNotCalledAgain: a call to someone outside is not outstanding any more once nobody waits for it.
func TestADroppedPartyIsNotCalledAgain(t *testing.T) {
	for name, end := range map[string]func(*consult) center.Command{
		"dropped": func(x *consult) center.Command {
			return center.DropParty{Contact: x.out.ID, Agent: x.out.Agent.Agent, Party: x.out.Parties[0].ID}
		},
		"customer gone": func(x *consult) center.Command { return center.HangUp{Contact: x.out.ID} },
		"answered": func(x *consult) center.Command {
			return center.PartyAnswered{Contact: x.out.ID, Party: x.out.Parties[0].ID}
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newConsult(t)
			party := x.out.Parties[0].ID
			x.w.must(end(x))
			released := false
			for _, o := range x.w.m.Outstanding() {
				switch e := o.Effect.(type) {
				case center.DialParty:
					t.Errorf("%s is called again", e.Party)
				case center.ReleaseLine:
					released = released || e.Contact == party
				}
			}
			if released == (name == "answered") {
				t.Errorf("released: %v", released)
			}
			x.w.checkRecovery(t)
		})
	}
}

// TestAttributesAreSharedByTheLegsOfACall: what is set on the first contact is on all that are not over.
func TestAttributesAreSharedByTheLegsOfACall(t *testing.T) {
	x := newConsult(t)
	set := func(id center.ContactID, value string, stored map[string]string) {
		x.w.must(center.UpdateContactAttributes{Contact: id, Set: map[string]string{"k": value}, Stored: stored})
	}
	set(x.call.ID, "both", nil)
	if a, b := x.call.Attributes["k"], x.leg.Attributes["k"]; a != "both" || b != "both" {
		t.Errorf("set on the first: %q, %q", a, b)
	}
	set(x.leg.ID, "one", nil)
	if a, b := x.call.Attributes["k"], x.leg.Attributes["k"]; a != "both" || b != "one" {
		t.Errorf("set on the second: %q, %q", a, b)
	}
	x.w.must(center.LeaveContact{Contact: x.call.ID, Agent: x.source.ID})
	x.w.must(center.ClearContact{Contact: x.call.ID, Agent: x.source.ID})
	set(x.call.ID, "later", map[string]string{"k": "both"})
	if b := x.leg.Attributes["k"]; b != "later" {
		t.Errorf("set on the first after it was completed: %q", b)
	}
	if r := refusal(t, x.w, center.UpdateContactAttributes{Contact: x.call.ID, Set: map[string]string{"big": strings.Repeat("x", attributeBytes-4)}, Stored: map[string]string{}}); r.Reason != center.Invalid {
		t.Errorf("too much for the second leg: %v", r)
	}
	x.w.checkRecovery(t)
}
