package flow

import (
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// value returns what a parameter stands for: itself, or what its path leads to. ok is false when the contact has nothing
// there.
func (r *run) value(v string) (value string, ok bool) {
	if !language.IsPath(v) {
		return v, true
	}
	if key, isAttribute := language.AttributeOf(v); isAttribute {
		value, ok = r.contact.Attributes[key]
		return value, ok
	}
	c := r.contact
	if c.Flows != nil {
		if key, is := language.FlowAttributeOf(v); is {
			value, ok = c.Flows.Attributes[key]
			return value, ok
		}
		if key, is := language.ExternalOf(v); is {
			value, ok = c.Flows.External[key]
			return value, ok
		}
	}
	switch v {
	case "$.Channel":
		value = string(c.Channel)
	case "$.ContactId":
		value = string(c.ID)
	case "$.InitialContactId":
		value = string(c.Initial)
		if value == "" { // the first contact of a chain is its own initial one
			value = string(c.ID)
		}
	case "$.PreviousContactId":
		value = string(c.Previous)
	case "$.RelatedContactId":
		value = string(c.Related)
	case "$.InitiationMethod":
		value = c.Method
	case "$.InstanceARN":
		value = r.Directory.Instance.ARN
	case "$.Name":
		value = c.Name
	case "$.Description":
		value = c.Description
	case "$.CustomerEndpoint.Address", "$.CustomerEndpoint.Type":
		value = endpoint(c.Customer, v == "$.CustomerEndpoint.Address")
	case "$.SystemEndpoint.Address", "$.SystemEndpoint.Type":
		value = endpoint(c.System, v == "$.SystemEndpoint.Address")
	case "$.Queue.Name":
		value = r.Directory.Queues[c.Target].Name
	case "$.Queue.ARN":
		value = r.queueARN(c.Target)
	case "$.Queue.OutboundCallerId.Address", "$.Queue.OutboundCallerId.Type":
		if n, ok := r.Directory.Numbers[r.Directory.Queues[c.Target].Outbound.Number]; ok {
			value = endpoint(&center.Endpoint{Address: n.Number, Type: center.TelephoneNumber}, strings.HasSuffix(v, ".Address"))
		}
	default:
		value = r.learnt(v)
	}
	return value, value != ""
}

// learnt returns what flows or agents have brought in.
func (r *run) learnt(path string) string {
	agent := agentOf(r.contact)
	u := r.Directory.Users[agent]
	f := r.contact.Flows
	switch {
	case path == "$.Agent.UserName":
		return u.Username
	case path == "$.Agent.FirstName":
		return u.FirstName
	case path == "$.Agent.LastName":
		return u.LastName
	case path == "$.Agent.ARN" && agent != "":
		return r.Directory.Instance.ARN + "/agent/" + string(agent)
	case strings.HasPrefix(path, "$.Metrics.") && f != nil:
		return f.Metrics[strings.TrimPrefix(path, "$.Metrics.")]
	case path == "$.StoredCustomerInput" && f != nil:
		return f.Input
	case path == "$.TextToSpeechVoiceId" && f != nil:
		return f.Voice
	}
	return ""
}

func endpoint(e *center.Endpoint, address bool) string {
	switch {
	case e == nil:
		return ""
	case address:
		return e.Address
	}
	return e.Type
}

func (r *run) queueARN(id center.QueueID) string {
	q, ok := r.Directory.Queues[id]
	switch {
	case !ok:
		return ""
	case q.Agent != "":
		return r.Directory.Instance.ARN + "/queue/agent/" + string(q.Agent)
	}
	return r.Directory.Instance.ARN + "/queue/" + string(q.ID)
}
