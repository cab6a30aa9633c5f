package machine

import (
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/routing"
)

// offersByTheRules returns the offers that a step at the time has to make, found by looking at every pair: agents in
// their turn, each with the contact that claims it most strongly, none twice.
func offersByTheRules(s *State, at time.Time, most int) []string {
	agents := map[center.AgentID]*lifecycle.Agent{}
	for id, a := range s.Agents {
		agents[id] = a
	}
	taken := map[center.ContactID]bool{}
	var offers []string
	for len(offers) < most {
		var first *lifecycle.Agent
		var turn routing.Turn
		var best center.ContactID
		for _, a := range agents {
			p := s.Directory.Profiles[center.RoutingProfileID(a.Config.RoutingProfile.ID)]
			c := strongest(s, a, p, taken, at)
			if t := routing.TurnOf(a, p.AvailabilityTimer); c != "" && (first == nil || t.Compare(turn) < 0) {
				first, turn, best = a, t, c
			}
		}
		if first == nil {
			break
		}
		taken[best] = true
		delete(agents, first.ID)
		offers = append(offers, fmt.Sprintf("%s to %s", best, first.ID))
	}
	return offers
}

func strongest(s *State, a *lifecycle.Agent, p center.RoutingProfile, taken map[center.ContactID]bool, at time.Time) center.ContactID {
	var best center.ContactID
	var claim routing.Claim
	for id, c := range s.Contacts {
		if taken[id] {
			continue
		}
		if k, ok := routing.ClaimOf(a, p, c, at); ok && (best == "" || k.Compare(claim) < 0) {
			best, claim = id, k
		}
	}
	return best
}

// offersOf returns the offers of a step in the same words.
func offersOf(step center.Step) []string {
	var offers []string
	for _, e := range step.Events {
		if o, ok := e.(center.ContactOffered); ok {
			offers = append(offers, fmt.Sprintf("%s to %s", o.Contact, o.Agent))
		}
	}
	return offers
}

// before returns the state as it stands, to be looked at after the machine has moved on.
func before(m *Machine) *State {
	s := &State{Directory: m.state.Directory, Agents: map[center.AgentID]*lifecycle.Agent{}, Contacts: map[center.ContactID]*lifecycle.Contact{}}
	for _, id := range directory.Sorted(agentIDs(m.state.Agents)) {
		a := m.state.Agents[id].Clone()
		s.Agents[id] = &a
	}
	for id, c := range m.state.Contacts {
		own := *c
		s.Contacts[id] = &own
	}
	return s
}

func agentIDs(m map[center.AgentID]*lifecycle.Agent) map[center.AgentID]center.AgentID {
	out := make(map[center.AgentID]center.AgentID, len(m))
	for id := range m {
		out[id] = id
	}
	return out
}
