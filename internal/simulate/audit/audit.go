// Package audit reads agent events as a consumer does, works out from them alone how long agents rang, talked, held and
// wrapped up each contact, and holds the contact records to it: two streams that are made apart must tell one story.
//
// What it relies on is documented: the states of a contact in an agent's snapshot, that after-contact work ends with the
// event in which the contact is gone, and that records cut times off to whole seconds. It does the same before it works
// out how long something took: the rest is for events that come a millisecond after another of the same agent.
package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// FindingsMax is how many disagreements are kept in words; the rest is counted.
const FindingsMax = 20

// Tolerance is how far a contact record may be from what agent events say.
const Tolerance = time.Second

// Audit takes documents in: the agent events of each agent in order, and a record once the agent events about its contact
// are in. The zero Audit is ready. It belongs to one goroutine.
type Audit struct {
	agents   map[string]*agent
	handled  map[string]map[string]*Handled // by contact, by agent
	findings []string
	wrong    int
	count    Count
}

// Count is what an Audit has seen.
type Count struct {
	AgentEvents, Records int
	Handled              int           // records with an agent, each compared
	Offers               int           // that agent events told of the contacts compared
	Ring, Talk           time.Duration // of the contacts compared, from agent events
	Hold, Wrap           time.Duration
}

// agent is what is known of one agent between two events.
type agent struct {
	last    time.Time
	current []byte // the snapshot of the last event
	desk    map[string]bool
}

// Handled is what one agent did with one contact, as agent events tell it.
type Handled struct {
	Offers                                 int // how often it rang at the agent
	RangAt, ConnectedAt, LeftAt, ClearedAt time.Time
	Ring                                   time.Duration // of all offers
	Hold                                   time.Duration
	Paused                                 time.Duration // tasks
	state                                  string
	since                                  time.Time
	over                                   bool // gone from the desk: if it comes again, that is another offer
}

// Interaction is how long the agent and the customer heard each other.
func (h *Handled) Interaction() time.Duration { return h.LeftAt.Sub(h.ConnectedAt) - h.Hold - h.Paused }

// AfterContactWork is how long the agent was busy with the contact after leaving it.
func (h *Handled) AfterContactWork() time.Duration { return h.ClearedAt.Sub(h.LeftAt) }

// Count returns what has been seen.
func (a *Audit) Count() Count { return a.count }

// Of returns what an agent, by its ARN, did with a contact; nil when no event told of it.
func (a *Audit) Of(agentARN, contact string) *Handled { return a.handled[contact][agentARN] }

// Findings returns what did not agree, at most FindingsMax of it in words.
func (a *Audit) Findings() []string {
	if more := a.wrong - len(a.findings); more > 0 {
		return append(a.findings[:len(a.findings):len(a.findings)], fmt.Sprintf("and %d more", more))
	}
	return a.findings
}

func (a *Audit) found(format string, args ...any) {
	if a.wrong++; len(a.findings) < FindingsMax {
		a.findings = append(a.findings, fmt.Sprintf(format, args...))
	}
}

// Empty reports every agent whose last event shows a contact on its desk, or a slot that is taken.
func (a *Audit) Empty() {
	for arn, g := range a.agents {
		var s struct {
			Configuration struct {
				RoutingProfile struct {
					Concurrency []struct{ AvailableSlots, MaximumSlots int }
				}
			}
		}
		if err := json.Unmarshal(g.current, &s); err != nil {
			a.found("%s: %v", arn, err)
		}
		for _, c := range s.Configuration.RoutingProfile.Concurrency {
			if c.AvailableSlots != c.MaximumSlots {
				a.found("%s: %d of %d slots are free at the end", arn, c.AvailableSlots, c.MaximumSlots)
			}
		}
		if len(g.desk) > 0 {
			a.found("%s: %d contacts on the desk at the end", arn, len(g.desk))
		}
	}
}

// AgentEvent takes an agent event in. The error is that it cannot be read.
func (a *Audit) AgentEvent(doc []byte) error {
	e, err := cut(doc)
	if err != nil {
		return err
	}
	a.count.AgentEvents++
	if a.agents == nil {
		a.agents, a.handled = map[string]*agent{}, map[string]map[string]*Handled{}
	}
	g := a.agents[e.AgentARN]
	if g == nil {
		g = &agent{}
		a.agents[e.AgentARN] = g
	} else {
		if !e.EventTimestamp.After(g.last) {
			a.found("%s: an event at %s after one at %s", e.AgentARN, e.EventTimestamp, g.last)
		}
		before := e.previous
		if e.EventType == "HEART_BEAT" { // shows the last snapshot that differed
			before = e.current
		}
		if !bytes.Equal(before, g.current) {
			a.found("%s: the event at %s does not follow the one before: the chain of snapshots is broken", e.AgentARN, e.EventTimestamp)
		}
	}
	g.last = e.EventTimestamp
	if bytes.Equal(e.current, g.current) {
		return nil
	}
	g.current = append(g.current[:0], e.current...)
	var contacts []struct {
		ContactID           string
		State               string
		StateStartTimestamp time.Time
	}
	if err := json.Unmarshal(e.contacts, &contacts); err != nil {
		return fmt.Errorf("contacts of an agent event: %w", err)
	}
	// From here on times are those of records.
	desk := make(map[string]bool, len(contacts))
	for _, c := range contacts {
		desk[c.ContactID] = true
		a.of(c.ContactID, e.AgentARN).move(c.State, c.StateStartTimestamp.Truncate(time.Second))
	}
	for id := range g.desk {
		if !desk[id] {
			a.of(id, e.AgentARN).leave(e.EventTimestamp.Truncate(time.Second))
		}
	}
	g.desk = desk
	return nil
}

func (a *Audit) of(contact, agentARN string) *Handled {
	m := a.handled[contact]
	if m == nil {
		m = map[string]*Handled{}
		a.handled[contact] = m
	}
	if m[agentARN] == nil {
		m[agentARN] = &Handled{}
	}
	return m[agentARN]
}

// rings reports whether a state is that of an offer.
func rings(state string) bool { return state == "CONNECTING" || state == "INCOMING" }

// move goes on to a state that has begun at a time.
func (h *Handled) move(state string, at time.Time) {
	if state == h.state && !h.over {
		return
	}
	switch {
	case h.over && rings(state) || h.state == "" && rings(state):
		h.Offers++
		h.RangAt = at
	case rings(h.state):
		h.Ring += at.Sub(h.since)
	case h.state == "CONNECTED_ONHOLD":
		h.Hold += at.Sub(h.since)
	case h.state == "PAUSED":
		h.Paused += at.Sub(h.since)
	}
	switch {
	case state == "CONNECTED" && h.ConnectedAt.IsZero():
		h.ConnectedAt = at
	case state == "ENDED":
		h.LeftAt = at
	}
	h.state, h.since, h.over = state, at, false
}

// leave is the end of the contact on the desk.
func (h *Handled) leave(at time.Time) {
	if rings(h.state) {
		h.Ring += at.Sub(h.since)
	}
	h.ClearedAt, h.over = at, true
}

// Record takes a contact record in and compares it. The error is that it cannot be read.
func (a *Audit) Record(doc []byte) error {
	var r record
	if err := json.Unmarshal(doc, &r); err != nil {
		return fmt.Errorf("contact record: %w", err)
	}
	a.count.Records++
	offers, ring := 0, time.Duration(0)
	for _, h := range a.handled[r.ContactID] {
		if r.InitiationMethod != "OUTBOUND" { // a call that the agent places is on its desk, and no attempt to reach the agent
			offers += h.Offers
		}
		ring += h.Ring
	}
	if offers != r.AgentConnectionAttempts {
		a.found("%s: the record says %d attempts, agent events tell of %d offers", r.ContactID, r.AgentConnectionAttempts, offers)
	}
	if r.Queue != nil && r.InitiationMethod != "OUTBOUND" && r.TotalPauseCount == 0 && ring > time.Duration(r.Queue.Duration)*time.Second+Tolerance {
		a.found("%s: it rang for %v, and was in its queue for %d s", r.ContactID, ring, r.Queue.Duration)
	}
	if r.Agent != nil {
		a.compare(&r, a.Of(r.Agent.ARN, r.ContactID))
	}
	return nil
}

// record is what is compared of a contact record.
type record struct {
	ContactID, InitiationMethod string
	AgentConnectionAttempts     int
	TotalPauseCount             int // a task that rested may have left its queue, and come back later
	Queue                       *struct{ Duration int }
	Agent                       *struct {
		ARN                                                                                     string
		ConnectedToAgentTimestamp, AfterContactWorkStartTimestamp, AfterContactWorkEndTimestamp time.Time
		AgentInteractionDuration, CustomerHoldDuration, AfterContactWorkDuration                int
		AgentPauseDurationInSeconds                                                             int
	}
}

func (a *Audit) compare(r *record, h *Handled) {
	if h == nil {
		a.found("%s: no agent event tells that %s handled it", r.ContactID, r.Agent.ARN)
		return
	}
	a.count.Handled++
	a.count.Offers += h.Offers
	a.count.Ring, a.count.Talk = a.count.Ring+h.Ring, a.count.Talk+h.Interaction()
	a.count.Hold, a.count.Wrap = a.count.Hold+h.Hold, a.count.Wrap+h.AfterContactWork()
	near := func(what string, d time.Duration) {
		if d.Abs() > Tolerance {
			a.found("%s: %s: the record is %v from what agent events say", r.ContactID, what, d)
		}
	}
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	near("connected at", r.Agent.ConnectedToAgentTimestamp.Sub(h.ConnectedAt))
	near("left at", r.Agent.AfterContactWorkStartTimestamp.Sub(h.LeftAt))
	near("cleared at", r.Agent.AfterContactWorkEndTimestamp.Sub(h.ClearedAt))
	near("hold", seconds(r.Agent.CustomerHoldDuration)-h.Hold)
	near("pauses", seconds(r.Agent.AgentPauseDurationInSeconds)-h.Paused)
	near("interaction", seconds(r.Agent.AgentInteractionDuration)-h.Interaction())
	near("after-contact work", seconds(r.Agent.AfterContactWorkDuration)-h.AfterContactWork())
}
