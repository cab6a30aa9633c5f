package lifecycle

import (
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Initiation methods of contacts that agents create.
const (
	MethodOutbound = "OUTBOUND"
	MethodTransfer = "TRANSFER"
	MethodMonitor  = "MONITOR"
)

// Party is someone whom an agent has brought into a call, or is bringing in.
type Party struct {
	ID          center.ContactID // of its own contact; an external party has none, and this only names its call
	Kind        string           // center.PartyAgent, PartyQueue, PartyFlow or PartyNumber
	Name        string           `json:",omitempty"`
	Endpoint    *center.Endpoint `json:",omitempty"` // PartyNumber only
	AddedAt     time.Time
	RingUntil   time.Time `json:",omitzero"` // PartyNumber, while it rings
	ConnectedAt time.Time `json:",omitzero"`
	Held        bool      `json:",omitempty"`
}

// External reports whether the party has no contact of its own.
func (p *Party) External() bool { return p.Kind == center.PartyNumber }

// Connected reports whether the party is there.
func (p *Party) Connected() bool { return !p.ConnectedAt.IsZero() }

// ModeSpan is a time in which a supervisor took part in a call in one way.
type ModeSpan struct {
	Mode  string // center.ModeSilent or ModeBarge
	Since time.Time
	Until time.Time `json:",omitzero"`
}

// Party returns someone whom the contact's agent has brought in, or nil.
func (c *Contact) Party(id center.ContactID) *Party { return partyIn(c.Parties, id) }

// LineOf returns the contact whose line the customer is on.
func (c *Contact) LineOf() center.ContactID {
	if c.Line != "" {
		return c.Line
	}
	return c.ID
}

// CustomerHeld reports whether the contact's agent has the customer on hold, or is about to be told that another one has.
func (c *Contact) CustomerHeld() bool {
	return c.Connected() && (!c.Agent.HeldAt.IsZero() || c.Agent.HoldDue)
}

// applyParty folds what happens between the parties of a call; false: the event is none of these.
func (c *Contact) applyParty(at time.Time, e center.Event) bool {
	switch e := e.(type) {
	case center.CallPlaced:
		c.Offer = &Offer{Agent: e.Agent, At: at, AcceptedAt: at}
		c.Outbound = &center.Ref{ID: string(e.Queue.ID), Name: e.Queue.Name}
	case center.ContactTransferred:
		c.TransferredTo = e.To
		if e.Cold {
			c.TransferredAt = at
		}
	case center.ContactMonitored:
		c.Agent = &Handling{Agent: e.Agent, Username: e.Username, RoutingProfile: e.RoutingProfile, Hierarchy: e.Hierarchy, ConnectedAt: at,
			Modes: []ModeSpan{{Mode: e.Mode, Since: at}}, MayBarge: e.MayBarge}
	case center.MonitorChanged:
		c.Agent.endMode(at)
		c.Agent.Modes = append(c.Agent.Modes, ModeSpan{Mode: e.Mode, Since: at})
	case center.LineTaken:
		c.Line, c.Watches = e.Line, ""
	default:
		parties, ok := applyParties(c.Parties, at, e)
		c.Parties = parties
		return ok
	}
	return true
}

// endMode ends the way in which a supervisor has taken part so far.
func (h *Handling) endMode(at time.Time) {
	h.Modes = slices.Clone(h.Modes) // copies share it
	if n := len(h.Modes); n > 0 && h.Modes[n-1].Until.IsZero() {
		h.Modes[n-1].Until = at
	}
}

// applyParties folds what happens to parties into a list of them, which stays as it was; false: the event is none of these.
func applyParties(parties []Party, at time.Time, e center.Event) ([]Party, bool) {
	change := func(id center.ContactID, f func(*Party)) []Party {
		parties = slices.Clone(parties)
		if p := partyIn(parties, id); p != nil {
			f(p)
		}
		return parties
	}
	switch e := e.(type) {
	case center.PartyAdded:
		return append(slices.Clip(parties), Party{ID: e.Party, Kind: e.Kind, Name: e.Name, Endpoint: e.Endpoint, AddedAt: at, RingUntil: e.RingUntil}), true
	case center.PartyConnected:
		return change(e.Party, func(p *Party) { p.ConnectedAt, p.RingUntil = at, time.Time{} }), true
	case center.PartyHeld:
		return change(e.Party, func(p *Party) { p.Held = true }), true
	case center.PartyResumed:
		return change(e.Party, func(p *Party) { p.Held = false }), true
	case center.PartyLeft:
		parties = slices.DeleteFunc(slices.Clone(parties), func(p Party) bool { return p.ID == e.Party })
		if len(parties) == 0 {
			parties = nil // as a state read from a checkpoint has it
		}
		return parties, true
	}
	return parties, false
}

func partyIn(parties []Party, id center.ContactID) *Party {
	for i := range parties {
		if parties[i].ID == id {
			return &parties[i]
		}
	}
	return nil
}

// mayParty reports whether what happens between the parties of a call can happen now; known is false for other events.
func (c *Contact) mayParty(e center.Event) (ok, known bool) {
	phase := c.Phase()
	talks := phase == Talking || phase == Held
	party := func(id center.ContactID) Party {
		if p := c.Party(id); p != nil {
			return *p
		}
		return Party{}
	}
	switch e := e.(type) {
	case center.CallPlaced:
		return phase == Dialling && c.Method == MethodOutbound, true
	case center.PartyAdded:
		return talks && c.Agent.Agent == e.Agent && c.Party(e.Party) == nil, true
	case center.PartyConnected:
		p := party(e.Party)
		return (talks || phase == Left) && p.ID != "" && !p.Connected(), true
	case center.PartyHeld:
		p := party(e.Party)
		return talks && p.Connected() && !p.Held, true
	case center.PartyResumed:
		return talks && party(e.Party).Held, true
	case center.PartyLeft:
		return (talks || phase == Left) && party(e.Party).ID != "", true
	case center.ContactTransferred:
		return talks && len(c.Parties) > 0, true
	case center.ContactMonitored:
		return phase == Running && c.Method == MethodMonitor, true
	case center.MonitorChanged:
		return talks && c.Watches != "", true
	case center.LineTaken:
		return talks && c.Watches != "", true
	}
	return false, false
}

// ringsUntil returns when the first external party's call is given up.
func (c *Contact) ringsUntil() time.Time {
	var first time.Time
	for i := range c.Parties {
		if t := c.Parties[i].RingUntil; !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// holdDue returns when the hold is due that another agent's doing has brought upon this one.
func (c *Contact) holdDue() time.Time {
	if c.Connected() && c.Agent.HoldDue {
		return c.Agent.ConnectedAt
	}
	return time.Time{}
}

// applyParty folds what happens to the parties of a call on the desk.
func (a *Agent) applyParty(at time.Time, e center.Event) {
	switch e := e.(type) {
	case center.CallPlaced:
		a.Desk = append(a.Desk, DeskContact{
			ID: e.Contact, Channel: e.Channel, Method: e.Method, Queue: e.Queue, State: center.AgentContactConnecting, StateSince: at, Accepted: true,
		})
	case center.ContactMonitored:
		a.Desk = append(a.Desk, DeskContact{
			ID: e.Contact, Channel: e.Channel, Method: e.Method, Initial: e.Initial, ConnectedAt: at, State: center.AgentContactConnected,
			StateSince: at, Mode: e.Mode,
		})
	case center.MonitorChanged:
		if d := a.Contact(e.Contact); d != nil {
			d.Mode = e.Mode
		}
	default:
		if d := a.Contact(center.ContactOf(e)); d != nil {
			d.Parties, _ = applyParties(d.Parties, at, e)
		}
	}
}
