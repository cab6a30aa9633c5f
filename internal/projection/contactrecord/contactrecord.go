// Package contactrecord makes contact records: one document for each contact, published when the contact is completed and
// again whenever it changes afterwards.
//
// The rules of the format, as real records show them: every known member is there and "no value" is an explicit null, {}
// or []; members are sorted; times have whole seconds, and durations are differences of the times that the same record
// shows, so that a reader's arithmetic always comes out.
package contactrecord

import (
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/projection/document"
)

// Version is the format version in every record, the same in all records seen from 2019 to 2026.
const Version = "2017-03-10"

// PublishDelay is how long after its completion a contact's record is published. Records in the wild show 64, 67 and 68 s.
const PublishDelay = 65 * time.Second

// usualBytes is what most records stay below.
const usualBytes = 3 << 10

// Render returns the record of a contact as it stands. LastUpdate is the record's version: each later version of the same
// contact has one that is at least a second later.
func Render(inst center.Instance, c lifecycle.Contact, lastUpdate time.Time) []byte {
	return Append(make([]byte, 0, usualBytes), inst, &c, lastUpdate)
}

// Append is Render into b.
func Append(b []byte, inst center.Instance, c *lifecycle.Contact, lastUpdate time.Time) []byte {
	account, _ := document.Owner(inst)
	b = append(b, `{"AWSAccountId":`...)
	b = document.AppendString(b, account)
	b = append(b, `,"AWSContactTraceRecordFormatVersion":"`+Version+`","Agent":`...)
	b = appendAgent(b, inst, c)
	b = append(b, `,"AgentConnectionAttempts":`...)
	b = document.AppendInt(b, c.Attempts)
	b = append(b, `,"AnsweringMachineDetectionStatus":null,"Attributes":`...)
	b = document.AppendMap(b, c.Attributes)
	b = append(b, `,"Campaign":{"CampaignId":null},"Channel":`...)
	b = document.AppendString(b, c.Channel)
	b = append(b, `,"ConnectedToSystemTimestamp":`...)
	b = document.AppendSeconds(b, c.ConnectedToSystemAt)
	b = append(b, `,"ContactAssociationId":null,"ContactDetails":`...)
	b = document.AppendMap(b, details(c))
	b = append(b, `,"ContactEvaluations":{},"ContactId":`...)
	b = document.AppendString(b, c.ID)
	b = append(b, `,"ContactLens":`...)
	b = appendLens(b, c)
	b = append(b, `,"CustomerEndpoint":`...)
	b = appendEndpoint(b, c.Customer)
	b = append(b, `,"CustomerId":null,"CustomerVoiceActivity":null,"DisconnectDetails":null,"DisconnectReason":`...)
	b = document.AppendStringOrNull(b, c.DisconnectReason)
	b = append(b, `,"DisconnectTimestamp":`...)
	b = document.AppendSeconds(b, c.DisconnectedAt)
	b = append(b, `,"InitialContactId":`...)
	b = document.AppendStringOrNull(b, c.Initial)
	b = append(b, `,"InitiationMethod":`...)
	b = document.AppendString(b, c.Method)
	b = append(b, `,"InitiationTimestamp":`...)
	b = document.AppendSeconds(b, c.InitiatedAt)
	b = append(b, `,"InstanceARN":`...)
	b = document.AppendString(b, inst.ARN)
	pauses := lifecycle.Pauses{}
	if c.Pauses != nil {
		pauses = *c.Pauses
	}
	b = append(b, `,"LastPausedTimestamp":`...)
	b = document.AppendSeconds(b, pauses.PausedAt)
	b = append(b, `,"LastResumedTimestamp":`...)
	b = document.AppendSeconds(b, pauses.ResumedAt)
	b = append(b, `,"LastUpdateTimestamp":`...)
	b = document.AppendSeconds(b, lastUpdate)
	b = append(b, `,"MediaStreams":`...)
	b = append(b, mediaStreams(c.Channel)...)
	b = append(b, `,"NextContactId":`...)
	b = document.AppendStringOrNull(b, c.Next)
	b = append(b, `,"PreviousContactId":`...)
	b = document.AppendStringOrNull(b, c.Previous)
	b = append(b, `,"QualityMetrics":null,"Queue":`...)
	if c.Queue == nil && c.Outbound != nil {
		b = appendOutboundQueue(b, inst, c.Outbound)
	} else {
		b = appendQueue(b, inst, c.Queue)
	}
	b = append(b, `,"Recording":null,"Recordings":null,"References":`...)
	b = appendReferences(b, c.References)
	b = append(b, `,"RelatedContactId":`...)
	b = document.AppendStringOrNull(b, c.Related)
	b = append(b, `,"RoutingCriteria":`...)
	b = appendCriteria(b, c.Criteria)
	b = append(b, `,"ScheduledTimestamp":`...)
	b = document.AppendSeconds(b, scheduled(c))
	b = append(b, `,"SegmentAttributes":`...)
	b = appendSegment(b, segment(c))
	b = append(b, `,"SystemEndpoint":`...)
	b = appendEndpoint(b, c.System)
	b = append(b, `,"Tags":`...)
	b = document.AppendMap(b, document.Tags(inst, c.System, c.Tags))
	b = append(b, `,"TaskTemplateInfo":`...)
	b = appendTemplate(b, inst, c.Template)
	b = append(b, `,"TotalPauseCount":`...)
	b = document.AppendInt(b, pauses.Count)
	b = append(b, `,"TotalPauseDurationInSeconds":`...)
	b = document.AppendInt(b, int(pauses.Total/time.Second))
	b = append(b, `,"TransferCompletedTimestamp":`...)
	b = document.AppendSeconds(b, c.TransferredAt)
	b = append(b, `,"TransferredToEndpoint":`...)
	b = appendEndpoint(b, c.TransferredTo)
	return append(b, `,"VoiceIdResult":null}`...)
}

// appendAgent appends what the agent did, or null: only an agent that was connected has handled the contact.
func appendAgent(b []byte, inst center.Instance, c *lifecycle.Contact) []byte {
	h := c.Agent
	if h == nil {
		return append(b, "null"...)
	}
	hold, paused := int(h.HeldFor/time.Second), 0
	if c.Pauses != nil {
		paused = int(c.Pauses.ByAgent / time.Second)
	}
	b = append(b, `{"ARN":`...)
	b = document.AppendARN(b, inst, center.KindUser, h.Agent)
	b = append(b, `,"AcceptedByAgentTimestamp":null,"AfterContactWorkDuration":`...)
	b = appendDuration(b, h.LeftAt, h.ClearedAt, 0)
	b = append(b, `,"AfterContactWorkEndTimestamp":`...)
	b = document.AppendSeconds(b, h.ClearedAt)
	b = append(b, `,"AfterContactWorkStartTimestamp":`...)
	b = document.AppendSeconds(b, h.LeftAt)
	b = append(b, `,"AgentInitiatedHoldDuration":`...)
	b = document.AppendInt(b, hold-int(h.HeldForOthers/time.Second))
	b = append(b, `,"AgentInteractionDuration":`...)
	b = appendDuration(b, h.ConnectedAt, h.LeftAt, hold+paused)
	b = append(b, `,"AgentPauseDurationInSeconds":`...)
	if c.Channel == center.Task {
		b = document.AppendInt(b, paused)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"Capabilities":null,"ConnectedToAgentTimestamp":`...)
	b = document.AppendSeconds(b, h.ConnectedAt)
	b = append(b, `,"CustomerHoldDuration":`...)
	b = document.AppendInt(b, hold)
	b = append(b, `,"DeviceInfo":null,"HierarchyGroups":`...)
	b = document.AppendHierarchy(b, inst, h.Hierarchy, "GroupName")
	b = append(b, `,"LongestHoldDuration":`...)
	b = document.AppendInt(b, int(h.LongestHold/time.Second))
	b = append(b, `,"NumberOfHolds":`...)
	b = document.AppendInt(b, h.Holds)
	b = append(b, `,"PreviewEndTimestamp":null,"RoutingProfile":{"ARN":`...)
	b = document.AppendARN(b, inst, center.KindRoutingProfile, h.RoutingProfile.ID)
	b = append(b, `,"Name":`...)
	b = document.AppendString(b, h.RoutingProfile.Name)
	b = append(b, `},"StateTransitions":`...)
	b = appendModes(b, h.Modes)
	b = append(b, `,"Username":`...)
	b = document.AppendString(b, h.Username)
	return append(b, '}')
}

// appendCriteria appends the last routing criteria, the oldest first, or null.
func appendCriteria(b []byte, criteria []center.RoutingCriteria) []byte {
	if len(criteria) == 0 {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, r := range criteria {
		if i > 0 {
			b = append(b, ',')
		}
		b = document.Criteria{Time: document.AppendSeconds}.Append(b, r)
	}
	return append(b, ']')
}

// appendTemplate appends the template that a task was started from, or null.
func appendTemplate(b []byte, inst center.Instance, t *center.TaskTemplateRef) []byte {
	if t == nil {
		return append(b, "null"...)
	}
	b = append(b, `{"Arn":`...)
	b = document.AppendARN(b, inst, center.KindTaskTemplate, t.ID)
	b = append(b, `,"Id":`...)
	b = document.AppendString(b, t.ID)
	b = append(b, `,"Name":`...)
	b = document.AppendString(b, t.Name)
	return append(b, '}')
}

// appendModes appends how a supervisor took part in the call; agents who did not supervise have null.
func appendModes(b []byte, modes []lifecycle.ModeSpan) []byte {
	if len(modes) == 0 {
		return append(b, "null"...)
	}
	for i, m := range modes {
		b = append(b, "[,"[min(i, 1)])
		b = append(b, `{"state":`...)
		b = document.AppendString(b, m.Mode)
		b = append(b, `,"stateEndTimestamp":`...)
		b = document.AppendSeconds(b, m.Until)
		b = append(b, `,"stateStartTimestamp":`...)
		b = document.AppendSeconds(b, m.Since)
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendDuration appends the whole seconds from one time to another without the seconds in less; null while one of the
// times is still to come.
func appendDuration(b []byte, from, to time.Time, less int) []byte {
	if from.IsZero() || to.IsZero() {
		return append(b, "null"...)
	}
	return document.AppendInt(b, document.Seconds(from, to)-less)
}

func appendQueue(b []byte, inst center.Instance, q *lifecycle.QueueVisit) []byte {
	if q == nil {
		return append(b, "null"...)
	}
	b = append(b, `{"ARN":`...)
	if q.Agent != "" {
		b = document.AppendQueueARN(b, inst, q.Agent, true)
	} else {
		b = document.AppendQueueARN(b, inst, q.Queue.ID, false)
	}
	b = append(b, `,"DequeueTimestamp":`...)
	b = document.AppendSeconds(b, q.DequeuedAt)
	b = append(b, `,"Duration":`...)
	b = appendDuration(b, q.EnqueuedAt, q.DequeuedAt, 0)
	b = append(b, `,"EnqueueTimestamp":`...)
	b = document.AppendSeconds(b, q.EnqueuedAt)
	b = append(b, `,"Name":`...)
	b = document.AppendStringOrNull(b, q.Queue.Name)
	return append(b, '}')
}

// appendOutboundQueue appends the queue that labels a call which an agent has placed. It never waited there.
func appendOutboundQueue(b []byte, inst center.Instance, q *center.Ref) []byte {
	b = append(b, `{"ARN":`...)
	b = document.AppendQueueARN(b, inst, q.ID, false)
	b = append(b, `,"DequeueTimestamp":null,"Duration":0,"EnqueueTimestamp":null,"Name":`...)
	b = document.AppendStringOrNull(b, q.Name)
	return append(b, '}')
}

func appendEndpoint(b []byte, e *center.Endpoint) []byte {
	if e == nil {
		return append(b, "null"...)
	}
	b = append(b, `{"Address":`...)
	b = document.AppendString(b, e.Address)
	b = append(b, `,"Type":`...)
	b = document.AppendString(b, e.Type)
	return append(b, '}')
}

func appendReferences(b []byte, refs []center.Reference) []byte {
	b = append(b, '[')
	for i, r := range refs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"Name":`...)
		b = document.AppendString(b, r.Name)
		b = append(b, `,"Status":`...)
		b = document.AppendStringOrNull(b, r.Status)
		b = append(b, `,"Type":`...)
		b = document.AppendString(b, r.Type)
		b = append(b, `,"Value":`...)
		b = document.AppendString(b, r.Value)
		b = append(b, '}')
	}
	return append(b, ']')
}

// scheduled returns when a task was to begin; the delay of a callback is not shown.
func scheduled(c *lifecycle.Contact) time.Time {
	if c.Channel != center.Task {
		return time.Time{}
	}
	return c.ScheduledAt
}

// details returns what the record shows as ContactDetails: tasks have them, other channels do not.
func details(c *lifecycle.Contact) map[string]string {
	if c.Channel != center.Task {
		return nil
	}
	return c.Details
}

// telephony is the segment of a call that was started without one.
var telephony = map[string]center.SegmentValue{"connect:Subtype": {String: "connect:Telephony"}}

// segment returns the segment attributes of the contact; every call has a subtype.
func segment(c *lifecycle.Contact) map[string]center.SegmentValue {
	if c.Channel != center.Voice {
		return c.Segment
	}
	if len(c.Segment) == 0 {
		return telephony
	}
	if _, ok := c.Segment["connect:Subtype"]; ok {
		return c.Segment
	}
	m := maps.Clone(c.Segment)
	maps.Copy(m, telephony)
	return m
}

func appendSegment(b []byte, m map[string]center.SegmentValue) []byte {
	b = append(b, '{')
	var few [8]string
	keys := slices.AppendSeq(few[:0], maps.Keys(m))
	slices.Sort(keys)
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = document.AppendString(b, k)
		b = append(b, ':')
		b = appendSegmentValue(b, m[k])
	}
	return append(b, '}')
}

func appendSegmentValue(b []byte, v center.SegmentValue) []byte {
	switch {
	case v.Integer != nil:
		b = append(b, `{"ValueInteger":`...)
		b = document.AppendInt(b, *v.Integer)
	case v.Map != nil:
		b = append(b, `{"ValueMap":`...)
		b = appendSegment(b, v.Map)
	default:
		b = append(b, `{"ValueString":`...)
		b = document.AppendString(b, v.String)
	}
	return append(b, '}')
}

func mediaStreams(ch center.Channel) string {
	switch ch {
	case center.Voice:
		return `[{"Type":"AUDIO"}]`
	case center.Chat:
		return `[{"Type":"CHAT"}]`
	}
	return `[]`
}
