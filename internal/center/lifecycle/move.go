package lifecycle

import (
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Phase is where a contact is in its life.
type Phase string

// The phases, in the order in which a contact goes through them. It may skip some.
const (
	Unborn    Phase = "UNBORN"    // never initiated
	Dialling  Phase = "DIALLING"  // an outbound call rings at the customer
	Scheduled Phase = "SCHEDULED" // initiated, to begin later (or in the same step)
	Running   Phase = "RUNNING"   // in a flow
	Queued    Phase = "QUEUED"    // waits in a queue
	Offered   Phase = "OFFERED"   // rings at an agent, and keeps its place in the queue
	Accepted  Phase = "ACCEPTED"  // the agent has accepted, and is not joined with the customer yet
	Talking   Phase = "TALKING"   // an agent is in the conversation
	Paused    Phase = "PAUSED"    // a task rests, with or without an agent
	Held      Phase = "HELD"      // an agent is in the conversation, and the customer is on hold
	Left      Phase = "LEFT"      // the agent has left, the customer has not
	AfterWork Phase = "AFTERWORK" // both have left, and the agent does after-contact work
	Ended     Phase = "ENDED"     // no one has anything to do any more
	Completed Phase = "COMPLETED" // only its data can change
)

// Phase returns where the contact is.
func (c *Contact) Phase() Phase {
	switch {
	case c.ID == "":
		return Unborn
	case !c.CompletedAt.IsZero():
		return Completed
	case !c.DisconnectedAt.IsZero():
		if c.Agent != nil && c.Agent.ClearedAt.IsZero() {
			return AfterWork
		}
		return Ended
	case c.Agent != nil && !c.Agent.LeftAt.IsZero():
		return Left
	case c.Paused():
		return Paused
	case c.Agent != nil && !c.Agent.HeldAt.IsZero():
		return Held
	case c.Agent != nil:
		return Talking
	case c.Offer != nil && !c.Offer.AcceptedAt.IsZero():
		return Accepted
	case c.Offer != nil:
		return Offered
	case c.Queue != nil:
		return Queued
	case !c.ConnectedToSystemAt.IsZero():
		return Running
	case !c.RingUntil.IsZero():
		return Dialling
	}
	return Scheduled
}

// Over reports whether the customer is gone, or the task is over.
func (c *Contact) Over() bool { return !c.DisconnectedAt.IsZero() }

// Due returns when time alone moves the contact on: an outbound call is given up, a scheduled task or callback begins, a
// task expires, a flow has waited for long enough. The zero time: never.
func (c *Contact) Due() time.Time {
	if c.Over() {
		return time.Time{}
	}
	due := c.ExpiresAt
	_, silent := c.Silent()
	for _, t := range [...]time.Time{silent, c.RingUntil, c.start(), c.waitsUntil(), c.ringsUntil(), c.holdDue(), c.StepDue()} {
		if !t.IsZero() && (due.IsZero() || t.Before(due)) {
			due = t
		}
	}
	return due
}

func (c *Contact) waitsUntil() time.Time {
	if c.Position == nil || c.Paused() {
		return time.Time{}
	}
	return c.Position.Until
}

func (c *Contact) start() time.Time {
	if c.ConnectedToSystemAt.IsZero() && c.Queue == nil {
		return c.ScheduledAt
	}
	return time.Time{}
}

// May reports whether the event can happen to the contact now; the error says what it would have needed.
func (c *Contact) May(e center.Event) error {
	phase := c.Phase()
	ok := false
	switch e := e.(type) {
	case center.ContactInitiated:
		ok = phase == Unborn
	case center.ContactConnectedToSystem:
		ok = phase == Dialling || phase == Scheduled || phase == Accepted && (c.Callback != nil || c.Method == MethodOutbound)
	case center.ContactTargeted:
		ok = open(phase)
	case center.ContactAttributesChanged:
		ok = true // also for a contact that the machine has let go of
	case center.ContactRoutingChanged:
		ok = open(phase)
	case center.ContactCriteriaSet:
		ok = phase == Running || phase == Queued
	case center.RoutingStepExpired:
		i := c.activeStep()
		ok = phase == Queued && i >= 0 && i == e.Step
	case center.ContactQueued:
		ok = phase == Running || phase == Scheduled && c.Callback != nil
	case center.ContactOffered:
		ok = phase == Queued
	case center.ContactMissed, center.ContactConnected:
		ok = (phase == Offered || phase == Accepted) && c.Offer.Agent == center.AgentOf(e)
	case center.ContactAccepted:
		ok = phase == Offered && c.Offer.Agent == e.Agent
	case center.ContactDialled:
		ok = phase == Accepted && c.Callback != nil && c.ConnectedToSystemAt.IsZero()
	case center.FlowMoved, center.FlowPlayed, center.FlowHooked:
		ok = open(phase) || phase == Held
	case center.FlowNoted, center.ContactAnalyticsSet:
		ok = open(phase) || phase == Held || phase == Talking
	case center.ContactLinked:
		ok = phase != Unborn && phase != Completed
	case center.ContactHeld:
		ok = phase == Talking && c.Agent.Agent == e.Agent && c.Channel == center.Voice
	case center.ContactResumed:
		ok = phase == Held && c.Agent.Agent == e.Agent
	case center.ContactLeft:
		ok = (phase == Talking || phase == Held || phase == Paused && c.Agent != nil) && c.Agent.Agent == e.Agent
	case center.ContactDisconnected:
		ok = phase == Paused && c.Agent == nil || phase == Dialling || phase == Scheduled || phase == Running || phase == Queued || phase == Left
	case center.ContactCleared:
		ok = c.Agent == nil || c.Agent.Agent != e.Agent || phase == Left || phase == AfterWork
	case center.ContactCompleted:
		ok = phase == Ended
	default:
		var known bool
		if ok, known = c.mayParty(e); !known {
			if ok, known = c.mayTask(e); !known {
				ok, _ = c.mayChat(e)
			}
		}
	}
	if !ok {
		return fmt.Errorf("contact %s is %s, which does not allow %T", center.ContactOf(e), phase, e)
	}
	return nil
}

// open reports whether flows run for a contact in a phase and may change it. While it is on hold they may only play.
func open(p Phase) bool { return p == Running || p == Queued || p == Offered || p == Accepted }

// Inbound reports whether the contact came in from the customer's side rather than being dialled.
func (d *DeskContact) Inbound() bool {
	return d.Method != "OUTBOUND" && (d.Method != "API" || d.Channel != center.Voice)
}

// Clearable reports whether the contact is over for the agent: nothing but clearing is left to do.
func (d *DeskContact) Clearable() bool {
	switch d.State {
	case center.AgentContactEnded, center.AgentContactMissed, center.AgentContactRejected, center.AgentContactError:
		return true
	}
	return false
}

// Rings reports whether a state of a contact on a desk is that of an offer.
func Rings(state string) bool {
	return state == center.AgentContactConnecting || state == center.AgentContactIncoming
}

// May reports whether the event can happen to the agent now; the error says what it would have needed.
func (a *Agent) May(e center.Event) error {
	if a.ID == "" {
		if c, first := e.(center.AgentConfigured); first && c.Status != nil {
			return nil
		}
		return fmt.Errorf("agent %s does not exist, which does not allow %T", center.AgentOf(e), e)
	}
	ok := !a.Removed
	state := ""
	if id := center.ContactOf(e); id != "" {
		if d := a.Contact(id); d != nil {
			state = d.State
		}
	}
	switch e := e.(type) {
	case center.AgentConfigured:
		ok = ok && e.Status == nil
	case center.AgentLoggedIn:
		ok = ok && (!a.LoggedIn || a.Leaving)
	case center.AgentLoggedOut:
		ok = ok && a.LoggedIn && a.Status.Type == center.Offline && len(a.Desk) == 0
	case center.AgentStatusChanged:
		ok = ok && len(a.Desk) == 0
	case center.AgentNextStatusSet:
		ok = ok && (e.Status != nil || a.Next != nil)
	case center.AgentRemoved:
		ok = ok && len(a.Desk) == 0
	case center.ContactOffered:
		free, _ := a.Slots(e.Channel)
		ok = ok && state == "" && free > 0
	case center.ContactMissed, center.ContactConnected:
		ok = ok && (Rings(state) || state == center.AgentContactPending)
	case center.ContactAccepted:
		ok = ok && Rings(state)
	case center.ContactHeld:
		ok = ok && state == center.AgentContactConnected
	case center.ContactResumed:
		ok = ok && state == center.AgentContactOnHold
	case center.ContactLeft:
		ok = ok && (state == center.AgentContactConnected || state == center.AgentContactOnHold || state == center.AgentContactPaused)
	case center.TaskPaused:
		ok = ok && state == center.AgentContactConnected
	case center.TaskResumed:
		free, _ := a.Slots(center.Task)
		ok = ok && state == center.AgentContactPaused && free > 0
	case center.ContactCleared:
		ok = ok && state != "" && a.Contact(e.Contact).Clearable()
	case center.CallPlaced:
		free, _ := a.Slots(e.Channel)
		ok = ok && state == "" && free > 0
	case center.ContactMonitored:
		free, _ := a.Slots(e.Channel)
		ok = ok && state == "" && free > 0
	case center.PartyAdded, center.PartyConnected, center.PartyHeld, center.PartyResumed, center.PartyLeft, center.MonitorChanged:
		ok = ok && (state == center.AgentContactConnected || state == center.AgentContactOnHold)
	}
	if !ok {
		return fmt.Errorf("agent %s (%s, contact %q) does not allow %T", a.ID, a.Status.Name, state, e)
	}
	return nil
}
