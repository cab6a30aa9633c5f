package machine

import (
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// turn is one step while it is being decided.
type turn struct {
	m       *Machine
	at      time.Time
	place   uint64
	ids     int // identities taken
	events  []center.Event
	effects []center.Effect
	queued  map[center.QueueID]int // contacts that this step has put into queues
	closes  center.EffectID        // the effect that the command answers
	flows   *flow.Scene
	moves   int // contacts that flows have moved from queue to queue
	bytes   int // of texts, in events and effects
	ran     int // what bytes was when the command, or the last thing that is due, began
}

// decide looks which command it is. Commands that the machine itself does not know are the directory's.
func (t *turn) decide(cmd center.Command) error {
	if t.m.state.Directory.Deleted {
		switch cmd.(type) {
		case center.Wake, center.Done:
			return nil
		}
		return &center.Refused{Reason: center.Deleted, Kind: center.KindInstance, ID: string(t.m.state.Directory.Instance.ID)}
	}
	switch c := cmd.(type) {
	case center.Wake:
		t.wake()
		return nil
	case center.Done:
		return nil
	case center.LogIn:
		return t.logIn(c)
	case center.LogOut:
		return t.logOut(c)
	case center.SetAgentStatus:
		return t.setAgentStatus(c)
	case center.StartInboundCall:
		return t.startInboundCall(c)
	case center.StartOutboundCall:
		return t.startOutboundCall(c)
	case center.DialAnswered:
		return t.dialAnswered(c)
	case center.DialFailed:
		return t.dialFailed(c)
	case center.CustomerInput:
		return t.customerInput(c)
	case center.FunctionAnswered:
		return t.functionAnswered(c)
	case center.StartTask:
		return t.startTask(c)
	case center.StartChat:
		return t.startChat(c)
	case center.ConnectChat:
		return t.connectChat(c)
	case center.SayInChat:
		return t.sayInChat(c)
	case center.LeaveChat:
		return t.leaveChat(c)
	case center.SetChatTimers:
		return t.setChatTimers(c)
	case center.PauseTask:
		return t.pauseTask(c)
	case center.ResumeTask:
		return t.resumeTask(c)
	case center.TransferTask:
		return t.transferTask(c)
	case center.RescheduleTask:
		return t.rescheduleTask(c)
	case center.UpdateContact:
		return t.updateContact(c)
	case center.SetRouting:
		return t.setRouting(c)
	case center.AcceptContact:
		return t.acceptContact(c)
	case center.RejectContact:
		return t.rejectContact(c)
	case center.HoldContact:
		return t.holdContact(c)
	case center.ResumeContact:
		return t.resumeContact(c)
	case center.LeaveContact:
		return t.leaveContact(c)
	case center.HangUp:
		return t.hangUp(c)
	case center.ClearContact:
		return t.clearContact(c)
	case center.DialOut:
		return t.dialOut(c)
	case center.AddParty:
		return t.addParty(c)
	case center.PartyAnswered:
		return t.partyAnswered(c)
	case center.PartyFailed:
		return t.partyFailed(c)
	case center.PartyHangUp:
		return t.partyHangUp(c)
	case center.HoldParty:
		return t.holdParty(c)
	case center.ResumeParty:
		return t.resumeParty(c)
	case center.DropParty:
		return t.dropParty(c)
	case center.SwapParties:
		return t.swapParties(c)
	case center.JoinParties:
		return t.joinParties(c)
	case center.MonitorCall:
		return t.monitorCall(c)
	case center.ChangeMonitor:
		return t.changeMonitor(c)
	case center.BargeOut:
		return t.bargeOut(c)
	case center.StopContact:
		return t.stopContact(c)
	case center.UpdateContactAttributes:
		return t.updateContactAttributes(c)
	}
	return t.configure(cmd)
}

// emit makes an event true. What an event does not allow is a mistake of ours.
func (t *turn) emit(e center.Event) {
	if id := center.AgentOf(e); id != "" {
		a := t.m.state.Agents[id]
		if a == nil {
			a = &lifecycle.Agent{}
		}
		if err := a.May(e); err != nil {
			panic(Broken{Name: "agent's move is allowed", Detail: err.Error()})
		}
	}
	if id := center.ContactOf(e); id != "" {
		if c := t.m.state.Contacts[id]; c != nil {
			if err := c.May(e); err != nil {
				panic(Broken{Name: "contact's move is allowed", Detail: err.Error()})
			}
		}
	}
	t.m.fold(t.at, e)
	t.bytes += weight(e)
	t.events = append(t.events, e)
}

// ask adds an effect to the step.
func (t *turn) ask(e center.Effect) {
	if f, ok := e.(center.InvokeFunction); ok {
		t.bytes += len(f.Payload)
	}
	t.effects = append(t.effects, e)
}

// newID returns the step's next identity.
func (t *turn) newID() string {
	t.ids++
	return center.DeriveID(t.m.state.Directory.Key, t.place, t.ids-1)
}

// agent returns an agent, or the refusal that it does not exist.
func (t *turn) agent(id center.AgentID) (*lifecycle.Agent, error) {
	if a := t.m.state.Agents[id]; a != nil {
		return a, nil
	}
	return nil, &center.Refused{Reason: center.NotFound, Kind: center.KindUser, ID: string(id)}
}

// contact returns an open contact, or the refusal that it does not exist.
func (t *turn) contact(id center.ContactID) (*lifecycle.Contact, error) {
	if c := t.m.state.Contacts[id]; c != nil {
		return c, nil
	}
	return nil, &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(id)}
}

// onDesk returns a contact as it stands on an agent's desk. Either may be missing, which is refused.
func (t *turn) onDesk(agent center.AgentID, id center.ContactID) (*lifecycle.Agent, *lifecycle.DeskContact, error) {
	a, err := t.agent(agent)
	if err != nil {
		return nil, nil, err
	}
	d := a.Contact(id)
	if d == nil {
		return nil, nil, &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(id),
			Detail: "the contact is not with this agent"}
	}
	return a, d, nil
}

// Broken is what the machine panics with when an invariant of its own does not hold.
type Broken struct {
	Name   string // of the invariant
	Detail string
}

// Error names the invariant.
func (b Broken) Error() string { return fmt.Sprintf("broken invariant %q: %s", b.Name, b.Detail) }

func conflict(kind center.Kind, id, detail string) error {
	return &center.Refused{Reason: center.Conflict, Kind: kind, ID: id, Detail: detail}
}

func invalid(field, detail string) error {
	return &center.Refused{Reason: center.Invalid, Field: field, Detail: detail}
}
