package simulate

import (
	"math/rand/v2"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// conversation is a contact as the people around it see it.
type conversation struct {
	w       *Workload
	id      center.ContactID
	channel center.Channel
	random  *rand.Rand
	stage   stage
	offers  int
}

type stage uint8

const (
	waiting stage = iota
	talking
	left
	over
)

// is returns whether the conversation is at a stage, for actions that make sense only then.
func (c *conversation) is(s stage) func() bool { return func() bool { return c.stage == s } }

func (w *Workload) observeContact(at time.Time, id center.ContactID, e center.Event) {
	c := w.contact(id, e)
	if c == nil {
		return
	}
	switch e := e.(type) {
	case center.ContactQueued:
		if c.channel == center.Voice {
			wait := time.Duration(c.random.ExpFloat64() * float64(w.cfg.Patience))
			w.plan(at.Add(wait), center.HangUp{Contact: id}, c.is(waiting))
		}
	case center.ContactOffered:
		c.offers++
	case center.ContactMissed:
		c.offers++ // an answer to the offer makes no sense any more
	case center.ContactConnected:
		if c.stage >= talking {
			return
		}
		c.stage = talking
		c.talk(at, e.Agent)
	case center.ContactLeft:
		if c.stage == left {
			return
		}
		c.stage = left
		wrap := about(c.random, w.cfg.Wrap, 0.7, time.Second, 20*w.cfg.Wrap)
		w.plan(at.Add(wrap), center.ClearContact{Contact: id, Agent: e.Agent}, c.is(left))
	case center.ContactDisconnected:
		if c.stage < left {
			c.stage = over
		}
	case center.ContactCompleted:
		c.stage = over
		delete(w.contacts, id)
	}
}

// contact returns the conversation that an event is about; the first event that says which channel it has begins it. What
// is told late or not at all, as by a feed in which the events of agents and of contacts come side by side, does no harm.
func (w *Workload) contact(id center.ContactID, e center.Event) *conversation {
	var channel center.Channel
	switch e := e.(type) {
	case center.ContactInitiated:
		channel = e.Channel
	case center.ContactOffered:
		channel = e.Channel
	}
	if w.contacts[id] == nil && channel != "" {
		w.started++
		w.contacts[id] = &conversation{w: w, id: id, channel: channel, random: stream(w.cfg.Seed, "contact", w.started)}
	}
	return w.contacts[id]
}

// talk plans a conversation: how long it is, whether there is a hold in it, and who ends it.
func (c *conversation) talk(at time.Time, agent center.AgentID) {
	w := c.w
	length := about(c.random, w.cfg.Talk, 0.6, 5*time.Second, 20*w.cfg.Talk)
	if c.channel == center.Voice && c.random.Float64() < w.cfg.Hold {
		from := at.Add(time.Duration((0.2 + 0.4*c.random.Float64()) * float64(length)))
		hold := about(c.random, 30*time.Second, 0.8, time.Second, 10*time.Minute)
		w.plan(from, center.HoldContact{Contact: c.id, Agent: agent}, c.is(talking))
		w.plan(from.Add(hold), center.ResumeContact{Contact: c.id, Agent: agent}, c.is(talking))
		length += hold
	}
	if c.channel == center.Voice && w.cfg.Transfer > 0 && c.random.Float64() < w.cfg.Transfer {
		length += c.bringIn(at, agent, length)
	}
	if c.channel == center.Voice && c.random.Float64() < 0.7 {
		w.plan(at.Add(length), center.HangUp{Contact: c.id}, c.is(talking))
	} else {
		w.plan(at.Add(length), center.LeaveContact{Contact: c.id, Agent: agent}, c.is(talking))
	}
}

// bringIn plans that the agent brings someone in, and what becomes of it: the customer is left to whoever it is at once, or after
// a talk of all three, or the agent only asks. It returns by how much that makes the conversation longer.
func (c *conversation) bringIn(at time.Time, agent center.AgentID, length time.Duration) time.Duration {
	w := c.w
	from := at.Add(time.Duration((0.5 + 0.4*c.random.Float64()) * float64(length)))
	to := center.Destination{Queue: w.world.Queue}
	if c.random.IntN(4) == 0 {
		to = center.Destination{Number: "+18005550190"}
	}
	talk := c.is(talking)
	w.plan(from, center.AddParty{Contact: c.id, Agent: agent, To: to}, talk)
	wait := about(c.random, 20*time.Second, 0.6, 2*time.Second, 2*time.Minute)
	switch c.random.IntN(3) {
	case 0: // at once
		w.plan(from.Add(2*time.Second), center.LeaveContact{Contact: c.id, Agent: agent}, talk)
	case 1: // once all have talked, if someone came
		w.plan(from.Add(wait), center.JoinParties{Contact: c.id, Agent: agent}, talk)
		w.plan(from.Add(wait+10*time.Second), center.LeaveContact{Contact: c.id, Agent: agent}, talk)
	default: // only asks: the conversation ends as any does
		w.plan(from.Add(wait), center.SwapParties{Contact: c.id, Agent: agent}, talk)
		w.plan(from.Add(wait+10*time.Second), center.ResumeContact{Contact: c.id, Agent: agent}, talk)
	}
	return wait + 10*time.Second
}
