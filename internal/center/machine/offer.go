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

func (t *turn) connect(a *lifecycle.Agent, id center.ContactID) {
	t.emit(center.ContactConnected{
		Contact: id, Agent: a.ID, Username: a.Config.Username, RoutingProfile: a.Config.RoutingProfile, Hierarchy: a.Config.Hierarchy,
	})
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
	if d.State != center.AgentContactConnecting {
		return nil, conflict(center.KindContact, string(id), "the contact is "+d.State)
	}
	return a, nil
}

func (t *turn) holdContact(cmd center.HoldContact) error {
	_, d, err := t.onDesk(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if d.Channel != center.Voice {
		return conflict(center.KindContact, string(cmd.Contact), "only calls can be put on hold")
	}
	if d.State != center.AgentContactConnected {
		return conflict(center.KindContact, string(cmd.Contact), "the contact is "+d.State)
	}
	t.emit(center.ContactHeld{Contact: cmd.Contact, Agent: cmd.Agent})
	return nil
}

func (t *turn) resumeContact(cmd center.ResumeContact) error {
	_, d, err := t.onDesk(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if d.State != center.AgentContactOnHold {
		return conflict(center.KindContact, string(cmd.Contact), "the contact is "+d.State)
	}
	t.emit(center.ContactResumed{Contact: cmd.Contact, Agent: cmd.Agent})
	return nil
}

// leaveContact is the agent hanging up, which ends the call, or completing a task.
func (t *turn) leaveContact(cmd center.LeaveContact) error {
	_, d, err := t.onDesk(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if d.State != center.AgentContactConnected && d.State != center.AgentContactOnHold {
		return conflict(center.KindContact, string(cmd.Contact), "the contact is "+d.State)
	}
	c := t.m.state.Contacts[cmd.Contact]
	if c.Channel == center.Task {
		t.end(c, agentCompleted, release)
	} else {
		t.end(c, agentDisconnect, release)
	}
	return nil
}
