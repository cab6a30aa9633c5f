package e2e

import (
	"testing"
	"time"
)

// TestTransfers is what agents and supervisors do with calls besides answering them, with every client.
func TestTransfers(t *testing.T) {
	for name, newCaller := range clients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, virtual...)
			tellTransfers(t, open(t, s, newCaller(t, s), "alice", "bob", "sue"))
		})
	}
}

func tellTransfers(t *testing.T, w *world) {
	number := named(t, w.connect("ListPhoneNumbers", nil).list("PhoneNumberSummaryList"), "PhoneNumber", w.number).str("Id")
	w.connect("UpdateQueueOutboundCallerConfig", obj{"QueueId": w.queue, "OutboundCallerConfig": obj{"OutboundCallerIdNumberId": number}})
	w.connect("UpdateInstanceAttribute", obj{"AttributeType": "ENHANCED_CONTACT_MONITORING", "Value": "true"})
	w.connect("CreateQuickConnect", obj{"Name": "Desk outside", "QuickConnectConfig": obj{"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": obj{"PhoneNumber": outside}}})
	for _, agent := range []string{"alice", "bob", "sue"} {
		w.agentDo(agent, "login", nil)
	}
	tellDialled(t, w)
	tellWarmTransfer(t, w)
	tellTransferOut(t, w)
	tellBarge(t, w)
	for _, agent := range []string{"alice", "bob", "sue"} {
		eventsOf(t, w.documents(eventStream), w.agentARN(agent))
	}
}

const outside = "+12065550122"

// only returns the only contact on an agent's desk.
func (w *world) only(agent string) string {
	w.t.Helper()
	desk := w.desk(agent)
	for id := range desk {
		if len(desk) == 1 {
			return id
		}
	}
	w.t.Fatalf("%s has %v on its desk", agent, desk)
	return ""
}

// tellDialled: an agent who is offline calls a customer; one does not answer, and one does.
func tellDialled(t *testing.T, w *world) {
	w.line(callee, obj{"outcome": "busy", "after": "3s"})
	w.agentDo("alice", "dial", obj{"number": callee})
	busy := w.only("alice")
	w.advance(3 * time.Second)
	if state := w.desk("alice")[busy]; state != "ERROR" {
		t.Errorf("a call that failed is %s on the desk", state)
	}
	w.connect("DismissUserContact", obj{"UserId": w.agents["alice"], "ContactId": busy})
	w.expect(w.record(busy), map[string]any{"InitiationMethod": "OUTBOUND", "DisconnectReason": "TELECOM_BUSY", "Agent": nil, "ConnectedToSystemTimestamp": nil})

	w.line(callee, obj{"outcome": "answer", "after": "2s"})
	w.agentDo("alice", "dial", obj{"number": callee})
	contact := w.only("alice")
	w.advance(2 * time.Second)
	w.advance(10 * time.Second)
	w.agentDo("alice", "contacts/"+contact+"/end", nil)
	w.agentDo("alice", "contacts/"+contact+"/clear", nil)
	d := w.record(contact)
	w.expect(d, map[string]any{"InitiationMethod": "OUTBOUND", "DisconnectReason": "AGENT_DISCONNECT", "AgentConnectionAttempts": 0.0})
	if d.at("Agent", "AgentInteractionDuration") != 10.0 || d.str("Queue", "Name") != "BasicQueue" || d.at("Queue", "EnqueueTimestamp") != nil || d.str("SystemEndpoint", "Address") != w.number {
		t.Errorf("the record of a call that an agent placed: %s", d.data)
	}
}

// tellWarmTransfer: an agent asks another one, joins the customer, and leaves.
func tellWarmTransfer(t *testing.T, w *world) {
	w.agentDo("alice", "status", obj{"status": "Available"})
	first := w.arrive(obj{"k": "v"})
	w.agentDo("alice", "contacts/"+first+"/accept", nil)
	w.agentDo("bob", "status", obj{"status": "Available"})
	w.advance(10 * time.Second)
	w.agentDo("alice", "contacts/"+first+"/parties", obj{"agent": "bob"})
	second := w.only("bob")
	w.advance(5 * time.Second)
	w.agentDo("bob", "contacts/"+second+"/accept", nil)
	w.advance(5 * time.Second)
	w.agentDo("alice", "contacts/"+first+"/join", nil)
	w.advance(5 * time.Second)
	w.agentDo("alice", "contacts/"+first+"/end", nil)
	w.advance(20 * time.Second)
	if c := w.contact(second); c.str("InitiationMethod") != "TRANSFER" || c.str("PreviousContactId") != first || c.str("InitialContactId") != first || c.str("DisconnectReason") != "" {
		t.Errorf("the second leg: %v", c)
	}
	w.must("POST", "/instances/demo/contacts/"+first+"/hangup", nil) // the customer's line still has the first contact's name
	w.agentDo("alice", "contacts/"+first+"/clear", nil)
	w.agentDo("bob", "contacts/"+second+"/clear", nil)
	one, two := w.record(first), recordsOf(t, w.documents(recordStream), second)
	w.expect(one, map[string]any{"NextContactId": second, "DisconnectReason": "AGENT_DISCONNECT", "TransferCompletedTimestamp": nil, "InitialContactId": nil})
	if len(two) != 1 {
		t.Fatalf("the second leg has %d records", len(two))
	}
	w.expect(two[0], map[string]any{"InitiationMethod": "TRANSFER", "PreviousContactId": first, "InitialContactId": first, "DisconnectReason": "CUSTOMER_DISCONNECT", "Attributes": map[string]any{"k": "v"}})
	if one.at("Agent", "CustomerHoldDuration") != 10.0 || one.at("Agent", "AgentInteractionDuration") != 15.0 ||
		two[0].at("Agent", "AgentInteractionDuration") != 25.0 || two[0].at("Agent", "CustomerHoldDuration") != 5.0 || two[0].at("Agent", "AgentInitiatedHoldDuration") != 0.0 {
		t.Errorf("agents of the two legs: %v\n%v", one.at("Agent"), two[0].at("Agent"))
	}
}

// tellTransferOut: an agent leaves the customer to a number outside, by a quick connect, while it rings there.
func tellTransferOut(t *testing.T, w *world) {
	w.agentDo("bob", "status", obj{"status": "Offline"})
	w.line(outside, obj{"outcome": "answer", "after": "8s"})
	contact := w.arrive(nil)
	w.agentDo("alice", "contacts/"+contact+"/accept", nil)
	w.agentDo("alice", "contacts/"+contact+"/parties", obj{"quickConnect": "Desk outside"})
	w.advance(3 * time.Second)
	w.agentDo("alice", "contacts/"+contact+"/end", nil)
	w.agentDo("alice", "contacts/"+contact+"/clear", nil)
	w.advance(30 * time.Second)
	party := w.must("GET", "/instances/demo/contacts/"+contact, nil).list("parties")
	if len(party) != 1 || party[0].str("state") != "connected" {
		t.Fatalf("who the customer was left to: %v", party)
	}
	w.must("POST", "/instances/demo/contacts/"+contact+"/parties/"+party[0].str("id")+"/hangup", nil)
	d := w.record(contact)
	w.expect(d, map[string]any{"DisconnectReason": "THIRD_PARTY_DISCONNECT", "TransferCompletedTimestamp": d.at("Agent", "AfterContactWorkStartTimestamp"),
		"TransferredToEndpoint": map[string]any{"Address": outside, "Type": "TELEPHONE_NUMBER"}})
}

// tellBarge: a supervisor listens by MonitorContact, takes part, and takes over.
func tellBarge(t *testing.T, w *world) {
	contact := w.arrive(nil)
	w.agentDo("alice", "contacts/"+contact+"/accept", nil)
	monitor := w.connect("MonitorContact", obj{"ContactId": contact, "UserId": w.agents["sue"], "AllowedMonitorCapabilities": []string{"SILENT_MONITOR", "BARGE"}}).str("ContactId")
	w.advance(10 * time.Second)
	w.agentDo("sue", "contacts/"+monitor+"/barge", nil)
	w.advance(10 * time.Second)
	w.agentDo("sue", "contacts/"+monitor+"/take-over", nil)
	w.agentDo("alice", "contacts/"+contact+"/clear", nil)
	w.advance(10 * time.Second)
	w.must("POST", "/instances/demo/contacts/"+contact+"/hangup", nil)
	w.agentDo("sue", "contacts/"+monitor+"/clear", nil)
	d := w.record(monitor)
	w.expect(d, map[string]any{"InitiationMethod": "MONITOR", "DisconnectReason": "CUSTOMER_DISCONNECT", "Queue": nil, "SystemEndpoint": nil})
	modes, _ := d.at("Agent", "StateTransitions").([]any)
	if len(modes) != 2 || d.at("Agent", "AgentInteractionDuration") != 30.0 {
		t.Errorf("the supervisor's record: %v", d.at("Agent"))
	}
	if first := recordsOf(t, w.documents(recordStream), contact); len(first) != 1 || first[0].str("DisconnectReason") != "BARGED" {
		t.Errorf("the records of the monitored contact: %v", first)
	}
}
