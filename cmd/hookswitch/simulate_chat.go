package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate"
)

// Who says something in a chat, as the operator API spells it.
const (
	asCustomer = "customer"
	asAgent    = "agent"
)

// startChat has a customer begin a chat, as a web page does, and tells that it has begun: the contact event does not say
// which of the customers it is.
func (sc *serverCenter) startChat(ctx context.Context, cmd center.StartChat) error {
	in := object{
		"InstanceId": sc.i.ID, "ContactFlowId": string(cmd.Flow), "ParticipantDetails": object{"DisplayName": cmd.Name}, "Attributes": attributes(cmd.Attributes),
	}
	if cmd.Initial != nil {
		in["InitialMessage"] = object{"ContentType": cmd.Initial.ContentType, "Content": cmd.Initial.Content}
	}
	var out struct{ ContactID, ParticipantToken string }
	if err := sc.aws.connect(ctx, http.MethodPut, "/contact/chat", in, &out); err != nil {
		return err
	}
	id := center.ContactID(out.ContactID)
	sc.tokens[id] = out.ParticipantToken
	began := simulate.Observed{At: sc.now(), Event: center.ContactInitiated{
		Contact: id, Channel: center.Chat, Method: "API", Chat: &center.ChatStart{Participant: asCustomer, Name: cmd.Name},
	}}
	// Drive, who reads what is told, waits for us. What follows of the chat cannot overtake this: the customer connects
	// because of it.
	go func() {
		sc.mu.Lock()
		defer sc.mu.Unlock()
		_ = sc.tell(ctx, began) // fails only when ctx ends
	}()
	return nil
}

// connectChat has the customer's client connect: from then on the flow runs.
func (sc *serverCenter) connectChat(ctx context.Context, id center.ContactID) error {
	body, err := json.Marshal(object{"Type": []string{"CONNECTION_CREDENTIALS"}, "ConnectParticipant": true})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sc.c.endpoint+"/participant/connection", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Amz-Bearer", sc.tokens[id])
	delete(sc.tokens, id)
	sc.aws.sign(req, "execute-api", body, time.Now())
	resp, b, err := sc.c.answer(req)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return amazonRefusal(resp, b)
	}
	return nil
}
