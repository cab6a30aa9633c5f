package machine

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// wake does what time demands, then what configuration changes have left to do, then routes: the first of the three for
// which there is anything to do, and only so much of it as one step may hold. The next Wake is due at once if more is
// left.
func (t *turn) wake() {
	t.timers()
	if len(t.events) > 0 {
		return
	}
	if len(t.m.index.behind) > 0 {
		t.reconfigure()
		if len(t.events) > 0 {
			return
		}
	}
	t.route()
}

// timers does what is due, but nothing twice for one agent: its desk changes for one reason in a step.
func (t *turn) timers() {
	x := &t.m.index
	var later []dueEntry
	busy := map[center.AgentID]bool{}
	for n := 0; n < t.m.limits.timers && t.bytes < stepBytesMax && len(x.due) > 0 && !x.due[0].at.After(t.at); {
		e := x.due.pop()
		if !x.holds(e) {
			continue
		}
		if agent := t.agentOf(e); agent != "" {
			if busy[agent] {
				later = append(later, e)
				continue
			}
			busy[agent] = true
		}
		n++
		x.taken(e)
		t.ran = t.bytes
		t.due(e)
	}
	for _, e := range later {
		x.due.push(e)
	}
}

// agentOf returns whose desk the entry will change, or "".
func (t *turn) agentOf(e dueEntry) center.AgentID {
	switch e.kind {
	case dueAgent:
		return center.AgentID(e.id)
	case dueContact:
		c := t.m.state.Contacts[center.ContactID(e.id)]
		if c.Offer != nil {
			return c.Offer.Agent
		}
		if c.Connected() {
			return c.Agent.Agent
		}
	}
	return ""
}

func (t *turn) due(e dueEntry) {
	switch e.kind {
	case dueAgent:
		t.agentDue(t.m.state.Agents[center.AgentID(e.id)])
	case dueContact:
		t.contactDue(t.m.state.Contacts[center.ContactID(e.id)])
	case dueRipe:
		for _, p := range t.m.index.spots[center.ContactID(e.id)].line.pools {
			t.m.index.mayRoute(p.pool)
		}
	}
}

func (t *turn) agentDue(a *lifecycle.Agent) {
	if leaves(a) {
		t.emit(center.AgentLoggedOut{Agent: a.ID})
		return
	}
	d, _ := deskDue(a)
	id := d.ID
	switch {
	case accepts(a, d):
		t.connect(a, id)
	case lifecycle.Rings(d.State):
		t.emit(center.ContactMissed{Contact: id, Agent: a.ID, State: center.AgentContactMissed})
	default:
		t.clear(a, id)
		t.applyNext(a)
	}
}

func (t *turn) contactDue(c *lifecycle.Contact) {
	switch due := c.Due(); {
	case due.Equal(c.ExpiresAt):
		t.end(c, expired, release)
	case due.Equal(c.RingUntil) && c.Callback != nil:
		t.callbackFailed(c, telecomTimeout, release)
	case due.Equal(c.RingUntil) && c.Chat != nil:
		t.end(c, neverConnected, isFree)
	case due.Equal(c.RingUntil):
		t.end(c, telecomTimeout, release)
	case c.Position != nil && due.Equal(c.Position.Until):
		t.goOn(c, flow.Elapsed{})
	case silence(c, due):
		timer, _ := c.Silent()
		t.fallsSilent(c, timer)
	case due.Equal(c.StepDue()):
		for i, s := range c.Criteria[len(c.Criteria)-1].Steps {
			if s.Status == center.StepActive {
				t.emit(center.RoutingStepExpired{Contact: c.ID, Step: i})
				break
			}
		}
	case c.Connected() && c.Agent.HoldDue:
		t.holdComesDue(c)
	case partyRings(c, t.at):
		t.ringPartiesOut(c)
	case c.Callback != nil:
		t.queueCallback(c)
	default:
		t.begin(c)
	}
}

// silence reports whether what is due is that someone in a chat has said nothing for too long.
func silence(c *lifecycle.Contact, due time.Time) bool {
	_, at := c.Silent()
	return !at.IsZero() && at.Equal(due)
}
