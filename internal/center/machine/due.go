package machine

import (
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// dueKind says what an entry of the heap is about.
type dueKind uint8

const (
	dueAgent   dueKind = iota // something on an agent's desk
	dueContact                // a contact by itself
	dueRipe                   // a contact has waited for as long as some routing profile wants
)

// dueEntry is one thing that time will do. Entries are never searched for: one that no longer holds is passed over when
// its time comes.
type dueEntry struct {
	at   time.Time
	kind dueKind
	id   string
}

func (e dueEntry) before(o dueEntry) bool {
	if d := e.at.Compare(o.at); d != 0 {
		return d < 0
	}
	if e.kind != o.kind {
		return e.kind < o.kind
	}
	return strings.Compare(e.id, o.id) < 0
}

// dueHeap is a binary heap, the earliest first.
type dueHeap []dueEntry

// push adds an entry; one without a time is none.
func (h *dueHeap) push(e dueEntry) {
	if e.at.IsZero() {
		return
	}
	*h = append(*h, e)
	s := *h
	for i := len(s) - 1; i > 0; {
		parent := (i - 1) / 2
		if !s[i].before(s[parent]) {
			return
		}
		s[i], s[parent] = s[parent], s[i]
		i = parent
	}
}

// pop takes the earliest entry out.
func (h *dueHeap) pop() dueEntry {
	s := *h
	top, last := s[0], len(s)-1
	s[0] = s[last]
	s[last] = dueEntry{}
	s = s[:last]
	*h = s
	for i := 0; ; {
		least := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(s) && s[child].before(s[least]) {
				least = child
			}
		}
		if least == i {
			return top
		}
		s[i], s[least] = s[least], s[i]
		i = least
	}
}

// holds reports whether an entry still says something.
func (x *index) holds(e dueEntry) bool {
	switch e.kind {
	case dueAgent:
		s := x.seats[center.AgentID(e.id)]
		return s != nil && s.due.Equal(e.at)
	case dueContact:
		s := x.spots[center.ContactID(e.id)]
		return s != nil && s.due.Equal(e.at)
	}
	s := x.spots[center.ContactID(e.id)]
	return s != nil && s.line != nil
}

// taken notes that an entry has left the heap, so that the same time is put there again if it is due again.
func (x *index) taken(e dueEntry) {
	switch e.kind {
	case dueAgent:
		x.seats[center.AgentID(e.id)].due = time.Time{}
	case dueContact:
		x.spots[center.ContactID(e.id)].due = time.Time{}
	}
}

// Deadline returns when the machine wants its next Wake: a time that has come if there is something to do at once. It is
// false when time alone will change nothing.
func (m *Machine) Deadline() (time.Time, bool) {
	if m.state.Directory.Deleted {
		return time.Time{}, false
	}
	m.ready()
	x := &m.index
	if len(x.dirtyPools)+len(x.dirtySeats)+len(x.behind) > 0 {
		return m.state.At, true
	}
	for len(x.due) > 0 {
		if x.holds(x.due[0]) {
			return x.due[0].at, true
		}
		x.due.pop()
	}
	return time.Time{}, false
}

// agentDue returns when time alone changes something on an agent's desk: an offer lapses or is accepted automatically,
// after-contact work reaches its limit, a logout is due. The zero time: never.
func agentDue(a *lifecycle.Agent) time.Time {
	if leaves(a) {
		return a.StatusSince
	}
	_, due := deskDue(a)
	return due
}

// leaves reports whether nothing keeps an agent that is logging out.
func leaves(a *lifecycle.Agent) bool {
	return a.Leaving && a.LoggedIn && a.Status.Type == center.Offline && len(a.Desk) == 0
}

// deskDue returns the contact on the desk that time changes first, and when.
func deskDue(a *lifecycle.Agent) (*lifecycle.DeskContact, time.Time) {
	var first *lifecycle.DeskContact
	var due time.Time
	for i := range a.Desk {
		d := &a.Desk[i]
		at := d.Until
		if accepts(a, d) {
			at = d.StateSince.Add(autoAcceptAfter)
		}
		if !at.IsZero() && (first == nil || at.Before(due)) {
			first, due = d, at
		}
	}
	return first, due
}

// accepts reports whether a ringing contact is accepted automatically: calls of agents who want it so. Auto-accept is a
// setting of the phone; tasks and chats wait for the agent, and so do callbacks (documented).
func accepts(a *lifecycle.Agent, d *lifecycle.DeskContact) bool {
	return d.State == center.AgentContactConnecting && !d.Accepted && a.Config.AutoAccept && d.Channel == center.Voice
}
