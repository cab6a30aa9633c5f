package machine

import (
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// TestCheckFindsWhatIsBroken breaks a healthy state in one way at a time.
func TestCheckFindsWhatIsBroken(t *testing.T) {
	type scene struct {
		s                         *State
		ringing, talking, waiting *lifecycle.Contact
		ringer, talker, idle      *lifecycle.Agent
	}
	for invariant, breakIt := range map[string]func(*scene){
		"contacts are kept under their ids": func(x *scene) { x.waiting.ID = "other" },
		"only open contacts are kept":       func(x *scene) { x.waiting.DisconnectedAt = x.s.At },
		"no contact is left in a flow":      func(x *scene) { x.waiting.Queue = nil },
		"a waiting contact is in a queue that exists": func(x *scene) {
			x.waiting.Queue = &lifecycle.QueueVisit{Queue: center.Ref{ID: "gone"}, EnqueuedAt: x.s.At}
		},
		"a waiting contact is in exactly one queue": func(x *scene) { x.waiting.Queue.DequeuedAt = x.s.At },
		"an offered contact rings at its agent":     func(x *scene) { x.ringer.Desk = nil },
		"a handled contact is on its agent's desk":  func(x *scene) { x.talker.Desk = nil },
		"contact and desk agree":                    func(x *scene) { x.talker.Desk[0].State = center.AgentContactOnHold },
		"times are in order":                        func(x *scene) { x.waiting.Queue.EnqueuedAt = x.s.At.Add(time.Second) },
		"agents are kept under their ids":           func(x *scene) { x.idle.ID = "other" },
		"an agent is a user":                        func(x *scene) { delete(x.s.Directory.Users, x.idle.ID) },
		"a next status takes effect on an empty desk": func(x *scene) {
			x.idle.Next = &center.StatusRef{ID: "lunch"}
		},
		"a contact is on a desk once": func(x *scene) { x.talker.Desk = append(x.talker.Desk, x.talker.Desk[0]) },
		"no agent is over its slots": func(x *scene) {
			d := x.talker.Desk[0]
			d.ID, d.State = "missed", center.AgentContactMissed
			x.talker.Desk = append(x.talker.Desk, d)
		},
		"a ringing contact is offered":                func(x *scene) { x.ringing.Offer = nil },
		"a contact on a desk is handled by its agent": func(x *scene) { x.talking.Agent.Agent = x.idle.ID },
		"desk states are known":                       func(x *scene) { x.talker.Desk[0].State = "DREAMING" },
		"one agent in a conversation":                 func(x *scene) { x.idle.Desk = append(x.idle.Desk, x.talker.Desk[0]) },
		"an outstanding effect has a point": func(x *scene) {
			x.s.Outstanding = append(x.s.Outstanding, Outstanding{ID: "1/0", Effect: center.DialCustomer{Contact: x.talking.ID}})
		},
	} {
		t.Run(invariant, func(t *testing.T) {
			w := smallCenter(t, 2)
			w.must(center.SetAgentStatus{Agent: w.agent("agent0"), Status: w.status("Available")})
			x := &scene{s: w.m.State()}
			for range 3 {
				w.now = w.now.Add(time.Second)
				w.must(aCall)
			}
			for _, a := range x.s.Agents {
				if x.talker == nil {
					x.talker = a
					w.must(center.AcceptContact{Contact: a.Desk[0].ID, Agent: a.ID})
					x.talking = x.s.Contacts[a.Desk[0].ID]
				} else {
					x.ringer, x.ringing = a, x.s.Contacts[a.Desk[0].ID]
				}
			}
			for _, c := range x.s.Contacts {
				if c.Waiting() {
					x.waiting = c
				}
			}
			w.must(center.CreateUser{User: center.User{Username: "idle", FirstName: "F", LastName: "L",
				RoutingProfile: w.profile("Basic Routing Profile"), SecurityProfiles: w.security()}})
			x.idle = x.s.Agents[w.agent("idle")]
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

func TestCheckIdleFindsWhoWaitsForNothing(t *testing.T) {
	w := smallCenter(t, 1)
	w.check = false
	if _, err := w.step(center.Stamp{At: w.now, Place: w.place + 1}, aCall); err != nil {
		t.Fatal(err)
	}
	if err := CheckIdle(w.m.State(), w.now); err == nil {
		t.Error("a call waits, an agent is free, and nothing is said")
	}
	w.wake()
	if err := CheckIdle(w.m.State(), w.now); err != nil {
		t.Error(err)
	}
}
