package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCall is the main job with every client: a call becomes agent events and a contact record.
func TestCall(t *testing.T) {
	for name, newCaller := range clients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, virtual...)
			tellCall(t, open(t, s, newCaller(t, s), "alice"))
		})
	}
}

// tellCall is one call from LOGIN to a changed contact record. The clock must be virtual and stand at clockStart.
func tellCall(t *testing.T, w *world) {
	w.agentDo("alice", "login", nil)
	w.advance(3 * time.Second)
	w.agentDo("alice", "status", obj{"status": "Available"})
	w.advance(5 * time.Second)
	contact := w.arrive(obj{"reason": "order"})
	if got := w.desk("alice")[contact]; got != "CONNECTING" {
		t.Fatalf("the call is %q at the agent's desk, want CONNECTING", got)
	}
	w.advance(4 * time.Second)
	for _, act := range []struct {
		what  string
		state string
		lasts time.Duration
	}{
		{"accept", "CONNECTED", 30 * time.Second}, {"hold", "CONNECTED_ONHOLD", 20 * time.Second}, {"resume", "CONNECTED", 10 * time.Second},
		{"end", "ENDED", 15 * time.Second}, {"clear", "", 64 * time.Second},
	} {
		w.agentDo("alice", "contacts/"+contact+"/"+act.what, nil)
		if got := w.desk("alice")[contact]; got != act.state {
			t.Errorf("after %s the call is %q at the desk, want %q", act.what, got, act.state)
		}
		w.advance(act.lasts)
	}
	if early := w.documents(recordStream); len(early) != 0 {
		t.Errorf("64 s after completion there is a record: %s", early[0].data)
	}
	w.advance(time.Second)
	all := w.documents(recordStream)
	if len(all) != 1 {
		t.Fatalf("65 s after completion there are %d records, want 1", len(all))
	}
	checkRecord(t, w, all[0], contact)
	checkDescribed(t, w, all[0], contact)

	w.connect("UpdateContactAttributes", obj{"InitialContactId": contact, "Attributes": obj{"later": "yes", "reason": "changed"}})
	w.advance(55 * time.Second) // 120 s after the last event
	all = w.documents(recordStream)
	if len(all) != 2 {
		t.Fatalf("after UpdateContactAttributes there are %d records, want 2", len(all))
	}
	if d := cmp.Diff([]string{"Attributes", "LastUpdateTimestamp"}, differences(all[0].obj, all[1].obj)); d != "" {
		t.Errorf("the second version differs in other members:\n%s", d)
	}
	if d := cmp.Diff(map[string]any{"later": "yes", "reason": "changed"}, all[1].at("Attributes")); d != "" {
		t.Errorf("attributes of the second version: %s", d)
	}
	if all[1].str("LastUpdateTimestamp") <= all[0].str("LastUpdateTimestamp") {
		t.Errorf("versions at %s and %s", all[0].str("LastUpdateTimestamp"), all[1].str("LastUpdateTimestamp"))
	}

	var lines []string
	events := eventsOf(t, w.documents(eventStream), w.agentARN("alice"))
	for _, e := range events {
		lines = append(lines, told(e))
	}
	if d := cmp.Diff([]string{
		"17:00:00.000Z LOGIN Offline",
		"17:00:03.000Z STATE_CHANGE Available",
		"17:00:08.000Z STATE_CHANGE Available VOICE:CONNECTING@17:00:08.000Z",
		"17:00:12.000Z STATE_CHANGE Available VOICE:CONNECTED@17:00:12.000Z",
		"17:00:42.000Z STATE_CHANGE Available VOICE:CONNECTED_ONHOLD@17:00:42.000Z",
		"17:01:02.000Z STATE_CHANGE Available VOICE:CONNECTED@17:01:02.000Z",
		"17:01:12.000Z STATE_CHANGE Available VOICE:ENDED@17:01:12.000Z",
		"17:01:27.000Z STATE_CHANGE Available",
		"17:03:27.000Z HEART_BEAT Available",
	}, lines); d != "" {
		t.Errorf("agent events: %s", d)
	}
	checkSnapshot(t, w, events[3], contact)
}

// checkRecord holds the record of the story against the story.
func checkRecord(t *testing.T, w *world, d document, contact string) {
	t.Helper()
	if d.key != contact {
		t.Errorf("the record's partition key is %q", d.key)
	}
	if strings.HasSuffix(d.data, "\n") {
		t.Error("the record ends in a newline")
	}
	for path, want := range map[string]any{
		"AWSAccountId": account, "AWSContactTraceRecordFormatVersion": "2017-03-10", "ContactId": contact, "InstanceARN": w.arn, "Channel": "VOICE",
		"InitiationMethod": "INBOUND", "InitialContactId": nil, "InitiationTimestamp": "2026-03-02T17:00:08Z", "ConnectedToSystemTimestamp": "2026-03-02T17:00:08Z",
		"CustomerEndpoint.Address": customer, "SystemEndpoint.Address": w.number, "AgentConnectionAttempts": 1.0, "Attributes.reason": "order",
		"Queue.Name": "BasicQueue", "Queue.ARN": w.arn + "/queue/" + w.queue, "Queue.EnqueueTimestamp": "2026-03-02T17:00:08Z", "Queue.DequeueTimestamp": "2026-03-02T17:00:12Z", "Queue.Duration": 4.0,
		"Agent.ARN": w.agentARN("alice"), "Agent.Username": "alice", "Agent.ConnectedToAgentTimestamp": "2026-03-02T17:00:12Z",
		"Agent.AgentInteractionDuration": 40.0, "Agent.CustomerHoldDuration": 20.0, "Agent.AgentInitiatedHoldDuration": 20.0, "Agent.LongestHoldDuration": 20.0, "Agent.NumberOfHolds": 1.0,
		"Agent.AfterContactWorkStartTimestamp": "2026-03-02T17:01:12Z", "Agent.AfterContactWorkEndTimestamp": "2026-03-02T17:01:27Z", "Agent.AfterContactWorkDuration": 15.0,
		"Agent.RoutingProfile.Name": "Basic Routing Profile", "DisconnectTimestamp": "2026-03-02T17:01:12Z", "DisconnectReason": "AGENT_DISCONNECT",
		"LastUpdateTimestamp": "2026-03-02T17:02:32Z", "TransferCompletedTimestamp": nil, "Recordings": nil,
	} {
		if got := d.at(strings.Split(path, ".")...); got != want {
			t.Errorf("the record's %s is %v, want %v", path, got, want)
		}
	}
}

func checkDescribed(t *testing.T, w *world, record document, contact string) {
	t.Helper()
	c := w.contact(contact)
	if c.str("Id") != contact || c.str("Arn") != w.arn+"/contact/"+contact || c.str("AgentInfo", "Id") != w.agents["alice"] || c.str("QueueInfo", "Id") != w.queue ||
		c.str("DisconnectReason") != record.str("DisconnectReason") || c.str("InitiationMethod") != "INBOUND" {
		t.Errorf("DescribeContact: %v", c)
	}
}

// checkSnapshot looks at one event whole: what an agent's snapshot holds while it is on a call.
func checkSnapshot(t *testing.T, w *world, d document, contact string) {
	t.Helper()
	s := d.in("CurrentAgentSnapshot")
	if s.str("AgentStatus", "Type") != "ROUTABLE" || s.str("Configuration", "Username") != "alice" || s.at("NextAgentStatus") != nil {
		t.Errorf("the snapshot is %v", s)
	}
	slot := named(t, s.list("Configuration", "RoutingProfile", "Concurrency"), "Channel", "VOICE")
	if slot["AvailableSlots"] != 0.0 || slot["MaximumSlots"] != 1.0 {
		t.Errorf("on a call the agent's slots are %v", slot)
	}
	want := map[string]any{
		"Channel": "VOICE", "ConnectedToAgentTimestamp": "2026-03-02T17:00:12.000Z", "ContactId": contact, "InitialContactId": nil, "InitiationMethod": "INBOUND",
		"QueueTimestamp": "2026-03-02T17:00:08.000Z", "State": "CONNECTED", "StateStartTimestamp": "2026-03-02T17:00:12.000Z",
	}
	got := maps.Clone(s.list("Contacts")[0])
	delete(got, "Queue")
	if d := cmp.Diff(want, map[string]any(got)); d != "" {
		t.Errorf("the contact in the snapshot: %s", d)
	}
}

// differences names the members in which two documents differ.
func differences(a, b obj) []string {
	var out []string
	for name := range a {
		if !cmp.Equal(a[name], b[name]) {
			out = append(out, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
