// Package lifecycle is what a contact and an agent are: their states, which move is allowed when, and what each event
// does to them. The machine, and every document made from its events, fold with the same Apply.
package lifecycle

import (
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Contact is one contact as the events so far have made it. The zero Contact is one that was never initiated.
type Contact struct {
	ID                center.ContactID
	Channel           center.Channel
	Method            string
	Initial, Previous center.ContactID               `json:",omitempty"`
	Related           center.ContactID               `json:",omitempty"`
	Customer, System  *center.Endpoint               `json:",omitempty"`
	Flow              center.FlowID                  `json:",omitempty"`
	Name, Description string                         `json:",omitempty"`
	References        []center.Reference             `json:",omitempty"`
	Details           map[string]string              `json:",omitempty"`
	Attributes        map[string]string              `json:",omitempty"`
	Tags              map[string]string              `json:",omitempty"`
	Segment           map[string]center.SegmentValue `json:",omitempty"`

	InitiatedAt         time.Time
	ScheduledAt         time.Time `json:",omitzero"`
	ConnectedToSystemAt time.Time `json:",omitzero"`
	RingUntil           time.Time `json:",omitzero"` // while an outbound call rings
	ExpiresAt           time.Time `json:",omitzero"`
	DisconnectedAt      time.Time `json:",omitzero"`
	DisconnectReason    string    `json:",omitempty"`
	CompletedAt         time.Time `json:",omitzero"`
	UpdatedAt           time.Time // of the newest event

	Target   center.QueueID           `json:",omitempty"` // where a transfer to a queue goes
	Priority int                      // 1 comes first
	Age      int                      // seconds that it counts as older than it is
	Queue    *QueueVisit              `json:",omitempty"` // the queue it waits in or waited in last
	Criteria []center.RoutingCriteria `json:",omitempty"` // the last ones, the newest last; never changed in place
	Attempts int                      // offers to agents so far
	Offer    *Offer                   `json:",omitempty"` // while it rings, and until the agent is joined with the customer
	Agent    *Handling                `json:",omitempty"` // once an agent was connected

	Next      center.ContactID     `json:",omitempty"` // that continues it; the last one
	Line      center.ContactID     `json:",omitempty"` // whose line it has; none: its own
	Position  *center.FlowPosition `json:",omitempty"` // while it stands in a flow
	Said      string               `json:",omitempty"` // what a flow has said last, to the customer
	Flows     *FlowData            `json:",omitempty"` // what its flows have set and learnt
	Callback  *center.Callback     `json:",omitempty"`
	Analytics *center.Analytics    `json:",omitempty"`

	Outbound      *center.Ref      `json:",omitempty"` // the queue whose caller id the customer saw, of a call that an agent has placed
	Parties       []Party          `json:",omitempty"` // whom the agent has brought into the call
	TransferredAt time.Time        `json:",omitzero"`  // the agent left the customer to someone who was not there yet
	TransferredTo *center.Endpoint `json:",omitempty"` // the external party that the agent left the customer to
	Watches       center.ContactID `json:",omitempty"` // MONITOR: the contact that is listened to

	Template  *center.TaskTemplateRef `json:",omitempty"`
	Link      int                     `json:",omitempty"` // of a linked task: how many contacts of its chain come before it
	Transfers int                     `json:",omitempty"` // how often the task was transferred before
	Pauses    *Pauses                 `json:",omitempty"` // of a task that was paused; never changed in place
	Chat      *Chat                   `json:",omitempty"`
}

// FlowData is what the flows of a contact have set and learnt for flows to come.
type FlowData struct {
	Hooks      map[center.FlowOccasion]center.FlowID `json:",omitempty"`
	Attributes map[string]string                     `json:",omitempty"` // of the flow that runs
	External   map[string]string                     `json:",omitempty"` // what the last function answered
	Metrics    map[string]string                     `json:",omitempty"`
	Input      string                                `json:",omitempty"` // what the customer has entered last
	Callback   string                                `json:",omitempty"` // E.164
	Voice      string                                `json:",omitempty"`
}

// QueueVisit is a contact's stay in a queue.
type QueueVisit struct {
	Queue      center.Ref
	Agent      center.AgentID `json:",omitempty"` // whose queue it is, if it is an agent's
	EnqueuedAt time.Time
	DequeuedAt time.Time `json:",omitzero"`
}

// Offer is a contact ringing at an agent.
type Offer struct {
	Agent      center.AgentID
	At         time.Time
	Until      time.Time
	AcceptedAt time.Time `json:",omitzero"`
}

// Handling is what an agent did with a contact.
type Handling struct {
	Agent          center.AgentID
	Username       string
	RoutingProfile center.Ref
	Hierarchy      []center.Ref `json:",omitempty"` // the agent's groups, from the highest level down; never changed
	ConnectedAt    time.Time
	HeldAt         time.Time     `json:",omitzero"` // while on hold
	Holds          int           // how often it was put on hold
	HeldFor        time.Duration // ended holds together, of timestamps in whole seconds as records show them
	HeldByOther    bool          `json:",omitempty"` // the hold is another agent's doing
	HeldForOthers  time.Duration `json:",omitempty"` // the part of HeldFor that was others' doing
	HoldDue        bool          `json:",omitempty"` // another agent had the customer on hold already: that is told in a step of its own
	LongestHold    time.Duration
	LeftAt         time.Time `json:",omitzero"` // after-contact work began
	LeaveBy        time.Time `json:",omitzero"` // when after-contact work ends by itself
	ClearedAt      time.Time `json:",omitzero"` // after-contact work ended

	Modes    []ModeSpan `json:",omitempty"` // a supervisor's ways of taking part, one after the other
	MayBarge bool       `json:",omitempty"`
}

// PriorityUsual is the priority of a contact that nothing has made more or less urgent.
const PriorityUsual = 5

// Clone returns a copy that shares nothing that Apply changes.
func (c Contact) Clone() Contact {
	c.Attributes = maps.Clone(c.Attributes)
	if c.Agent != nil {
		h := *c.Agent
		c.Agent = &h
	}
	if c.Flows != nil {
		c.Flows = c.Flows.clone()
	}
	return c
}

func (f *FlowData) clone() *FlowData {
	n := *f
	n.Hooks, n.Attributes = maps.Clone(f.Hooks), maps.Clone(f.Attributes) // the others are replaced whole
	return &n
}

// Waiting reports whether the contact stands in a queue and is not being offered.
func (c *Contact) Waiting() bool {
	return c.Queue != nil && c.Queue.DequeuedAt.IsZero() && c.Offer == nil && c.DisconnectedAt.IsZero()
}

// Connected reports whether an agent is in the conversation.
func (c *Contact) Connected() bool {
	return c.Agent != nil && c.Agent.LeftAt.IsZero()
}

// Apply folds an event about this contact in. It does not fail: the event has happened.
func (c *Contact) Apply(at time.Time, e center.Event) {
	switch e := e.(type) {
	case center.ContactInitiated:
		*c = Contact{
			ID: e.Contact, Channel: e.Channel, Method: e.Method, Initial: e.Initial, Previous: e.Previous, Related: e.Related,
			Customer: e.Customer, System: e.System, Flow: e.Flow, Target: e.Queue, Name: e.Name, Description: e.Description,
			References: slices.Clone(e.References), Details: maps.Clone(e.Details), Attributes: maps.Clone(e.Attributes),
			Tags: maps.Clone(e.Tags), Segment: maps.Clone(e.Segment), InitiatedAt: at, ScheduledAt: e.ScheduledAt,
			RingUntil: e.RingUntil, ExpiresAt: e.ExpiresAt, Priority: PriorityUsual, Line: e.Line, Callback: e.Callback,
			Watches: e.Watches, Template: e.Template, Link: e.Link, Transfers: e.Transfers, Chat: chatOf(e.Chat),
		}
		if len(e.Hooks) > 0 {
			c.Flows = &FlowData{Hooks: maps.Clone(e.Hooks)}
		}
	case center.ContactConnectedToSystem:
		c.ConnectedToSystemAt, c.RingUntil = at, time.Time{}
	case center.ContactTargeted:
		c.Target = e.Queue
	case center.ContactAttributesChanged:
		if c.Attributes == nil {
			c.Attributes = make(map[string]string, len(e.Set))
		}
		maps.Copy(c.Attributes, e.Set)
	case center.ContactRoutingChanged:
		c.Priority, c.Age = e.Priority, e.Age
	case center.ContactQueued:
		c.Queue, c.Position = &QueueVisit{Queue: e.Queue, Agent: e.Agent, EnqueuedAt: at}, nil
		c.activate(at)
	case center.ContactOffered:
		c.Attempts++
		c.Offer = &Offer{Agent: e.Agent, At: at, Until: e.Until}
	case center.ContactMissed:
		if c.Phase() == Accepted {
			c.Position = nil // of the whisper
		}
		c.Offer = nil
	case center.ContactConnected:
		c.Offer, c.Position = nil, nil
		c.endStep(center.StepJoined)
		c.dequeue(at)
		c.Agent = &Handling{Agent: e.Agent, Username: e.Username, RoutingProfile: e.RoutingProfile, Hierarchy: e.Hierarchy, ConnectedAt: at, HoldDue: e.OnHold}
	case center.ContactHeld:
		c.Agent.HeldAt, c.Agent.HeldByOther, c.Agent.HoldDue = at, e.By != "", false
		c.Agent.Holds++
	case center.ContactResumed:
		c.Agent.resume(at)
		c.Position = nil
	case center.ContactLeft:
		c.unpause(at)
		c.Agent.resume(at)
		c.Position = nil
		c.Agent.endMode(at)
		c.Agent.LeftAt, c.Agent.LeaveBy = at, e.Until
	case center.ContactDisconnected:
		c.unpause(at)
		c.DisconnectedAt, c.DisconnectReason, c.RingUntil, c.Position, c.Said = at, e.Reason, time.Time{}, nil, ""
		c.Parties = nil
		c.endStep(center.StepInterrupted)
		c.dequeue(at)
	case center.ContactCleared:
		if c.Agent != nil && c.Agent.Agent == e.Agent && !c.Agent.LeftAt.IsZero() && c.Agent.ClearedAt.IsZero() {
			c.Agent.ClearedAt, c.Agent.LeaveBy = at, time.Time{}
		}
	case center.ContactCompleted:
		c.CompletedAt = at
	case center.ContactCriteriaSet:
		c.setCriteria(at, e.Steps)
	case center.RoutingStepExpired:
		c.expireStep(at, e.Step)
	default:
		if !c.applyFlow(at, e) && !c.applyParty(at, e) && !c.applyTask(at, e) && !c.applyChat(at, e) {
			return
		}
	}
	c.UpdatedAt = at
}

func (c *Contact) dequeue(at time.Time) {
	if c.Queue != nil && c.Queue.DequeuedAt.IsZero() {
		q := *c.Queue
		q.DequeuedAt = at
		c.Queue = &q
	}
}

// resume ends a hold if there is one. Durations are differences of whole seconds, as contact records show both ends.
func (h *Handling) resume(at time.Time) {
	h.HoldDue = false
	if h.HeldAt.IsZero() {
		return
	}
	d := at.Truncate(time.Second).Sub(h.HeldAt.Truncate(time.Second))
	h.HeldFor += d
	h.LongestHold = max(h.LongestHold, d)
	if h.HeldByOther {
		h.HeldForOthers += d
	}
	h.HeldAt, h.HeldByOther = time.Time{}, false
}
