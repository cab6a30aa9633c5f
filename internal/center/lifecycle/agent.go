package lifecycle

import (
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Agent is one agent as the events so far have made it: what its desktop shows, and what its events report. It is a
// value: Clone it to keep a state while another event is folded in.
type Agent struct {
	ID          center.AgentID
	Config      center.AgentConfig
	LoggedIn    bool
	Status      center.StatusRef
	StatusSince time.Time
	Next        *center.StatusRef `json:",omitempty"`
	NextSince   time.Time         `json:",omitzero"`
	Desk        []DeskContact     `json:",omitempty"` // in the order in which they came
	IdleSince   time.Time         // when it last became free of a contact or routable: the longest idle comes first
	FreeSince   time.Time         `json:",omitzero"`  // the same, of contacts that came in from customers only
	Leaving     bool              `json:",omitempty"` // logs out as soon as it is offline and its desk is empty
	Removed     bool              `json:",omitempty"`
}

// DeskContact is a contact as it stands on an agent's desk. It takes one of the channel's slots until it is cleared; a
// paused task takes none.
type DeskContact struct {
	ID          center.ContactID
	Channel     center.Channel
	Method      string
	Initial     center.ContactID `json:",omitempty"`
	Queue       center.AgentQueue
	QueuedAt    time.Time `json:",omitzero"`
	ConnectedAt time.Time `json:",omitzero"`
	State       string    // one of the AgentContact states
	StateSince  time.Time
	Until       time.Time `json:",omitzero"`  // when the state ends by itself
	Accepted    bool      `json:",omitempty"` // and not joined with the customer yet
	Parties     []Party   `json:",omitempty"` // whom the agent has brought into the call
	Mode        string    `json:",omitempty"` // how a supervisor takes part: center.ModeSilent or ModeBarge
}

// Clone returns a copy that shares nothing that Apply changes.
func (a Agent) Clone() Agent {
	a.Desk = slices.Clone(a.Desk)
	return a
}

// Contact returns the contact on the desk, or nil.
func (a *Agent) Contact(id center.ContactID) *DeskContact {
	for i := range a.Desk {
		if a.Desk[i].ID == id {
			return &a.Desk[i]
		}
	}
	return nil
}

// Slots returns how many more contacts of a channel the agent could take, and how many it takes at most.
func (a *Agent) Slots(ch center.Channel) (free, most int) {
	for _, c := range a.Config.Concurrency {
		if c.Channel == ch {
			most = c.Slots
		}
	}
	free = most
	for i := range a.Desk {
		if a.Desk[i].Channel == ch && a.Desk[i].State != center.AgentContactPaused {
			free--
		}
	}
	return max(free, 0), most
}

// Apply folds an event about this agent in. It does not fail: the event has happened.
func (a *Agent) Apply(at time.Time, e center.Event) {
	switch e := e.(type) {
	case center.AgentConfigured:
		a.ID, a.Config = e.Agent, e.Config
		if e.Status != nil {
			a.Status, a.StatusSince, a.IdleSince, a.FreeSince = *e.Status, at, at, at
		}
	case center.AgentLoggedIn:
		a.LoggedIn, a.Leaving = true, false
	case center.AgentLoggedOut:
		a.LoggedIn, a.Leaving = false, false
	case center.AgentStatusChanged:
		a.Status, a.StatusSince, a.IdleSince, a.FreeSince = e.Status, at, at, at
		a.Next, a.NextSince, a.Leaving = nil, time.Time{}, e.Leaving
	case center.AgentNextStatusSet:
		a.Next, a.NextSince, a.Leaving = e.Status, at, e.Leaving
		if e.Status == nil {
			a.NextSince = time.Time{}
		}
	case center.AgentRemoved:
		a.Removed = true
	case center.ContactOffered:
		a.Desk = append(a.Desk, DeskContact{
			ID: e.Contact, Channel: e.Channel, Method: e.Method, Initial: e.Initial, Queue: e.Queue, QueuedAt: e.QueuedAt,
			State: offered(e.Method), StateSince: at, Until: e.Until,
		})
	case center.ContactAccepted:
		if c := a.Contact(e.Contact); c != nil {
			c.Accepted, c.Until = true, time.Time{}
			if c.State != e.State {
				c.State, c.StateSince = e.State, at
			}
		}
	case center.ContactMissed:
		a.move(e.Contact, e.State, at, e.Until)
	case center.ContactConnected:
		a.move(e.Contact, center.AgentContactConnected, at, time.Time{})
		if c := a.Contact(e.Contact); c != nil {
			c.ConnectedAt = at
		}
	case center.ContactHeld:
		a.move(e.Contact, center.AgentContactOnHold, at, time.Time{})
	case center.ContactResumed:
		a.move(e.Contact, center.AgentContactConnected, at, time.Time{})
	case center.ContactLeft:
		a.move(e.Contact, center.AgentContactEnded, at, e.Until)
	case center.TaskPaused:
		a.move(e.Contact, center.AgentContactPaused, at, time.Time{})
		a.IdleSince, a.FreeSince = at, at
	case center.TaskResumed:
		a.move(e.Contact, center.AgentContactConnected, at, time.Time{})
	case center.ContactCleared:
		a.clear(at, e.Contact)
	default:
		a.applyParty(at, e)
	}
}

func (a *Agent) clear(at time.Time, id center.ContactID) {
	i := slices.IndexFunc(a.Desk, func(c DeskContact) bool { return c.ID == id })
	if i < 0 {
		return
	}
	if a.Desk[i].Inbound() {
		a.FreeSince = at
	}
	a.IdleSince = at
	a.Desk = slices.Delete(a.Desk, i, i+1)
	if len(a.Desk) == 0 {
		a.Desk = nil // as a state read from a checkpoint has it
	}
}

// offered is the state of a contact that rings: agents see of a callback that it is one.
func offered(method string) string {
	if method == MethodCallback {
		return center.AgentContactIncoming
	}
	return center.AgentContactConnecting
}

func (a *Agent) move(id center.ContactID, state string, at, until time.Time) {
	if c := a.Contact(id); c != nil {
		c.State, c.StateSince, c.Until, c.Accepted = state, at, until, false
		if c.Clearable() {
			c.Parties = nil
		}
	}
}
