package simulate

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/projection/agentevent"
	"github.com/hookswitch/hookswitch/internal/projection/contactevent"
	"github.com/hookswitch/hookswitch/internal/projection/contactrecord"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// Kinds of documents.
const (
	ContactRecord = "contact-record"
	AgentEvent    = "agent-event"
	ContactEvent  = "contact-event"
)

// Document is something that the center publishes.
type Document struct {
	Kind string
	At   time.Time // when it is published
	Key  string    // of its contact or agent
	Data []byte
}

// publisher folds the steps into documents, as the lanes of a server do, without anything between: a nil sink publishes
// nothing.
type publisher struct {
	sink      func(Document)
	instance  center.Instance
	key       []byte
	agents    map[center.AgentID]agentevent.Row
	contacts  map[center.ContactID]*lifecycle.Contact
	records   []record    // due one after the other
	beats     []heartbeat // due one after the other; one that no longer holds is passed over
	published int

	gone    []gone // streams that are gone for a while
	held    int    // documents that wait for them
	heldMax int
	delay   time.Duration // the longest that one waited
}

// gone is a span in which what documents of a kind are streamed to is gone. They are kept, and published in their order when
// it is back.
type gone struct {
	kind     string
	from, to time.Time
	waiting  []Document
}

// heldMax is how many documents wait for streams at most; more memory than that a simulation does not take.
const heldMax = 2_000_000

type record struct {
	at      time.Time
	contact *lifecycle.Contact
}

type heartbeat struct {
	at    time.Time
	agent center.AgentID
}

func newPublisher(cfg Config) *publisher {
	p := &publisher{sink: cfg.Document, agents: map[center.AgentID]agentevent.Row{}, contacts: map[center.ContactID]*lifecycle.Contact{}, heldMax: heldMax}
	shift := cfg.Start.Sub(cfg.Scenario.Start())
	for _, o := range cfg.Scenario.Outages {
		if o.What == scenario.StreamOut {
			from := cfg.Scenario.When(o.At).Add(shift)
			p.gone = append(p.gone, gone{kind: o.Stream, from: from, to: from.Add(o.For.D())})
		}
	}
	return p
}

// observe folds a step in.
func (p *publisher) observe(d *directory.Directory, step center.Step) {
	if p.sink == nil {
		return
	}
	p.instance, p.key = d.Instance, d.Key
	agents, of := grouped(step.Events, center.AgentOf)
	for _, id := range agents {
		row, docs := agentevent.Fold(p.instance, p.key, p.agents[id], step.Stamp, of[id])
		p.agents[id] = row
		for _, doc := range docs {
			p.publish(Document{Kind: AgentEvent, At: step.Stamp.At, Key: doc.Key, Data: doc.Data})
		}
		p.expect(id)
	}
	contacts, about := grouped(step.Events, center.ContactOf)
	for _, id := range contacts {
		c := p.contacts[id]
		if c == nil {
			c = &lifecycle.Contact{}
			p.contacts[id] = c
		}
		for _, doc := range contactevent.Fold(p.instance, p.key, c, step.Stamp, about[id]) {
			p.publish(Document{Kind: ContactEvent, At: step.Stamp.At, Key: string(id), Data: doc.Data})
		}
		if c.ID == "" || c.Phase() == lifecycle.Completed {
			delete(p.contacts, id)
		}
		if c.Phase() == lifecycle.Completed {
			p.records = append(p.records, record{step.Stamp.At.Add(contactrecord.PublishDelay), c})
		}
	}
}

// grouped sorts events by what they are about, in the order in which that comes up.
func grouped[ID ~string](events []center.Event, about func(center.Event) ID) ([]ID, map[ID][]center.Event) {
	var order []ID
	of := map[ID][]center.Event{}
	for _, e := range events {
		id := about(e)
		if id == "" {
			continue
		}
		if of[id] == nil {
			order = append(order, id)
		}
		of[id] = append(of[id], e)
	}
	return order, of
}

// expect notes the agent's next heartbeat. All are due equally long after an event, so its place is near the end.
func (p *publisher) expect(id center.AgentID) {
	row := p.agents[id]
	at, ok := agentevent.HeartbeatDue(&row, time.Time{})
	if !ok {
		return
	}
	i := len(p.beats)
	for i > 0 && p.beats[i-1].at.After(at) {
		i--
	}
	p.beats = slices.Insert(p.beats, i, heartbeat{at, id})
}

// due returns when the next document is due by time alone.
func (p *publisher) due() (time.Time, bool) {
	for len(p.beats) > 0 && !p.holds(p.beats[0]) {
		p.beats = p.beats[1:]
	}
	at, ok := p.next()
	for i := range p.gone {
		if g := &p.gone[i]; len(g.waiting) > 0 && (!ok || !g.to.After(at)) {
			at, ok = g.to, true
		}
	}
	return at, ok
}

// next returns when the next document comes to be by time alone.
func (p *publisher) next() (time.Time, bool) {
	switch {
	case len(p.records) > 0 && (len(p.beats) == 0 || !p.records[0].at.After(p.beats[0].at)):
		return p.records[0].at, true
	case len(p.beats) > 0:
		return p.beats[0].at, true
	}
	return time.Time{}, false
}

func (p *publisher) holds(b heartbeat) bool {
	row := p.agents[b.agent]
	at, ok := agentevent.HeartbeatDue(&row, time.Time{})
	return ok && at.Equal(b.at)
}

// work publishes what is due.
func (p *publisher) work(now time.Time) {
	for {
		at, ok := p.due()
		if !ok || at.After(now) {
			return
		}
		if p.release(at) {
			continue
		}
		if len(p.records) > 0 && p.records[0].at.Equal(at) {
			c := p.records[0].contact
			p.records = p.records[1:]
			p.publish(Document{Kind: ContactRecord, At: at, Key: string(c.ID), Data: contactrecord.Render(p.instance, *c, at)})
			continue
		}
		id := p.beats[0].agent
		p.beats = p.beats[1:]
		row, docs := agentevent.Tick(p.instance, p.key, p.agents[id], at)
		p.agents[id] = row
		for _, doc := range docs {
			p.publish(Document{Kind: AgentEvent, At: at, Key: doc.Key, Data: doc.Data})
		}
		p.expect(id)
	}
}

// release publishes what waits for streams that are back, and reports whether anything did.
func (p *publisher) release(at time.Time) bool {
	released := false
	for i := range p.gone {
		g := &p.gone[i]
		if len(g.waiting) == 0 || g.to.After(at) {
			continue
		}
		waiting := g.waiting
		g.waiting, released = nil, true
		for _, d := range waiting {
			p.held--
			p.delay = max(p.delay, g.to.Sub(d.At))
			d.At = g.to
			p.publish(d)
		}
	}
	return released
}

// publish gives a document out, unless its stream is gone.
func (p *publisher) publish(d Document) {
	for i := range p.gone {
		if g := &p.gone[i]; g.kind == d.Kind && !d.At.Before(g.from) && d.At.Before(g.to) {
			g.waiting = append(g.waiting, d)
			p.held++
			return
		}
	}
	p.published++
	p.sink(d)
}

// full is an error when more documents wait for streams than there is room for.
func (p *publisher) full() error {
	if p.held > p.heldMax {
		return fmt.Errorf("more than %d documents wait for a stream that is gone; make the outage shorter", p.heldMax)
	}
	return nil
}
