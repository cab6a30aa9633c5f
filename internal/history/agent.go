package history

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// BucketWidth is what agents' time is kept by: no interval of the API is finer.
const BucketWidth = 15 * time.Minute

const day = 24 * time.Hour

// agentState is an agent, and since when it has been as it is.
type agentState struct {
	Agent lifecycle.Agent
	Since time.Time
}

// timeKey is who spends time when: the agent with its routing profile and hierarchy groups as they are then.
type timeKey struct {
	table  string
	bucket int64 // its beginning, in milliseconds since 1970
	agent  string
	who    [6]string
}

// spent is time by what an agent is doing. An agent with a contact that has failed is in error besides being idle or busy.
type spent struct{ online, unproductive, busy, idle, error time.Duration }

// whoIs is the routing profile of an agent and its group of each level.
func whoIs(a *lifecycle.Agent) (who [6]string) {
	who[0] = a.Config.RoutingProfile.ID
	for i, g := range a.Config.Hierarchy {
		who[1+i] = g.ID
	}
	return who
}

func (f *fold) agent(at time.Time, id center.AgentID, e center.Event) {
	a := f.agents[id]
	if a == nil {
		if _, first := e.(center.AgentConfigured); !first {
			return
		}
		a = &agentState{Since: at}
		f.agents[id] = a
	}
	f.spend(id, a, at)
	a.Agent.Apply(at, e)
	// Only what tells how time is spent is kept.
	a.Agent.Config.Inbound, a.Agent.Config.Concurrency, a.Agent.Config.Proficiencies = nil, nil, nil
	f.dirtyAgents[id] = a
	if a.Agent.Removed {
		delete(f.agents, id)
	}
}

// spend counts an agent's time up to a time.
func (f *fold) spend(id center.AgentID, a *agentState, at time.Time) {
	if !at.After(a.Since) {
		return
	}
	from := a.Since
	a.Since = at
	per, any := rates(&a.Agent)
	if !any {
		return
	}
	f.dirtyAgents[id] = a
	who := whoIs(&a.Agent)
	for table, width := range map[string]time.Duration{"agent_time": BucketWidth, "agent_day": day} {
		f.spendIn(timeKey{table: table, agent: string(id), who: who}, width, per, from, at)
	}
}

// spendIn counts the time between two others into buckets of a width.
func (f *fold) spendIn(k timeKey, width time.Duration, per doing, from, to time.Time) {
	for from.Before(to) {
		bucket := from.Truncate(width)
		end := bucket.Add(width)
		if end.After(to) {
			end = to
		}
		k.bucket = bucket.UnixMilli()
		t := f.times[k]
		if t == nil {
			t = &spent{}
			f.times[k] = t
		}
		t.add(per, end.Sub(from))
		from = end
	}
}

// doing is which times run for an agent.
type doing struct{ online, unproductive, busy, idle, error bool }

func (s *spent) add(per doing, d time.Duration) {
	for _, c := range []struct {
		runs bool
		sum  *time.Duration
	}{{per.online, &s.online}, {per.unproductive, &s.unproductive}, {per.busy, &s.busy}, {per.idle, &s.idle}, {per.error, &s.error}} {
		if c.runs {
			*c.sum += d
		}
	}
}

// rates says which times run for an agent as it is. As documented, time on contacts does not count in a custom status or
// offline, and time in which a contact rings is neither idle nor on a contact.
func rates(a *lifecycle.Agent) (per doing, any bool) {
	handles, rings := false, false
	for i := range a.Desk {
		switch d := &a.Desk[i]; d.State {
		case center.AgentContactConnected, center.AgentContactOnHold, center.AgentContactPaused, center.AgentContactEnded:
			handles = true
		case center.AgentContactMissed, center.AgentContactRejected, center.AgentContactError:
			per.error = true
		default:
			if d.Method == lifecycle.MethodOutbound || d.State == center.AgentContactPending {
				handles = true
			} else {
				rings = true
			}
		}
	}
	switch a.Status.Type {
	case center.Routable:
		per.online, per.busy, per.idle = true, handles, !handles && !rings
	case center.Custom:
		per.online, per.unproductive = true, true
	}
	return per, per.online || per.error
}
