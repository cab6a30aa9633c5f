package machine

import (
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// startInboundCall is a customer's call: it is there at once, and runs the flow of the number that was dialled.
func (t *turn) startInboundCall(cmd center.StartInboundCall) error {
	d := t.m.state.Directory
	if d.Instance.Attributes["INBOUND_CALLS"] == "false" {
		return conflict(center.KindInstance, string(d.Instance.ID), "INBOUND_CALLS is false")
	}
	if !center.IsPhoneNumber(cmd.Customer) {
		return invalid("Customer", "not a phone number in E.164")
	}
	n, ok := t.numberOf(cmd.Dialled)
	if !ok {
		return &center.Refused{Reason: center.NotFound, Kind: center.KindPhoneNumber, Field: "Dialled",
			Detail: "the instance has no such phone number"}
	}
	if err := checkAttributes(nil, cmd.Attributes); err != nil {
		return err
	}
	if err := t.mayOpen(center.Voice, ""); err != nil {
		return err
	}
	e := t.voiceContact("INBOUND", cmd.Customer, cmd.Dialled)
	e.Flow, e.Attributes = n.Flow, orNil(cmd.Attributes)
	t.emit(e)
	t.begin(t.m.state.Contacts[e.Contact])
	return nil
}

// startOutboundCall dials a customer; the flow runs when the customer answers.
func (t *turn) startOutboundCall(cmd center.StartOutboundCall) error {
	d := t.m.state.Directory
	if d.Instance.Attributes["OUTBOUND_CALLS"] == "false" {
		return conflict(center.KindInstance, string(d.Instance.ID), "OUTBOUND_CALLS is false")
	}
	if err := t.mayOpen(center.Voice, cmd.ClientToken); err != nil {
		return err
	}
	if !center.IsPhoneNumber(cmd.Destination) {
		return invalid("DestinationPhoneNumber", "not a phone number in E.164")
	}
	if err := t.mayRun(cmd.Flow); err != nil {
		return err
	}
	source, err := t.callerID(cmd)
	if err != nil {
		return err
	}
	ring := cmd.RingTimeout
	if ring == 0 {
		ring = ringTimeoutUsual
	}
	if ring < ringTimeoutLeast || ring > ringTimeoutMost || ring%time.Millisecond != 0 {
		return invalid("RingTimeoutInSeconds", "must be from 15 to 60")
	}
	w := words{name: cmd.Name, description: cmd.Description, related: string(cmd.Related), token: cmd.ClientToken, references: cmd.References}
	if err := w.check(); err != nil {
		return err
	}
	if err := checkAttributes(nil, cmd.Attributes); err != nil {
		return err
	}
	e := t.voiceContact("API", cmd.Destination, source)
	e.Flow, e.Queue, e.Attributes = cmd.Flow, cmd.Queue, orNil(cmd.Attributes)
	e.Name, e.Description, e.References, e.Related = cmd.Name, cmd.Description, slices.Clone(cmd.References), cmd.Related
	if len(cmd.References) == 0 {
		e.References = nil
	}
	e.RingUntil, e.ClientToken = t.at.Add(ring), cmd.ClientToken
	t.emit(e)
	t.ask(center.DialCustomer{Contact: e.Contact, To: *e.Customer, From: *e.System, RingTimeout: ring})
	return nil
}

// callerID returns the number that the called party sees: the one asked for, or that of the queue.
func (t *turn) callerID(cmd center.StartOutboundCall) (string, error) {
	d := t.m.state.Directory
	var q center.Queue
	if cmd.Queue != "" {
		var ok bool
		if q, ok = d.Queues[cmd.Queue]; !ok {
			return "", &center.Refused{Reason: center.NotFound, Kind: center.KindQueue, ID: string(cmd.Queue), Field: "QueueId"}
		}
	}
	if cmd.Source != "" {
		if _, ok := t.numberOf(cmd.Source); !ok {
			return "", invalid("SourcePhoneNumber", "the instance has no such phone number")
		}
		return cmd.Source, nil
	}
	if cmd.Queue == "" {
		return "", invalid("SourcePhoneNumber", "either a source phone number or a queue is needed")
	}
	n, ok := d.Numbers[q.Outbound.Number]
	if !ok {
		return "", invalid("QueueId", "the queue has no outbound caller ID number")
	}
	return n.Number, nil
}

// dialAnswered is the called party answering: the flow runs.
func (t *turn) dialAnswered(cmd center.DialAnswered) error {
	c, err := t.dialling(cmd.Contact)
	if err != nil {
		return err
	}
	switch a := t.placed(c); {
	case a != nil:
		t.answersAgent(c)
	case c.Callback != nil:
		t.emit(center.ContactConnectedToSystem{Contact: c.ID})
		t.prepare(c, center.OnOutboundWhisper)
	default:
		t.begin(c)
	}
	return nil
}

// dialFailed is the end of a call that was not answered, for a reason of the network.
func (t *turn) dialFailed(cmd center.DialFailed) error {
	c, err := t.dialling(cmd.Contact)
	if err != nil {
		return err
	}
	if !networkReason(cmd.Reason) {
		return invalid("Reason", "not a telecom disconnect reason")
	}
	if c.Callback != nil {
		t.callbackFailed(c, cmd.Reason, isFree)
		return nil
	}
	t.end(c, cmd.Reason, isFree)
	return nil
}

func (t *turn) dialling(id center.ContactID) (*lifecycle.Contact, error) {
	c, err := t.contact(id)
	if err != nil {
		return nil, err
	}
	if c.RingUntil.IsZero() || c.Channel != center.Voice {
		return nil, conflict(center.KindContact, string(id), "the customer is not being dialled")
	}
	return c, nil
}

// hangUp is the customer leaving, in whatever state the call is: all its legs are over. Any contact of the call names it.
func (t *turn) hangUp(cmd center.HangUp) error {
	legs := t.legs(cmd.Contact)
	c, err := t.contact(cmd.Contact)
	switch {
	case err != nil && len(legs) == 0:
		return err
	case c != nil && c.Channel == center.Task:
		return conflict(center.KindContact, string(c.ID), "a task has no customer who could leave")
	case len(legs) == 0:
		return conflict(center.KindContact, string(c.ID), "the customer has left already")
	case !legs[0].RingUntil.IsZero():
		return conflict(center.KindContact, string(cmd.Contact), "the customer has not answered yet")
	case c != nil && c.Watches != "":
		return conflict(center.KindContact, string(c.ID), "a supervisor's contact has no customer who could leave")
	case !legs[0].OnLine() && legs[0].Channel == center.Voice:
		return conflict(center.KindContact, string(cmd.Contact), "the customer has not been called yet")
	}
	if legs[0].Chat != nil {
		t.customerLeaves(legs[0], customerDisconnect)
		return nil
	}
	t.endCall(legs, customerDisconnect, isFree)
	return nil
}

// voiceContact begins the event of a new call between a customer and one of the instance's numbers.
func (t *turn) voiceContact(method, customer, system string) center.ContactInitiated {
	return center.ContactInitiated{
		Contact:  center.ContactID(t.newID()),
		Channel:  center.Voice,
		Method:   method,
		Customer: &center.Endpoint{Address: customer, Type: center.TelephoneNumber},
		System:   &center.Endpoint{Address: system, Type: center.TelephoneNumber},
		Tags: map[string]string{
			"aws:connect:instanceId":     string(t.m.state.Directory.Instance.ID),
			"aws:connect:systemEndpoint": system,
		},
		Segment: map[string]center.SegmentValue{"connect:Subtype": {String: "connect:Telephony"}},
	}
}

// numberOf returns the instance's phone number of an address.
func (t *turn) numberOf(address string) (center.PhoneNumber, bool) {
	n, ok := t.m.state.Directory.Numbers[t.m.numberID(address)]
	return n, ok && n.Number == address
}

// mayRun refuses a flow that a new contact cannot run.
func (t *turn) mayRun(id center.FlowID) error {
	f, ok := t.m.state.Directory.Flows[id]
	switch {
	case !ok:
		return &center.Refused{Reason: center.NotFound, Kind: center.KindFlow, ID: string(id), Field: "ContactFlowId"}
	case f.Status == "SAVED":
		return &center.Refused{Reason: center.Conflict, Kind: center.KindFlow, ID: string(id), Field: "ContactFlowId",
			Detail: "the flow is not published"}
	case f.Type != "CONTACT_FLOW" || f.State == "ARCHIVED":
		return invalid("ContactFlowId", "the flow is not one that contacts begin with")
	}
	return nil
}

// networkReason reports whether a disconnect reason is one that the network gives.
func networkReason(reason string) bool {
	switch reason {
	case "TELECOM_PROBLEM", "TELECOM_BUSY", "TELECOM_NUMBER_INVALID", "TELECOM_POTENTIAL_BLOCKING", "TELECOM_UNANSWERED",
		"TELECOM_ORIGINATOR_CANCEL", telecomTimeout:
		return true
	}
	return false
}

// orNil copies a map; an empty one is nil, as a journal gives it back.
func orNil(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}
