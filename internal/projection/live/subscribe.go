package live

import (
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
)

// subscriber is told that an agent was touched. It holds one token, so telling never blocks, and whoever is slow is told
// once for many.
type subscriber struct{ touched chan struct{} }

func (s *subscriber) nudge() {
	select {
	case s.touched <- struct{}{}:
	default:
	}
}

// SubscribeAgent returns a channel that holds a token whenever a step has touched the agent since the last token was
// taken, and a function that ends the subscription. What the steps were, AgentStates says. The agent need not exist.
func (v *View) SubscribeAgent(id center.AgentID) (touched <-chan struct{}, stop func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := &subscriber{touched: make(chan struct{}, 1)}
	if v.subscribers[id] == nil {
		v.subscribers[id] = map[*subscriber]bool{}
	}
	v.subscribers[id][s] = true
	return s.touched, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.subscribers[id], s)
		if len(v.subscribers[id]) == 0 {
			delete(v.subscribers, id)
		}
	}
}

// AgentStates returns the agent after each step that touched it after a place, oldest first, and the place up to which
// that is all. It is false when some of them are not remembered any more: the journal has them.
func (v *View) AgentStates(id center.AgentID, after uint64) (states []AgentState, upTo uint64, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if after < v.since || after > v.place {
		return nil, v.place, false
	}
	for n := len(v.recent) - 1; n >= 0; n-- {
		s := &v.recent[(v.head+n)%len(v.recent)]
		if s.Place <= after {
			break
		}
		if s.Agent.ID == id {
			states = append(states, AgentState{Place: s.Place, At: s.At, Agent: s.Agent.Clone()})
		}
	}
	slices.Reverse(states)
	return states, v.place, true
}
