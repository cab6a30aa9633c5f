package golden

import (
	"encoding/json"
	"time"
)

// handled is what an agent did with a contact, as its agent events alone tell it.
type handled struct {
	connected, since, left, cleared time.Time
	state                           string
	hold                            time.Duration
}

// checkArithmetic works out from agent events what agents did with contacts, and holds the contact records to it. Records
// have whole seconds, so that each may be off by one.
func (s *stage) checkArithmetic() {
	told := s.fromAgentEvents()
	for _, doc := range s.records {
		var r struct {
			ContactID string
			Agent     *struct {
				ARN                                                                                     string
				ConnectedToAgentTimestamp, AfterContactWorkStartTimestamp, AfterContactWorkEndTimestamp time.Time
				AgentInteractionDuration, CustomerHoldDuration, AfterContactWorkDuration                int
			}
		}
		if err := json.Unmarshal(doc, &r); err != nil {
			s.t.Fatal(err)
		}
		a := r.Agent
		if a == nil {
			continue
		}
		h := told[a.ARN+" "+r.ContactID]
		if h == nil {
			s.t.Errorf("no agent event tells that %s handled %s", s.inWords(a.ARN), s.inWords(r.ContactID))
			continue
		}
		near := func(what string, got, want time.Duration) {
			if d := got - want; d < -time.Second || d > time.Second {
				s.t.Errorf("%s: the record says %s %v, agent events say %v", s.inWords(r.ContactID), what, got, want)
			}
		}
		seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
		near("connected at", a.ConnectedToAgentTimestamp.Sub(start), h.connected.Sub(start))
		near("left at", a.AfterContactWorkStartTimestamp.Sub(start), h.left.Sub(start))
		near("cleared at", a.AfterContactWorkEndTimestamp.Sub(start), h.cleared.Sub(start))
		near("hold", seconds(a.CustomerHoldDuration), h.hold)
		near("interaction", seconds(a.AgentInteractionDuration), h.left.Sub(h.connected)-h.hold)
		near("after-contact work", seconds(a.AfterContactWorkDuration), h.cleared.Sub(h.left))
	}
}

// fromAgentEvents returns what agents did, by agent and contact.
func (s *stage) fromAgentEvents() map[string]*handled {
	told := map[string]*handled{}
	desks := map[string]map[string]bool{} // contacts on each agent's desk
	for _, doc := range s.agentEvents {
		var e struct {
			AgentARN             string
			EventTimestamp       time.Time
			CurrentAgentSnapshot struct {
				Contacts []struct {
					ContactID, State    string
					StateStartTimestamp time.Time
				}
			}
		}
		if err := json.Unmarshal(doc, &e); err != nil {
			s.t.Fatal(err)
		}
		desk := map[string]bool{}
		for _, c := range e.CurrentAgentSnapshot.Contacts {
			desk[c.ContactID] = true
			h := told[e.AgentARN+" "+c.ContactID]
			if h == nil {
				h = &handled{}
				told[e.AgentARN+" "+c.ContactID] = h
			}
			h.move(c.State, c.StateStartTimestamp)
		}
		for id := range desks[e.AgentARN] {
			if !desk[id] {
				told[e.AgentARN+" "+id].cleared = e.EventTimestamp
			}
		}
		desks[e.AgentARN] = desk
	}
	return told
}

// move goes on to a state that has begun at a time.
func (h *handled) move(state string, at time.Time) {
	if state == h.state {
		return
	}
	if h.state == "CONNECTED_ONHOLD" {
		h.hold += at.Sub(h.since)
	}
	switch {
	case state == "CONNECTED" && h.connected.IsZero():
		h.connected = at
	case state == "ENDED":
		h.left = at
	}
	h.state, h.since = state, at
}
