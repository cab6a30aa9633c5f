package center

import "time"

// QuickConnect is where an agent can transfer a contact to. Exactly the member that Type names is set, with the flow that
// runs on the way there, if the type has one.
type QuickConnect struct {
	ID          QuickConnectID
	Name        string
	Description string
	Type        string  // QuickConnectUser …
	User        AgentID `json:",omitempty"` // may have been deleted since
	Queue       QueueID `json:",omitempty"`
	Number      string  `json:",omitempty"` // E.164
	Flow        FlowID  `json:",omitempty"` // all but QuickConnectNumber
	Tags        map[string]string
	ModifiedAt  time.Time
}

// The types of quick connects.
const (
	QuickConnectUser   = "USER"
	QuickConnectQueue  = "QUEUE"
	QuickConnectNumber = "PHONE_NUMBER"
	QuickConnectFlow   = "FLOW"
)

// HierarchyLevelMax is how many levels the hierarchy of users has at most.
const HierarchyLevelMax = 5

// HierarchyLevel is one level of the hierarchy of users, such as "Site".
type HierarchyLevel struct {
	ID         HierarchyLevelID
	Name       string
	ModifiedAt time.Time
}

// HierarchyGroup is a group of users and of the groups below it.
type HierarchyGroup struct {
	ID         HierarchyGroupID
	Name       string
	Parent     HierarchyGroupID `json:",omitempty"` // empty on level 1
	Level      int              // from 1, the highest
	Tags       map[string]string
	ModifiedAt time.Time
}

// Proficiency is how good a user is in something, which a predefined attribute and one of its values name.
type Proficiency struct {
	Attribute string
	Value     string
	Level     float64 // 1 to 5
}

// PredefinedAttribute is an attribute with the values that it may have.
type PredefinedAttribute struct {
	Name       string
	Values     []string
	Purposes   []string `json:",omitempty"`
	ModifiedAt time.Time
}

// HoursOverride replaces or changes hours of operation on certain dates, on the clock of the hours' zone.
type HoursOverride struct {
	ID          HoursOverrideID
	Name        string
	Description string
	Type        string // OverrideStandard …
	From, Till  string // the first and the last date, YYYY-MM-DD
	Slots       []HoursSlot
	Recurrence  *Recurrence `json:",omitempty"` // nil: every date from From to Till
}

// The types of overrides. A standard one takes the place of all else on its dates; an open one adds to the hours, and a
// closed one takes away from what there is then.
const (
	OverrideStandard = "STANDARD"
	OverrideOpen     = "OPEN"
	OverrideClosed   = "CLOSED"
)

// Recurrence picks dates from those of an override.
type Recurrence struct {
	Frequency  string // WEEKLY, MONTHLY or YEARLY
	Interval   int    // every how many weeks, months or years
	Month      int    `json:",omitempty"` // YEARLY: 1 to 12
	MonthDay   int    `json:",omitempty"` // MONTHLY and YEARLY: 1 to 31, -1 for the last; 0: Occurrence counts
	Occurrence int    `json:",omitempty"` // MONTHLY and YEARLY: which of the weekday in the month, 1 to 4, -1 for the last
}

// TaskTemplate is a form for tasks.
type TaskTemplate struct {
	ID          TaskTemplateID
	Name        string
	Description string
	Flow        FlowID `json:",omitempty"` // what tasks run; empty: what who starts one says
	Status      string // ACTIVE or INACTIVE
	Fields      []TaskField
	Tags        map[string]string
	CreatedAt   time.Time
	ModifiedAt  time.Time
}

// TaskField is one field of a task template.
type TaskField struct {
	Name                          string
	Description                   string
	Type                          string   // TEXT …
	Options                       []string `json:",omitempty"` // SINGLE_SELECT
	Required, ReadOnly, Invisible bool     `json:",omitempty"`
	Default                       *string  `json:",omitempty"`
}

// Prompt is an audio file that flows can play.
type Prompt struct {
	ID          PromptID
	Name        string
	Description string
	Tags        map[string]string
	ModifiedAt  time.Time
}
