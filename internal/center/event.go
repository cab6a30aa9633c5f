package center

import "time"

// An Event is a fact. Its time is the time of the step it belongs to.
type Event interface{ isEvent() }

// Events about the instance and its directory. A Saved event carries the whole resource as it is from now on, whether
// it is new or changed.
type (
	InstanceSaved struct {
		Instance Instance
		Key      []byte `json:",omitempty"` // only in the first step of a journal
	}
	InstanceDeleted      struct{}
	StorageAssociated    struct{ Association Association } // new or changed
	StorageDisassociated struct {
		ID       AssociationID
		Resource ResourceType
	}
	AgentStatusSaved     struct{ Status AgentStatus }
	HoursSaved           struct{ Hours Hours }
	QueueSaved           struct{ Queue Queue }
	RoutingProfileSaved  struct{ Profile RoutingProfile }
	UserSaved            struct{ User User }
	SecurityProfileSaved struct{ Profile SecurityProfile }
	FlowSaved            struct{ Flow Flow }
	PhoneNumberSaved     struct {
		Number      PhoneNumber
		ClientToken string `json:",omitempty"`
	}
	QuickConnectSaved   struct{ Connect QuickConnect }
	HierarchySaved      struct{ Levels []HierarchyLevel } // from the highest down
	HierarchyGroupSaved struct{ Group HierarchyGroup }
	AttributeSaved      struct{ Attribute PredefinedAttribute }
	TaskTemplateSaved   struct{ Template TaskTemplate }
	PromptSaved         struct{ Prompt Prompt }
	ResourceDeleted     struct {
		Kind Kind
		ID   string
	}
)

// Events about agents. Whatever changes what an agent's desktop shows is one of these or an event about a contact that
// names the agent.
type (
	// AgentConfigured says that what an agent's desktop shows of its configuration changed, whichever resource did it.
	// The first one of an agent also puts it into Status.
	AgentConfigured struct {
		Agent  AgentID
		Config AgentConfig
		Status *StatusRef `json:",omitempty"`
	}
	AgentLoggedIn      struct{ Agent AgentID }
	AgentLoggedOut     struct{ Agent AgentID }
	AgentStatusChanged struct {
		Agent   AgentID
		Status  StatusRef
		Leaving bool `json:",omitempty"` // the agent is logging out: AgentLoggedOut follows in a step of its own
	}
	// AgentNextStatusSet says which status follows once the agent is free; nil: none any more.
	AgentNextStatusSet struct {
		Agent   AgentID
		Status  *StatusRef
		Leaving bool `json:",omitempty"` // the agent logs out once it is free
	}
	// AgentRemoved is the end of an agent; its contacts were taken off its desk before.
	AgentRemoved struct{ Agent AgentID }
)

// Events about contacts.
type (
	ContactInitiated struct {
		Contact           ContactID
		Channel           Channel
		Method            string                  // INBOUND, OUTBOUND, API …
		Initial, Previous ContactID               `json:",omitempty"`
		Related           ContactID               `json:",omitempty"`
		Customer, System  *Endpoint               `json:",omitempty"`
		Flow              FlowID                  `json:",omitempty"`
		Queue             QueueID                 `json:",omitempty"` // where a flow's transfer goes unless it sets another
		Name, Description string                  `json:",omitempty"`
		References        []Reference             `json:",omitempty"`
		Details           map[string]string       `json:",omitempty"`
		Attributes        map[string]string       `json:",omitempty"`
		Tags              map[string]string       `json:",omitempty"`
		Segment           map[string]SegmentValue `json:",omitempty"`
		ScheduledAt       time.Time               `json:",omitzero"`
		RingUntil         time.Time               `json:",omitzero"` // when an outbound call is given up
		ExpiresAt         time.Time               `json:",omitzero"` // when a task ends by itself
		ClientToken       string                  `json:",omitempty"`
		Line              ContactID               `json:",omitempty"` // the contact whose line it has; none: its own
		Hooks             map[FlowOccasion]FlowID `json:",omitempty"` // flows that its predecessor had set
		Callback          *Callback               `json:",omitempty"` // CALLBACK only
		Chat              *ChatStart              `json:",omitempty"`
		Template          *TaskTemplateRef        `json:",omitempty"`
		Link              int                     `json:",omitempty"` // of a linked task: how many contacts of its chain come before it
		Transfers         int                     `json:",omitempty"` // how often the task was transferred before
		Watches           ContactID               `json:",omitempty"` // MONITOR: the contact that is listened to
	}
	// ContactConnectedToSystem says that the customer is on the line (voice), or that the contact began to run (task).
	ContactConnectedToSystem struct{ Contact ContactID }
	// ContactTargeted says which queue a transfer to a queue goes to from now on.
	ContactTargeted struct {
		Contact ContactID
		Queue   QueueID
	}
	ContactAttributesChanged struct {
		Contact ContactID
		Set     map[string]string // these keys; others stay as they are
	}
	// ContactRoutingChanged sets how urgent the contact is in whatever queue it is or will be in.
	ContactRoutingChanged struct {
		Contact  ContactID
		Priority int // 1 comes first; 5 is usual
		Age      int // seconds that the contact counts as older than it is
	}
	ContactQueued struct {
		Contact ContactID
		Queue   Ref
		Agent   AgentID `json:",omitempty"` // whose queue it is, if it is an agent's
	}
	// ContactOffered says that the contact rings at an agent, and what the agent sees of it.
	ContactOffered struct {
		Contact  ContactID
		Agent    AgentID
		Channel  Channel
		Method   string
		Initial  ContactID `json:",omitempty"`
		Queue    AgentQueue
		QueuedAt time.Time `json:",omitzero"`
		Until    time.Time // when the offer lapses
	}
	// ContactMissed ends an offer without an answer: the contact waits on in its queue (unless it is over), and stays
	// on the agent's desk in the state until it is cleared.
	ContactMissed struct {
		Contact ContactID
		Agent   AgentID
		State   string    // AgentContactMissed, AgentContactRejected, AgentContactError; AgentContactEnded: the agent gave up a call of its own
		Until   time.Time `json:",omitzero"` // AgentContactEnded: when it is cleared by itself
	}
	// ContactConnected joins the customer with the agent.
	ContactConnected struct {
		Contact        ContactID
		Agent          AgentID
		Username       string
		RoutingProfile Ref
		OnHold         bool  `json:",omitempty"` // another agent has the customer on hold: ContactHeld follows in a step of its own
		Hierarchy      []Ref `json:",omitempty"` // the agent's groups, from the highest level down
	}
	// ContactHeld says that the customer does not hear the agent any more.
	ContactHeld struct {
		Contact ContactID
		Agent   AgentID
		By      AgentID `json:",omitempty"` // who did it, if it is not the agent itself
	}
	ContactResumed struct {
		Contact ContactID
		Agent   AgentID
	}
	// ContactLeft says that the agent is no longer in the conversation: after-contact work begins.
	ContactLeft struct {
		Contact ContactID
		Agent   AgentID
		Until   time.Time `json:",omitzero"` // when after-contact work ends by itself
	}
	// ContactDisconnected says that the customer is gone, or that the task is over.
	ContactDisconnected struct {
		Contact ContactID
		Reason  string // empty when the cause is outside AWS's list
	}
	// ContactCleared says that the contact is off the agent's desk. After-contact work is over with it.
	ContactCleared struct {
		Contact ContactID
		Agent   AgentID
	}
	// ContactCompleted says that customer and agents are done with the contact. Only its data can change from now on.
	ContactCompleted struct{ Contact ContactID }
)

// Events about calls that agents place, and about calls of more than two.
type (
	// CallPlaced puts a call that an agent places on its desk: it rings at the customer.
	CallPlaced struct {
		Contact ContactID
		Agent   AgentID
		Channel Channel
		Method  string
		Queue   AgentQueue // whose caller id the customer sees
	}
	// PartyAdded says that the contact's agent has begun to bring someone into the call.
	PartyAdded struct {
		Contact   ContactID
		Agent     AgentID
		Party     ContactID // of its own contact; an external party has none, and this only names its call
		Kind      string    // PartyAgent, PartyQueue, PartyFlow or PartyNumber
		Name      string    `json:",omitempty"` // what the agent's panel shows
		Endpoint  *Endpoint `json:",omitempty"` // PartyNumber: who is called
		RingUntil time.Time `json:",omitzero"`  // PartyNumber: when the call is given up
	}
	// PartyConnected says that who was brought in is there. Here and below Agent is empty when the agent has left.
	PartyConnected struct {
		Contact ContactID
		Agent   AgentID `json:",omitempty"`
		Party   ContactID
	}
	PartyHeld struct {
		Contact ContactID
		Agent   AgentID
		Party   ContactID
	}
	PartyResumed struct {
		Contact ContactID
		Agent   AgentID
		Party   ContactID
	}
	PartyLeft struct {
		Contact ContactID
		Agent   AgentID `json:",omitempty"`
		Party   ContactID
	}
	// ContactTransferred says that the agent, who leaves in the same step, leaves the customer to someone else.
	ContactTransferred struct {
		Contact ContactID
		Cold    bool      `json:",omitempty"` // whoever takes over has not been there yet
		To      *Endpoint `json:",omitempty"` // an external party
	}
	// ContactMonitored says that a supervisor listens to another contact.
	ContactMonitored struct {
		Contact        ContactID
		Agent          AgentID // the supervisor
		Username       string
		RoutingProfile Ref
		Hierarchy      []Ref `json:",omitempty"`
		Channel        Channel
		Method         string
		Initial        ContactID `json:",omitempty"`
		Mode           string    // ModeSilent or ModeBarge
		MayBarge       bool      `json:",omitempty"`
	}
	MonitorChanged struct {
		Contact ContactID
		Agent   AgentID
		Mode    string
	}
	// LineTaken says that the contact has the customer from now on: a supervisor has sent the agent away.
	LineTaken struct {
		Contact ContactID
		Line    ContactID
	}
)

// Kinds of parties that an agent brings into a call.
const (
	PartyAgent  = "AGENT"
	PartyQueue  = "QUEUE"
	PartyFlow   = "FLOW"
	PartyNumber = "NUMBER"
)

// How a supervisor takes part in a call, as contact records spell it.
const (
	ModeSilent = "SILENT_MONITOR"
	ModeBarge  = "BARGE"
)

// States of a contact on an agent's desk, as agent events spell them.
const (
	AgentContactIncoming   = "INCOMING" // a callback is offered
	AgentContactPending    = "PENDING"  // a callback was accepted and is being set up
	AgentContactConnecting = "CONNECTING"
	AgentContactConnected  = "CONNECTED"
	AgentContactOnHold     = "CONNECTED_ONHOLD"
	AgentContactMissed     = "MISSED"
	AgentContactRejected   = "REJECTED"
	AgentContactError      = "ERROR"
	AgentContactEnded      = "ENDED"
	AgentContactPaused     = "PAUSED" // tasks
)

func (InstanceSaved) isEvent()            {}
func (InstanceDeleted) isEvent()          {}
func (StorageAssociated) isEvent()        {}
func (StorageDisassociated) isEvent()     {}
func (AgentStatusSaved) isEvent()         {}
func (HoursSaved) isEvent()               {}
func (QueueSaved) isEvent()               {}
func (RoutingProfileSaved) isEvent()      {}
func (UserSaved) isEvent()                {}
func (SecurityProfileSaved) isEvent()     {}
func (FlowSaved) isEvent()                {}
func (PhoneNumberSaved) isEvent()         {}
func (QuickConnectSaved) isEvent()        {}
func (HierarchySaved) isEvent()           {}
func (HierarchyGroupSaved) isEvent()      {}
func (AttributeSaved) isEvent()           {}
func (TaskTemplateSaved) isEvent()        {}
func (PromptSaved) isEvent()              {}
func (ResourceDeleted) isEvent()          {}
func (AgentConfigured) isEvent()          {}
func (AgentLoggedIn) isEvent()            {}
func (AgentLoggedOut) isEvent()           {}
func (AgentStatusChanged) isEvent()       {}
func (AgentNextStatusSet) isEvent()       {}
func (AgentRemoved) isEvent()             {}
func (ContactInitiated) isEvent()         {}
func (ContactConnectedToSystem) isEvent() {}
func (ContactTargeted) isEvent()          {}
func (ContactAttributesChanged) isEvent() {}
func (ContactRoutingChanged) isEvent()    {}
func (ContactQueued) isEvent()            {}
func (ContactOffered) isEvent()           {}
func (ContactMissed) isEvent()            {}
func (ContactConnected) isEvent()         {}
func (ContactHeld) isEvent()              {}
func (ContactResumed) isEvent()           {}
func (ContactLeft) isEvent()              {}
func (ContactDisconnected) isEvent()      {}
func (ContactCleared) isEvent()           {}
func (ContactCompleted) isEvent()         {}
func (CallPlaced) isEvent()               {}
func (PartyAdded) isEvent()               {}
func (PartyConnected) isEvent()           {}
func (PartyHeld) isEvent()                {}
func (PartyResumed) isEvent()             {}
func (PartyLeft) isEvent()                {}
func (ContactTransferred) isEvent()       {}
func (ContactMonitored) isEvent()         {}
func (MonitorChanged) isEvent()           {}
func (LineTaken) isEvent()                {}

// AgentOf returns the agent whose desk an event changes, or "".
func AgentOf(e Event) AgentID {
	switch e := e.(type) {
	case AgentConfigured:
		return e.Agent
	case AgentLoggedIn:
		return e.Agent
	case AgentLoggedOut:
		return e.Agent
	case AgentStatusChanged:
		return e.Agent
	case AgentNextStatusSet:
		return e.Agent
	case AgentRemoved:
		return e.Agent
	case ContactOffered:
		return e.Agent
	case ContactMissed:
		return e.Agent
	case ContactConnected:
		return e.Agent
	case ContactHeld:
		return e.Agent
	case ContactResumed:
		return e.Agent
	case ContactLeft:
		return e.Agent
	case ContactAccepted:
		return e.Agent
	case TaskPaused:
		return e.Agent
	case TaskResumed:
		return e.Agent
	case ContactCleared:
		return e.Agent
	case CallPlaced:
		return e.Agent
	case PartyAdded:
		return e.Agent
	case PartyConnected:
		return e.Agent
	case PartyHeld:
		return e.Agent
	case PartyResumed:
		return e.Agent
	case PartyLeft:
		return e.Agent
	case ContactMonitored:
		return e.Agent
	case MonitorChanged:
		return e.Agent
	}
	return ""
}

// ContactOf returns the contact that an event is about, or "".
func ContactOf(e Event) ContactID {
	switch e := e.(type) {
	case ContactInitiated:
		return e.Contact
	case ContactConnectedToSystem:
		return e.Contact
	case ContactTargeted:
		return e.Contact
	case ContactAttributesChanged:
		return e.Contact
	case ContactRoutingChanged:
		return e.Contact
	case ContactCriteriaSet:
		return e.Contact
	case RoutingStepExpired:
		return e.Contact
	case ContactQueued:
		return e.Contact
	case ContactOffered:
		return e.Contact
	case ContactMissed:
		return e.Contact
	case ContactConnected:
		return e.Contact
	case ContactHeld:
		return e.Contact
	case ContactResumed:
		return e.Contact
	case ContactLeft:
		return e.Contact
	case ContactDisconnected:
		return e.Contact
	case ContactCleared:
		return e.Contact
	case FlowMoved:
		return e.Contact
	case FlowPlayed:
		return e.Contact
	case FlowNoted:
		return e.Contact
	case FlowHooked:
		return e.Contact
	case ContactAnalyticsSet:
		return e.Contact
	case ContactLinked:
		return e.Contact
	case ContactAccepted:
		return e.Contact
	case ContactDialled:
		return e.Contact
	case ChatItemAdded:
		return e.Contact
	case ChatTimersSet:
		return e.Contact
	case TaskPaused:
		return e.Contact
	case TaskResumed:
		return e.Contact
	case TaskRescheduled:
		return e.Contact
	case ContactDataChanged:
		return e.Contact
	case ContactCompleted:
		return e.Contact
	case CallPlaced:
		return e.Contact
	case PartyAdded:
		return e.Contact
	case PartyConnected:
		return e.Contact
	case PartyHeld:
		return e.Contact
	case PartyResumed:
		return e.Contact
	case PartyLeft:
		return e.Contact
	case ContactTransferred:
		return e.Contact
	case ContactMonitored:
		return e.Contact
	case MonitorChanged:
		return e.Contact
	case LineTaken:
		return e.Contact
	}
	return ""
}
