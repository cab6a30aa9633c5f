package machine

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/routing"
)

// A call is one customer's line and the contacts on it, its legs: the first, and one for each agent that was brought in.
// The leg whose agent has brought another in is that one's source, until its agent leaves. One leg holds the line: the
// one without a source. When it ends, the call does.

// legs returns the legs of the call that a contact belongs to and that are not over, the first one first.
func (t *turn) legs(id center.ContactID) []*lifecycle.Contact {
	line := id
	if c := t.m.state.Contacts[id]; c != nil {
		line = c.LineOf()
	}
	var legs []*lifecycle.Contact
	add := func(id center.ContactID) {
		if c := t.m.state.Contacts[id]; c != nil && !c.Over() && c.LineOf() == line {
			legs = append(legs, c)
		}
	}
	add(line)
	for _, id := range t.m.index.kin[line] {
		add(id)
	}
	slices.SortFunc(legs, func(a, b *lifecycle.Contact) int {
		if d := a.InitiatedAt.Compare(b.InitiatedAt); d != 0 {
			return d
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return legs
}

// source returns the leg whose agent has brought this one in and is still there, or nil.
func (t *turn) source(c *lifecycle.Contact) *lifecycle.Contact { return sourceOf(t.m.state, c) }

func sourceOf(s *State, c *lifecycle.Contact) *lifecycle.Contact {
	if c.Line == "" {
		return nil
	}
	if from := s.Contacts[c.Previous]; from != nil && from.Connected() && !from.Over() && from.Party(c.ID) != nil {
		return from
	}
	return nil
}

// heir returns a leg that the contact's agent has brought in, or nil.
func (t *turn) heir(c *lifecycle.Contact) *lifecycle.Contact {
	for i := range c.Parties {
		if leg := t.m.state.Contacts[c.Parties[i].ID]; leg != nil && !leg.Over() {
			return leg
		}
	}
	return nil
}

// onCall returns a call on an agent's desk in which the agent is.
func (t *turn) onCall(agent center.AgentID, id center.ContactID) (*lifecycle.Agent, *lifecycle.Contact, error) {
	a, d, err := t.onDesk(agent, id)
	if err != nil {
		return nil, nil, err
	}
	if d.Channel != center.Voice {
		return nil, nil, conflict(center.KindContact, string(id), "the contact is not a call")
	}
	if !inConversation(d) {
		return nil, nil, conflict(center.KindContact, string(id), "the contact is "+d.State)
	}
	c := t.m.state.Contacts[id]
	if c.Watches != "" {
		return nil, nil, conflict(center.KindContact, string(id), "a supervisor only takes part in the call")
	}
	return a, c, nil
}

// participants counts who is in a call or on the way into it: the customer, agents, external parties, supervisors who
// take part.
func (t *turn) participants(c *lifecycle.Contact) int {
	n := 1
	for _, leg := range t.legs(c.ID) {
		if leg.Agent == nil || leg.Connected() {
			n++
		}
		for i := range leg.Parties {
			if leg.Parties[i].External() {
				n++
			}
		}
		for _, m := range t.monitors(leg.ID) {
			if m.Agent.Modes[len(m.Agent.Modes)-1].Mode == center.ModeBarge {
				n++
			}
		}
	}
	return n
}

// addParty brings someone into an agent's call. The customer is on hold from then on.
func (t *turn) addParty(cmd center.AddParty) error {
	a, c, err := t.onCall(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if t.participants(c) >= partiesMax {
		return conflict(center.KindContact, string(c.ID), "no more than 3 can be in a call")
	}
	if err := t.mayOpen(center.Voice, ""); err != nil {
		return err
	}
	if err := t.mayReach(cmd.To); err != nil {
		return err
	}
	if cmd.To.Number != "" {
		return t.addExternal(a, c, cmd.To)
	}
	t.holdCustomer(c)
	t.addLeg(a, c, cmd.To)
	return nil
}

// mayReach refuses a destination that does not exist, or is not one.
func (t *turn) mayReach(to center.Destination) error {
	d, n := t.m.state.Directory, 0
	for _, set := range []bool{to.Agent != "", to.Queue != "", to.Number != "", to.Flow != "" && to.Agent == "" && to.Queue == ""} {
		if set {
			n++
		}
	}
	if n != 1 || to.Number != "" && to.Flow != "" {
		return invalid("Destination", "one of agent, queue, flow and number")
	}
	if to.Agent != "" && t.m.state.Agents[to.Agent] == nil {
		return &center.Refused{Reason: center.NotFound, Kind: center.KindUser, ID: string(to.Agent)}
	}
	if _, ok := d.Queues[to.Queue]; !ok && to.Queue != "" {
		return &center.Refused{Reason: center.NotFound, Kind: center.KindQueue, ID: string(to.Queue)}
	}
	if to.Number != "" && !center.IsPhoneNumber(to.Number) {
		return invalid("Number", "not a phone number in E.164")
	}
	if to.Flow == "" {
		return nil
	}
	f, ok := d.Flows[to.Flow]
	switch {
	case !ok:
		return &center.Refused{Reason: center.NotFound, Kind: center.KindFlow, ID: string(to.Flow), Field: "ContactFlowId"}
	case f.Status == "SAVED":
		return &center.Refused{Reason: center.Conflict, Kind: center.KindFlow, ID: string(to.Flow), Field: "ContactFlowId", Detail: "the flow is not published"}
	case f.State == "ARCHIVED" || f.Type != flowFor(to):
		return invalid("ContactFlowId", "the flow is not one for this kind of transfer: "+flowFor(to))
	}
	return nil
}

// flowFor returns the type of the flow that a transfer runs.
func flowFor(to center.Destination) string {
	switch {
	case to.Agent != "":
		return "AGENT_TRANSFER"
	case to.Queue != "":
		return "QUEUE_TRANSFER"
	}
	return "CONTACT_FLOW"
}

// addLeg makes the contact of a transfer, and lets it go where it goes.
func (t *turn) addLeg(a *lifecycle.Agent, c *lifecycle.Contact, to center.Destination) {
	d := t.m.state.Directory
	e := center.ContactInitiated{
		Contact: center.ContactID(t.newID()), Channel: center.Voice, Method: lifecycle.MethodTransfer,
		Initial: rootOf(c), Previous: c.ID, Line: c.LineOf(), Customer: c.Customer, System: c.System, Flow: to.Flow,
		Attributes: orNil(c.Attributes), Tags: maps.Clone(c.Tags), Segment: maps.Clone(c.Segment), Queue: to.Queue,
	}
	party := center.PartyAdded{Contact: c.ID, Agent: a.ID, Party: e.Contact, Kind: center.PartyFlow, Name: to.Name}
	switch {
	case to.Agent != "":
		party.Kind, e.Queue = center.PartyAgent, center.QueueID(to.Agent)
		party.Name = orElse(to.Name, t.m.state.Agents[to.Agent].Config.Username)
	case to.Queue != "":
		party.Kind, party.Name = center.PartyQueue, orElse(to.Name, d.Queues[to.Queue].Name)
	default:
		party.Name = orElse(to.Name, d.Flows[to.Flow].Name)
	}
	t.emit(e)
	t.emit(party)
	t.emit(center.ContactLinked{Contact: c.ID, Next: e.Contact})
	leg := t.m.state.Contacts[e.Contact]
	switch q := d.Queues[e.Queue]; {
	case to.Flow != "":
		t.begin(leg)
	case to.Agent != "" && !routing.Takes(t.m.state.Agents[to.Agent], center.Voice),
		to.Queue != "" && !t.takesTransfers(q):
		// As the default transfer flows do it: who cannot be reached now is not waited for.
		t.emit(center.ContactConnectedToSystem{Contact: leg.ID})
		t.end(leg, flowDisconnect, release)
	default:
		t.emit(center.ContactConnectedToSystem{Contact: leg.ID})
		t.enqueue(leg, e.Queue)
	}
}

// takesTransfers reports whether a queue takes a transfer now: enabled, open, and not full. An agent's own is always open.
func (t *turn) takesTransfers(q center.Queue) bool {
	if q.Agent != "" {
		return t.inQueue(q.ID) < directory.AgentQueueMax
	}
	return q.Status == center.Enabled && (q.MaxContacts == 0 || t.inQueue(q.ID) < q.MaxContacts) && t.m.state.Directory.Open(q.Hours, t.at)
}

// addExternal calls someone outside.
func (t *turn) addExternal(a *lifecycle.Agent, c *lifecycle.Contact, to center.Destination) error {
	from, err := t.outboundNumber(a, "")
	if err != nil {
		return err
	}
	t.holdCustomer(c)
	number := center.Endpoint{Address: to.Number, Type: center.TelephoneNumber}
	party := center.ContactID(t.newID())
	t.emit(center.PartyAdded{Contact: c.ID, Agent: a.ID, Party: party, Kind: center.PartyNumber, Name: to.Name, Endpoint: &number, RingUntil: t.at.Add(ringTimeoutUsual)})
	t.ask(center.DialParty{Contact: c.ID, Party: party, To: number, From: from, RingTimeout: ringTimeoutUsual})
	return nil
}

// partyAnswered is an external party answering. If the agent has left meanwhile, it has the customer.
func (t *turn) partyAnswered(cmd center.PartyAnswered) error {
	c, _, err := t.ringingParty(cmd.Contact, cmd.Party)
	if err != nil {
		return err
	}
	t.emit(center.PartyConnected{Contact: c.ID, Agent: talker(c), Party: cmd.Party})
	return nil
}

// partyFailed is the end of a call to an external party that was not answered.
func (t *turn) partyFailed(cmd center.PartyFailed) error {
	c, _, err := t.ringingParty(cmd.Contact, cmd.Party)
	if err != nil {
		return err
	}
	if !networkReason(cmd.Reason) {
		return invalid("Reason", "not a telecom disconnect reason")
	}
	t.partyGone(c, cmd.Party, cmd.Reason)
	return nil
}

// partyHangUp is an external party leaving.
func (t *turn) partyHangUp(cmd center.PartyHangUp) error {
	c, err := t.contact(cmd.Contact)
	if err != nil {
		return err
	}
	p := c.Party(cmd.Party)
	switch {
	case p == nil || !p.External():
		return &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(cmd.Party), Detail: "no such party in the call"}
	case !p.Connected():
		return conflict(center.KindContact, string(c.ID), "the party has not answered yet")
	}
	t.partyGone(c, cmd.Party, thirdPartyDisconnect)
	return nil
}

// partyGone takes an external party out of a call. If the agent had left the customer to it, the call is over.
func (t *turn) partyGone(c *lifecycle.Contact, party center.ContactID, reason string) {
	t.emit(center.PartyLeft{Contact: c.ID, Agent: talker(c), Party: party})
	if c.Phase() == lifecycle.Left && len(c.Parties) == 0 {
		t.end(c, reason, release)
	}
}

// talker returns the agent who is in the conversation, or "".
func talker(c *lifecycle.Contact) center.AgentID {
	if c.Connected() {
		return c.Agent.Agent
	}
	return ""
}

// ringingParty returns an external party that is being called.
func (t *turn) ringingParty(id, party center.ContactID) (*lifecycle.Contact, *lifecycle.Party, error) {
	c, err := t.contact(id)
	if err != nil {
		return nil, nil, err
	}
	p := c.Party(party)
	if p == nil || p.RingUntil.IsZero() {
		return nil, nil, conflict(center.KindContact, string(id), "the party is not being called")
	}
	return c, p, nil
}

// party returns someone whom an agent has brought in and who is there.
func (t *turn) party(agent center.AgentID, id, party center.ContactID) (*lifecycle.Contact, *lifecycle.Party, error) {
	_, c, err := t.onCall(agent, id)
	if err != nil {
		return nil, nil, err
	}
	p := c.Party(party)
	if p == nil {
		return nil, nil, &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(party), Detail: "the agent has brought in no such party"}
	}
	return c, p, nil
}

func (t *turn) holdParty(cmd center.HoldParty) error {
	c, p, err := t.party(cmd.Agent, cmd.Contact, cmd.Party)
	if err != nil {
		return err
	}
	if !p.Connected() || p.Held {
		return conflict(center.KindContact, string(cmd.Party), "the party is not there, or on hold already")
	}
	t.emit(center.PartyHeld{Contact: c.ID, Agent: cmd.Agent, Party: p.ID})
	t.settleHolds(c)
	return nil
}

func (t *turn) resumeParty(cmd center.ResumeParty) error {
	c, p, err := t.party(cmd.Agent, cmd.Contact, cmd.Party)
	if err != nil {
		return err
	}
	if !p.Held {
		return conflict(center.KindContact, string(cmd.Party), "the party is not on hold")
	}
	t.emit(center.PartyResumed{Contact: c.ID, Agent: cmd.Agent, Party: p.ID})
	t.settleHolds(c)
	return nil
}

// dropParty sends away someone whom the agent has brought in, wherever it is by now.
func (t *turn) dropParty(cmd center.DropParty) error {
	c, p, err := t.party(cmd.Agent, cmd.Contact, cmd.Party)
	if err != nil {
		return err
	}
	if leg := t.m.state.Contacts[p.ID]; leg != nil {
		t.end(leg, agentDisconnect, isFree)
		return nil
	}
	t.ask(center.ReleaseLine{Contact: p.ID})
	t.partyGone(c, p.ID, agentDisconnect)
	return nil
}

// swapParties talks to whom it has not talked to.
func (t *turn) swapParties(cmd center.SwapParties) error {
	_, c, err := t.onCall(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	held := !c.Agent.HeldAt.IsZero()
	if len(c.Parties) != 1 || !c.Parties[0].Connected() || c.Parties[0].Held == held {
		return conflict(center.KindContact, string(c.ID), "swapping needs one to talk to and one on hold")
	}
	party := c.Parties[0].ID
	if held {
		t.emit(center.PartyHeld{Contact: c.ID, Agent: cmd.Agent, Party: party})
		t.emit(center.ContactResumed{Contact: c.ID, Agent: cmd.Agent})
	} else {
		t.emit(center.ContactHeld{Contact: c.ID, Agent: cmd.Agent})
		t.holdFlow(c)
		t.emit(center.PartyResumed{Contact: c.ID, Agent: cmd.Agent, Party: party})
	}
	t.settleHolds(c)
	return nil
}

// joinParties lets all who are there talk to each other.
func (t *turn) joinParties(cmd center.JoinParties) error {
	_, c, err := t.onCall(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(c.Parties, func(p lifecycle.Party) bool { return p.Connected() }) {
		return conflict(center.KindContact, string(c.ID), "nobody has been brought in who is there")
	}
	for _, p := range slices.Clone(c.Parties) {
		if p.Held {
			t.emit(center.PartyResumed{Contact: c.ID, Agent: cmd.Agent, Party: p.ID})
		}
	}
	if !c.Agent.HeldAt.IsZero() {
		t.emit(center.ContactResumed{Contact: c.ID, Agent: cmd.Agent})
	}
	t.settleHolds(c)
	return nil
}

// holdCustomer puts the customer on hold, unless it is.
func (t *turn) holdCustomer(c *lifecycle.Contact) {
	if c.Agent.HeldAt.IsZero() {
		t.emit(center.ContactHeld{Contact: c.ID, Agent: c.Agent.Agent})
		t.holdFlow(c)
		t.settleHolds(c)
	}
}

// settleHolds makes what agents who were brought in see of the customer agree with what the one who brought them in has
// done. They are with the customer only when neither is on hold.
func (t *turn) settleHolds(c *lifecycle.Contact) {
	for _, p := range slices.Clone(c.Parties) {
		if leg := t.m.state.Contacts[p.ID]; leg != nil && leg.Connected() {
			t.holdLeg(leg, c.Agent.Agent, apart(c, p.ID))
		}
	}
}

// apart reports whether someone who was brought in is apart from the customer.
func apart(c *lifecycle.Contact, party center.ContactID) bool {
	return !c.Agent.HeldAt.IsZero() || c.Party(party).Held
}

// holdLeg puts the customer on hold for a leg, or takes it off, by the doing of another agent.
func (t *turn) holdLeg(leg *lifecycle.Contact, by center.AgentID, hold bool) {
	if hold == leg.CustomerHeld() {
		return
	}
	if hold || leg.Agent.HoldDue {
		t.emit(center.ContactHeld{Contact: leg.ID, Agent: leg.Agent.Agent, By: by})
	}
	if !hold {
		t.emit(center.ContactResumed{Contact: leg.ID, Agent: leg.Agent.Agent})
	}
}

// holdComesDue tells the hold that a leg's agent has come into.
func (t *turn) holdComesDue(c *lifecycle.Contact) {
	e := center.ContactHeld{Contact: c.ID, Agent: c.Agent.Agent, By: c.Agent.Agent}
	if s := t.source(c); s != nil {
		e.By = s.Agent.Agent
	}
	t.emit(e)
}

// ringPartiesOut gives up calls to external parties that nobody has answered.
func (t *turn) ringPartiesOut(c *lifecycle.Contact) {
	for _, p := range slices.Clone(c.Parties) {
		if !p.RingUntil.IsZero() && !p.RingUntil.After(t.at) {
			t.ask(center.ReleaseLine{Contact: p.ID})
			t.partyGone(c, p.ID, telecomTimeout)
		}
	}
}

// handOver leaves the customer to a leg that the agent has brought in: joined if its agent is there (a warm transfer), else
// waiting for one (a cold one). The leg that is left ends with this.
func (t *turn) handOver(c, heir *lifecycle.Contact) {
	t.emit(center.ContactTransferred{Contact: c.ID, Cold: !heir.Connected()})
	t.leave(c)
	t.endMonitors(c, agentDisconnect)
	t.emit(center.ContactDisconnected{Contact: c.ID, Reason: agentDisconnect})
	if heir.Connected() {
		t.holdLeg(heir, heir.Agent.Agent, false)
	}
}

// transferOut leaves the customer to an external party, which is there (warm) or still being called (cold). The contact ends
// when one of the two hangs up.
func (t *turn) transferOut(c *lifecycle.Contact) {
	p := c.Parties[0]
	t.emit(center.ContactTransferred{Contact: c.ID, Cold: !p.Connected(), To: p.Endpoint})
	t.endMonitors(c, agentDisconnect)
	t.leave(c)
}

// endCall ends all legs of a call.
func (t *turn) endCall(legs []*lifecycle.Contact, reason string, line hangup) {
	for i, leg := range legs {
		last := isFree
		if i == len(legs)-1 {
			last = line
		}
		t.end(leg, reason, last)
	}
}

// rootOf returns the first contact of a chain.
func rootOf(c *lifecycle.Contact) center.ContactID {
	if c.Initial != "" {
		return c.Initial
	}
	return c.ID
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// outboundNumber returns what a party sees whom the agent calls: the number of a queue, which is the agent's default
// outbound queue unless it is given.
func (t *turn) outboundNumber(a *lifecycle.Agent, queue center.QueueID) (center.Endpoint, error) {
	d := t.m.state.Directory
	if d.Instance.Attributes["OUTBOUND_CALLS"] == "false" {
		return center.Endpoint{}, conflict(center.KindInstance, string(d.Instance.ID), "OUTBOUND_CALLS is false")
	}
	if queue == "" {
		queue = a.Config.DefaultOutbound.ID
	}
	n, ok := d.Numbers[d.Queues[queue].Outbound.Number]
	if !ok {
		return center.Endpoint{}, conflict(center.KindQueue, string(queue), "the queue has no outbound caller ID number")
	}
	return center.Endpoint{Address: n.Number, Type: center.TelephoneNumber}, nil
}

// partyRingsUntil reports whether the contact is due because of a party that rings.
func partyRings(c *lifecycle.Contact, at time.Time) bool {
	return slices.ContainsFunc(c.Parties, func(p lifecycle.Party) bool { return !p.RingUntil.IsZero() && !p.RingUntil.After(at) })
}
