package machine

import (
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// offer rings a waiting contact at an agent.
func (t *turn) offer(a *lifecycle.Agent, c *lifecycle.Contact) {
	t.emit(center.ContactOffered{
		Contact: c.ID, Agent: a.ID, Channel: c.Channel, Method: c.Method, Initial: c.Initial,
		Queue: queueAsShown(a, c), QueuedAt: c.Queue.EnqueuedAt, Until: t.at.Add(ringTime(c.Channel)),
	})
}

func ringTime(ch center.Channel) time.Duration {
	if ch == center.Task {
		return ringTask
	}
	return ringVoice
}

// queueAsShown returns the queue that a contact waits in as the agent's desktop shows it.
func queueAsShown(a *lifecycle.Agent, c *lifecycle.Contact) center.AgentQueue {
	id := center.QueueID(c.Queue.Queue.ID)
	if i := slices.IndexFunc(a.Config.Inbound, func(q center.AgentQueue) bool { return q.ID == id }); i >= 0 {
		return a.Config.Inbound[i]
	}
	return center.AgentQueue{ID: id, Name: c.Queue.Queue.Name, Agent: c.Queue.Agent != "", Channels: []center.Channel{c.Channel}}
}

// acceptContact joins the customer with the agent whom the contact rings at.
func (t *turn) acceptContact(cmd center.AcceptContact) error {
	a, err := t.ringing(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	t.connect(a, cmd.Contact)
	return nil
}

// connect lets an agent take a contact that rings: whispers are played, a customer who waits for a callback is called, and
// then they are joined.
func (t *turn) connect(a *lifecycle.Agent, id center.ContactID) {
	c := t.m.state.Contacts[id]
	if c.Callback != nil {
		t.emit(center.ContactAccepted{Contact: id, Agent: a.ID, State: center.AgentContactPending})
	}
	t.prepare(c, center.OnAgentWhisper)
}

// join lets the agent who has accepted and the customer talk, or whoever has brought the agent in.
func (t *turn) join(c *lifecycle.Contact) {
	a, source := t.m.state.Agents[c.Offer.Agent], t.source(c)
	t.emit(center.ContactConnected{
		Contact: c.ID, Agent: a.ID, Username: a.Config.Username, RoutingProfile: a.Config.RoutingProfile, Hierarchy: a.Config.Hierarchy,
		OnHold: source != nil && apart(source, c.ID),
	})
	if c.Chat != nil {
		t.joins(c, a)
	}
	if source != nil {
		t.emit(center.PartyConnected{Contact: source.ID, Agent: source.Agent.Agent, Party: c.ID})
	}
}

// rejectContact turns an offer down: the contact goes on to the next agent. Agent events show a declined call as
// missed; only chats and tasks are REJECTED.
func (t *turn) rejectContact(cmd center.RejectContact) error {
	a, err := t.ringing(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	state := center.AgentContactRejected
	if a.Contact(cmd.Contact).Channel == center.Voice {
		state = center.AgentContactMissed
	}
	t.emit(center.ContactMissed{Contact: cmd.Contact, Agent: a.ID, State: state})
	return nil
}

// ringing returns the agent whom a contact rings at.
func (t *turn) ringing(agent center.AgentID, id center.ContactID) (*lifecycle.Agent, error) {
	a, d, err := t.onDesk(agent, id)
	if err != nil {
		return nil, err
	}
	if !lifecycle.Rings(d.State) || d.Accepted {
		return nil, conflict(center.KindContact, string(id), "the contact is "+d.State)
	}
	return a, nil
}

func (t *turn) holdContact(cmd center.HoldContact) error {
	_, c, err := t.onCall(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if !c.Agent.HeldAt.IsZero() {
		return conflict(center.KindContact, string(cmd.Contact), "the contact is "+center.AgentContactOnHold)
	}
	if t.source(c) != nil {
		return conflict(center.KindContact, string(cmd.Contact), "the customer is another agent's to put on hold")
	}
	t.holdCustomer(c)
	return nil
}

func (t *turn) resumeContact(cmd center.ResumeContact) error {
	_, c, err := t.onCall(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if c.Agent.HeldAt.IsZero() {
		return conflict(center.KindContact, string(cmd.Contact), "the contact is "+center.AgentContactConnected)
	}
	if t.source(c) != nil {
		return conflict(center.KindContact, string(cmd.Contact), "the customer is another agent's to take off hold")
	}
	t.emit(center.ContactResumed{Contact: cmd.Contact, Agent: cmd.Agent})
	t.settleHolds(c)
	return nil
}

// leaveContact is the agent hanging up, or completing a task. It ends the call, unless the customer is left to someone whom
// the agent has brought in, or the agent was brought in itself and the one who did is still there.
func (t *turn) leaveContact(cmd center.LeaveContact) error {
	a, d, err := t.onDesk(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	c := t.m.state.Contacts[cmd.Contact]
	if c != nil && t.placed(c) == a {
		t.giveUp(c, a)
		return nil
	}
	if !inConversation(d) && d.State != center.AgentContactPaused {
		return conflict(center.KindContact, string(cmd.Contact), "the contact is "+d.State)
	}
	switch heir := t.heir(c); {
	case c.Channel == center.Task:
		t.end(c, agentCompleted, release)
	case heir != nil:
		t.handOver(c, heir)
	case len(c.Parties) > 0:
		t.transferOut(c)
	case t.remains(c, agentDisconnect):
	default:
		t.end(c, agentDisconnect, release)
	}
	return nil
}
