package flow

import (
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
		value = r.directory.Instance.ARN
	case "$.Name":
		value = c.Name
	case "$.Description":
		value = c.Description
	case "$.CustomerEndpoint.Address", "$.CustomerEndpoint.Type":
		value = endpoint(c.Customer, v == "$.CustomerEndpoint.Address")
	case "$.SystemEndpoint.Address", "$.SystemEndpoint.Type":
		value = endpoint(c.System, v == "$.SystemEndpoint.Address")
	case "$.Queue.Name":
		value = r.directory.Queues[c.Target].Name
	case "$.Queue.ARN":
		value = r.queueARN(c.Target)
	}
	return value, value != ""
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
	q, ok := r.directory.Queues[id]
	switch {
	case !ok:
		return ""
	case q.Agent != "":
		return r.directory.Instance.ARN + "/queue/agent/" + string(q.Agent)
	}
	return r.directory.Instance.ARN + "/queue/" + string(q.ID)
}
