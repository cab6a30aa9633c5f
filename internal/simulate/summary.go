package simulate

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// ServiceLevel is within how long a contact has to leave the queue to count for the service level.
const ServiceLevel = 20 * time.Second

// Summary is what came of a simulation.
type Summary struct {
	Steps     int           // of the journal
	Bytes     int           // of the journal
	Documents int           // published
	Lasted    time.Duration // virtual
	Late      int           // commands that came too late
	Busy      int           // contacts that the center had no room for

	Contacts  int // initiated
	Offered   int // entered a queue
	Handled   int // were connected to an agent
	Abandoned int // left while they waited
	Missed    int // offers that lapsed or were declined, or whose caller gave up meanwhile
	Holds     int

	AverageWait  time.Duration // in a queue, of those that were handled
	LongestWait  time.Duration // in a queue, of all
	AverageTalk  time.Duration
	ServiceLevel float64 // percent of contacts that left the queue that did within ServiceLevel
	Occupancy    float64 // percent of agents' time on contact or idle that was on contact
}

// Count adds up what happens. The zero Count is ready; tell it every event in order.
type Count struct {
	s        Summary
	queued   map[center.ContactID]time.Time
	talks    map[center.ContactID]time.Time
	agents   map[center.AgentID]*stint
	wait     time.Duration
	talk     time.Duration
	answered int // left the queue
	inTime   int
	ended    int
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
	if c.queued == nil {
		c.queued, c.talks, c.agents = map[center.ContactID]time.Time{}, map[center.ContactID]time.Time{}, map[center.AgentID]*stint{}
	}
	if id := center.AgentOf(e); id != "" {
		c.agent(id).observe(at, e)
	}
	switch e := e.(type) {
	case center.ContactInitiated:
		c.s.Contacts++
	case center.ContactQueued:
		c.s.Offered++
		c.queued[e.Contact] = at
	case center.ContactConnected:
		c.s.Handled++
		c.wait += c.leave(e.Contact, at)
		c.talks[e.Contact] = at
	case center.ContactHeld:
		c.s.Holds++
	case center.ContactMissed:
		c.s.Missed++
	case center.ContactLeft:
		c.talk += at.Sub(c.talks[e.Contact])
		c.ended++
		delete(c.talks, e.Contact)
	case center.ContactDisconnected:
		if _, waits := c.queued[e.Contact]; waits {
			c.s.Abandoned++
			c.leave(e.Contact, at)
		}
	}
}

// leave counts a contact out of its queue and returns how long it was there.
func (c *Count) leave(id center.ContactID, at time.Time) time.Duration {
	wait := at.Sub(c.queued[id])
	delete(c.queued, id)
	c.answered++
	if wait <= ServiceLevel {
		c.inTime++
	}
	c.s.LongestWait = max(c.s.LongestWait, wait)
	return wait
}

func (c *Count) agent(id center.AgentID) *stint {
	if c.agents[id] == nil {
		c.agents[id] = &stint{connected: map[center.ContactID]bool{}}
	}
	return c.agents[id]
}

// spend adds the time since the last change. Ringing is neither work nor idleness.
func (s *stint) spend(at time.Time) {
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
	if s.Handled > 0 {
		s.AverageWait = c.wait / time.Duration(s.Handled)
	}
	if c.ended > 0 {
		s.AverageTalk = c.talk / time.Duration(c.ended)
	}
	if c.answered > 0 {
		s.ServiceLevel = 100 * float64(c.inTime) / float64(c.answered)
	}
	if onIt+spare > 0 {
		s.Occupancy = 100 * float64(onIt) / float64(onIt+spare)
	}
	return s
}
