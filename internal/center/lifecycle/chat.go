package lifecycle

import (
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Chat is what is kept of a chat besides its transcript, which is in the journal. It is never changed in place.
type Chat struct {
	Customer     Participant
	Agent        *Participant       `json:",omitempty"` // the agent that joined last
	ContentTypes []string           `json:",omitempty"` // of messages, besides plain text
	Timers       []center.ChatTimer `json:",omitempty"`
	Items        int                // of the transcript, that of what it continues included
	Last         center.ChatPlace   `json:",omitzero"`  // the newest item
	Before       center.ChatPlace   `json:",omitzero"`  // the newest item that is not of the step of Last
	Said         []Said             `json:",omitempty"` // the newest that had a token
}

// Participant is someone in a chat.
type Participant struct {
	ID       string
	Name     string
	ActiveAt time.Time `json:",omitzero"` // the last time it said something, or joined
	Idle     bool      `json:",omitempty"`
}

// Said is a message whose client token is remembered.
type Said struct {
	Participant, Token, ID string
	At                     time.Time
}

// saidMax is how many client tokens of messages a chat remembers.
const saidMax = 8

// chatOf returns what a chat begins with.
func chatOf(s *center.ChatStart) *Chat {
	if s == nil {
		return nil
	}
	return &Chat{
		Customer: Participant{ID: s.Participant, Name: s.Name}, ContentTypes: s.ContentTypes, Timers: s.Timers, Items: s.Items,
		Last: s.Last, Before: s.Last,
	}
}

// Participant returns who has an id in the chat, and its role; nil: nobody.
func (h *Chat) Participant(id string) (p *Participant, role string) {
	switch {
	case h == nil || id == "":
	case h.Customer.ID == id:
		return &h.Customer, center.RoleCustomer
	case h.Agent != nil && h.Agent.ID == id:
		return h.Agent, center.RoleAgent
	}
	return nil, ""
}

// applyChat folds what happens in a chat; false: the event is none of these.
func (c *Contact) applyChat(at time.Time, e center.Event) bool {
	switch e := e.(type) {
	case center.ChatItemAdded:
		c.Chat = c.Chat.with(at, e)
	case center.ChatTimersSet:
		h := *c.Chat
		h.Timers = slices.DeleteFunc(slices.Clone(h.Timers), func(t center.ChatTimer) bool {
			return slices.ContainsFunc(e.Timers, func(n center.ChatTimer) bool { return n.Role == t.Role && n.Disconnect == t.Disconnect })
		})
		for _, t := range e.Timers {
			if t.After > 0 {
				h.Timers = append(h.Timers, t)
			}
		}
		if len(h.Timers) == 0 {
			h.Timers = nil // as a state read from a checkpoint has it
		}
		c.Chat = &h
	default:
		return false
	}
	return true
}

// with returns the chat with one more item.
func (h *Chat) with(at time.Time, e center.ChatItemAdded) *Chat {
	n := *h
	n.Items++
	n.Last, n.Before = center.ChatPlace{Place: e.Place, Contact: e.Contact}, e.Before
	if n.Agent != nil {
		a := *n.Agent
		n.Agent = &a
	}
	if e.ContentType == center.ChatJoined && e.Role == center.RoleAgent {
		n.Agent = &Participant{ID: e.Participant, Name: e.Name}
	}
	if p, _ := n.Participant(e.Participant); p != nil {
		switch e.ContentType {
		case center.ChatIdle:
			p.Idle = true
		case center.ChatLeft, center.ChatDisconnected:
		default:
			p.ActiveAt, p.Idle = at, false
		}
	}
	if e.ClientToken != "" {
		n.Said = append(slices.Clone(n.Said), Said{e.Participant, e.ClientToken, e.ID, at})
		n.Said = n.Said[max(0, len(n.Said)-saidMax):]
	}
	return &n
}

// Silent returns which timer of a chat runs out next, and when: while agent and customer are both there.
func (c *Contact) Silent() (next center.ChatTimer, due time.Time) {
	if c.Chat == nil || c.Phase() != Talking {
		return next, due
	}
	for _, t := range c.Chat.Timers {
		p := &c.Chat.Customer
		if t.Role == center.RoleAgent {
			p = c.Chat.Agent
		}
		if p == nil || p.Idle && !t.Disconnect {
			continue
		}
		since := p.ActiveAt
		if since.Before(c.Agent.ConnectedAt) {
			since = c.Agent.ConnectedAt
		}
		if at := since.Add(t.After); due.IsZero() || at.Before(due) || at.Equal(due) && t.Disconnect {
			next, due = t, at
		}
	}
	return next, due
}

// mayChat reports whether what happens in chats can happen now; known is false for other events.
func (c *Contact) mayChat(e center.Event) (ok, known bool) {
	switch e.(type) {
	case center.ChatItemAdded, center.ChatTimersSet:
		return c.Chat != nil && !c.Over(), true
	}
	return false, false
}
