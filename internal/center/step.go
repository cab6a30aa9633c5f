package center

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// A Step is what one command led to. It is one record of the journal, whole or not there.
type Step struct {
	Stamp   Stamp
	Events  []Event
	Effects []Effect
}

// Empty reports whether the step says nothing, so that it need not be kept.
func (s Step) Empty() bool {
	return len(s.Events) == 0 && len(s.Effects) == 0 && s.Stamp.Closes == ""
}

// ErrUnknownWord means that a journal holds an event or effect that this version does not know: it was written by a
// newer one, and must not be opened by this.
var ErrUnknownWord = errors.New("the journal was written by a newer version")

// record is the form of a step in the journal: each event and effect is an object with one member, its name.
type record struct {
	Stamp   Stamp             `json:"s"`
	Events  []json.RawMessage `json:"e,omitempty"`
	Effects []json.RawMessage `json:"x,omitempty"`
}

// Encode writes a step for the journal: the same step always gives the same bytes.
func Encode(s Step) ([]byte, error) {
	stamp, err := json.Marshal(s.Stamp)
	if err != nil {
		return nil, fmt.Errorf("encode stamp: %w", err)
	}
	// Written by hand around the words: as raw messages of one more value, each would be scanned a second time.
	b := make([]byte, 0, len(stamp)+256*(len(s.Events)+len(s.Effects))+32)
	b = append(append(b, `{"s":`...), stamp...)
	if b, err = encodeWords(b, `,"e":[`, s.Events); err != nil {
		return nil, err
	}
	if b, err = encodeWords(b, `,"x":[`, s.Effects); err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// encodeWords appends a member that lists events or effects; none make no member.
func encodeWords[T any](b []byte, member string, words []T) ([]byte, error) {
	for i, w := range words {
		body, err := json.Marshal(w)
		if err != nil {
			return nil, fmt.Errorf("encode %T: %w", w, err)
		}
		if i == 0 {
			b = append(b, member...)
		} else {
			b = append(b, ',')
		}
		b = append(append(b, `{"`...), reflect.TypeOf(w).Name()...)
		b = append(append(b, `":`...), body...)
		b = append(b, '}')
	}
	if len(words) > 0 {
		b = append(b, ']')
	}
	return b, nil
}

// Decode reads what Encode wrote, of this version or any before it.
func Decode(b []byte) (Step, error) {
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return Step{}, fmt.Errorf("decode step: %w", err)
	}
	s := Step{Stamp: r.Stamp}
	for _, raw := range r.Events {
		e, err := decodeWord(raw, eventWords)
		if err != nil {
			return Step{}, err
		}
		s.Events = append(s.Events, e)
	}
	for _, raw := range r.Effects {
		e, err := decodeWord(raw, effectWords)
		if err != nil {
			return Step{}, err
		}
		s.Effects = append(s.Effects, e)
	}
	return s, nil
}

func decodeWord[T any](raw json.RawMessage, words map[string]func([]byte) (T, error)) (T, error) {
	var zero T
	name, body, err := cutWord(raw)
	if err != nil {
		return zero, err
	}
	f, ok := words[name]
	if !ok {
		return zero, fmt.Errorf("decode step: %q: %w", name, ErrUnknownWord)
	}
	v, err := f(body)
	if err != nil {
		return zero, fmt.Errorf("decode step: %s: %w", name, err)
	}
	return v, nil
}

// cutWord takes {"Name":body} apart. What Encode wrote has no blanks and is cut as it stands; recovery reads every step
// this way. Anything else that means the same is read as JSON.
func cutWord(raw []byte) (name string, body []byte, err error) {
	if rest, ok := bytes.CutPrefix(raw, []byte(`{"`)); ok {
		if n, after, ok := bytes.Cut(rest, []byte(`":`)); ok && !bytes.ContainsAny(n, `"\\`) && len(after) > 1 {
			return string(n), after[:len(after)-1], nil
		}
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return "", nil, fmt.Errorf("decode step: %w", err)
	}
	if len(m) != 1 {
		return "", nil, fmt.Errorf("decode step: %d names in one word", len(m))
	}
	for n, b := range m {
		name, body = n, b
	}
	return name, body, nil
}

func word[I any, T any](words map[string]func([]byte) (I, error)) {
	words[reflect.TypeFor[T]().Name()] = func(b []byte) (I, error) {
		var v T
		err := json.Unmarshal(b, &v)
		return any(v).(I), err
	}
}

var eventWords = func() map[string]func([]byte) (Event, error) {
	w := map[string]func([]byte) (Event, error){}
	word[Event, InstanceSaved](w)
	word[Event, InstanceDeleted](w)
	word[Event, StorageAssociated](w)
	word[Event, StorageDisassociated](w)
	word[Event, AgentStatusSaved](w)
	word[Event, HoursSaved](w)
	word[Event, QueueSaved](w)
	word[Event, RoutingProfileSaved](w)
	word[Event, UserSaved](w)
	word[Event, SecurityProfileSaved](w)
	word[Event, FlowSaved](w)
	word[Event, PhoneNumberSaved](w)
	word[Event, QuickConnectSaved](w)
	word[Event, HierarchySaved](w)
	word[Event, HierarchyGroupSaved](w)
	word[Event, AttributeSaved](w)
	word[Event, TaskTemplateSaved](w)
	word[Event, PromptSaved](w)
	word[Event, ResourceDeleted](w)
	word[Event, AgentConfigured](w)
	word[Event, AgentLoggedIn](w)
	word[Event, AgentLoggedOut](w)
	word[Event, AgentStatusChanged](w)
	word[Event, AgentNextStatusSet](w)
	word[Event, AgentRemoved](w)
	word[Event, ContactInitiated](w)
	word[Event, ContactConnectedToSystem](w)
	word[Event, ContactTargeted](w)
	word[Event, ContactAttributesChanged](w)
	word[Event, ContactRoutingChanged](w)
	word[Event, ContactCriteriaSet](w)
	word[Event, RoutingStepExpired](w)
	word[Event, ContactQueued](w)
	word[Event, ContactOffered](w)
	word[Event, ContactMissed](w)
	word[Event, ContactConnected](w)
	word[Event, ContactHeld](w)
	word[Event, ContactResumed](w)
	word[Event, ContactLeft](w)
	word[Event, ContactDisconnected](w)
	word[Event, ContactCleared](w)
	word[Event, FlowMoved](w)
	word[Event, FlowPlayed](w)
	word[Event, FlowNoted](w)
	word[Event, FlowHooked](w)
	word[Event, ContactAnalyticsSet](w)
	word[Event, ContactLinked](w)
	word[Event, ContactAccepted](w)
	word[Event, ContactDialled](w)
	word[Event, FunctionAssociated](w)
	word[Event, FunctionDisassociated](w)
	word[Event, ContactCompleted](w)
	word[Event, CallPlaced](w)
	word[Event, PartyAdded](w)
	word[Event, PartyConnected](w)
	word[Event, PartyHeld](w)
	word[Event, PartyResumed](w)
	word[Event, PartyLeft](w)
	word[Event, ContactTransferred](w)
	word[Event, ContactMonitored](w)
	word[Event, MonitorChanged](w)
	word[Event, LineTaken](w)
	word[Event, TaskPaused](w)
	word[Event, ChatItemAdded](w)
	word[Event, ChatTimersSet](w)
	word[Event, TaskResumed](w)
	word[Event, TaskRescheduled](w)
	word[Event, ContactDataChanged](w)
	return w
}()

var effectWords = func() map[string]func([]byte) (Effect, error) {
	w := map[string]func([]byte) (Effect, error){}
	word[Effect, DialCustomer](w)
	word[Effect, ReleaseLine](w)
	word[Effect, InvokeFunction](w)
	word[Effect, DialParty](w)
	return w
}()
