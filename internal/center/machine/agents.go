package machine

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// logIn opens the agent's desktop. The agent stays in its status, which is Offline unless someone has set another.
// Logging in again changes nothing, unless the agent was about to be logged out: that is called off.
func (t *turn) logIn(cmd center.LogIn) error {
	a, err := t.agent(cmd.Agent)
	if err != nil {
		return err
	}
	if !a.LoggedIn || a.Leaving {
		t.emit(center.AgentLoggedIn{Agent: a.ID})
	}
	return nil
}

// logOut sets the agent offline; the logout itself is a step of its own, as the agent event stream shows both. While
// the agent handles a contact, offline is its next status, and it is logged out when that has come.
func (t *turn) logOut(cmd center.LogOut) error {
	a, err := t.agent(cmd.Agent)
	if err != nil {
		return err
	}
	offline := t.m.state.Directory.FirstStatus()
	t.clearDesk(a)
	switch {
	case len(a.Desk) > 0:
		if a.Next == nil || a.Next.ID != offline.ID || a.Leaving != a.LoggedIn {
			t.emit(center.AgentNextStatusSet{Agent: a.ID, Status: &offline, Leaving: a.LoggedIn})
		}
	case a.Status.Type != center.Offline:
		t.emit(center.AgentStatusChanged{Agent: a.ID, Status: offline, Leaving: a.LoggedIn})
	default: // offline already, as one who has placed a call may be
		if a.Next != nil {
			t.emit(center.AgentNextStatusSet{Agent: a.ID})
		}
		if a.LoggedIn {
			t.emit(center.AgentLoggedOut{Agent: a.ID})
		}
	}
	return nil
}

// setAgentStatus gives the agent a status: at once, or as next status while it handles a contact. What is over for the
// agent (after-contact work, missed, rejected, error) is cleared either way. Setting the status that the agent is in
// calls a next status off.
func (t *turn) setAgentStatus(cmd center.SetAgentStatus) error {
	a, err := t.agent(cmd.Agent)
	if err != nil {
		return err
	}
	s, ok := t.m.state.Directory.Statuses[cmd.Status]
	if !ok {
		return &center.Refused{Reason: center.NotFound, Kind: center.KindAgentStatus, ID: string(cmd.Status)}
	}
	if s.State == center.Disabled {
		return invalid("AgentStatusId", "the agent status is disabled")
	}
	status := center.StatusRef{ID: s.ID, Name: s.Name, Type: s.Type}
	t.clearDesk(a)
	switch same := a.Status.ID == status.ID; {
	case same && a.Next != nil:
		t.emit(center.AgentNextStatusSet{Agent: a.ID})
	case same:
	case len(a.Desk) == 0:
		t.emit(center.AgentStatusChanged{Agent: a.ID, Status: status})
	case a.Next == nil || a.Next.ID != status.ID || a.Leaving:
		t.emit(center.AgentNextStatusSet{Agent: a.ID, Status: &status})
	}
	return nil
}

// clearDesk takes everything that is over off the agent's desk.
func (t *turn) clearDesk(a *lifecycle.Agent) {
	var over []center.ContactID
	for i := range a.Desk {
		if a.Desk[i].Clearable() {
			over = append(over, a.Desk[i].ID)
		}
	}
	for _, id := range over {
		t.clear(a, id)
	}
}

// clear takes one contact off the agent's desk. If that ends after-contact work, the contact is completed.
func (t *turn) clear(a *lifecycle.Agent, id center.ContactID) {
	t.emit(center.ContactCleared{Contact: id, Agent: a.ID})
	if c := t.m.state.Contacts[id]; c != nil && c.Phase() == lifecycle.Ended {
		t.emit(center.ContactCompleted{Contact: id})
	}
}

// applyNext gives the agent its next status if its desk has become empty.
func (t *turn) applyNext(a *lifecycle.Agent) {
	if a.Next != nil && len(a.Desk) == 0 {
		t.emit(center.AgentStatusChanged{Agent: a.ID, Status: *a.Next, Leaving: a.Leaving})
	}
}

// clearContact takes a contact that is over for the agent off its desk, and gives the agent its next status if it has
// one and nothing else is left on the desk.
func (t *turn) clearContact(cmd center.ClearContact) error {
	a, d, err := t.onDesk(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if !d.Clearable() {
		return conflict(center.KindContact, string(cmd.Contact), "the contact is "+d.State)
	}
	t.clear(a, cmd.Contact)
	t.applyNext(a)
	return nil
}
