package center

import "time"

// Roles of participants of a chat, as transcripts spell them.
const (
	RoleCustomer = "CUSTOMER"
	RoleAgent    = "AGENT"
	RoleSystem   = "SYSTEM"
)

// Content types of what is in a transcript besides messages.
const (
	chatEvent         = "application/vnd.amazonaws.connect.event."
	ChatJoined        = chatEvent + "participant.joined"
	ChatLeft          = chatEvent + "participant.left"
	ChatIdle          = chatEvent + "participant.idle"
	ChatReturned      = chatEvent + "participant.returned"
	ChatDisconnected  = chatEvent + "participant.autodisconnection"
	ChatEnded         = chatEvent + "chat.ended"
	ChatTyping        = chatEvent + "typing"
	ChatAcknowledged  = chatEvent + "connection.acknowledged"
	ChatPlain         = "text/plain"
	ChatMarkdown      = "text/markdown"
	ChatJSON          = "application/json"
	ChatInteractive   = "application/vnd.amazonaws.connect.message.interactive"
	ChatInteractiveIn = "application/vnd.amazonaws.connect.message.interactive.response"
)

// ChatPlace is where in the journal the newest item of a transcript is: the step, and the contact whose item it is. Each
// item says where the one before it is, so that a transcript is read from its end.
type ChatPlace struct {
	Place   uint64    `json:",omitempty"`
	Contact ContactID `json:",omitempty"`
}

// ChatStart is what a chat begins with.
type ChatStart struct {
	Participant  string      // the customer's id
	Name         string      // what the customer is shown as
	ContentTypes []string    // of messages, besides plain text
	Last         ChatPlace   `json:",omitzero"`  // the transcript that it continues
	Continued    bool        `json:",omitempty"` // the customer is there already
	Timers       []ChatTimer `json:",omitempty"`
	Items        int         `json:",omitempty"` // of the transcript that it continues
}

// ChatTimer says after which silence of a role something happens.
type ChatTimer struct {
	Role       string        // RoleCustomer or RoleAgent
	Disconnect bool          // the participant is disconnected; otherwise it is said to be idle
	After      time.Duration // 0: never
}

// ChatMessage is something said.
type ChatMessage struct{ ContentType, Content string }

// Commands about chats. Any contact of a chat that was continued names the one that it is now.
type (
	StartChat struct {
		Flow         FlowID
		Name         string // what the customer is shown as
		Attributes   map[string]string
		Initial      *ChatMessage
		ContentTypes []string      // besides plain text
		Duration     time.Duration // 0: 25 hours
		Related      ContactID
		Continues    ChatPlace // the end of the transcript of a past chat
		Items        int       // of that transcript
		ClientToken  string
	}
	// ConnectChat is a participant's client connecting: with the customer's the chat begins.
	ConnectChat struct {
		Contact     ContactID
		Participant string
	}
	SayInChat struct {
		Contact     ContactID
		Participant string
		Message     ChatMessage
		ClientToken string // repeating one of the last few repeats the answer
	}
	// LeaveChat is a participant leaving.
	LeaveChat struct {
		Contact     ContactID
		Participant string
	}
	SetChatTimers struct {
		Contact ContactID
		Timers  []ChatTimer
	}
)

// Events about chats.
type (
	// ChatItemAdded is a line of the transcript: a message, or something that happened.
	ChatItemAdded struct {
		Contact     ContactID
		ID          string
		ContentType string
		Content     string    `json:",omitempty"`
		Participant string    `json:",omitempty"`
		Role        string    `json:",omitempty"`
		Name        string    `json:",omitempty"` // what the participant is shown as
		By          AgentID   `json:",omitempty"` // the agent who joins
		ClientToken string    `json:",omitempty"`
		Place       uint64    // of this step in the journal
		Before      ChatPlace `json:",omitzero"` // the item before that is not of this step
	}
	// ChatTimersSet replaces these timers; others stay.
	ChatTimersSet struct {
		Contact ContactID
		Timers  []ChatTimer
	}
)

func (StartChat) isCommand()     {}
func (ConnectChat) isCommand()   {}
func (SayInChat) isCommand()     {}
func (LeaveChat) isCommand()     {}
func (SetChatTimers) isCommand() {}

func (ChatItemAdded) isEvent() {}
func (ChatTimersSet) isEvent() {}
