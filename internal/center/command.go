package center

import "time"

// A Command asks for something. It is refused with a *Refused and then changes nothing.
type Command interface{ isCommand() }

// Stamp is put on every command before it enters the machine.
type Stamp struct {
	At     time.Time // when the command was taken, UTC, whole milliseconds; never before the stamp before it
	Place  uint64    // sequence number of the step in the journal; every identity the step needs is derived from it
	Closes EffectID  `json:",omitempty"` // the effect that this command answers, if any
}

// Commands about the instance as a whole.
type (
	// CreateInstance is the first command of every journal. With it comes all that a new instance has by itself.
	CreateInstance struct {
		Instance Instance
		Key      []byte // identities are derived with it
	}
	SetInstanceAttribute struct{ Type, Value string }
	DeleteInstance       struct{}
	AssociateStorage     struct {
		Resource ResourceType
		Config   StorageConfig
	}
	UpdateStorage struct {
		ID       AssociationID
		Resource ResourceType
		Config   StorageConfig
	}
	DisassociateStorage struct {
		ID       AssociationID
		Resource ResourceType
	}
)

// Commands about the directory. Create commands ignore the ID and ModifiedAt of what they carry; in update commands
// nil leaves a field as it is.
type (
	CreateAgentStatus struct{ Status AgentStatus }
	UpdateAgentStatus struct {
		ID                       AgentStatusID
		Name, Description, State *string
		DisplayOrder             *int
		ResetOrder               bool
	}
	CreateHours struct{ Hours Hours }
	UpdateHours struct {
		ID                          HoursID
		Name, Description, TimeZone *string
		Slots                       *[]HoursSlot
	}
	DeleteHours struct{ ID HoursID }
	// CreateHoursOverride ignores the override's ID.
	CreateHoursOverride struct {
		Hours    HoursID
		Override HoursOverride
	}
	UpdateHoursOverride struct {
		Hours                               HoursID
		ID                                  HoursOverrideID
		Name, Description, Type, From, Till *string
		Slots                               *[]HoursSlot
		Recurrence                          *Recurrence
	}
	DeleteHoursOverride struct {
		Hours HoursID
		ID    HoursOverrideID
	}
	CreateQueue struct{ Queue Queue }
	UpdateQueue struct {
		ID                        QueueID
		Name, Description, Status *string
		MaxContacts               *int
		Hours                     *HoursID
		Outbound                  *OutboundCaller
	}
	// ChangeQueueConnects adds and removes quick connects of a queue, all or nothing. What is there already, or not there,
	// stays so.
	ChangeQueueConnects struct {
		ID          QueueID
		Add, Remove []QuickConnectID
	}
	DeleteQueue        struct{ ID QueueID }
	CreateQuickConnect struct{ Connect QuickConnect }
	UpdateQuickConnect struct {
		ID                QuickConnectID
		Name, Description *string
		Target            *QuickConnect // only its type, user, queue, number and flow count
	}
	DeleteQuickConnect   struct{ ID QuickConnectID }
	CreateRoutingProfile struct{ Profile RoutingProfile }
	UpdateRoutingProfile struct {
		ID                                   RoutingProfileID
		Name, Description, AvailabilityTimer *string
		Concurrency                          *[]Concurrency
		DefaultOutbound                      *QueueID
	}
	// ChangeRoutingProfileQueues adds, changes and removes queues of a profile, all or nothing.
	ChangeRoutingProfileQueues struct {
		ID          RoutingProfileID
		Add, Change []QueueConfig
		Remove      []QueueConfig // Queue and Channel count
	}
	DeleteRoutingProfile struct{ ID RoutingProfileID }
	CreateUser           struct{ User User }
	UpdateUser           struct {
		ID               AgentID
		Identity         *User // only its names, e-mail addresses and mobile number count
		Phone            *PhoneConfig
		RoutingProfile   *RoutingProfileID
		SecurityProfiles *[]SecurityProfileID
		Group            *HierarchyGroupID // empty: none
	}
	DeleteUser struct{ ID AgentID }
	// ChangeProficiencies adds, changes and removes proficiencies of a user, all or nothing.
	ChangeProficiencies struct {
		User        AgentID
		Add, Change []Proficiency
		Remove      []Proficiency // Attribute and Value count
	}
	// SetHierarchy sets the levels of the hierarchy, from the highest down. A level keeps its identity when only its name
	// changes; one that has groups cannot be taken away.
	SetHierarchy         struct{ Names []string }
	CreateHierarchyGroup struct{ Group HierarchyGroup } // ignores its Level
	RenameHierarchyGroup struct {
		ID   HierarchyGroupID
		Name string
	}
	DeleteHierarchyGroup  struct{ ID HierarchyGroupID }
	CreateSecurityProfile struct{ Profile SecurityProfile }
	UpdateSecurityProfile struct {
		ID          SecurityProfileID
		Description *string
		Permissions *[]string
	}
	DeleteSecurityProfile struct{ ID SecurityProfileID }
	CreateAttribute       struct{ Attribute PredefinedAttribute }
	UpdateAttribute       struct {
		Name             string
		Values, Purposes *[]string
	}
	DeleteAttribute struct{ Name string }
	UpdatePrompt    struct {
		ID                PromptID
		Name, Description *string
	}
	DeletePrompt       struct{ ID PromptID }
	CreateTaskTemplate struct{ Template TaskTemplate }
	// UpdateTaskTemplate takes the place of all that a template says; nothing is left as it is.
	UpdateTaskTemplate struct{ Template TaskTemplate }
	DeleteTaskTemplate struct{ ID TaskTemplateID }
	CreateFlow         struct{ Flow Flow }
	// UpdateFlowContent publishes another content, of a flow or of a module. As a draft it is only kept.
	UpdateFlowContent struct {
		ID      FlowID
		Module  bool
		Content string
		Draft   bool
	}
	UpdateFlow struct {
		ID                       FlowID
		Module                   bool
		Name, Description, State *string
	}
	DeleteFlow struct {
		ID     FlowID
		Module bool
	}
	ClaimPhoneNumber struct {
		Number      PhoneNumber
		ClientToken string // repeating it within TokenLife repeats the answer
	}
	SetPhoneNumberFlow struct {
		ID   PhoneNumberID
		Flow FlowID // empty: none
	}
	UpdatePhoneNumber struct {
		ID          PhoneNumberID
		Description *string
	}
	// AdoptPhoneNumber takes over a number as another instance has it, with its id and without its flow; the other instance
	// releases it afterwards. It does nothing when the number has been taken over from there before.
	AdoptPhoneNumber   struct{ Number PhoneNumber }
	ReleasePhoneNumber struct{ ID PhoneNumberID }
	ChangeTags         struct {
		Kind   Kind
		ID     string
		Set    map[string]string
		Remove []string
	}
)

// Commands about agents.
type (
	LogIn struct{ Agent AgentID }
	// LogOut goes offline first and logs out in a step of its own; an agent that handles contacts goes offline and is
	// logged out once it is free. Setting a status in between calls it off.
	LogOut struct{ Agent AgentID }
	// SetAgentStatus takes effect at once, or as next status while the agent handles contacts. Contacts in
	// after-contact work, missed, rejected or in error are cleared by it.
	SetAgentStatus struct {
		Agent  AgentID
		Status AgentStatusID
	}
)

// Commands about contacts.
type (
	// StartInboundCall is a customer's call arriving.
	StartInboundCall struct {
		Customer   string // E.164
		Dialled    string // E.164; one of the instance's numbers
		Attributes map[string]string
	}
	StartOutboundCall struct {
		Destination string // E.164
		Source      string // E.164; empty: the queue's caller id
		Flow        FlowID
		Queue       QueueID // empty: what the flow sets
		Attributes  map[string]string
		Name        string
		Description string
		References  []Reference
		Related     ContactID
		RingTimeout time.Duration // 15 s to 60 s
		ClientToken string
	}
	StartTask struct {
		Flow        FlowID
		Name        string
		Description string
		References  []Reference
		Attributes  map[string]string
		Details     map[string]string
		Previous    ContactID
		Initial     ContactID // first contact of the chain that Previous belongs to; counts only when the machine has let go of Previous
		Related     ContactID
		ScheduledAt time.Time // zero: now
		Expiry      time.Duration
		ClientToken string
		Template    *TaskTemplateRef
		Queue       QueueID // where a flow's transfer goes unless it sets another: of a queue, or of an agent
		Link        int     // how many contacts of its chain come before it; counts only when the machine has let go of Previous
	}
	DialAnswered struct{ Contact ContactID } // the called party answered
	DialFailed   struct {
		Contact ContactID
		Reason  string // a telecom disconnect reason
	}
	AcceptContact struct {
		Contact ContactID
		Agent   AgentID
	}
	RejectContact struct {
		Contact ContactID
		Agent   AgentID
	}
	HoldContact struct {
		Contact ContactID
		Agent   AgentID
	}
	ResumeContact struct {
		Contact ContactID
		Agent   AgentID
	}
	// LeaveContact is the agent hanging up, or completing a task.
	LeaveContact struct {
		Contact ContactID
		Agent   AgentID
	}
	// HangUp is the customer leaving.
	HangUp struct{ Contact ContactID }
	// ClearContact takes a contact that is over for the agent (ENDED, MISSED, REJECTED, ERROR) off its desk.
	ClearContact struct {
		Contact ContactID
		Agent   AgentID
	}
	// StopContact ends a contact from outside.
	StopContact struct{ Contact ContactID }
	// UpdateContactAttributes creates or overwrites attributes. For a contact that the machine has let go of (it was
	// completed) Stored must hold its attributes as they stand.
	UpdateContactAttributes struct {
		Contact ContactID
		Set     map[string]string
		Stored  map[string]string
	}
)

// Commands about calls that agents place, and about calls of more than two.
type (
	// DialOut is an agent calling a customer, in whatever status the agent is.
	DialOut struct {
		Agent       AgentID
		Destination string  // E.164
		Queue       QueueID // whose caller id the customer sees; empty: the default outbound queue of the agent's routing profile
		Attributes  map[string]string
	}
	// AddParty brings someone into the agent's call: the customer is put on hold. One member of To is set.
	AddParty struct {
		Contact ContactID
		Agent   AgentID
		To      Destination
	}
	PartyAnswered struct{ Contact, Party ContactID }
	PartyFailed   struct {
		Contact, Party ContactID
		Reason         string // a telecom disconnect reason
	}
	// PartyHangUp is an external party leaving.
	PartyHangUp struct{ Contact, Party ContactID }
	HoldParty   struct {
		Contact ContactID
		Agent   AgentID
		Party   ContactID
	}
	ResumeParty struct {
		Contact ContactID
		Agent   AgentID
		Party   ContactID
	}
	// DropParty sends away someone whom the agent has brought in.
	DropParty struct {
		Contact ContactID
		Agent   AgentID
		Party   ContactID
	}
	// SwapParties puts whoever is talked to on hold, and talks to the other one.
	SwapParties struct {
		Contact ContactID
		Agent   AgentID
	}
	// JoinParties lets all talk to each other.
	JoinParties struct {
		Contact ContactID
		Agent   AgentID
	}
	// MonitorCall lets a supervisor listen to an agent's call.
	MonitorCall struct {
		Contact     ContactID
		Supervisor  AgentID
		MayBarge    bool // the supervisor may take part in the call
		ClientToken string
	}
	// ChangeMonitor lets a supervisor take part (ModeBarge), or only listen again (ModeSilent).
	ChangeMonitor struct {
		Contact ContactID // the supervisor's own
		Agent   AgentID
		Mode    string
	}
	// BargeOut is a supervisor who takes part sending the agent away: the supervisor has the call from then on.
	BargeOut struct {
		Contact ContactID // the supervisor's own
		Agent   AgentID
	}
)

// Destination is whom an agent brings into a call: exactly one of Agent, Queue, Number and, by itself, Flow is set.
type Destination struct {
	Agent  AgentID
	Queue  QueueID
	Number string // E.164
	Flow   FlowID // with Agent or Queue: the transfer flow that is run; empty: what the default one does
	Name   string // what the agent's panel shows, such as the name of a quick connect
}

type (
	// Wake lets the machine do what time demands: offers that lapse, limits that are reached, and routing.
	Wake struct{}
	// Done closes an effect that has nothing to say.
	Done struct{}
)

// TokenLife is how long a client token repeats the answer it got first (the API model states 7 days for
// StartOutboundVoiceContact; the same is used for all).
const TokenLife = 7 * 24 * time.Hour

func (CreateInstance) isCommand()             {}
func (SetInstanceAttribute) isCommand()       {}
func (DeleteInstance) isCommand()             {}
func (AssociateStorage) isCommand()           {}
func (UpdateStorage) isCommand()              {}
func (DisassociateStorage) isCommand()        {}
func (CreateAgentStatus) isCommand()          {}
func (UpdateAgentStatus) isCommand()          {}
func (CreateHours) isCommand()                {}
func (UpdateHours) isCommand()                {}
func (DeleteHours) isCommand()                {}
func (CreateQueue) isCommand()                {}
func (UpdateQueue) isCommand()                {}
func (DeleteQueue) isCommand()                {}
func (CreateRoutingProfile) isCommand()       {}
func (UpdateRoutingProfile) isCommand()       {}
func (ChangeRoutingProfileQueues) isCommand() {}
func (DeleteRoutingProfile) isCommand()       {}
func (CreateUser) isCommand()                 {}
func (UpdateUser) isCommand()                 {}
func (DeleteUser) isCommand()                 {}
func (CreateFlow) isCommand()                 {}
func (UpdateFlowContent) isCommand()          {}
func (UpdateFlow) isCommand()                 {}
func (DeleteFlow) isCommand()                 {}
func (ClaimPhoneNumber) isCommand()           {}
func (SetPhoneNumberFlow) isCommand()         {}
func (UpdatePhoneNumber) isCommand()          {}
func (AdoptPhoneNumber) isCommand()           {}
func (ReleasePhoneNumber) isCommand()         {}
func (ChangeTags) isCommand()                 {}
func (CreateHoursOverride) isCommand()        {}
func (UpdateHoursOverride) isCommand()        {}
func (DeleteHoursOverride) isCommand()        {}
func (ChangeQueueConnects) isCommand()        {}
func (CreateQuickConnect) isCommand()         {}
func (UpdateQuickConnect) isCommand()         {}
func (DeleteQuickConnect) isCommand()         {}
func (ChangeProficiencies) isCommand()        {}
func (SetHierarchy) isCommand()               {}
func (CreateHierarchyGroup) isCommand()       {}
func (RenameHierarchyGroup) isCommand()       {}
func (DeleteHierarchyGroup) isCommand()       {}
func (CreateSecurityProfile) isCommand()      {}
func (UpdateSecurityProfile) isCommand()      {}
func (DeleteSecurityProfile) isCommand()      {}
func (CreateAttribute) isCommand()            {}
func (UpdateAttribute) isCommand()            {}
func (DeleteAttribute) isCommand()            {}
func (UpdatePrompt) isCommand()               {}
func (DeletePrompt) isCommand()               {}
func (CreateTaskTemplate) isCommand()         {}
func (UpdateTaskTemplate) isCommand()         {}
func (DeleteTaskTemplate) isCommand()         {}
func (LogIn) isCommand()                      {}
func (LogOut) isCommand()                     {}
func (SetAgentStatus) isCommand()             {}
func (StartInboundCall) isCommand()           {}
func (StartOutboundCall) isCommand()          {}
func (StartTask) isCommand()                  {}
func (DialAnswered) isCommand()               {}
func (DialFailed) isCommand()                 {}
func (AcceptContact) isCommand()              {}
func (RejectContact) isCommand()              {}
func (HoldContact) isCommand()                {}
func (ResumeContact) isCommand()              {}
func (LeaveContact) isCommand()               {}
func (HangUp) isCommand()                     {}
func (ClearContact) isCommand()               {}
func (StopContact) isCommand()                {}
func (UpdateContactAttributes) isCommand()    {}
func (Wake) isCommand()                       {}
func (Done) isCommand()                       {}
func (DialOut) isCommand()                    {}
func (AddParty) isCommand()                   {}
func (PartyAnswered) isCommand()              {}
func (PartyFailed) isCommand()                {}
func (PartyHangUp) isCommand()                {}
func (HoldParty) isCommand()                  {}
func (ResumeParty) isCommand()                {}
func (DropParty) isCommand()                  {}
func (SwapParties) isCommand()                {}
func (JoinParties) isCommand()                {}
func (MonitorCall) isCommand()                {}
func (ChangeMonitor) isCommand()              {}
func (BargeOut) isCommand()                   {}
