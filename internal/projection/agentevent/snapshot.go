package agentevent

import (
	"strconv"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/projection/document"
)

// AppendSnapshot appends what an agent's desktop shows.
func AppendSnapshot(b []byte, inst center.Instance, a *lifecycle.Agent) []byte {
	b = append(b, `{"AgentStatus":{"ARN":`...)
	b = document.AppendARN(b, inst, center.KindAgentStatus, a.Status.ID)
	b = append(b, `,"Name":`...)
	b = document.AppendString(b, a.Status.Name)
	b = append(b, `,"StartTimestamp":`...)
	b = document.AppendMillis(b, a.StatusSince)
	b = append(b, `,"Type":`...)
	b = document.AppendString(b, a.Status.Type)
	b = append(b, `},"Configuration":`...)
	b = appendConfiguration(b, inst, a)
	b = append(b, `,"Contacts":[`...)
	for i := range a.Desk {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendContact(b, inst, &a.Desk[i])
	}
	b = append(b, `],"NextAgentStatus":`...)
	if a.Next == nil {
		return append(b, "null}"...)
	}
	b = append(b, `{"ARN":`...)
	b = document.AppendARN(b, inst, center.KindAgentStatus, a.Next.ID)
	b = append(b, `,"EnqueuedTimestamp":`...)
	b = document.AppendMillis(b, a.NextSince)
	b = append(b, `,"Name":`...)
	b = document.AppendString(b, a.Next.Name)
	return append(b, "}}"...)
}

func appendConfiguration(b []byte, inst center.Instance, a *lifecycle.Agent) []byte {
	c := &a.Config
	b = append(b, `{"AgentHierarchyGroups":`...)
	b = document.AppendHierarchy(b, inst, c.Hierarchy, "Name")
	b = append(b, `,"FirstName":`...)
	b = document.AppendString(b, c.FirstName)
	b = append(b, `,"LastName":`...)
	b = document.AppendString(b, c.LastName)
	b = append(b, `,"Proficiencies":[`...)
	for i, p := range c.Proficiencies {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"Name":`...)
		b = document.AppendString(b, p.Attribute)
		b = append(b, `,"ProficiencyLevel":`...)
		b = strconv.AppendFloat(b, p.Level, 'f', -1, 64)
		b = append(b, `,"Value":`...)
		b = document.AppendString(b, p.Value)
		b = append(b, '}')
	}
	b = append(b, `],"RoutingProfile":{"ARN":`...)
	b = document.AppendARN(b, inst, center.KindRoutingProfile, c.RoutingProfile.ID)
	b = append(b, `,"Concurrency":[`...)
	for i, cc := range c.Concurrency {
		if i > 0 {
			b = append(b, ',')
		}
		free, most := a.Slots(cc.Channel)
		b = append(b, `{"AvailableSlots":`...)
		b = document.AppendInt(b, free)
		b = append(b, `,"Channel":`...)
		b = document.AppendString(b, cc.Channel)
		b = append(b, `,"MaximumSlots":`...)
		b = document.AppendInt(b, most)
		b = append(b, '}')
	}
	b = append(b, `],"DefaultOutboundQueue":`...)
	if c.DefaultOutbound.ID == "" {
		b = append(b, "null"...)
	} else {
		b = appendQueue(b, inst, &c.DefaultOutbound)
	}
	b = append(b, `,"InboundQueues":[`...)
	for i := range c.Inbound {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQueue(b, inst, &c.Inbound[i])
	}
	b = append(b, `],"Name":`...)
	b = document.AppendString(b, c.RoutingProfile.Name)
	b = append(b, `},"Username":`...)
	b = document.AppendString(b, c.Username)
	return append(b, '}')
}

// appendQueue appends a queue; an agent's own has no name.
func appendQueue(b []byte, inst center.Instance, q *center.AgentQueue) []byte {
	b = append(b, `{"ARN":`...)
	b = document.AppendQueueARN(b, inst, q.ID, q.Agent)
	b = append(b, `,"Channels":[`...)
	for i, ch := range q.Channels {
		if i > 0 {
			b = append(b, ',')
		}
		b = document.AppendString(b, ch)
	}
	b = append(b, `],"Name":`...)
	b = document.AppendStringOrNull(b, q.Name)
	return append(b, '}')
}

func appendContact(b []byte, inst center.Instance, c *lifecycle.DeskContact) []byte {
	b = append(b, `{"Channel":`...)
	b = document.AppendString(b, c.Channel)
	b = append(b, `,"ConnectedToAgentTimestamp":`...)
	b = document.AppendMillis(b, c.ConnectedAt)
	b = append(b, `,"ContactId":`...)
	b = document.AppendString(b, c.ID)
	b = append(b, `,"InitialContactId":`...)
	b = document.AppendStringOrNull(b, c.Initial)
	b = append(b, `,"InitiationMethod":`...)
	b = document.AppendString(b, c.Method)
	b = append(b, `,"Queue":`...)
	if c.Queue.ID == "" {
		b = append(b, "null"...)
	} else {
		b = appendQueue(b, inst, &c.Queue)
	}
	b = append(b, `,"QueueTimestamp":`...)
	b = document.AppendMillis(b, c.QueuedAt)
	b = append(b, `,"State":`...)
	b = document.AppendString(b, c.State)
	b = append(b, `,"StateStartTimestamp":`...)
	b = document.AppendMillis(b, c.StateSince)
	return append(b, '}')
}
