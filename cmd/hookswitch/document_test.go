package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

func TestDocumentsInWords(t *testing.T) {
	c, _ := patient(t, func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }) // no names to be had
	at := time.Date(2026, 3, 2, 17, 12, 59, 4_000_000, time.UTC)
	tests := []struct{ name, kind, target, doc, want string }{
		{"an answered call", kindRecord, "arn:aws:kinesis:us-east-1:1:stream/records",
			`{"ContactId":"c0ffee00-0000","Channel":"VOICE","InitiationMethod":"INBOUND","DisconnectReason":"CUSTOMER_DISCONNECT","AgentConnectionAttempts":2,
			"Agent":{"Username":"alice","AgentInteractionDuration":239,"CustomerHoldDuration":221,"NumberOfHolds":2,"AfterContactWorkDuration":28},"Queue":{"Name":"BasicQueue","Duration":346}}`,
			"17:12:59.004  contact record  c0ffee00  VOICE INBOUND, BasicQueue 346 s, alice 239 s + 221 s on hold, after work 28 s, 2 attempts, CUSTOMER_DISCONNECT  → records"},
		{"a call that nobody answered", kindRecord, "",
			`{"ContactId":"c0ffee00-0000","Channel":"VOICE","InitiationMethod":"INBOUND","DisconnectReason":"CUSTOMER_DISCONNECT","Agent":null,"Queue":{"Name":null,"Duration":4}}`,
			"17:12:59.004  contact record  c0ffee00  VOICE INBOUND, agent's own queue 4 s, never answered, CUSTOMER_DISCONNECT"},
		{"a heartbeat", kindAgentEvent, "", `{"EventType":"HEART_BEAT","CurrentAgentSnapshot":{"AgentStatus":{"Name":"Available"},"Configuration":{"Username":"bob"},"Contacts":[{}]}}`,
			"17:12:59.004  agent event     bob       HEART_BEAT  Available, contacts: 1"},
		{"a change of everything", kindAgentEvent, "", `{"EventType":"STATE_CHANGE",
			"PreviousAgentSnapshot":{"AgentStatus":{"Name":"Available"},"Contacts":[{"ContactId":"aaaaaaaa-1","Channel":"VOICE","State":"ENDED"},{"ContactId":"bbbbbbbb-1","Channel":"TASK","State":"CONNECTING"}]},
			"CurrentAgentSnapshot":{"AgentStatus":{"Name":"Lunch"},"NextAgentStatus":{"Name":"Offline"},"Configuration":{"Username":"bob"},
			"Contacts":[{"ContactId":"bbbbbbbb-1","Channel":"TASK","State":"CONNECTED"},{"ContactId":"cccccccc-1","Channel":"VOICE","State":"CONNECTING","Queue":{"Name":null}}]}}`,
			"17:12:59.004  agent event     bob       STATE_CHANGE  Available → Lunch, next status Offline, TASK bbbbbbbb CONNECTING → CONNECTED, VOICE cccccccc CONNECTING, VOICE aaaaaaaa cleared"},
		{"a change of what is not shown", kindAgentEvent, "", `{"EventType":"STATE_CHANGE","PreviousAgentSnapshot":{},"CurrentAgentSnapshot":{"Configuration":{"Username":"bob"}}}`,
			"17:12:59.004  agent event     bob       STATE_CHANGE  configuration"},
		{"a queue without a name", kindContactEvent, "", `{"detail":{"contactId":"c0ffee00-0000","eventType":"QUEUED","queueInfo":{"queueArn":"arn:x/queue/q1"}}}`,
			"17:12:59.004  contact event   c0ffee00  QUEUED  q1"},
		{"changed attributes", kindContactEvent, "", `{"detail":{"contactId":"c0ffee00-0000","eventType":"CONTACT_DATA_UPDATED","updatedProperties":["UserDefinedAttributes"]}}`,
			"17:12:59.004  contact event   c0ffee00  CONTACT_DATA_UPDATED  UserDefinedAttributes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tell := newTeller(streams{out: &bytes.Buffer{}}, c)
			got := tell.line(t.Context(), published{Kind: tt.kind, Time: &at, Target: tt.target, Document: json.RawMessage(tt.doc)})
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if got := newTeller(streams{}, c).line(t.Context(), published{Kind: kindLost, Lost: 7}); got != "7 documents went by unseen" {
		t.Errorf("got %q", got)
	}
}

// FuzzLine: whatever a document holds, there is a line about it.
func FuzzLine(f *testing.F) {
	f.Add(kindRecord, []byte(`{"ContactId":"x","Queue":{}}`))
	f.Add(kindAgentEvent, []byte(`{"EventType":"STATE_CHANGE","PreviousAgentSnapshot":{},"CurrentAgentSnapshot":{}}`))
	f.Add(kindContactEvent, []byte(`{"detail":{"eventType":"QUEUED"}}`))
	f.Fuzz(func(t *testing.T, kind string, doc []byte) {
		tell := newTeller(streams{out: &bytes.Buffer{}}, nil)
		switch kind {
		case kindRecord:
			tell.record(doc)
		case kindAgentEvent:
			tell.agentEvent(doc)
		}
	})
}
