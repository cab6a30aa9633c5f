package center

import "time"

// FlowOccasion says on which occasion a flow runs for a contact. The names are those of event hooks, as flows spell
// them; a contact's own flow has none.
type FlowOccasion string

// The occasions on which flows run.
const (
	OwnFlow           FlowOccasion = ""                // of the number dialled, of the API call, of a disconnect flow
	OnCustomerQueue   FlowOccasion = "CustomerQueue"   // while the contact waits in a queue
	OnAgentWhisper    FlowOccasion = "AgentWhisper"    // the agent has accepted
	OnCustomerWhisper FlowOccasion = "CustomerWhisper" // right after, to the customer
	OnOutboundWhisper FlowOccasion = "OutboundWhisper" // to a customer who was called; set by the queue, not by a hook
	OnCustomerHold    FlowOccasion = "CustomerHold"
	OnAgentHold       FlowOccasion = "AgentHold"
	OnRemaining       FlowOccasion = "CustomerRemaining" // the agent has left, the customer has not: the disconnect flow
)

// FlowWait is what a contact in a flow waits for.
type FlowWait string

// What contacts wait for. Whatever it is, time ends it at FlowPosition.Until, if that is set.
const (
	WaitsForPrompt   FlowWait = "PROMPT"   // the end of a prompt
	WaitsForInput    FlowWait = "INPUT"    // keys or words of the customer
	WaitsForTime     FlowWait = "TIME"     // nothing else
	WaitsForFunction FlowWait = "FUNCTION" // the answer of a Lambda function
	WaitsWhileLooped FlowWait = "LOOP"     // messages that are played until something else happens
)

// FlowPosition is where a contact stands in a flow. It names what was running when it came there: a flow that is
// published anew does not change what a contact is in.
type FlowPosition struct {
	Occasion FlowOccasion   `json:",omitempty"`
	Flow     FlowID         // or the id of a module
	Content  string         // digest of the content that runs
	Block    string         // identifier of the action
	Wait     FlowWait       // what for
	Until    time.Time      `json:",omitzero"`  // when the wait is over by itself
	Keys     string         `json:",omitempty"` // pressed so far, while WaitsForInput
	Answers  EffectID       `json:",omitempty"` // the effect whose answer it waits for
	Loops    map[string]int `json:",omitempty"` // how often loops of this flow were passed, by block
	Callers  []FlowCaller   `json:",omitempty"` // flows to return to from a module, the outermost first
}

// FlowCaller is a place to which a module returns.
type FlowCaller struct {
	Flow    FlowID
	Content string
	Block   string // that invoked the module
	Loops   map[string]int
}

// FlowValues are values that a flow has fetched as a whole, by the path below their namespace.
type FlowValues struct{ Values map[string]string }

// Analytics is what a flow has set about recording and Contact Lens. Nothing here records or analyses; documents show
// the setting as it was made.
type Analytics struct {
	Recorded      []string `json:",omitempty"` // Agent, Customer
	Enabled       bool     `json:",omitempty"` // Contact Lens; the rest counts only then
	Language      string   `json:",omitempty"` // en-US …
	Modes         []string `json:",omitempty"` // PostContact, RealTime; ContactLens for chats
	Redacts       bool     `json:",omitempty"`
	Redaction     string   `json:",omitempty"` // RedactedOnly, RedactedAndOriginal
	Entities      []string `json:",omitempty"` // what is redacted; none: all
	MaskMode      string   `json:",omitempty"` // PII, EntityType
	Sentiment     bool     `json:",omitempty"`
	SummaryModes  []string `json:",omitempty"` // PostContact
	IVRRecording  bool     `json:",omitempty"`
	ScreenOfAgent bool     `json:",omitempty"`
}

// Callback is how a callback is made.
type Callback struct {
	Attempts int           // how often the customer may still be called, this time included
	Retry    time.Duration // between a failed attempt and the next, at least
	From     string        // what the customer sees when the queue has no number of its own, E.164
}

// Events about the flows that contacts run.
type (
	// FlowMoved says where a contact stands in a flow that waits; nil: in none. Being queued, connected, resumed or
	// disconnected ends a flow without a word.
	FlowMoved struct {
		Contact ContactID
		To      *FlowPosition `json:",omitempty"`
	}
	// FlowPlayed says what a flow has said, to be heard (or read) from now on.
	FlowPlayed struct {
		Contact ContactID
		ToAgent bool `json:",omitempty"`
		Text    string
	}
	// FlowNoted keeps what a flow has learnt for blocks to come; what is nil stays as it is.
	FlowNoted struct {
		Contact    ContactID
		Input      *string           `json:",omitempty"` // $.StoredCustomerInput
		External   *FlowValues       `json:",omitempty"` // $.External, all of it
		Metrics    *FlowValues       `json:",omitempty"` // $.Metrics, all of it
		Attributes map[string]string `json:",omitempty"` // $.FlowAttributes, these keys
		Callback   *string           `json:",omitempty"` // the number to call back, E.164
		Voice      *string           `json:",omitempty"` // $.TextToSpeechVoiceId
	}
	// FlowHooked sets the flow that runs on an occasion.
	FlowHooked struct {
		Contact  ContactID
		Occasion FlowOccasion
		Flow     FlowID
	}
	ContactAnalyticsSet struct {
		Contact   ContactID
		Analytics Analytics
	}
	// ContactLinked names the contact that continues this one. The last one counts.
	ContactLinked struct {
		Contact ContactID
		Next    ContactID
	}
	// ContactAccepted says that an agent has taken the contact and is not joined with the customer yet: whispers play, or
	// the customer is called back.
	ContactAccepted struct {
		Contact ContactID
		Agent   AgentID
		State   string // AgentContactConnecting, or AgentContactPending for callbacks
	}
	// ContactDialled says that a customer is being called back.
	ContactDialled struct {
		Contact ContactID
		From    Endpoint
		Until   time.Time // when it is given up
	}
	// FunctionAssociated and FunctionDisassociated say which Lambda functions the flows of the instance may invoke.
	FunctionAssociated    struct{ ARN string }
	FunctionDisassociated struct{ ARN string }
)

// Commands about flows.
type (
	// CustomerInput is what the customer of a contact presses or says while a flow waits for it.
	CustomerInput struct {
		Contact ContactID
		Keys    string // 0 to 9, *, #
		Text    string // chats; either Keys or Text
	}
	// FunctionAnswered is what came of InvokeFunction. Stamp.Closes says of which.
	FunctionAnswered struct {
		Contact  ContactID
		Failed   bool
		Response string // JSON, unless it failed
	}
	AssociateFunction    struct{ ARN string }
	DisassociateFunction struct{ ARN string }
)

// InvokeFunction invokes a Lambda function for a flow. The outcome is FunctionAnswered; the flow goes on without it
// after Timeout.
type InvokeFunction struct {
	Contact  ContactID
	Function string // ARN
	Payload  string // JSON
	Timeout  time.Duration
}

func (FlowMoved) isEvent()             {}
func (FlowPlayed) isEvent()            {}
func (FlowNoted) isEvent()             {}
func (FlowHooked) isEvent()            {}
func (ContactAnalyticsSet) isEvent()   {}
func (ContactLinked) isEvent()         {}
func (ContactAccepted) isEvent()       {}
func (ContactDialled) isEvent()        {}
func (FunctionAssociated) isEvent()    {}
func (FunctionDisassociated) isEvent() {}

func (CustomerInput) isCommand()        {}
func (FunctionAnswered) isCommand()     {}
func (AssociateFunction) isCommand()    {}
func (DisassociateFunction) isCommand() {}

func (InvokeFunction) isEffect() {}
