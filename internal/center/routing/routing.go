// Package routing says who gets the next contact: which contacts an agent may be offered, which of them comes first,
// and which agent comes first. It is the rules alone, as pure functions; the machine keeps the indexes that apply them
// without looking at everything.
package routing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// The ways in which a channel goes together with others, and in which agents are ordered, as routing profiles spell
// them. An empty value means the first of each, as in AWS.
const (
	CurrentChannelOnly    = "ROUTE_CURRENT_CHANNEL_ONLY"
	AnyChannel            = "ROUTE_ANY_CHANNEL"
	TimeSinceLastActivity = "TIME_SINCE_LAST_ACTIVITY"
	TimeSinceLastInbound  = "TIME_SINCE_LAST_INBOUND"
)

// Available reports whether the agent gets contacts at all: its status is routable and no other status is to follow.
func Available(a *lifecycle.Agent) bool {
	return !a.Removed && a.Status.Type == center.Routable && a.Next == nil && !a.Leaving
}

// Takes reports whether the agent could be offered a contact of the channel: it is available, has a slot free (whatever
// lies on its desk takes one, missed contacts and after-contact work too), and nothing on its desk is of a channel that
// goes with no other.
func Takes(a *lifecycle.Agent, ch center.Channel) bool {
	if !Available(a) {
		return false
	}
	if free, _ := a.Slots(ch); free == 0 {
		return false
	}
	for i := range a.Desk {
		if a.Desk[i].State == center.AgentContactPaused {
			continue
		}
		if busy := a.Desk[i].Channel; busy != ch && crossChannel(a, busy) != AnyChannel {
			return false
		}
	}
	return true
}

func crossChannel(a *lifecycle.Agent, ch center.Channel) string {
	for _, c := range a.Config.Concurrency {
		if c.Channel == ch && c.CrossChannel != "" {
			return c.CrossChannel
		}
	}
	return CurrentChannelOnly
}

// IdleSince returns the time that orders agents: the longest idle, which is the earliest, comes first. timer is the
// availability timer of the agent's routing profile.
func IdleSince(a *lifecycle.Agent, timer string) time.Time {
	if timer == TimeSinceLastInbound {
		return a.FreeSince
	}
	return a.IdleSince
}

// Ripe reports whether a contact has waited for as long as a queue's delay in a routing profile wants (seconds). Its
// age adjustment does not count: it orders contacts, it does not change how long they have waited.
func Ripe(c *lifecycle.Contact, delay int, at time.Time) bool {
	return !at.Before(RipeAt(c, delay))
}

// RipeAt returns when the contact will have waited for a delay.
func RipeAt(c *lifecycle.Contact, delay int) time.Time {
	return c.Queue.EnqueuedAt.Add(time.Duration(delay) * time.Second)
}

// Rank orders contacts that wait in one queue: the smaller is served first.
type Rank struct {
	Priority int   // of the contact; 1 comes first
	Since    int64 // Unix ms of when it came, moved back by its age adjustment
	ID       center.ContactID
}

// RankOf returns the rank of a contact that waits in a queue.
func RankOf(c *lifecycle.Contact) Rank {
	return Rank{
		Priority: c.Priority,
		Since:    c.Queue.EnqueuedAt.UnixMilli() - int64(c.Age)*1000,
		ID:       c.ID,
	}
}

// Compare orders two ranks. Contacts alike in all else are ordered by their ids, so that no two are equal.
func (r Rank) Compare(o Rank) int {
	if d := cmp.Compare(r.Priority, o.Priority); d != 0 {
		return d
	}
	if d := cmp.Compare(r.Since, o.Since); d != 0 {
		return d
	}
	return strings.Compare(string(r.ID), string(o.ID))
}

// Claim is how strongly a contact asks for one agent: the agent's own queue first, then the queue's priority in the
// agent's routing profile, then the contact's rank. Waiting time never beats priority.
type Claim struct {
	Queue int // priority of the queue in the routing profile, from 1; 0: the agent's own queue
	Rank  Rank
}

// OwnQueue is the Claim.Queue of the agent's own queue.
const OwnQueue = 0

// Compare orders two claims on one agent: the smaller is offered first, whatever its channel.
func (c Claim) Compare(o Claim) int {
	if d := cmp.Compare(c.Queue, o.Queue); d != 0 {
		return d
	}
	return c.Rank.Compare(o.Rank)
}

// ClaimOf returns how strongly a waiting contact asks for an agent whose routing profile is p. It is false when the
// contact must not be offered to the agent at this time.
func ClaimOf(a *lifecycle.Agent, p center.RoutingProfile, c *lifecycle.Contact, at time.Time) (Claim, bool) {
	if !c.Waiting() || !Takes(a, c.Channel) || a.Contact(c.ID) != nil {
		return Claim{}, false
	}
	if c.Queue.Agent != "" {
		return Claim{Queue: OwnQueue, Rank: RankOf(c)}, c.Queue.Agent == a.ID
	}
	if s := c.ActiveStep(); s != nil && !Satisfies(a, s.Expression) {
		return Claim{}, false
	}
	for _, q := range p.Queues {
		if string(q.Queue) == c.Queue.Queue.ID && q.Channel == c.Channel {
			return Claim{Queue: q.Priority, Rank: RankOf(c)}, Ripe(c, q.Delay, at)
		}
	}
	return Claim{}, false
}

// Satisfies reports whether an agent is one of those that an expression of routing criteria asks for, with the proficiencies
// that its desktop shows.
func Satisfies(a *lifecycle.Agent, e center.AgentExpression) bool {
	switch {
	case e.Condition != nil:
		return meets(a, e.Condition)
	case e.Not != nil:
		return !meets(a, e.Not)
	case len(e.And) > 0:
		return !slices.ContainsFunc(e.And, func(x center.AgentExpression) bool { return !Satisfies(a, x) })
	}
	return slices.ContainsFunc(e.Or, func(x center.AgentExpression) bool { return Satisfies(a, x) })
}

func meets(a *lifecycle.Agent, c *center.AgentCondition) bool {
	if c.Operator == center.OperatorMatch {
		return slices.Contains(c.Agents, a.ID)
	}
	i := slices.IndexFunc(a.Config.Proficiencies, func(p center.Proficiency) bool { return p.Attribute == c.Attribute && p.Value == c.Value })
	if i < 0 {
		return false
	}
	level := a.Config.Proficiencies[i].Level
	if c.Operator == center.OperatorRange {
		return c.Min <= level && level <= c.Max
	}
	return level >= c.Level
}

// Lane is a queue as one routing profile serves it, of one channel.
type Lane struct {
	Queue    center.QueueID
	Priority int
	Delay    int // seconds
}

// Lanes returns the queues that a profile serves for a channel, most urgent first.
func Lanes(p center.RoutingProfile, ch center.Channel) []Lane {
	var lanes []Lane
	for _, q := range p.Queues {
		if q.Channel == ch {
			lanes = append(lanes, Lane{Queue: q.Queue, Priority: q.Priority, Delay: q.Delay})
		}
	}
	slices.SortFunc(lanes, func(a, b Lane) int {
		if d := cmp.Compare(a.Priority, b.Priority); d != 0 {
			return d
		}
		return strings.Compare(string(a.Queue), string(b.Queue))
	})
	return lanes
}

// Turn orders agents: the smaller gets the next contact.
type Turn struct {
	Idle  int64 // Unix ms of IdleSince
	Agent center.AgentID
}

// TurnOf returns an agent's turn under its routing profile's availability timer.
func TurnOf(a *lifecycle.Agent, timer string) Turn {
	return Turn{Idle: IdleSince(a, timer).UnixMilli(), Agent: a.ID}
}

// Compare orders two turns. Agents idle for equally long are ordered by their ids.
func (t Turn) Compare(o Turn) int {
	if d := cmp.Compare(t.Idle, o.Idle); d != 0 {
		return d
	}
	return strings.Compare(string(t.Agent), string(o.Agent))
}
