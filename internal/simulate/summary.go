package simulate

import (
	"cmp"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// ServiceLevel is within how long a contact has to leave the queue to count for the service level.
const ServiceLevel = 20 * time.Second

// customerLeft is the reason with which a contact ends whose customer hangs up.
const customerLeft = "CUSTOMER_DISCONNECT"

// Summary is what came of a simulation.
type Summary struct {
	Steps     int           // of the journal
	Bytes     int           // of the journal
	Documents int           // published
	Delay     time.Duration // longest time that a document waited for its stream to be back
	Lasted    time.Duration // virtual
	Late      int           // commands that came too late
	Busy      int           // contacts that the center had no room for
	Unreached int           // callers whose number was dead

	Contacts  int // initiated
	NoQueue   int // of them never in a queue: a flow let them go, or nobody answered
	Missed    int // offers that lapsed or were declined, or whose caller gave up meanwhile
	Holds     int
	Transfers int // calls that agents handed on, or asked others to join
	Callbacks int // contacts that call a customer back

	Part              // of all that were in a queue
	Occupancy float64 // percent of agents' time on contact or idle that was on contact
	ByQueue   []Part  // by name
	ByChannel []Part
}

// Part is what came of the contacts of one queue or channel, or of all, that were in a queue.
type Part struct {
	Name          string        // of the queue or channel; queues of agents have none
	Offered       int           // entered a queue
	Handled       int           // were connected to an agent
	Abandoned     int           // of customers who hung up while they waited
	AverageWait   time.Duration // in a queue, of those that were handled (ASA)
	LongestWait   time.Duration // in a queue, of all
	AverageTalk   time.Duration // with the agent, holds included
	AverageHandle time.Duration // until after-contact work was over (AHT)
	ServiceLevel  float64       // percent of contacts that left the queue that did within ServiceLevel
	AbandonRate   float64       // percent of contacts that entered the queue whose customers hung up there
}

// Count adds up what happens. The zero Count is ready; tell it every event in order.
type Count struct {
	s        Summary
	contacts map[center.ContactID]*course
	agents   map[center.AgentID]*stint
	total    tally
	queues   map[string]*tally
	channels map[center.Channel]*tally
	inQueue  int // contacts that were in a queue
}

// course is what has become of a contact so far.
type course struct {
	channel center.Channel
	queue   string
	since   time.Time // in the queue
	waits   bool
	wait    time.Duration // until it left the queue
	queued  bool
	agent   center.AgentID
	with    time.Time // the agent
	over    bool
}

// tally adds up contacts of one kind.
type tally struct {
	offered, handled, abandoned     int
	left, inTime, talked, finished  int
	wait, longest, talk, handleTime time.Duration
}

// stint is how an agent spends its time.
type stint struct {
	routable    bool
	desk        int // contacts from connected to cleared
	ringing     int
	since       time.Time
	onIt, spare time.Duration
	connected   map[center.ContactID]bool
}

// Observe counts one event.
func (c *Count) Observe(at time.Time, e center.Event) {
	if c.contacts == nil {
		c.contacts, c.agents = map[center.ContactID]*course{}, map[center.AgentID]*stint{}
		c.queues, c.channels = map[string]*tally{}, map[center.Channel]*tally{}
	}
	if id := center.AgentOf(e); id != "" {
		c.agent(id).observe(at, e)
	}
	switch e := e.(type) {
	case center.ContactInitiated:
		c.s.Contacts++
		switch e.Method {
		case lifecycle.MethodCallback:
			c.s.Callbacks++
		case lifecycle.MethodTransfer:
			c.s.Transfers++
		}
		c.contact(e.Contact).channel = e.Channel
	case center.ContactQueued:
		c.enqueue(at, e)
	case center.ContactConnected:
		k := c.contact(e.Contact)
		c.leave(k, at)
		if k.queued {
			c.each(k, func(t *tally) { t.handled, t.wait = t.handled+1, t.wait+k.wait })
		}
		k.agent, k.with = e.Agent, at
	case center.ContactAccepted:
		if e.State == center.AgentContactPending { // a callback leaves its queue before the customer is called
			c.leave(c.contact(e.Contact), at)
		}
	case center.ContactHeld:
		c.s.Holds++
	case center.ContactMissed:
		c.s.Missed++
	case center.ContactLeft:
		if k := c.contact(e.Contact); k.agent == e.Agent {
			c.each(k, func(t *tally) { t.talk, t.talked = t.talk+at.Sub(k.with), t.talked+1 })
		}
	case center.ContactCleared:
		if k := c.contact(e.Contact); k.agent == e.Agent {
			c.each(k, func(t *tally) { t.handleTime, t.finished = t.handleTime+at.Sub(k.with), t.finished+1 })
			k.agent = ""
			if k.over {
				delete(c.contacts, e.Contact)
			}
		}
	case center.ContactDisconnected:
		k := c.contact(e.Contact)
		if k.waits && e.Reason == customerLeft {
			c.each(k, func(t *tally) { t.abandoned++ })
		}
		c.leave(k, at)
	case center.ContactCompleted: // feeds of a server may say so before they say that the agent was done with it
		if k := c.contact(e.Contact); k.agent == "" {
			delete(c.contacts, e.Contact)
		} else {
			k.over = true
		}
	}
}

func (c *Count) contact(id center.ContactID) *course {
	k := c.contacts[id]
	if k == nil {
		k = &course{}
		c.contacts[id] = k
	}
	return k
}

// each adds to the tallies that a contact counts for.
func (c *Count) each(k *course, add func(*tally)) {
	add(&c.total)
	if c.queues[k.queue] == nil {
		c.queues[k.queue] = &tally{}
	}
	if c.channels[k.channel] == nil {
		c.channels[k.channel] = &tally{}
	}
	add(c.queues[k.queue])
	add(c.channels[k.channel])
}

func (c *Count) enqueue(at time.Time, e center.ContactQueued) {
	k := c.contact(e.Contact)
	if !k.queued {
		c.inQueue++
	}
	k.queue, k.since, k.waits, k.queued = e.Queue.Name, at, true, true
	c.each(k, func(t *tally) { t.offered++ })
}

// leave counts a contact out of the queue that it waits in, if it does.
func (c *Count) leave(k *course, at time.Time) {
	if !k.waits {
		return
	}
	k.waits, k.wait = false, at.Sub(k.since)
	c.each(k, func(t *tally) {
		t.left++
		if k.wait <= ServiceLevel {
			t.inTime++
		}
		t.longest = max(t.longest, k.wait)
	})
}

func (c *Count) agent(id center.AgentID) *stint {
	if c.agents[id] == nil {
		c.agents[id] = &stint{connected: map[center.ContactID]bool{}}
	}
	return c.agents[id]
}

// spend adds the time since the last change. Ringing is neither work nor idleness.
func (s *stint) spend(at time.Time) {
	if at.Before(s.since) { // as feeds of a server may tell it
		return
	}
	if !s.since.IsZero() {
		switch d := at.Sub(s.since); {
		case s.desk > 0:
			s.onIt += d
		case s.ringing == 0 && s.routable:
			s.spare += d
		}
	}
	s.since = at
}

func (s *stint) observe(at time.Time, e center.Event) {
	s.spend(at)
	switch e := e.(type) {
	case center.AgentStatusChanged:
		s.routable = e.Status.Type == center.Routable
	case center.ContactOffered:
		s.ringing++
	case center.ContactMissed:
		s.ringing--
	case center.ContactConnected:
		s.ringing--
		s.desk++
		s.connected[e.Contact] = true
	case center.ContactCleared:
		if s.connected[e.Contact] {
			s.desk--
			delete(s.connected, e.Contact)
		}
	}
}

// Summary returns what has been counted up to a time.
func (c *Count) Summary(at time.Time) Summary {
	s := c.s
	var onIt, spare time.Duration
	for _, a := range c.agents {
		a.spend(at)
		onIt += a.onIt
		spare += a.spare
	}
	if onIt+spare > 0 {
		s.Occupancy = 100 * float64(onIt) / float64(onIt+spare)
	}
	s.NoQueue = s.Contacts - c.inQueue
	s.Part = c.total.part("")
	for name, t := range c.queues {
		s.ByQueue = append(s.ByQueue, t.part(name))
	}
	for ch, t := range c.channels {
		s.ByChannel = append(s.ByChannel, t.part(string(ch)))
	}
	byName := func(a, b Part) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(s.ByQueue, byName)
	slices.SortFunc(s.ByChannel, byName)
	return s
}

func (t *tally) part(name string) Part {
	p := Part{Name: name, Offered: t.offered, Handled: t.handled, Abandoned: t.abandoned, LongestWait: t.longest}
	mean := func(sum time.Duration, n int) time.Duration { return sum / time.Duration(max(n, 1)) }
	p.AverageWait, p.AverageTalk, p.AverageHandle = mean(t.wait, t.handled), mean(t.talk, t.talked), mean(t.handleTime, t.finished)
	percent := func(part, of int) float64 { return 100 * float64(part) / float64(max(of, 1)) }
	p.ServiceLevel, p.AbandonRate = percent(t.inTime, t.left), percent(t.abandoned, t.offered)
	return p
}
