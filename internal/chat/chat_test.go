package chat

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestTokens(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	key := []byte("key of the instance")
	want := Token{Kind: ForConnection, Account: "123456789012", Region: "us-east-1", Instance: "i", Contact: "c", Participant: "p", Expires: now}
	text, err := want.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(text)
	if err != nil || got != want {
		t.Fatalf("got %+v, %v", got, err)
	}
	if err := got.Check(key, text, ForConnection, now.Add(-1)); err != nil {
		t.Error(err)
	}
	other, err := Token{Kind: ForConnection, Participant: "q"}.Sign([]byte("another key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"expired":            got.Check(key, text, ForConnection, now),
		"for something else": got.Check(key, text, ForParticipant, now.Add(-1)),
		"another key":        got.Check([]byte("another key"), text, ForConnection, now.Add(-1)),
		"changed":            got.Check(key, "x"+text, ForConnection, now.Add(-1)),
		"another's seal":     got.Check(key, text[:len(text)-3]+other[len(other)-3:], ForConnection, now.Add(-1)),
	} {
		if !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"", ".", "x", "e30", "!.x"} {
		if tok, err := Read(bad); err == nil && tok.Check(key, bad, ForParticipant, now) == nil {
			t.Errorf("%q is a token", bad)
		}
	}
}

// TestBackward reads a transcript of which two items are in one step, and that goes on in another contact.
func TestBackward(t *testing.T) {
	item := func(c center.ContactID, id string, place, before uint64, of center.ContactID) center.Event {
		return center.ChatItemAdded{Contact: c, ID: id, Place: place, Before: center.ChatPlace{Place: before, Contact: of}}
	}
	steps := map[uint64]center.Step{
		3: {Events: []center.Event{item("c1", "1", 3, 0, ""), item("other", "x", 3, 0, "")}},
		7: {Events: []center.Event{item("c1", "2", 7, 3, "c1"), center.ContactCompleted{Contact: "c1"}, item("c1", "3", 7, 3, "c1"), item("c2", "4", 7, 7, "c1")}},
		9: {Events: []center.Event{item("c2", "5", 9, 7, "c2")}},
	}
	step := func(_ context.Context, place uint64) (center.Step, error) {
		s, ok := steps[place]
		if !ok {
			return s, errors.New("no such step")
		}
		return s, nil
	}
	read := func(from center.ChatPlace) (ids []string, err error) {
		for it, e := range Backward(t.Context(), step, from) {
			if e != nil {
				return ids, e
			}
			ids = append(ids, it.ID)
		}
		return ids, nil
	}
	got, err := read(center.ChatPlace{Place: 9, Contact: "c2"})
	if err != nil || !slices.Equal(got, []string{"5", "4", "3", "2", "1"}) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := read(center.ChatPlace{}); err != nil || len(got) > 0 {
		t.Errorf("nothing: got %v, %v", got, err)
	}
	if got, err := read(center.ChatPlace{Place: 3, Contact: "c2"}); err == nil {
		t.Errorf("a broken chain gave %v", got)
	}
	if _, err := read(center.ChatPlace{Place: 4, Contact: "c2"}); err == nil {
		t.Error("a step that is not there")
	}
}
