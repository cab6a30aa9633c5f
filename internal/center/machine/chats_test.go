package machine

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// newChat starts a chat whose customer has connected.
func newChat(t *testing.T, w *world) (center.ContactID, string) {
	t.Helper()
	step := w.must(center.StartChat{Flow: w.flow("basic"), Name: "Jane", ContentTypes: []string{center.ChatJSON}})
	e := step.Events[0].(center.ContactInitiated)
	w.must(center.ConnectChat{Contact: e.Contact, Participant: e.Chat.Participant})
	return e.Contact, e.Chat.Participant
}

func refusedFor(t *testing.T, w *world, cmd center.Command, reason center.Reason, field string) {
	t.Helper()
	_, err := w.do(cmd)
	var r *center.Refused
	if !errors.As(err, &r) || r.Reason != reason || r.Field != field {
		t.Errorf("%T: got %v, want %s %s", cmd, err, reason, field)
	}
}

func TestBoundsOfChats(t *testing.T) {
	w := richCenter(t)
	contact, jane := newChat(t, w)
	say := func(typ, content, token string) center.SayInChat {
		return center.SayInChat{Contact: contact, Participant: jane, Message: center.ChatMessage{ContentType: typ, Content: content}, ClientToken: token}
	}
	w.must(say(center.ChatPlain, strings.Repeat("é", chatTextMax), ""))
	w.must(say(center.ChatJSON, `"`+strings.Repeat("x", chatJSONMax-2)+`"`, ""))
	refusedFor(t, w, say(center.ChatPlain, strings.Repeat("x", chatTextMax+1), ""), center.Invalid, "Content")
	refusedFor(t, w, say(center.ChatPlain, "", ""), center.Invalid, "Content")
	refusedFor(t, w, say(center.ChatPlain, "\xff", ""), center.Invalid, "Content")
	refusedFor(t, w, say(center.ChatJSON, `"`+strings.Repeat("x", chatJSONMax-1)+`"`, ""), center.Invalid, "Content")
	refusedFor(t, w, say(center.ChatJSON, "{", ""), center.Invalid, "Content")
	refusedFor(t, w, say(center.ChatMarkdown, "x", ""), center.Invalid, "ContentType")
	refusedFor(t, w, say("image/png", "x", ""), center.Invalid, "ContentType")
	refusedFor(t, w, say(center.ChatPlain, "x", strings.Repeat("t", clientTokenMax+1)), center.Invalid, "ClientToken")

	start := func(change func(*center.StartChat)) center.StartChat {
		cmd := center.StartChat{Flow: w.flow("basic"), Name: "Jane"}
		change(&cmd)
		return cmd
	}
	refusedFor(t, w, start(func(c *center.StartChat) { c.Name = strings.Repeat("x", chatNameMax+1) }), center.Invalid, "ParticipantDetails.DisplayName")
	refusedFor(t, w, start(func(c *center.StartChat) { c.Duration = chatLeast - time.Minute }), center.Invalid, "ChatDurationInMinutes")
	refusedFor(t, w, start(func(c *center.StartChat) { c.Duration = chatMost + time.Minute }), center.Invalid, "ChatDurationInMinutes")
	refusedFor(t, w, start(func(c *center.StartChat) { c.ContentTypes = []string{"image/png"} }), center.Invalid, "SupportedMessagingContentTypes")
	refusedFor(t, w, start(func(c *center.StartChat) { c.Items = chatItemsMax }), center.Limit, "")
	for _, d := range []time.Duration{silenceLeast - time.Minute, silenceMost + time.Minute} {
		refusedFor(t, w, center.SetChatTimers{Contact: contact, Timers: []center.ChatTimer{{Role: center.RoleAgent, After: d}}}, center.Invalid, "ParticipantTimerDurationInMinutes")
	}
	refusedFor(t, w, center.ConnectChat{Contact: contact, Participant: "nobody"}, center.Conflict, "")

	c := w.m.state.Contacts[contact]
	h := *c.Chat
	h.Items = chatItemsMax - 1 // as after so many messages
	c.Chat = &h
	if _, err := w.m.Step(center.Stamp{At: w.now, Place: w.m.state.Place + 1}, say(center.ChatPlain, "the last", "")); err != nil {
		t.Fatal(err)
	}
	_, err := w.m.Step(center.Stamp{At: w.now, Place: w.m.state.Place + 1}, say(center.ChatPlain, "one more", ""))
	var r *center.Refused
	if !errors.As(err, &r) || r.Reason != center.Limit {
		t.Errorf("a full transcript: %v", err)
	}
}

// TestAMessageIsSaidOnce repeats client tokens: the last few of a participant lead to what they led to.
func TestAMessageIsSaidOnce(t *testing.T) {
	w := richCenter(t)
	contact, jane := newChat(t, w)
	say := func(i int) (center.Step, error) {
		return w.do(center.SayInChat{Contact: contact, Participant: jane, ClientToken: fmt.Sprint(i), Message: center.ChatMessage{ContentType: center.ChatPlain, Content: "x"}})
	}
	ids := map[int]string{}
	for i := range 20 {
		step, err := say(i)
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = step.Events[0].(center.ChatItemAdded).ID
	}
	for i := 19; i > 11; i-- {
		var r *center.Refused
		if _, err := say(i); !errors.As(err, &r) || r.Reason != center.Repeated || r.ID != ids[i] {
			t.Errorf("token %d again: %v", i, err)
		}
	}
	if _, err := say(0); err != nil {
		t.Errorf("a token that is not remembered: %v", err)
	}
	w.checkRecovery(t)
}

func TestBoundsOfTasks(t *testing.T) {
	w := richCenter(t)
	task := w.must(center.StartTask{Name: "t", Flow: w.flow("basic")}).Events[0].(center.ContactInitiated).Contact
	for range pausesMax {
		w.must(center.PauseTask{Contact: task})
		w.must(center.ResumeTask{Contact: task})
	}
	refusedFor(t, w, center.PauseTask{Contact: task}, center.Limit, "")
	for i := range contactTagsMax {
		w.must(center.UpdateContact{Contact: task, SetTags: map[string]string{fmt.Sprint(i): "v"}})
	}
	refusedFor(t, w, center.UpdateContact{Contact: task, SetTags: map[string]string{"more": "v"}}, center.Invalid, "Tags")
	refusedFor(t, w, center.UpdateContact{Contact: "nothing", SetTags: map[string]string{"more": "v"}}, center.NotFound, "")
	for range transfersMax {
		task = w.must(center.TransferTask{Contact: task, Flow: w.flow("basic")}).Events[0].(center.ContactInitiated).Contact
	}
	refusedFor(t, w, center.TransferTask{Contact: task, Flow: w.flow("basic")}, center.Limit, "")
	for range linkedMax - 1 {
		task = w.must(center.StartTask{Name: "t", Flow: w.flow("basic"), Previous: task}).Events[0].(center.ContactInitiated).Contact
	}
	refusedFor(t, w, center.StartTask{Name: "t", Flow: w.flow("basic"), Previous: task}, center.Limit, "")
	first := w.must(center.StartTask{Name: "t", Flow: w.flow("basic")}).Events[0].(center.ContactInitiated).Contact
	for range sharersMax {
		task = w.must(center.StartTask{Name: "t", Flow: w.flow("basic"), Previous: first}).Events[0].(center.ContactInitiated).Contact
	}
	refusedFor(t, w, center.StartTask{Name: "t", Flow: w.flow("basic"), Previous: first}, center.Limit, "")
	w.must(center.StopContact{Contact: task})
	w.must(center.StartTask{Name: "t", Flow: w.flow("basic"), Previous: first})
	w.checkRecovery(t)
}
