package simulate

import (
	"math/rand/v2"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// conversation is a contact as the people around it see it.
type conversation struct {
	w       *Workload
	id      center.ContactID
	channel center.Channel
	method  string
	intent  *scenario.Intent // nil: not known
	random  *rand.Rand
	stage   stage
	offers  int
	asked   int // how often a flow has waited for something; what was planned for an earlier one makes no sense any more
	keys    int // entries of the intent's keys that were pressed, or of its utterances that were written
	chat    *dialogue
	wants   choice
}

type stage uint8

const (
	waiting stage = iota
	talking
	left
	over
)

// choice is what a caller thinks of being called back.
type choice uint8

const (
	unasked choice = iota
	yes
	no
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
		// Who waits for a callback does not hear how long it takes.
		if c.channel != center.Task && c.method != lifecycle.MethodCallback {
			wait := time.Duration(c.random.ExpFloat64() * float64(c.patience()))
			w.plan(at.Add(wait), center.HangUp{Contact: id}, c.is(waiting))
		}
	case center.FlowMoved:
		c.asked++
		if e.To != nil && e.To.Wait == center.WaitsForInput {
			c.enter(at, e.To)
		}
	case center.ContactInitiated:
		c.beginChat(at, e)
	case center.ChatItemAdded:
		if e.ContentType == center.ChatJoined && e.Role == center.RoleAgent && c.chat != nil {
			c.chat.agent = e.Participant
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
		if p := w.people[e.Agent]; p != nil {
			c.talk(at, p)
		}
	case center.ContactLeft:
		if c.stage == left {
			return
		}
		c.stage = left
		if p := w.people[e.Agent]; p != nil {
			mean := p.group.Habits.Wrap.D()
			wrap := about(c.random, mean, 0.7, time.Second, 20*mean)
			w.plan(at.Add(wrap), center.ClearContact{Contact: id, Agent: e.Agent}, c.is(left))
		}
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
	var method, number, name string
	switch e := e.(type) {
	case center.ContactInitiated:
		channel, method, name = e.Channel, e.Method, e.Name
		if e.Customer != nil {
			number = e.Customer.Address
		}
		if e.Chat != nil {
			name = e.Chat.Name
		}
	case center.ContactOffered:
		channel, method = e.Channel, e.Method
	}
	c := w.contacts[id]
	if c == nil && channel != "" {
		w.started++
		c = &conversation{w: w, id: id, channel: channel, method: method, random: stream(w.seed, "contact", w.started)}
		w.contacts[id] = c
	}
	if number+name != "" {
		c.method, c.intent = method, w.arrivals.intentOf(number, name)
	}
	return c
}

func (c *conversation) patience() time.Duration {
	if c.intent != nil && c.intent.Patience > 0 {
		return c.intent.Patience.D()
	}
	return c.w.s.Callers.Patience.D()
}

// enter decides what the caller presses when a flow asks, if anything: while waiting it is a callback that is offered.
func (c *conversation) enter(at time.Time, p *center.FlowPosition) {
	if c.intent == nil || p.Keys != "" { // what is not complete yet is being pressed
		return
	}
	asked := c.asked
	after := about(c.random, 2*time.Second, 0.5, 300*time.Millisecond, 4*time.Second)
	still := func() bool { return c.asked == asked && c.stage == waiting }
	if c.chat != nil {
		c.w.plan(at.Add(after), c.says(c.chat.customer, c.utterance()), still)
		return
	}
	keys := ""
	switch {
	case p.Occasion == center.OnCustomerQueue:
		if c.wants == unasked {
			c.wants = no
			if scenario.Share(c.random.Float64()) < c.intent.Callback {
				c.wants = yes
			}
		}
		if c.wants == yes {
			keys = scenario.CallbackKey
		}
	case c.keys < len(c.intent.Keys):
		keys = c.intent.Keys[c.keys]
		c.keys++
	}
	if keys == "" {
		return
	}
	c.w.plan(at.Add(after), center.CustomerInput{Contact: c.id, Keys: keys}, still)
}

// talk plans a conversation: how long it is, whether there is a hold in it, and who ends it.
func (c *conversation) talk(at time.Time, p *person) {
	w, h := c.w, &p.group.Habits
	mean := h.Talk.D()
	if c.intent != nil && c.intent.Talk > 0 {
		mean = c.intent.Talk.D()
	}
	length := about(c.random, mean, 0.6, 5*time.Second, 20*mean)
	if c.channel == center.Chat {
		c.converse(at, p, length)
		return
	}
	if c.channel != center.Voice {
		w.plan(at.Add(length), center.LeaveContact{Contact: c.id, Agent: p.id}, c.is(talking))
		return
	}
	if scenario.Share(c.random.Float64()) < h.Hold {
		from := at.Add(time.Duration((0.2 + 0.4*c.random.Float64()) * float64(length)))
		hold := about(c.random, h.HoldFor.D(), 0.8, time.Second, 20*h.HoldFor.D())
		w.plan(from, center.HoldContact{Contact: c.id, Agent: p.id}, c.is(talking))
		w.plan(from.Add(hold), center.ResumeContact{Contact: c.id, Agent: p.id}, c.is(talking))
		length += hold
	}
	ends := at.Add(length)
	if t := h.Transfer; t != nil && c.method != lifecycle.MethodTransfer && scenario.Share(c.random.Float64()) < t.Share {
		ends = ends.Add(c.bringIn(at, p, t, length))
	}
	if c.random.Float64() < customerEnds {
		w.plan(ends, center.HangUp{Contact: c.id}, c.is(talking))
	} else {
		w.plan(ends, center.LeaveContact{Contact: c.id, Agent: p.id}, c.is(talking))
	}
}

// customerEnds is the share of calls that the customer ends.
const customerEnds = 0.7

// outsideShare is the share of those brought in who are outside, where a scenario names someone.
const outsideShare = 0.25

// bringIn plans that the agent brings someone in, and what becomes of it: the customer is left to whoever it is at once, or after
// a talk of all three, or the agent only asks. It returns by how much that makes the conversation longer.
func (c *conversation) bringIn(at time.Time, p *person, t *scenario.Transfer, length time.Duration) time.Duration {
	w, agent := c.w, p.id
	from := at.Add(time.Duration((0.5 + 0.4*c.random.Float64()) * float64(length)))
	to := center.Destination{Queue: w.world.Queues[t.Queue]}
	if t.Number != "" && c.random.Float64() < outsideShare {
		to = center.Destination{Number: t.Number}
	}
	how := scenario.Cold
	if len(t.How) > 0 {
		how = t.How[c.random.IntN(len(t.How))]
	}
	talk := c.is(talking)
	w.plan(from, center.AddParty{Contact: c.id, Agent: agent, To: to}, talk)
	wait := about(c.random, 20*time.Second, 0.6, 2*time.Second, 2*time.Minute)
	switch how {
	case scenario.Cold:
		w.plan(from.Add(2*time.Second), center.LeaveContact{Contact: c.id, Agent: agent}, talk)
	case scenario.Warm: // once all have talked, if someone came
		w.plan(from.Add(wait), center.JoinParties{Contact: c.id, Agent: agent}, talk)
		w.plan(from.Add(wait+10*time.Second), center.LeaveContact{Contact: c.id, Agent: agent}, talk)
	default: // only asks: the conversation ends as any does
		w.plan(from.Add(wait), center.SwapParties{Contact: c.id, Agent: agent}, talk)
		w.plan(from.Add(wait+10*time.Second), center.ResumeContact{Contact: c.id, Agent: agent}, talk)
	}
	return wait + 10*time.Second
}
