package center

import "time"

// TaskTemplateRef is the template that a task was started from.
type TaskTemplateRef struct {
	ID   TaskTemplateID
	Name string
}

// Commands about tasks.
type (
	// PauseTask lets a task rest: one that waits in a queue leaves it, one that an agent works on frees the agent's slot.
	PauseTask struct {
		Contact ContactID
		Agent   AgentID // who must have it; empty: whoever
	}
	// ResumeTask ends a pause. A task that no agent has runs a flow, or goes back to where it was.
	ResumeTask struct {
		Contact ContactID
		Agent   AgentID // who must have it; empty: whoever
		Flow    FlowID  // empty: none
	}
	// TransferTask hands a task on, as a new contact, through a flow.
	TransferTask struct {
		Contact     ContactID
		By          AgentID // who must have it; empty: whoever
		Flow        FlowID
		Queue       QueueID // where the flow's transfer goes unless it sets another; at most one of Queue and Agent
		Agent       AgentID
		ClientToken string
	}
	// RescheduleTask moves the beginning of a task that has not begun.
	RescheduleTask struct {
		Contact ContactID
		At      time.Time
	}
	// UpdateContact changes what a contact says of itself. Nil leaves a field as it is; references and tags are added or
	// replaced by name.
	UpdateContact struct {
		Contact           ContactID
		Name, Description *string
		References        []Reference
		SetTags           map[string]string
		RemoveTags        []string
		Completed         bool              // the machine has let go of the contact, which exists
		StoredTags        map[string]string // its tags, if Completed
	}
	// SetRouting says how urgent a contact is, and whom it may be offered to. At most one of Priority and Age is set.
	SetRouting struct {
		Contact  ContactID
		Priority *int          // 1 comes first
		Age      *int          // seconds that it counts as older than it is
		Criteria []RoutingStep // without their statuses; none: as they are
	}
)

// Events about tasks.
type (
	TaskPaused struct {
		Contact ContactID
		Agent   AgentID `json:",omitempty"` // who has it
	}
	TaskResumed struct {
		Contact ContactID
		Agent   AgentID `json:",omitempty"`
	}
	TaskRescheduled struct {
		Contact   ContactID
		At        time.Time
		ExpiresAt time.Time
	}
	// ContactDataChanged says what changed of what a contact says of itself. Tags are those that users have set.
	ContactDataChanged struct {
		Contact           ContactID
		Name, Description *string           `json:",omitempty"`
		References        []Reference       `json:",omitempty"` // these; others stay
		SetTags           map[string]string `json:",omitempty"`
		RemoveTags        []string          `json:",omitempty"`
	}
)

func (PauseTask) isCommand()      {}
func (ResumeTask) isCommand()     {}
func (TransferTask) isCommand()   {}
func (RescheduleTask) isCommand() {}
func (UpdateContact) isCommand()  {}
func (SetRouting) isCommand()     {}

func (TaskPaused) isEvent()         {}
func (TaskResumed) isEvent()        {}
func (TaskRescheduled) isEvent()    {}
func (ContactDataChanged) isEvent() {}
