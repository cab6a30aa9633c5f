// Package contactevent makes contact events: one for each move of a contact, in the envelope that event buses carry.
//
// The rules of the format: a member without a value is absent, never null, because event patterns ask whether members
// exist; times in the detail have milliseconds, the envelope's has whole seconds. No order between events is promised.
package contactevent

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/projection/document"
)

// The types of events.
const (
	Initiated         = "INITIATED"
	ConnectedToSystem = "CONNECTED_TO_SYSTEM"
	DataUpdated       = "CONTACT_DATA_UPDATED"
	Queued            = "QUEUED"
	ConnectedToAgent  = "CONNECTED_TO_AGENT"
	Disconnected      = "DISCONNECTED"
	Completed         = "COMPLETED"
	Paused            = "PAUSED"
	Resumed           = "RESUMED"
)

// methodOutbound is the initiation method of contacts that show no queue.
const methodOutbound = "OUTBOUND"

// Document is one contact event.
type Document struct {
	ID      string
	Contact center.ContactID
	Type    string
	Time    time.Time
	Data    []byte
}

// Fold folds the events of one contact in one step into c and returns the documents to publish, oldest first. ConnectedToSystem
// is published for every channel and direction; AWS documents it for some and lists it for all.
func Fold(inst center.Instance, key []byte, c *lifecycle.Contact, stamp center.Stamp, events []center.Event) []Document {
	var docs []Document
	for _, e := range events {
		if _, begins := e.(center.ContactInitiated); !begins && c.ID == "" {
			continue // nothing is known of the contact
		}
		c.Apply(stamp.At, e)
		typ, updated := typeOf(e)
		if typ == "" {
			continue
		}
		id := document.EventID(key, "contact-event", stamp.Place, int64(len(docs)), string(c.ID))
		docs = append(docs, Document{ID: id, Contact: c.ID, Type: typ, Time: stamp.At, Data: render(inst, c, id, typ, updated, stamp.At)})
	}
	return docs
}

// typeOf returns the type of the document that an event leads to, or "", and what was updated, of those that say so.
func typeOf(e center.Event) (typ, updated string) {
	switch e := e.(type) {
	case center.ContactAnalyticsSet:
		if e.Analytics.Enabled {
			return DataUpdated, "ContactLens.ConversationalAnalytics.Configuration"
		}
	case center.ContactInitiated:
		return Initiated, ""
	case center.ContactConnectedToSystem:
		return ConnectedToSystem, ""
	case center.ContactAttributesChanged:
		return DataUpdated, "UserDefinedAttributes"
	case center.ContactCriteriaSet, center.RoutingStepExpired:
		return DataUpdated, "RoutingCriteria.Step.Status"
	case center.TaskRescheduled:
		return DataUpdated, "ScheduledTimestamp"
	case center.ContactDataChanged:
		if len(e.SetTags)+len(e.RemoveTags) > 0 {
			return DataUpdated, "Tags"
		}
	case center.ContactQueued:
		return Queued, ""
	case center.ContactConnected, center.ContactMonitored:
		return ConnectedToAgent, ""
	case center.TaskPaused:
		return Paused, ""
	case center.TaskResumed:
		return Resumed, ""
	case center.ContactDisconnected:
		return Disconnected, ""
	case center.ContactCompleted:
		return Completed, ""
	}
	return "", ""
}

// usualBytes is what most events stay below.
const usualBytes = 2 << 10

func render(inst center.Instance, c *lifecycle.Contact, id, typ, updated string, at time.Time) []byte {
	account, region := document.Owner(inst)
	b := make([]byte, 0, usualBytes)
	b = append(b, `{"version":"0","id":`...)
	b = document.AppendString(b, id)
	b = append(b, `,"detail-type":"Amazon Connect Contact Event","source":"aws.connect","account":`...)
	b = document.AppendString(b, account)
	b = append(b, `,"time":`...)
	b = document.AppendSeconds(b, at)
	b = append(b, `,"region":`...)
	b = document.AppendString(b, region)
	b = append(b, `,"resources":[`...)
	b = document.AppendString(b, inst.ARN)
	b = append(b, ',')
	b = document.AppendARN(b, inst, center.KindContact, c.ID)
	b = append(b, `],"detail":`...)
	b = appendDetail(b, inst, c, typ, updated, at)
	return append(b, '}')
}

func appendDetail(b []byte, inst center.Instance, c *lifecycle.Contact, typ, updated string, at time.Time) []byte {
	b = append(b, `{"initiationTimestamp":`...)
	b = document.AppendMillis(b, c.InitiatedAt)
	b = append(b, `,"contactId":`...)
	b = document.AppendString(b, c.ID)
	b = appendMember(b, `,"initialContactId":`, c.Initial)
	b = appendMember(b, `,"previousContactId":`, c.Previous)
	b = appendMember(b, `,"relatedContactId":`, c.Related)
	b = append(b, `,"channel":`...)
	b = document.AppendString(b, c.Channel)
	b = append(b, `,"instanceArn":`...)
	b = document.AppendString(b, inst.ARN)
	b = append(b, `,"initiationMethod":`...)
	b = document.AppendString(b, c.Method)
	b = append(b, `,"eventType":`...)
	b = document.AppendString(b, typ)
	if typ == DataUpdated {
		b = append(b, `,"updatedProperties":["`+updated+`"]`...)
	}
	b = appendTime(b, `,"connectedToSystemTimestamp":`, c.ConnectedToSystemAt)
	if c.Channel == center.Task {
		b = appendTime(b, `,"scheduledTimestamp":`, c.ScheduledAt)
	}
	if !c.DisconnectedAt.IsZero() {
		b = appendTime(b, `,"disconnectTimestamp":`, c.DisconnectedAt)
		b = appendMember(b, `,"disconnectReason":`, c.DisconnectReason)
	}
	if c.Queue != nil && c.Method != methodOutbound {
		b = appendQueue(b, inst, c.Queue)
	}
	if c.Agent != nil {
		b = appendAgent(b, inst, c, at)
	}
	if n := len(c.Criteria); n > 0 {
		b = append(b, `,"routingCriteria":`...)
		b = document.Criteria{Camel: true, Time: document.AppendMillis}.Append(b, c.Criteria[n-1])
	}
	b = append(b, `,"tags":`...)
	b = document.AppendMap(b, document.Tags(inst, c.System, c.Tags))
	return append(appendLens(b, c), '}')
}

func appendQueue(b []byte, inst center.Instance, q *lifecycle.QueueVisit) []byte {
	b = append(b, `,"queueInfo":{"queueArn":`...)
	if q.Agent != "" {
		b = document.AppendQueueARN(b, inst, q.Agent, true)
		b = append(b, `,"queueType":"AGENT"`...)
	} else {
		b = document.AppendQueueARN(b, inst, q.Queue.ID, false)
		b = append(b, `,"queueType":"STANDARD"`...)
	}
	b = appendTime(b, `,"enqueueTimestamp":`, q.EnqueuedAt)
	return append(b, '}')
}

// appendAgent appends what is known of the agent: the time on hold once the conversation is over, and after-contact work
// once the contact is completed.
func appendAgent(b []byte, inst center.Instance, c *lifecycle.Contact, at time.Time) []byte {
	h := c.Agent
	b = append(b, `,"agentInfo":{"agentArn":`...)
	b = document.AppendARN(b, inst, center.KindUser, h.Agent)
	b = appendTime(b, `,"connectedToAgentTimestamp":`, h.ConnectedAt)
	if len(h.Hierarchy) > 0 {
		b = append(b, `,"hierarchyGroups":{`...)
		for i, g := range h.Hierarchy {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `"level`...)
			b = document.AppendInt(b, i+1)
			b = append(b, `":{"arn":`...)
			b = document.AppendARN(b, inst, center.KindHierarchyGroup, g.ID)
			b = append(b, '}')
		}
		b = append(b, '}')
	}
	if !c.DisconnectedAt.IsZero() {
		held := int((h.HeldFor - h.HeldForOthers) / time.Second)
		if !h.HeldAt.IsZero() && !h.HeldByOther { // the hold ends with the conversation, whichever of the two is told first
			held += document.Seconds(h.HeldAt, at)
		}
		b = append(b, `,"agentInitiatedHoldDuration":`...)
		b = document.AppendInt(b, held)
	}
	if !c.CompletedAt.IsZero() && !h.LeftAt.IsZero() && !h.ClearedAt.IsZero() {
		b = appendTime(b, `,"afterContactWorkStartTimestamp":`, h.LeftAt)
		b = appendTime(b, `,"afterContactWorkEndTimestamp":`, h.ClearedAt)
		b = append(b, `,"afterContactWorkDuration":`...)
		b = document.AppendInt(b, document.Seconds(h.LeftAt, h.ClearedAt))
	}
	return append(b, '}')
}

// appendMember appends a member, or nothing when it has no value.
func appendMember[S ~string](b []byte, name string, v S) []byte {
	if v == "" {
		return b
	}
	return document.AppendString(append(b, name...), v)
}

func appendTime(b []byte, name string, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	return document.AppendMillis(append(b, name...), t)
}
