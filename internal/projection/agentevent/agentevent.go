// Package agentevent makes agent events: what an agent's desktop shows, before and after each change, and a sign of life
// while nothing changes.
//
// The rules of the format: every known member is there and "no value" is an explicit null; members are sorted; times have
// exactly three digits of a second. The events of one agent are strictly ordered by EventTimestamp, and the previous
// snapshot of each is, byte for byte, the current snapshot of the one before (heartbeats aside).
package agentevent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/projection/document"
)

// Version is the format version in every event.
const Version = "2017-10-01"

// When an agent gives a sign of life.
const (
	HeartbeatAfter = 120 * time.Second // without any other event of the agent
	HeartbeatTail  = time.Hour         // how long heartbeats go on after the agent logged out
)

// The types of events.
const (
	Login       = "LOGIN"
	Logout      = "LOGOUT"
	StateChange = "STATE_CHANGE"
	Heartbeat   = "HEART_BEAT"
)

// Row is what is kept of one agent between events. The zero Row is an agent that nothing is known of.
type Row struct {
	Agent       lifecycle.Agent
	Shown       []byte    `json:"-"`          // the snapshot of Agent; no one changes its bytes
	Before      []byte    `json:"-"`          // the last snapshot that differed from Shown
	Seen        bool      `json:",omitempty"` // an event was due before: it logged in, or its status was set
	Last        time.Time `json:",omitzero"`  // EventTimestamp of the newest event
	LoggedOutAt time.Time `json:",omitzero"`
}

// Encode writes the row to be stored: a line of JSON, and a line for each snapshot, whose bytes stay as they are.
func (r *Row) Encode() ([]byte, error) {
	head, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode the row of agent %s: %w", r.Agent.ID, err)
	}
	b := make([]byte, 0, len(head)+len(r.Shown)+len(r.Before)+2)
	b = append(append(b, head...), '\n')
	b = append(append(b, r.Shown...), '\n')
	return append(b, r.Before...), nil
}

// DecodeRow reads what Encode wrote.
func DecodeRow(b []byte) (Row, error) {
	head, rest, ok := bytes.Cut(b, []byte{'\n'})
	shown, before, ok2 := bytes.Cut(rest, []byte{'\n'})
	var r Row
	err := json.Unmarshal(head, &r)
	if err == nil && (!ok || !ok2) {
		err = errors.New("it ends too early")
	}
	if err != nil {
		return Row{}, fmt.Errorf("decode the row of an agent: %w", err)
	}
	if len(shown) > 0 {
		r.Shown = bytes.Clone(shown)
	}
	if len(before) > 0 {
		r.Before = bytes.Clone(before)
	}
	return r, nil
}

// Document is one agent event.
type Document struct {
	ID   string // EventId
	Key  string // partition key: the agent's ARN
	Type string
	Time time.Time // EventTimestamp
	Data []byte
}

// Fold folds the events of one agent in one step in and returns the row after it, and what is to be published: at most one
// document. Nothing is published for an agent before it logs in or its status is set for the first time, nor for a step
// that changes nothing which the desktop shows. The row that came in stays as it was.
func Fold(inst center.Instance, key []byte, row Row, stamp center.Stamp, events []center.Event) (Row, []Document) {
	row.Agent = row.Agent.Clone()
	autoAccept := row.Agent.Config.AutoAccept
	typ, seen := StateChange, false
	for _, e := range events {
		row.Agent.Apply(stamp.At, e)
		switch e.(type) {
		case center.AgentLoggedIn:
			typ, row.LoggedOutAt = Login, time.Time{}
		case center.AgentLoggedOut:
			typ, row.LoggedOutAt = Logout, stamp.At
		case center.AgentRemoved:
			row.LoggedOutAt = time.Time{}
		}
		if _, quiet := e.(center.AgentConfigured); !quiet {
			seen = true
		}
	}
	row.Seen = row.Seen || seen
	now := AppendSnapshot(make([]byte, 0, usualSnapshotBytes), inst, &row.Agent)
	differs := !bytes.Equal(now, row.Shown)
	if differs {
		row.Before, row.Shown = row.Shown, now
	}
	// That a changed auto-accept setting is an event is documented, although no snapshot shows the setting.
	if !row.Seen || !differs && typ == StateChange && autoAccept == row.Agent.Config.AutoAccept {
		return row, nil
	}
	before := row.Before
	if !differs {
		before = row.Shown
	}
	row.Last = next(row.Last, stamp.At)
	id := document.EventID(key, "agent-event", stamp.Place, 0, string(row.Agent.ID))
	return row, []Document{render(inst, &row, id, typ, before)}
}

// HeartbeatDue returns when the agent's next heartbeat is due if nothing happens until then, counted from its newest event
// or from since, whichever is later. An agent has heartbeats while it is logged in and for HeartbeatTail after that.
func HeartbeatDue(row *Row, since time.Time) (time.Time, bool) {
	if !row.Seen || row.Agent.Removed {
		return time.Time{}, false
	}
	due := row.Last
	if due.Before(since) {
		due = since
	}
	due = due.Add(HeartbeatAfter)
	if row.Agent.LoggedIn {
		return due, true
	}
	return due, !row.LoggedOutAt.IsZero() && !due.After(row.LoggedOutAt.Add(HeartbeatTail))
}

// Tick returns the row after the heartbeat that was due at a time, and the heartbeat. Its previous snapshot is the last
// one that differed from the current one, as AWS's own sample shows it.
func Tick(inst center.Instance, key []byte, row Row, due time.Time) (Row, []Document) {
	row.Last = next(row.Last, due)
	before := row.Before
	if before == nil {
		before = row.Shown
	}
	id := document.EventID(key, "agent-heartbeat", 0, row.Last.UnixMilli(), string(row.Agent.ID))
	return row, []Document{render(inst, &row, id, Heartbeat, before)}
}

// next returns the time of the event that follows one at last: a millisecond later at least.
func next(last, at time.Time) time.Time {
	at = at.Truncate(time.Millisecond)
	if first := last.Add(time.Millisecond); !last.IsZero() && at.Before(first) {
		return first
	}
	return at
}

// usualSnapshotBytes is what most snapshots stay below.
const usualSnapshotBytes = 2 << 10

func render(inst center.Instance, row *Row, id, typ string, before []byte) Document {
	d := Document{ID: id, Key: inst.ARN + "/" + string(center.KindUser) + "/" + string(row.Agent.ID), Type: typ, Time: row.Last}
	account, _ := document.Owner(inst)
	b := make([]byte, 0, len(row.Shown)+len(before)+768)
	b = append(b, `{"AWSAccountId":`...)
	b = document.AppendString(b, account)
	b = append(b, `,"AgentARN":`...)
	b = document.AppendString(b, d.Key)
	b = append(b, `,"CurrentAgentSnapshot":`...)
	b = append(b, row.Shown...)
	b = append(b, `,"EventId":`...)
	b = document.AppendString(b, id)
	b = append(b, `,"EventTimestamp":`...)
	b = document.AppendMillis(b, row.Last)
	b = append(b, `,"EventType":`...)
	b = document.AppendString(b, typ)
	b = append(b, `,"InstanceARN":`...)
	b = document.AppendString(b, inst.ARN)
	b = append(b, `,"PreviousAgentSnapshot":`...)
	if before == nil {
		b = append(b, "null"...)
	}
	b = append(b, before...)
	d.Data = append(b, `,"Version":"`+Version+`"}`...)
	return d
}
