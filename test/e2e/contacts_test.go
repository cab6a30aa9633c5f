package e2e

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestContacts is everything beside the call that arrives, with every client: calls out, tasks, statuses, metrics, tags.
func TestContacts(t *testing.T) {
	for name, newCaller := range clients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, virtual...)
			tellContacts(t, open(t, s, newCaller(t, s), "alice"))
		})
	}
}

func tellContacts(t *testing.T, w *world) {
	w.logIn("alice")
	tellUnanswered(t, w)
	tellAnswered(t, w)
	tellTask(t, w)
	tellQueued(t, w)
	tellMissed(t, w)
	tellTags(t, w)
	eventsOf(t, w.documents(eventStream), w.agentARN("alice"))
}

const callee = "+12065550111"

// record returns the only version of a contact's record, once its delay is over.
func (w *world) record(contact string) document {
	w.t.Helper()
	w.advance(65 * time.Second)
	all := recordsOf(w.t, w.documents(recordStream), contact)
	if len(all) != 1 {
		w.t.Fatalf("contact %s has %d records, want 1", contact, len(all))
	}
	return all[0]
}

func (w *world) expect(d document, want map[string]any) {
	w.t.Helper()
	got := map[string]any{}
	for name := range want {
		got[name] = d.obj[name]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("record of %s: %s", d.str("ContactId"), diff)
	}
}

// tellUnanswered: nobody picks up, and after 60 s the network gives up.
func tellUnanswered(t *testing.T, w *world) {
	w.line(callee, obj{"outcome": "no-answer", "after": "0s"})
	input := obj{"DestinationPhoneNumber": callee, "ContactFlowId": w.flow, "SourcePhoneNumber": w.number, "ClientToken": "once"}
	contact := w.connect("StartOutboundVoiceContact", input).str("ContactId")
	if again := w.connect("StartOutboundVoiceContact", input).str("ContactId"); again != contact {
		t.Errorf("the same client token started %s and %s", contact, again)
	}
	w.advance(59 * time.Second)
	if c := w.contact(contact); c.str("DisconnectReason") != "" {
		t.Errorf("after 59 s the call ended with %s", c.str("DisconnectReason"))
	}
	w.advance(time.Second)
	if c := w.contact(contact); c.str("DisconnectReason") != "TELECOM_TIMEOUT" {
		t.Errorf("after 60 s the call is %v", c)
	}
	w.expect(w.record(contact), map[string]any{
		"InitiationMethod": "API", "DisconnectReason": "TELECOM_TIMEOUT", "ConnectedToSystemTimestamp": nil, "Agent": nil, "Queue": nil, "AgentConnectionAttempts": 0.0})
}

// tellAnswered: a customer picks up, talks to the agent and hangs up; meanwhile the agent's next status is set.
func tellAnswered(t *testing.T, w *world) {
	w.line(callee, obj{"outcome": "answer", "after": "2s"})
	contact := w.connect("StartOutboundVoiceContact", obj{"DestinationPhoneNumber": callee, "ContactFlowId": w.flow, "SourcePhoneNumber": w.number, "Attributes": obj{"campaign": "spring"}}).str("ContactId")
	w.advance(2 * time.Second)
	w.agentDo("alice", "contacts/"+contact+"/accept", nil)
	if got := w.metrics("AGENTS_ONLINE", "AGENTS_ON_CONTACT", "AGENTS_AVAILABLE", "SLOTS_ACTIVE"); !cmp.Equal(got, map[string]float64{
		"AGENTS_ONLINE": 1, "AGENTS_ON_CONTACT": 1, "AGENTS_AVAILABLE": 0, "SLOTS_ACTIVE": 1}) {
		t.Errorf("metrics during the call: %v", got)
	}
	data := w.connect("GetCurrentUserData", obj{"Filters": obj{"Queues": []string{w.queue}}}).list("UserDataList")
	if len(data) != 1 || data[0].str("User", "Id") != w.agents["alice"] || data[0].str("Status", "StatusName") != "Available" ||
		len(data[0].list("Contacts")) != 1 || data[0].list("Contacts")[0].str("AgentContactState") != "CONNECTED" || data[0].list("Contacts")[0].str("ContactId") != contact {
		t.Errorf("user data during the call: %v", data)
	}
	lunch := w.connect("CreateAgentStatus", obj{"Name": "Lunch", "State": "ENABLED"}).str("AgentStatusId")
	w.connect("PutUserStatus", obj{"UserId": w.agents["alice"], "AgentStatusId": lunch})
	agent := w.must("GET", "/instances/demo/agents/alice", nil)
	if agent.str("status", "name") != "Available" || agent.str("nextStatus", "name") != "Lunch" {
		t.Errorf("PutUserStatus during a call: %v", agent)
	}
	w.advance(10 * time.Second)
	w.must("POST", "/instances/demo/contacts/"+contact+"/hangup", nil)
	w.agentDo("alice", "contacts/"+contact+"/clear", nil)
	if got := w.must("GET", "/instances/demo/agents/alice", nil).str("status", "name"); got != "Lunch" {
		t.Errorf("after the call the agent's status is %s", got)
	}
	d := w.record(contact)
	w.expect(d, map[string]any{"InitiationMethod": "API", "DisconnectReason": "CUSTOMER_DISCONNECT", "Attributes": map[string]any{"campaign": "spring"}, "AgentConnectionAttempts": 1.0})
	if d.at("Agent", "AgentInteractionDuration") != 10.0 {
		t.Errorf("the record's agent: %v", d.at("Agent"))
	}
	if got := w.connect("GetContactAttributes", obj{"InitialContactId": contact}).str("Attributes", "campaign"); got != "spring" {
		t.Errorf("GetContactAttributes: %q", got)
	}
}

func (w *world) metrics(names ...string) map[string]float64 {
	w.t.Helper()
	var wanted []obj
	for _, n := range names {
		wanted = append(wanted, obj{"Name": n, "Unit": "COUNT"})
	}
	out := map[string]float64{}
	for _, r := range w.connect("GetCurrentMetricData", obj{"Filters": obj{"Queues": []string{w.queue}, "Channels": []string{"VOICE"}}, "CurrentMetrics": wanted}).list("MetricResults") {
		for _, c := range r.list("Collections") {
			out[c.str("Metric", "Name")], _ = c.at("Value").(float64)
		}
	}
	return out
}

// setAvailable sets the status over the API.
func (w *world) setAvailable() {
	w.t.Helper()
	available := named(w.t, w.connect("ListAgentStatuses", nil).list("AgentStatusSummaryList"), "Name", "Available").str("Id")
	w.connect("PutUserStatus", obj{"UserId": w.agents["alice"], "AgentStatusId": available})
}

func tellTask(t *testing.T, w *world) {
	w.setAvailable()
	contact := w.connect("StartTaskContact", obj{"ContactFlowId": w.flow, "Name": "Check the order", "Description": "Of yesterday",
		"References": obj{"order": obj{"Type": "URL", "Value": "https://example.com/1"}}}).str("ContactId")
	if got := w.desk("alice")[contact]; got != "CONNECTING" {
		t.Fatalf("the task is %q at the desk", got)
	}
	w.advance(29 * time.Second) // tasks ring for 30 s
	w.agentDo("alice", "contacts/"+contact+"/accept", nil)
	w.advance(7 * time.Second)
	w.agentDo("alice", "contacts/"+contact+"/end", nil)
	w.agentDo("alice", "contacts/"+contact+"/clear", nil)
	d := w.record(contact)
	w.expect(d, map[string]any{"Channel": "TASK", "InitiationMethod": "API", "CustomerEndpoint": nil, "SystemEndpoint": nil})
	if d.at("Agent", "AgentInteractionDuration") != 7.0 || len(d.list("References")) != 1 {
		t.Errorf("the task's record: %s", d.data)
	}
}

// tellQueued: a call that waits is stopped over the API.
func tellQueued(t *testing.T, w *world) {
	w.agentDo("alice", "status", obj{"status": "Lunch"})
	contact := w.arrive(nil)
	w.advance(30 * time.Second)
	if got := w.metrics("CONTACTS_IN_QUEUE", "AGENTS_NON_PRODUCTIVE"); !cmp.Equal(got, map[string]float64{"CONTACTS_IN_QUEUE": 1, "AGENTS_NON_PRODUCTIVE": 1}) {
		t.Errorf("metrics while a call waits: %v", got)
	}
	w.connect("StopContact", obj{"ContactId": contact})
	_, err := w.caller.call(t.Context(), "connect", "StopContact", obj{"InstanceId": w.id, "ContactId": contact})
	var api *apiError
	if !errors.As(err, &api) || api.code != "ContactNotFoundException" || api.status != 0 && api.status != 410 {
		t.Errorf("StopContact of a contact that is over: %v", err)
	}
	d := w.record(contact)
	w.expect(d, map[string]any{"DisconnectReason": "OTHER", "Agent": nil, "AgentConnectionAttempts": 0.0})
	if d.at("Queue", "Duration") != 30.0 || d.str("Queue", "DequeueTimestamp") != d.str("DisconnectTimestamp") {
		t.Errorf("the record's queue: %v", d.at("Queue"))
	}
}

// tellMissed: the agent lets a call ring; it is missed after exactly 20 s, however far the clock is moved at once.
func tellMissed(t *testing.T, w *world) {
	w.agentDo("alice", "status", obj{"status": "Available"})
	contact := w.arrive(nil)
	w.advance(2 * time.Minute)
	if got := w.desk("alice")[contact]; got != "MISSED" {
		t.Fatalf("after two minutes the call is %q at the desk", got)
	}
	var rang, missed time.Time
	for _, e := range eventsOf(t, w.documents(eventStream), w.agentARN("alice")) {
		for _, c := range e.in("CurrentAgentSnapshot").list("Contacts") {
			at, err := time.Parse(time.RFC3339, c.str("StateStartTimestamp"))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case c.str("ContactId") == contact && c.str("State") == "CONNECTING":
				rang = at
			case c.str("ContactId") == contact && c.str("State") == "MISSED":
				missed = at
			}
		}
	}
	if missed.Sub(rang) != 20*time.Second {
		t.Errorf("the call rang from %v to %v, want 20 s", rang, missed)
	}
	w.connect("DismissUserContact", obj{"UserId": w.agents["alice"], "ContactId": contact})
	if got := w.desk("alice")[contact]; got == "MISSED" {
		t.Error("the missed call was dismissed and is at the desk still")
	}
	w.must("POST", "/instances/demo/contacts/"+contact+"/hangup", nil)
}

func tellTags(t *testing.T, w *world) {
	arn := w.arn + "/queue/" + w.queue
	w.do("connect", "TagResource", obj{"resourceArn": arn, "tags": obj{"team": "one", "cost": "low"}})
	w.do("connect", "UntagResource", obj{"resourceArn": arn, "tagKeys": []string{"cost"}})
	if d := cmp.Diff(map[string]any{"team": "one"}, w.do("connect", "ListTagsForResource", obj{"resourceArn": arn}).at("tags")); d != "" {
		t.Errorf("tags: %s", d)
	}
}
