package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate"
)

// While more has happened than has room to wait, commands still come back, refused ones and chats that begin too: whoever
// gives them is the only one who makes room.
func TestCommandsDoNotWaitForRoom(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/contact/chat" {
			w.Write([]byte(`{"ContactId":"chat","ParticipantToken":"token"}`))
			return
		}
		w.WriteHeader(http.StatusConflict)
		w.Write([]byte(`{"error":"too late"}`))
	}))
	defer server.Close()
	c, err := newClient(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	sc := &serverCenter{
		c: c, aws: &amazon{c: c, region: "us-east-1"}, observed: make(chan simulate.Observed, 1), now: time.Now,
		tokens: map[center.ContactID]string{}, queued: map[center.ContactID]bool{}, parked: map[center.ContactID][]simulate.Observed{},
	}
	told := make(chan error, 1)
	completed := []byte(`{"Document":{"Detail":{"ContactId":"one","EventType":"COMPLETED"}}}`)
	if err := sc.contactEvent(ctx, completed); err != nil {
		t.Fatal(err)
	}
	go func() { told <- sc.contactEvent(ctx, completed) }() // has no room
	for sc.mu.TryLock() {
		sc.mu.Unlock()
		if ctx.Err() != nil {
			t.Fatal("nobody waits for room")
		}
	}
	commands := make(chan error, 1)
	go func() {
		if err := sc.Submit(ctx, center.HangUp{Contact: "one"}); err != nil {
			commands <- err
			return
		}
		commands <- sc.Submit(ctx, center.StartChat{Flow: "flow", Name: "Jane"})
	}()
	select {
	case err := <-commands:
		if err != nil {
			t.Fatal(err)
		}
	case <-ctx.Done():
		t.Fatal("a command waits for room that only its giver makes")
	}
	if sc.late != 1 {
		t.Errorf("%d commands came too late, want 1", sc.late)
	}
	<-sc.observed
	<-sc.observed
	if err := <-told; err != nil {
		t.Error(err)
	}
	if o := <-sc.observed; o.Event.(center.ContactInitiated).Chat.Name != "Jane" {
		t.Errorf("the chat is told as %+v", o.Event)
	}
}
