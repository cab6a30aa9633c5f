package machine

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// startChat begins a chat: the customer has some minutes to connect.
func (t *turn) startChat(cmd center.StartChat) error {
	if err := t.mayOpen(center.Chat, cmd.ClientToken); err != nil {
		return err
	}
	if err := t.mayRun(cmd.Flow); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(cmd.Name); n < 1 || n > chatNameMax || !utf8.ValidString(cmd.Name) {
		return invalid("ParticipantDetails.DisplayName", fmt.Sprintf("must be 1 to %d characters", chatNameMax))
	}
	life := cmd.Duration
	if life == 0 {
		life = chatUsual
	}
	if life < chatLeast || life > chatMost || life%time.Minute != 0 {
		return invalid("ChatDurationInMinutes", "must be from 60 to 10080")
	}
	for _, typ := range cmd.ContentTypes {
		if !slices.Contains([]string{center.ChatPlain, center.ChatMarkdown, center.ChatJSON, center.ChatInteractive, center.ChatInteractiveIn}, typ) {
			return invalid("SupportedMessagingContentTypes", typ+" is not supported")
		}
	}
	if cmd.Items >= chatItemsMax-1 {
		return &center.Refused{Reason: center.Limit, Kind: center.KindContact, ID: string(cmd.Related), Detail: "the chat to continue is as long as chats may be"}
	}
	w := words{related: string(cmd.Related), token: cmd.ClientToken}
	if err := w.check(); err != nil {
		return err
	}
	if err := checkAttributes(nil, cmd.Attributes); err != nil {
		return err
	}
	if cmd.Initial != nil {
		if cmd.Initial.ContentType != center.ChatPlain {
			return invalid("InitialMessage", "must be text/plain")
		}
		if err := checkMessage(*cmd.Initial, nil); err != nil {
			return err
		}
	}
	e := center.ContactInitiated{
		Contact: center.ContactID(t.newID()), Channel: center.Chat, Method: "API", Flow: cmd.Flow, Attributes: orNil(cmd.Attributes),
		Related: cmd.Related, Tags: map[string]string{"aws:connect:instanceId": string(t.m.state.Directory.Instance.ID)},
		Segment:   map[string]center.SegmentValue{"connect:Subtype": {String: "connect:Chat"}},
		RingUntil: t.at.Add(chatConnectMax), ExpiresAt: t.at.Add(life), ClientToken: cmd.ClientToken,
		Chat: &center.ChatStart{Participant: t.newID(), Name: cmd.Name, ContentTypes: slices.Clone(cmd.ContentTypes), Last: cmd.Continues, Items: cmd.Items},
	}
	t.emit(e)
	if cmd.Initial != nil {
		c := t.m.state.Contacts[e.Contact]
		t.item(c, center.ChatItemAdded{ContentType: cmd.Initial.ContentType, Content: cmd.Initial.Content, Participant: e.Chat.Participant, Role: center.RoleCustomer, Name: cmd.Name})
	}
	return nil
}

// item adds a line to the transcript of a chat.
func (t *turn) item(c *lifecycle.Contact, e center.ChatItemAdded) center.ChatItemAdded {
	e.Contact, e.ID, e.Place, e.Before = c.ID, t.newID(), t.place, c.Chat.Last
	if e.Before.Place == t.place && e.Before.Contact == c.ID {
		e.Before = c.Chat.Before
	}
	t.emit(e)
	return e
}

// customerItem adds a line about the customer, or of it.
func (t *turn) customerItem(c *lifecycle.Contact, typ string) {
	t.item(c, center.ChatItemAdded{ContentType: typ, Participant: c.Chat.Customer.ID, Role: center.RoleCustomer, Name: c.Chat.Customer.Name})
}

// agentItem adds a line about the agent.
func (t *turn) agentItem(c *lifecycle.Contact, typ string) {
	t.item(c, center.ChatItemAdded{ContentType: typ, Participant: c.Chat.Agent.ID, Role: center.RoleAgent, Name: c.Chat.Agent.Name})
}

// joins adds an agent who is there from now on to a chat.
func (t *turn) joins(c *lifecycle.Contact, a *lifecycle.Agent) {
	t.item(c, center.ChatItemAdded{ContentType: center.ChatJoined, Participant: t.newID(), Role: center.RoleAgent, Name: orElse(a.Config.FirstName, a.Config.Username), By: a.ID})
}

// chat returns the contact that a chat is now, with a participant of it.
func (t *turn) chat(id center.ContactID, participant string) (c *lifecycle.Contact, role string, err error) {
	c, err = t.contact(t.onLine(id))
	if err != nil {
		return nil, "", err
	}
	_, role = c.Chat.Participant(participant)
	switch {
	case c.Chat == nil:
		return nil, "", invalid("ContactId", "the contact is not a chat")
	case c.Over():
		return nil, "", conflict(center.KindContact, string(c.ID), "the chat is over")
	case role == "" || role == center.RoleAgent && !c.Connected():
		return nil, "", conflict(center.KindContact, string(c.ID), "the participant is not in the chat")
	}
	return c, role, nil
}

// connectChat is a participant's client connecting. The flow of the chat runs from when the customer's does.
func (t *turn) connectChat(cmd center.ConnectChat) error {
	c, role, err := t.chat(cmd.Contact, cmd.Participant)
	if err != nil || role != center.RoleCustomer || c.RingUntil.IsZero() {
		return err
	}
	t.customerItem(c, center.ChatJoined)
	t.begin(c)
	return nil
}

// sayInChat adds a message to the transcript. A flow that waits for the customer goes on with it.
func (t *turn) sayInChat(cmd center.SayInChat) error {
	c, role, err := t.chat(cmd.Contact, cmd.Participant)
	if err != nil {
		return err
	}
	if !c.RingUntil.IsZero() {
		return conflict(center.KindContact, string(c.ID), "the customer has not connected: CreateParticipantConnection with ConnectParticipant comes first")
	}
	if i := slices.IndexFunc(c.Chat.Said, func(s lifecycle.Said) bool {
		return cmd.ClientToken != "" && s.Token == cmd.ClientToken && s.Participant == cmd.Participant
	}); i >= 0 {
		return &center.Refused{Reason: center.Repeated, Kind: center.KindContact, ID: c.Chat.Said[i].ID, Field: "ClientToken", Detail: c.Chat.Said[i].At.Format(time.RFC3339Nano)}
	}
	if len(cmd.ClientToken) > clientTokenMax {
		return invalid("ClientToken", fmt.Sprintf("longer than %d bytes", clientTokenMax))
	}
	if c.Chat.Items >= chatItemsMax {
		return &center.Refused{Reason: center.Limit, Kind: center.KindContact, ID: string(c.ID), Detail: fmt.Sprintf("a chat has at most %d messages and events", chatItemsMax)}
	}
	if err := checkMessage(cmd.Message, c.Chat.ContentTypes); err != nil {
		return err
	}
	p, _ := c.Chat.Participant(cmd.Participant)
	if p.Idle {
		t.item(c, center.ChatItemAdded{ContentType: center.ChatReturned, Participant: p.ID, Role: role, Name: p.Name})
	}
	t.item(c, center.ChatItemAdded{
		ContentType: cmd.Message.ContentType, Content: cmd.Message.Content, Participant: p.ID, Role: role, Name: p.Name, ClientToken: cmd.ClientToken,
	})
	text := cmd.Message.ContentType == center.ChatPlain || cmd.Message.ContentType == center.ChatMarkdown
	if pos := c.Position; role == center.RoleCustomer && text && pos != nil && pos.Wait == center.WaitsForInput {
		t.goOn(c, entered(cmd.Message.Content))
	}
	return nil
}

// checkMessage refuses a message of a type that the chat does not take, or that is too long.
func checkMessage(m center.ChatMessage, types []string) error {
	most := chatTextMax
	switch m.ContentType {
	case center.ChatPlain:
	case center.ChatMarkdown:
	case center.ChatJSON, center.ChatInteractive, center.ChatInteractiveIn:
		most = chatJSONMax
		if !json.Valid([]byte(m.Content)) {
			return invalid("Content", "must be JSON")
		}
	default:
		return invalid("ContentType", m.ContentType+" is not supported")
	}
	if m.ContentType != center.ChatPlain && !slices.Contains(types, m.ContentType) {
		return invalid("ContentType", m.ContentType+" is not among the SupportedMessagingContentTypes of the chat")
	}
	if n := utf8.RuneCountInString(m.Content); n < 1 || n > most || !utf8.ValidString(m.Content) {
		return invalid("Content", fmt.Sprintf("must be 1 to %d characters of UTF-8", most))
	}
	return nil
}

// leaveChat is a participant leaving: with the customer the chat is over, and without an agent the disconnect flow goes on.
func (t *turn) leaveChat(cmd center.LeaveChat) error {
	c, role, err := t.chat(cmd.Contact, cmd.Participant)
	if err != nil {
		return err
	}
	if role == center.RoleAgent {
		if !t.remains(c, agentDisconnect) {
			t.end(c, agentDisconnect, isFree)
		}
		return nil
	}
	t.customerLeaves(c, customerDisconnect)
	return nil
}

func (t *turn) customerLeaves(c *lifecycle.Contact, reason string) {
	t.customerItem(c, center.ChatLeft)
	t.end(c, reason, isFree)
}

// setChatTimers sets after which silence participants are idle, or disconnected.
func (t *turn) setChatTimers(cmd center.SetChatTimers) error {
	c, err := t.contact(cmd.Contact)
	switch {
	case err != nil:
		return err
	case c.Chat == nil:
		return invalid("ContactId", "the contact is not a chat")
	case c.Over():
		return &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(c.ID), Detail: "the chat is over"}
	}
	for _, timer := range cmd.Timers {
		if timer.Role != center.RoleCustomer && timer.Role != center.RoleAgent {
			return invalid("ParticipantRole", "must be CUSTOMER or AGENT")
		}
		if timer.After != 0 && (timer.After < silenceLeast || timer.After > silenceMost) {
			return invalid("ParticipantTimerDurationInMinutes", "must be from 2 to 480")
		}
	}
	if len(cmd.Timers) > 0 {
		t.emit(center.ChatTimersSet{Contact: c.ID, Timers: slices.Clone(cmd.Timers)})
	}
	return nil
}

// fallsSilent is a timer of a chat running out.
func (t *turn) fallsSilent(c *lifecycle.Contact, timer center.ChatTimer) {
	tell := t.customerItem
	if timer.Role == center.RoleAgent {
		tell = t.agentItem
	}
	if !timer.Disconnect {
		tell(c, center.ChatIdle)
		return
	}
	tell(c, center.ChatDisconnected)
	if timer.Role == center.RoleAgent && t.remains(c, idleDisconnect) {
		return
	}
	t.end(c, idleDisconnect, isFree)
}

// goesOn reports whether another contact goes on with the customer of one that is about to end.
func (t *turn) goesOn(c *lifecycle.Contact) bool {
	next := t.m.state.Contacts[c.Next]
	return next != nil && next.LineOf() == c.LineOf()
}

// systemSays adds what a flow says. A transcript that is full says no more.
func (t *turn) systemSays(c *lifecycle.Contact, text string) {
	if c.Chat.Items < chatItemsMax {
		t.item(c, center.ChatItemAdded{ContentType: center.ChatPlain, Content: text, Role: center.RoleSystem, Name: "SYSTEM_MESSAGE"})
	}
}

// onLine returns the contact that has the customer of a contact now: itself, or one that continues it.
func (t *turn) onLine(id center.ContactID) center.ContactID {
	if c := t.m.state.Contacts[id]; c != nil && !c.Over() {
		return id
	}
	for _, next := range t.m.index.kin[id] {
		if c := t.m.state.Contacts[next]; c != nil && c.Line == id && !c.Over() {
			return next
		}
	}
	return id
}
