package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Kinds of documents, as the operator API names them.
const (
	kindRecord       = "contact-record"
	kindAgentEvent   = "agent-event"
	kindContactEvent = "contact-event"
	kindLost         = "lost"
)

// published is a document as the operator API tells of it.
type published struct {
	Kind     string          `json:"kind"`
	Instance string          `json:"instance"`
	Key      string          `json:"key"`
	Time     *time.Time      `json:"time"`
	Target   string          `json:"target"`
	Document json.RawMessage `json:"document"`
	Lost     uint64          `json:"lost"`
}

// teller puts documents into words: one line each with what matters of it. It belongs to one goroutine.
type teller struct {
	streams
	c     *client
	names map[string]string // of queues and agents, by ARN
	asked map[string]bool   // ARNs that were looked up
}

func newTeller(s streams, c *client) *teller {
	return &teller{streams: s, c: c, names: map[string]string{}, asked: map[string]bool{}}
}

// line returns a document's line. Names that documents give by ARN alone are looked up, which may ask the server.
func (t *teller) line(ctx context.Context, p published) string {
	if p.Kind == kindLost {
		return t.paint(paintBad, fmt.Sprintf("%d documents went by unseen", p.Lost))
	}
	what, about, text := "", "", ""
	code := paintDim
	switch p.Kind {
	case kindRecord:
		what, code = "contact record", paintRecord
		about, text = t.record(p.Document)
	case kindAgentEvent:
		what, code = "agent event", paintAgent
		about, text = t.agentEvent(p.Document)
	case kindContactEvent:
		what, code = "contact event", paintEvent
		about, text = t.contactEvent(ctx, p)
	default:
		what = p.Kind
	}
	at := strings.Repeat(" ", len(timeOfDay))
	if p.Time != nil {
		at = p.Time.UTC().Format(timeOfDay)
	}
	line := t.paint(paintDim, at) + "  " + t.paint(code, fmt.Sprintf("%-14s", what)) + fmt.Sprintf("  %-8s  ", about) + text
	if p.Target != "" {
		line += t.paint(paintDim, "  → "+p.Target[strings.LastIndex(p.Target, "/")+1:])
	}
	return line
}

const timeOfDay = "15:04:05.000"

// short is enough of an id to tell contacts apart on a screen.
func short(id string) string { return id[:min(len(id), 8)] }

// agentSnapshot is the part of an agent event that lines are made of.
type agentSnapshot struct {
	AgentStatus     agentStatus
	NextAgentStatus *agentStatus
	Configuration   struct{ Username string }
	Contacts        []struct {
		ContactID, Channel, State string
		Queue                     *struct{ Name *string }
	}
}

func (t *teller) agentEvent(doc []byte) (about, text string) {
	var e struct {
		EventType                                   string
		CurrentAgentSnapshot, PreviousAgentSnapshot *agentSnapshot
	}
	if err := json.Unmarshal(doc, &e); err != nil || e.CurrentAgentSnapshot == nil {
		return "?", string(doc)
	}
	now := e.CurrentAgentSnapshot
	if e.EventType != "STATE_CHANGE" || e.PreviousAgentSnapshot == nil {
		text = e.EventType + "  " + now.AgentStatus.Name
		if n := len(now.Contacts); n > 0 {
			text += fmt.Sprintf(", contacts: %d", n)
		}
		return now.Configuration.Username, text
	}
	return now.Configuration.Username, e.EventType + "  " + strings.Join(changes(e.PreviousAgentSnapshot, now), ", ")
}

// changes says what became different from one snapshot to the next.
func changes(old, now *agentSnapshot) []string {
	var all []string
	if old.AgentStatus.Name != now.AgentStatus.Name {
		all = append(all, old.AgentStatus.Name+" → "+now.AgentStatus.Name)
	}
	if next := now.NextAgentStatus; next != nil && (old.NextAgentStatus == nil || old.NextAgentStatus.Name != next.Name) {
		all = append(all, "next status "+next.Name)
	}
	before := map[string]string{}
	for _, c := range old.Contacts {
		before[c.ContactID] = c.State
	}
	for _, c := range now.Contacts {
		name := c.Channel + " " + short(c.ContactID) + " "
		switch was, there := before[c.ContactID]; {
		case !there && c.Queue != nil && c.Queue.Name != nil:
			all = append(all, name+c.State+" from "+*c.Queue.Name)
		case !there:
			all = append(all, name+c.State)
		case was != c.State:
			all = append(all, name+was+" → "+c.State)
		}
		delete(before, c.ContactID)
	}
	for _, c := range old.Contacts {
		if _, gone := before[c.ContactID]; gone {
			all = append(all, c.Channel+" "+short(c.ContactID)+" cleared")
		}
	}
	if len(all) == 0 {
		all = append(all, "configuration")
	}
	return all
}

func (t *teller) contactEvent(ctx context.Context, p published) (about, text string) {
	var e struct {
		Detail struct {
			ContactID, Channel, InitiationMethod, EventType, DisconnectReason string
			UpdatedProperties                                                 []string
			QueueInfo                                                         *struct{ QueueArn string }
			AgentInfo                                                         *struct{ AgentArn string }
		}
	}
	if err := json.Unmarshal(p.Document, &e); err != nil {
		return "?", string(p.Document)
	}
	d := e.Detail
	text = d.EventType
	switch d.EventType {
	case "INITIATED":
		text += "  " + d.Channel + " " + d.InitiationMethod
	case "QUEUED":
		if d.QueueInfo != nil {
			text += "  " + t.name(ctx, p.Instance, d.QueueInfo.QueueArn)
		}
	case "CONNECTED_TO_AGENT":
		if d.AgentInfo != nil {
			text += "  " + t.name(ctx, p.Instance, d.AgentInfo.AgentArn)
		}
	case "DISCONNECTED":
		text += "  " + d.DisconnectReason
	case "CONTACT_DATA_UPDATED":
		text += "  " + strings.Join(d.UpdatedProperties, ", ")
	}
	return short(d.ContactID), text
}

func (t *teller) record(doc []byte) (about, text string) {
	var r struct {
		ContactID, Channel, InitiationMethod, DisconnectReason string
		AgentConnectionAttempts                                int
		InitiationTimestamp, DisconnectTimestamp               *time.Time
		Agent                                                  *struct {
			Username                                                                                                     string
			AgentInteractionDuration, CustomerHoldDuration, AfterContactWorkDuration, LongestHoldDuration, NumberOfHolds int
		}
		Queue *struct {
			Name     *string
			Duration int
		}
	}
	if err := json.Unmarshal(doc, &r); err != nil {
		return "?", string(doc)
	}
	parts := []string{r.Channel + " " + r.InitiationMethod}
	if r.Queue != nil {
		name := "agent's own queue"
		if r.Queue.Name != nil {
			name = *r.Queue.Name
		}
		parts = append(parts, fmt.Sprintf("%s %d s", name, r.Queue.Duration))
	}
	switch a := r.Agent; {
	case a != nil:
		said := fmt.Sprintf("%s %d s", a.Username, a.AgentInteractionDuration)
		if a.NumberOfHolds > 0 {
			said += fmt.Sprintf(" + %d s on hold", a.CustomerHoldDuration)
		}
		parts = append(parts, said, fmt.Sprintf("after work %d s", a.AfterContactWorkDuration))
	case r.Queue != nil:
		parts = append(parts, "never answered")
	}
	if r.AgentConnectionAttempts > 1 {
		parts = append(parts, fmt.Sprintf("%d attempts", r.AgentConnectionAttempts))
	}
	return short(r.ContactID), strings.Join(append(parts, r.DisconnectReason), ", ")
}

// name returns the name of a queue or an agent, or the end of its ARN when it has none.
func (t *teller) name(ctx context.Context, instance, arn string) string {
	if t.names[arn] == "" && !t.asked[arn] {
		t.asked[arn] = true
		t.learn(ctx, instance)
	}
	if n := t.names[arn]; n != "" {
		return n
	}
	return arn[strings.LastIndex(arn, "/")+1:]
}

// learn looks up all names of an instance. Without them lines are harder to read, which is no reason to stop.
func (t *teller) learn(ctx context.Context, id string) {
	i := instance{ID: id}
	agents, err := t.c.agents(ctx, i)
	if err != nil {
		return
	}
	for _, a := range agents {
		t.names[a.ARN] = a.Username
	}
	var all struct {
		Queues []struct{ ARN, Name string }
	}
	if t.c.get(ctx, i.path("queues"), &all) != nil {
		return
	}
	for _, q := range all.Queues {
		t.names[q.ARN] = q.Name
	}
}
