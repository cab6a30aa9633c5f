package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// event is an agent event taken apart.
type event struct {
	AgentARN, EventType         string
	EventTimestamp              time.Time
	current, previous, contacts []byte
}

// Where an agent event is cut. Its members are sorted, as in every event seen, and a quote inside a text is never bare.
var (
	currentMark  = []byte(`,"CurrentAgentSnapshot":`)
	idMark       = []byte(`,"EventId":`)
	previousMark = []byte(`,"PreviousAgentSnapshot":`)
	versionMark  = []byte(`,"Version":`)
	contactsMark = []byte(`,"Contacts":`)
	nextMark     = []byte(`,"NextAgentStatus":`)
)

// cut takes an event apart without reading its two snapshots, which are nearly all of it and mostly known from before.
func cut(doc []byte) (event, error) {
	var e event
	head, rest, ok1 := bytes.Cut(doc, currentMark)
	current, rest, ok2 := bytes.Cut(rest, idMark)
	middle, rest, ok3 := bytes.Cut(rest, previousMark)
	previous, _, ok4 := bytes.Cut(rest, versionMark)
	_, tail, ok5 := bytes.Cut(current, contactsMark)
	contacts, _, ok6 := bytes.Cut(tail, nextMark)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 {
		return e, fmt.Errorf("agent event: a member is missing: %.80s", doc)
	}
	for _, part := range [][]byte{head, append([]byte(`{"EventId":`), middle...)} {
		if err := json.Unmarshal(append(part[:len(part):len(part)], '}'), &e); err != nil {
			return e, fmt.Errorf("agent event: %w", err)
		}
	}
	e.current, e.previous, e.contacts = current, previous, contacts
	return e, nil
}
