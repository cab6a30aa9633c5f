package e2e

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// chatting is a participant with its connection.
type chatting struct {
	w     *world
	token string // of the connection
}

func (w *world) joinChat(participantToken string) chatting {
	w.t.Helper()
	out := w.do("connectparticipant", "CreateParticipantConnection", obj{"Type": []string{"CONNECTION_CREDENTIALS"}, "ConnectParticipant": true, "ParticipantToken": participantToken})
	if out.str("ConnectionCredentials", "Expiry") == "" {
		w.t.Errorf("the connection never expires: %v", out)
	}
	return chatting{w, out.str("ConnectionCredentials", "ConnectionToken")}
}

func (c chatting) say(text, token string) string {
	c.w.t.Helper()
	return c.w.do("connectparticipant", "SendMessage", obj{"ContentType": "text/plain", "Content": text, "ClientToken": token, "ConnectionToken": c.token}).str("Id")
}

// transcript returns what a participant reads, as role: words, or the event's last word.
func (c chatting) transcript(more obj) (lines []string, next string) {
	c.w.t.Helper()
	input := obj{"ConnectionToken": c.token, "MaxResults": 100, "SortOrder": "ASCENDING"}
	for k, v := range more {
		input[k] = v
	}
	out := c.w.do("connectparticipant", "GetTranscript", input)
	for _, it := range out.list("Transcript") {
		text := it.str("Content")
		if text == "" {
			text = it.str("ContentType")[strings.LastIndex(it.str("ContentType"), ".")+1:]
		}
		lines = append(lines, it.str("ParticipantRole")+": "+text)
	}
	return lines, out.str("NextToken")
}

func (c chatting) reads(more obj, want ...string) string {
	c.w.t.Helper()
	got, next := c.transcript(more)
	if !slices.Equal(got, want) {
		c.w.t.Errorf("with %v it reads\n%q, want\n%q", more, got, want)
	}
	return next
}

func (w *world) refusesChat(code, operation string, input obj) {
	w.t.Helper()
	_, err := w.caller.call(w.t.Context(), "connectparticipant", operation, input)
	var e *apiError
	if !errors.As(err, &e) || e.code != code {
		w.t.Errorf("%s: got %v, want %s", operation, err, code)
	}
}

// TestChat lets a customer and an agent talk through the participant service with boto3 (there is no Go SDK of it), and continues the chat later.
func TestChat(t *testing.T) {
	s := start(t, virtual...)
	tellChat(t, open(t, s, newBoto3(t, s), "alice"))
}

func tellChat(t *testing.T, w *world) {
	w.logIn("alice")
	chat := w.connect("StartChatContact", obj{"ContactFlowId": w.flow, "ParticipantDetails": obj{"DisplayName": "Jane"}, "Attributes": obj{"topic": "shoes"},
		"InitialMessage": obj{"ContentType": "text/plain", "Content": "hello"}})
	contact, token := chat.str("ContactId"), chat.str("ParticipantToken")
	w.refusesChat("AccessDeniedException", "CreateParticipantConnection", obj{"Type": []string{"CONNECTION_CREDENTIALS"}, "ParticipantToken": token + "x"})
	w.refusesChat("ValidationException", "CreateParticipantConnection", obj{"Type": []string{"WEBSOCKET"}, "ParticipantToken": token})
	customer := w.joinChat(token)
	w.refusesChat("AccessDeniedException", "GetTranscript", obj{"ConnectionToken": token})
	if w.desk("alice")[contact] != "CONNECTING" {
		t.Fatalf("the chat does not ring: %v", w.desk("alice"))
	}
	w.agentDo("alice", "contacts/"+contact+"/accept", nil)
	agent := w.joinChat(w.agentDo("alice", "contacts/"+contact+"/token", nil).str("participantToken"))
	first := agent.say("hi", "1")
	if again := agent.say("hi", "1"); again != first {
		t.Errorf("one token sent two messages")
	}
	w.advance(time.Second)
	customer.say("I lost a shoe", "1")
	w.refusesChat("ValidationException", "SendMessage", obj{"ContentType": "text/markdown", "Content": "*x*", "ConnectionToken": customer.token})
	w.refusesChat("ValidationException", "SendMessage", obj{"ContentType": "text/plain", "Content": strings.Repeat("x", 1025), "ConnectionToken": customer.token})
	w.refusesChat("ValidationException", "SendEvent", obj{"ContentType": "application/vnd.amazonaws.connect.event.message.read", "Content": `{"messageId":"x"}`, "ConnectionToken": customer.token})
	w.do("connectparticipant", "SendEvent", obj{"ContentType": "application/vnd.amazonaws.connect.event.typing", "ConnectionToken": customer.token})
	customer.reads(nil, "CUSTOMER: hello", "CUSTOMER: joined", "AGENT: joined", "AGENT: hi", "CUSTOMER: I lost a shoe")
	customer.reads(obj{"ScanDirection": "FORWARD", "StartPosition": obj{"Id": first}}, "CUSTOMER: I lost a shoe")
	customer.reads(obj{"StartPosition": obj{"Id": first}}, "CUSTOMER: hello", "CUSTOMER: joined", "AGENT: joined")
	customer.reads(obj{"ScanDirection": "FORWARD", "StartPosition": obj{"MostRecent": 2}}, "AGENT: hi", "CUSTOMER: I lost a shoe")
	next := customer.reads(obj{"MaxResults": 2, "SortOrder": "DESCENDING"}, "CUSTOMER: I lost a shoe", "AGENT: hi")
	next = customer.reads(obj{"MaxResults": 2, "NextToken": next}, "CUSTOMER: joined", "AGENT: joined")
	if next = customer.reads(obj{"MaxResults": 2, "NextToken": next}, "CUSTOMER: hello"); next != "" {
		t.Errorf("there is more behind the end: %s", next)
	}

	w.do("connectparticipant", "DisconnectParticipant", obj{"ConnectionToken": customer.token})
	w.refusesChat("AccessDeniedException", "SendMessage", obj{"ContentType": "text/plain", "Content": "late", "ConnectionToken": agent.token})
	w.agentDo("alice", "contacts/"+contact+"/clear", nil)
	w.expect(w.record(contact), map[string]any{"Channel": "CHAT", "InitiationMethod": "API", "DisconnectReason": "CUSTOMER_DISCONNECT", "AgentConnectionAttempts": 1.0, "Recordings": nil})

	chat = w.connect("StartChatContact", obj{"ContactFlowId": w.flow, "ParticipantDetails": obj{"DisplayName": "Jane"},
		"PersistentChat": obj{"SourceContactId": contact, "RehydrationType": "ENTIRE_PAST_SESSION"}})
	if chat.str("ContinuedFromContactId") != contact {
		t.Errorf("it continues %s", chat.str("ContinuedFromContactId"))
	}
	again := w.joinChat(chat.str("ParticipantToken"))
	again.say("found it", "")
	past := []string{"CUSTOMER: hello", "CUSTOMER: joined", "AGENT: joined", "AGENT: hi", "CUSTOMER: I lost a shoe", "CUSTOMER: left", "AGENT: left", ": ended"}
	again.reads(nil, append(past, "CUSTOMER: joined", "CUSTOMER: found it")...)
	again.reads(obj{"ContactId": contact}, past...)
	w.agentDo("alice", "contacts/"+chat.str("ContactId")+"/accept", nil)
	timer := func(kind string, minutes int) obj {
		return obj{"ParticipantRole": "CUSTOMER", "TimerType": kind, "TimerValue": obj{"ParticipantTimerDurationInMinutes": minutes}}
	}
	w.connect("UpdateParticipantRoleConfig", obj{"ContactId": chat.str("ContactId"), "ChannelConfiguration": obj{"Chat": obj{"ParticipantTimerConfigList": []obj{timer("IDLE", 2), timer("DISCONNECT_NONCUSTOMER", 5)}}}})
	w.advance(3 * time.Minute)
	got, _ := again.transcript(nil)
	if last := got[len(got)-1]; last != "CUSTOMER: idle" {
		t.Errorf("after three minutes: %s", last)
	}
	w.advance(2 * time.Minute)
	if c := w.contact(chat.str("ContactId")); c.str("DisconnectReason") != "IDLE_DISCONNECT" {
		t.Errorf("after five minutes: %v", c)
	}
}
