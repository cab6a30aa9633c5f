package machine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// Reasons why contacts end, as contact records spell them.
const (
	customerDisconnect = "CUSTOMER_DISCONNECT"
	agentDisconnect    = "AGENT_DISCONNECT"
	agentCompleted     = "AGENT_COMPLETED"
	flowDisconnect     = "CONTACT_FLOW_DISCONNECT"
	telecomTimeout     = "TELECOM_TIMEOUT"
	telecomCancelled   = "TELECOM_ORIGINATOR_CANCEL"
	telecomProblem     = "TELECOM_PROBLEM"

	thirdPartyDisconnect = "THIRD_PARTY_DISCONNECT"
	barged               = "BARGED"

	neverConnected = "CUSTOMER_CONNECTION_NOT_ESTABLISHED"
	idleDisconnect = "IDLE_DISCONNECT"

	endedByAPI = "API"
	expired    = "EXPIRED"
	other      = "OTHER"
)

// begin lets a contact whose customer is there run its flow, to the queue that it waits in or to its end.
func (t *turn) begin(c *lifecycle.Contact) {
	t.emit(center.ContactConnectedToSystem{Contact: c.ID})
	if c.Flow == "" { // a phone number that nothing answers
		t.end(c, other, release)
		return
	}
	t.run(c, center.OwnFlow, c.Flow)
}

// inQueue returns how many contacts are in a queue, those that ring included.
func (t *turn) inQueue(id center.QueueID) int { return t.m.index.depth[id] + t.queued[id] }

func (t *turn) enqueue(c *lifecycle.Contact, id center.QueueID) {
	q := t.m.state.Directory.Queues[id]
	t.emit(center.ContactQueued{Contact: c.ID, Queue: center.Ref{ID: string(q.ID), Name: q.Name}, Agent: q.Agent})
	if t.queued == nil {
		t.queued = map[center.QueueID]int{}
	}
	t.queued[id]++
	t.inQueueFlow(c)
}

// hangup says what becomes of the line when a call ends.
type hangup bool

const (
	release hangup = true  // the center hangs up
	isFree  hangup = false // the customer or the network has hung up
)

// end ends a contact, whatever it is doing: an offer lapses, an agent goes into after-contact work, who was called into it
// or listens to it is let go, and without an agent the contact is completed. The customer's line is not released while
// another leg of the call has it.
func (t *turn) end(c *lifecycle.Contact, reason string, line hangup) {
	source := t.source(c)
	for _, p := range slices.Clone(c.Parties) {
		if p.External() {
			t.emit(center.PartyLeft{Contact: c.ID, Party: p.ID})
			t.ask(center.ReleaseLine{Contact: p.ID})
		}
	}
	switch c.Phase() {
	case lifecycle.Offered:
		t.emit(center.ContactMissed{Contact: c.ID, Agent: c.Offer.Agent, State: center.AgentContactMissed})
	case lifecycle.Accepted: // a call that the agent has placed has failed, or the customer has not waited for the whispers to end
		t.emit(center.ContactMissed{Contact: c.ID, Agent: c.Offer.Agent, State: center.AgentContactError})
	case lifecycle.Talking, lifecycle.Held, lifecycle.Paused:
		if c.Connected() {
			t.leave(c)
		}
	}
	if c.Chat != nil && !t.goesOn(c) {
		t.item(c, center.ChatItemAdded{ContentType: center.ChatEnded})
	}
	t.endMonitors(c, reason)
	hasLine := c.OnLine() && c.Watches == ""
	t.emit(center.ContactDisconnected{Contact: c.ID, Reason: reason})
	switch {
	case source != nil:
		t.emit(center.PartyLeft{Contact: source.ID, Agent: source.Agent.Agent, Party: c.ID})
	case hasLine && line == release:
		t.ask(center.ReleaseLine{Contact: c.LineOf()})
	}
	if c.Phase() == lifecycle.Ended {
		t.emit(center.ContactCompleted{Contact: c.ID})
	}
}

// leave takes the agent out of the conversation; after-contact work begins.
func (t *turn) leave(c *lifecycle.Contact) {
	if c.Chat != nil {
		t.agentItem(c, center.ChatLeft)
	}
	left := center.ContactLeft{Contact: c.ID, Agent: c.Agent.Agent}
	if limit := t.m.state.Agents[c.Agent.Agent].Config.ACWLimit; limit > 0 {
		left.Until = t.at.Add(seconds(limit))
	}
	t.emit(left)
}

// stopContact ends a contact from outside. One that is over already is as good as unknown.
func (t *turn) stopContact(cmd center.StopContact) error {
	c, err := t.contact(cmd.Contact)
	if err != nil {
		return err
	}
	if c.Over() {
		return &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(c.ID), Detail: "the contact is over"}
	}
	if c.Channel != center.Voice {
		t.end(c, endedByAPI, release)
		return nil
	}
	switch c.Method {
	case lifecycle.MethodDisconnect, lifecycle.MethodTransfer, lifecycle.MethodQueueTransfer, lifecycle.MethodMonitor:
		return invalid("ContactId", "a call that began as "+c.Method+" cannot be stopped")
	}
	t.endCall(t.legs(c.ID), other, release)
	return nil
}

// updateContactAttributes sets attributes, of an open contact or of one that the machine has let go of. What is set on the
// first contact of a chain is set on the legs of its call that are not over, too: they share their attributes.
func (t *turn) updateContactAttributes(cmd center.UpdateContactAttributes) error {
	c := t.m.state.Contacts[cmd.Contact]
	stored := cmd.Stored
	if c != nil {
		stored = c.Attributes
	} else if stored == nil {
		return &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(cmd.Contact)}
	}
	if err := checkAttributes(stored, cmd.Set); err != nil {
		return err
	}
	others := t.chainOf(cmd.Contact)
	for _, o := range others {
		if err := checkAttributes(o.Attributes, cmd.Set); err != nil {
			return err
		}
	}
	if len(cmd.Set) == 0 {
		return nil
	}
	t.emit(center.ContactAttributesChanged{Contact: cmd.Contact, Set: maps.Clone(cmd.Set)})
	for _, o := range others {
		t.emit(center.ContactAttributesChanged{Contact: o.ID, Set: maps.Clone(cmd.Set)})
	}
	return nil
}

// chainOf returns the other open contacts that share the attributes of a contact: the tasks that are linked with it, and
// the legs of a call that began with it. One that the machine has let go of is taken for the first of its chain.
func (t *turn) chainOf(id center.ContactID) []*lifecycle.Contact {
	root := id
	if c := t.m.state.Contacts[id]; c != nil {
		root = rootOf(c)
	}
	var chain []*lifecycle.Contact
	for _, other := range append([]center.ContactID{root}, t.m.index.kin[root]...) {
		if o := t.m.state.Contacts[other]; o != nil && o.ID != id && rootOf(o) == root && (o.Channel == center.Task || id == root && !o.Over()) {
			chain = append(chain, o)
		}
	}
	return chain
}

// checkAttributes refuses keys outside AWS's alphabet, and attributes that would be too large together.
func checkAttributes(stored, set map[string]string) error {
	size := 0
	for k, v := range stored {
		if _, replaced := set[k]; !replaced {
			size += len(k) + len(v)
		}
	}
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if k == "" || strings.ContainsFunc(k, notAttributeKey) {
			return invalid("Attributes", "keys may hold letters, digits, - and _ only")
		}
		if !utf8.ValidString(set[k]) {
			return invalid("Attributes", "values must be valid UTF-8")
		}
		size += len(k) + len(set[k])
	}
	if size > attributeBytes {
		return invalid("Attributes", fmt.Sprintf("attributes of a contact may not exceed %d bytes", attributeBytes))
	}
	return nil
}

func notAttributeKey(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// mayOpen refuses a new contact that does not fit into the bounds of the instance, and one that was asked for before.
func (t *turn) mayOpen(ch center.Channel, token string) error {
	if token != "" {
		if used, ok := t.m.tokens[tokenKey(ch, token)]; ok && t.at.Before(used.At.Add(center.TokenLife)) {
			return &center.Refused{Reason: center.Repeated, Kind: center.KindContact, ID: string(used.Contact), Field: "ClientToken"}
		}
		if len(token) > clientTokenMax {
			return invalid("ClientToken", fmt.Sprintf("longer than %d bytes", clientTokenMax))
		}
		if len(t.m.state.Tokens) >= t.m.limits.tokens {
			return &center.Refused{Reason: center.Limit, Kind: center.KindInstance, Field: "ClientToken", Detail: "too many client tokens"}
		}
	}
	if len(t.m.state.Contacts) >= t.m.limits.contacts {
		return &center.Refused{Reason: center.Limit, Kind: center.KindInstance, Detail: "too many open contacts"}
	}
	if len(t.m.state.Outstanding) >= t.m.limits.outstanding {
		return &center.Refused{Reason: center.Limit, Kind: center.KindInstance, Detail: "the network is behind"}
	}
	return nil
}
