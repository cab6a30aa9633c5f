package center

import "time"

// Channel is the medium of a contact.
type Channel string

// The channels contacts have.
const (
	Voice Channel = "VOICE"
	Chat  Channel = "CHAT"
	Task  Channel = "TASK"
)

// Kind names a kind of resource of an instance, as ARNs spell it.
type Kind string

// The kinds of resources.
const (
	KindInstance        Kind = "instance"
	KindAgentStatus     Kind = "agent-state"
	KindHours           Kind = "operating-hours"
	KindQueue           Kind = "queue"
	KindRoutingProfile  Kind = "routing-profile"
	KindUser            Kind = "agent"
	KindSecurityProfile Kind = "security-profile"
	KindFlow            Kind = "contact-flow"
	KindModule          Kind = "flow-module"
	KindFunction        Kind = "lambda-function"
	KindPhoneNumber     Kind = "phone-number"
	KindQuickConnect    Kind = "transfer-destination"
	KindHierarchyGroup  Kind = "agent-group"
	KindHierarchyLevel  Kind = "agent-group-level"
	KindHoursOverride   Kind = "operating-hours-override" // has no ARN
	KindAttribute       Kind = "predefined-attribute"     // has no ARN, and its name for an id
	KindTaskTemplate    Kind = "task-template"
	KindPrompt          Kind = "prompt"
	KindAssociation     Kind = "storage-config"
	KindContact         Kind = "contact"
)

// Instance is one contact center.
type Instance struct {
	ID                 InstanceID
	ARN                string // arn:partition:connect:region:account:instance/id
	Alias              string // unique in all; may be empty
	IdentityManagement string // SAML, CONNECT_MANAGED or EXISTING_DIRECTORY
	DirectoryID        string
	ServiceRole        string            // ARN of the service-linked role that publishes for the instance
	Attributes         map[string]string // INBOUND_CALLS and so on, "true" or "false"
	Tags               map[string]string
	CreatedAt          time.Time
}

// StatusType says what an agent status means for routing.
type StatusType string

// Only a routable status gets contacts.
const (
	Routable StatusType = "ROUTABLE"
	Custom   StatusType = "CUSTOM"
	Offline  StatusType = "OFFLINE"
)

// Enabled and Disabled are the states of statuses and queues.
const (
	Enabled  = "ENABLED"
	Disabled = "DISABLED"
)

// AgentStatus is what an agent can set itself to.
type AgentStatus struct {
	ID           AgentStatusID
	Name         string
	Description  string
	Type         StatusType
	State        string // Enabled or Disabled
	DisplayOrder int    // from 1; 0: none
	Tags         map[string]string
	ModifiedAt   time.Time
}

// Hours are the hours of operation of queues.
type Hours struct {
	ID          HoursID
	Name        string
	Description string
	TimeZone    string // IANA name
	Slots       []HoursSlot
	Overrides   []HoursOverride `json:",omitempty"` // in the order in which they were made
	Tags        map[string]string
	ModifiedAt  time.Time
}

// HoursSlot is one span of a week day. An end at or before the start reaches into the next day.
type HoursSlot struct {
	Day                    string // MONDAY …; of an override also "": every day
	StartHour, StartMinute int
	EndHour, EndMinute     int
}

// Queue is where contacts wait. Every user has one of its own besides the standard ones.
type Queue struct {
	ID          QueueID
	Name        string // empty for an agent's queue
	Description string
	Agent       AgentID // whose queue it is; empty for a standard queue
	Hours       HoursID
	MaxContacts int    // 0: no limit
	Status      string // Enabled or Disabled
	Outbound    OutboundCaller
	Connects    []QuickConnectID `json:",omitempty"` // what agents see when they transfer a contact of the queue; sorted
	Tags        map[string]string
	ModifiedAt  time.Time
}

// OutboundCaller is what a called party sees and hears of a queue.
type OutboundCaller struct {
	CallerName string
	Number     PhoneNumberID
	Flow       FlowID // outbound whisper
}

// RoutingProfile says which queues an agent serves and how many contacts of a channel at once.
type RoutingProfile struct {
	ID                RoutingProfileID
	Name              string
	Description       string
	Concurrency       []Concurrency
	Queues            []QueueConfig
	DefaultOutbound   QueueID
	AvailabilityTimer string // TIME_SINCE_LAST_ACTIVITY or TIME_SINCE_LAST_INBOUND
	Tags              map[string]string
	ModifiedAt        time.Time
}

// Concurrency is the number of contacts of a channel that an agent takes at once.
type Concurrency struct {
	Channel      Channel
	Slots        int
	CrossChannel string // ROUTE_CURRENT_CHANNEL_ONLY or ROUTE_ANY_CHANNEL
}

// QueueConfig puts a queue's contacts of one channel into a routing profile.
type QueueConfig struct {
	Queue    QueueID
	Channel  Channel
	Priority int // 1 comes first
	Delay    int // seconds that a contact must have waited
}

// User is a person who signs in: an agent, a supervisor, an administrator.
type User struct {
	ID               AgentID
	Username         string
	FirstName        string
	LastName         string
	Email            string
	SecondaryEmail   string
	Mobile           string
	Phone            PhoneConfig
	SecurityProfiles []SecurityProfileID
	RoutingProfile   RoutingProfileID
	Group            HierarchyGroupID `json:",omitempty"`
	Proficiencies    []Proficiency    `json:",omitempty"` // sorted by attribute and value, each pair once
	DirectoryUserID  string
	PasswordHash     string // salted, never the password; empty unless the instance manages identities itself
	Tags             map[string]string
	ModifiedAt       time.Time
}

// PhoneConfig is how a user takes calls.
type PhoneConfig struct {
	Type       string // SOFT_PHONE or DESK_PHONE
	AutoAccept bool
	ACWLimit   int // seconds of after-contact work before the contact is cleared; 0: no limit
	DeskNumber string
}

// SecurityProfile is a set of permissions.
type SecurityProfile struct {
	ID          SecurityProfileID
	Name        string
	Description string
	Permissions []string
	Tags        map[string]string
	ModifiedAt  time.Time
}

// Flow is what a contact runs through, in Amazon's flow language.
type Flow struct {
	ID          FlowID
	Name        string
	Type        string // CONTACT_FLOW, CUSTOMER_QUEUE …
	Description string
	State       string // ACTIVE or ARCHIVED
	Status      string // PUBLISHED or SAVED
	Content     string // published; of a flow that never was, what is saved
	Tags        map[string]string
	ModifiedAt  time.Time
	Draft       string `json:",omitempty"` // saved later than what is published
	Default     bool   `json:",omitempty"` // runs on its occasion when a contact has set no other; cannot be deleted
}

// TypeModule is the Type of a Flow that is a module: invoked by flows, never run by itself.
const TypeModule = "MODULE"

// PhoneNumber is a number claimed for the instance.
type PhoneNumber struct {
	ID          PhoneNumberID
	Number      string // E.164
	Country     string // ISO 3166-1 alpha-2
	Type        string // DID, TOLL_FREE …
	Description string
	Flow        FlowID // what inbound calls run; empty: none
	Tags        map[string]string
	ModifiedAt  time.Time
	// Moves counts how often the number went from one instance to another. While it goes two have it: the one that counts
	// more is the one whose it is.
	Moves int `json:",omitempty"`
}

// ResourceType says what a storage configuration keeps or streams.
type ResourceType string

// The resource types that stream documents.
const (
	ContactTraceRecords ResourceType = "CONTACT_TRACE_RECORDS"
	AgentEvents         ResourceType = "AGENT_EVENTS"
)

// StorageConfig is where one resource type of an instance goes. Exactly the member that Type names is set.
type StorageConfig struct {
	Type          string // S3, KINESIS_STREAM, KINESIS_FIREHOSE, KINESIS_VIDEO_STREAM
	Bucket        string // S3
	Prefix        string // S3 and KINESIS_VIDEO_STREAM
	StreamARN     string // KINESIS_STREAM
	FirehoseARN   string // KINESIS_FIREHOSE
	RetentionHour int    // KINESIS_VIDEO_STREAM
	EncryptionKey string // ARN of a KMS key; S3 and KINESIS_VIDEO_STREAM
}

// Association binds a resource type of the instance to a storage configuration.
type Association struct {
	ID       AssociationID
	Resource ResourceType
	Config   StorageConfig
}

// Target returns the ARN that documents of this association are delivered to: a stream's or a delivery stream's; ""
// when the association streams nothing.
func (a Association) Target() string {
	switch a.Config.Type {
	case "KINESIS_STREAM":
		return a.Config.StreamARN
	case "KINESIS_FIREHOSE":
		return a.Config.FirehoseARN
	}
	return ""
}

// Endpoint is one end of a call.
type Endpoint struct {
	Address string
	Type    string // TELEPHONE_NUMBER …
}

// TelephoneNumber is the Endpoint type of a phone number in E.164.
const TelephoneNumber = "TELEPHONE_NUMBER"

// Reference is a link that a task carries.
type Reference struct {
	Name   string
	Type   string // URL, NUMBER, STRING, DATE, EMAIL, ATTACHMENT
	Value  string
	Status string `json:",omitempty"` // ATTACHMENT only
}

// SegmentValue is the value of a segment attribute: exactly one member is set.
type SegmentValue struct {
	String  string                  `json:",omitempty"`
	Integer *int                    `json:",omitempty"`
	Map     map[string]SegmentValue `json:",omitempty"`
}

// Ref names a resource together with the name it had at the time.
type Ref struct {
	ID   string
	Name string
}

// StatusRef is an agent status as it was when an agent set it.
type StatusRef struct {
	ID   AgentStatusID
	Name string
	Type StatusType
}

// AgentConfig is what an agent's desktop and its events show of the user's configuration.
type AgentConfig struct {
	Username        string
	FirstName       string
	LastName        string
	RoutingProfile  Ref
	Concurrency     []Concurrency // sorted by channel
	Inbound         []AgentQueue  // the agent's own queue first
	DefaultOutbound AgentQueue
	AutoAccept      bool
	ACWLimit        int           // seconds; 0: no limit
	Hierarchy       []Ref         `json:",omitempty"` // the group of each level, from the highest down; none: in no group
	Proficiencies   []Proficiency `json:",omitempty"` // sorted
}

// AgentQueue is a queue as a routing profile shows it.
type AgentQueue struct {
	ID       QueueID
	Name     string // empty for an agent's own queue
	Agent    bool   // the queue is an agent's own
	Channels []Channel
}
