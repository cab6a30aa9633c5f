// Package live shows one instance as it stands: its directory, its agents and its open contacts, as of the newest
// committed step. It is the one projection that is read while it is written; services read it, never the machine.
package live

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/routing"
)

// RecentMax is how many states of agents are kept besides the newest, over all agents together. Who has seen an agent
// not longer ago than that gets every state since without a look into the journal.
const RecentMax = 4096

// View is an instance as of its newest committed step. What its methods return belongs to the caller. It is safe for
// concurrent use: one goroutine applies, any may read.
type View struct {
	mu          sync.RWMutex // guards everything below
	place       uint64
	directory   *directory.Directory
	agents      map[center.AgentID]*lifecycle.Agent
	contacts    map[center.ContactID]*lifecycle.Contact
	recent      []AgentState // a ring, from head on
	head        int
	since       uint64 // no state after this place has left the ring
	subscribers map[center.AgentID]map[*subscriber]bool
}

// AgentState is an agent right after a step that touched it.
type AgentState struct {
	Place uint64    // of the step in the journal
	At    time.Time // of the step
	Agent lifecycle.Agent
}

// New returns the view of a state as of a place in the journal. It copies what it is given.
func New(place uint64, d *directory.Directory, agents map[center.AgentID]*lifecycle.Agent, contacts map[center.ContactID]*lifecycle.Contact) *View {
	v := &View{
		place: place, since: place, directory: d.Clone(),
		agents:      make(map[center.AgentID]*lifecycle.Agent, len(agents)),
		contacts:    make(map[center.ContactID]*lifecycle.Contact, len(contacts)),
		subscribers: map[center.AgentID]map[*subscriber]bool{},
	}
	for id, a := range agents {
		c := a.Clone()
		v.agents[id] = &c
	}
	for id, c := range contacts {
		v.contacts[id] = clone(c)
	}
	return v
}

// Apply folds the next committed step in. Steps come in the order of the journal.
func (v *View) Apply(place uint64, step center.Step) {
	v.mu.Lock()
	defer v.mu.Unlock()
	at := step.Stamp.At
	v.place = place
	var touched []center.AgentID
	for _, e := range step.Events {
		agent, contact := center.AgentOf(e), center.ContactOf(e)
		if agent != "" && v.agent(agent, e) {
			v.agents[agent].Apply(at, e)
			if !slices.Contains(touched, agent) {
				touched = append(touched, agent)
			}
		}
		if contact != "" && v.contact(contact, e) {
			v.contacts[contact].Apply(at, e)
		}
		if agent == "" && contact == "" {
			v.directory.Apply(at, e)
		}
		switch e := e.(type) {
		case center.ContactCompleted:
			delete(v.contacts, e.Contact)
		case center.InstanceDeleted:
			touched = v.removeAll(touched)
		}
	}
	for _, id := range touched {
		v.remember(place, at, id)
	}
}

// agent reports whether there is an agent that an event is about, and makes it when this is its first.
func (v *View) agent(id center.AgentID, e center.Event) bool {
	if _, first := e.(center.AgentConfigured); first && v.agents[id] == nil {
		v.agents[id] = &lifecycle.Agent{}
	}
	return v.agents[id] != nil
}

func (v *View) contact(id center.ContactID, e center.Event) bool {
	if _, first := e.(center.ContactInitiated); first {
		v.contacts[id] = &lifecycle.Contact{}
	}
	return v.contacts[id] != nil
}

// removeAll is the end of the instance: its agents go, and its contacts.
func (v *View) removeAll(touched []center.AgentID) []center.AgentID {
	clear(v.contacts)
	for id, a := range v.agents {
		a.Removed = true
		if !slices.Contains(touched, id) {
			touched = append(touched, id)
		}
	}
	slices.Sort(touched)
	return touched
}

// remember keeps the state of a touched agent, lets go of it when it is removed, and tells who watches it.
func (v *View) remember(place uint64, at time.Time, id center.AgentID) {
	a := v.agents[id]
	s := AgentState{Place: place, At: at, Agent: a.Clone()}
	if len(v.recent) < RecentMax {
		v.recent = append(v.recent, s)
	} else {
		v.since = v.recent[v.head].Place
		v.recent[v.head] = s
		v.head = (v.head + 1) % RecentMax
	}
	if a.Removed {
		delete(v.agents, id)
	}
	for sub := range v.subscribers[id] {
		sub.nudge()
	}
}

// Place returns the journal place of the newest step that the view shows.
func (v *View) Place() uint64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.place
}

// Directory calls f with the directory. F must neither keep it, nor change it, nor call the view.
func (v *View) Directory(f func(*directory.Directory)) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	f(v.directory)
}

// Agent returns an agent.
func (v *View) Agent(id center.AgentID) (lifecycle.Agent, bool) {
	a, _, ok := v.AgentAt(id)
	return a, ok
}

// AgentAt returns an agent and the place as of which it is so.
func (v *View) AgentAt(id center.AgentID) (lifecycle.Agent, uint64, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	a := v.agents[id]
	if a == nil {
		return lifecycle.Agent{}, v.place, false
	}
	return a.Clone(), v.place, true
}

// Agents returns the agents that keep wants (nil: all), sorted by id. Keep must not change or keep what it sees.
func (v *View) Agents(keep func(*lifecycle.Agent) bool) []lifecycle.Agent {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []lifecycle.Agent
	for _, a := range v.agents {
		if keep == nil || keep(a) {
			out = append(out, a.Clone())
		}
	}
	slices.SortFunc(out, func(a, b lifecycle.Agent) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Contact returns an open contact; completed ones are not here.
func (v *View) Contact(id center.ContactID) (lifecycle.Contact, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := v.contacts[id]
	if c == nil {
		return lifecycle.Contact{}, false
	}
	return *clone(c), true
}

// Contacts returns the open contacts that keep wants (nil: all), in the order in which they came, contacts of one
// moment by id. Keep must not change or keep what it sees.
func (v *View) Contacts(keep func(*lifecycle.Contact) bool) []lifecycle.Contact {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []lifecycle.Contact
	for _, c := range v.contacts {
		if keep == nil || keep(c) {
			out = append(out, *clone(c))
		}
	}
	slices.SortFunc(out, func(a, b lifecycle.Contact) int {
		return cmp.Or(a.InitiatedAt.Compare(b.InitiatedAt), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Position returns where a contact stands among those of its channel in its queue: 1 is served next. It is false for one
// that is in no queue.
func (v *View) Position(id center.ContactID) (n int, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := v.contacts[id]
	if c == nil || !inQueue(c) {
		return 0, false
	}
	rank := routing.RankOf(c)
	n = 1
	for _, o := range v.contacts {
		if inQueue(o) && o.Queue.Queue.ID == c.Queue.Queue.ID && o.Channel == c.Channel && routing.RankOf(o).Compare(rank) < 0 {
			n++
		}
	}
	return n, true
}

// InQueue is a filter for Contacts: those that stand in a queue, also while they are offered to an agent.
func InQueue(q center.QueueID) func(*lifecycle.Contact) bool {
	return func(c *lifecycle.Contact) bool { return inQueue(c) && c.Queue.Queue.ID == string(q) }
}

// OfAgent is a filter for Contacts: those that an agent is offered, is connected to, or has not cleared yet.
func OfAgent(id center.AgentID) func(*lifecycle.Contact) bool {
	return func(c *lifecycle.Contact) bool {
		return c.Offer != nil && c.Offer.Agent == id || c.Agent != nil && c.Agent.Agent == id && c.Agent.ClearedAt.IsZero()
	}
}

func inQueue(c *lifecycle.Contact) bool {
	return c.Queue != nil && c.Queue.DequeuedAt.IsZero() && c.DisconnectedAt.IsZero()
}

// clone copies what Apply changes in place.
func clone(c *lifecycle.Contact) *lifecycle.Contact {
	n := c.Clone()
	if c.Queue != nil {
		q := *c.Queue
		n.Queue = &q
	}
	if c.Offer != nil {
		o := *c.Offer
		n.Offer = &o
	}
	return &n
}
