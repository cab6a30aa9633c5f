package flow

import (
	"maps"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// updateContactCallbackNumber sets the number that a callback calls.
func (r *run) updateContactCallbackNumber(a *language.Action) (next string) {
	number, _ := r.value(a.Text("CallbackNumber"))
	if !center.IsPhoneNumber(number) {
		return failed(a, language.InvalidCallbackNumber)
	}
	r.Emit(center.FlowNoted{Contact: r.contact.ID, Callback: &number})
	return a.Transitions.NextAction
}

// createCallbackContact makes a contact that waits in a queue in the customer's place, and goes on. The customer is called
// at the number set before, or at the one they called from.
func (r *run) createCallbackContact(a *language.Action) (next string) {
	c := r.contact
	q, ok := r.queueOf(a)
	number := ""
	if c.Customer != nil {
		number = c.Customer.Address
	}
	if c.Flows != nil && c.Flows.Callback != "" {
		number = c.Flows.Callback
	}
	if !ok || c.Channel != center.Voice || !center.IsPhoneNumber(number) || r.room(q) != "" || r.Full != nil && r.Full() ||
		r.Directory.Instance.Attributes["OUTBOUND_CALLS"] == "false" {
		return failed(a, language.NoMatchingError)
	}
	delay, _ := a.Integer("InitialCallDelaySeconds")
	attempts, _ := a.Integer("MaximumConnectionAttempts")
	retry, _ := a.Integer("RetryDelaySeconds")
	from := ""
	if c.System != nil {
		from = c.System.Address
	} else if c.Callback != nil {
		from = c.Callback.From
	}
	e := Successor(r.Directory, c, center.ContactID(r.NewID()), lifecycle.MethodCallback)
	e.Customer = &center.Endpoint{Address: number, Type: center.TelephoneNumber}
	e.Queue, e.ScheduledAt = q, r.At.Add(seconds(delay))
	e.Callback = &center.Callback{Attempts: attempts, Retry: seconds(retry), From: from}
	r.Emit(e)
	r.Emit(center.ContactLinked{Contact: c.ID, Next: e.Contact})
	return a.Transitions.NextAction
}

// Successor begins the event of a contact that continues another: it has its attributes, its customer and the flows that
// were set, and neither its line nor its system endpoint.
func Successor(d *directory.Directory, c *lifecycle.Contact, id center.ContactID, method string) center.ContactInitiated {
	e := center.ContactInitiated{
		Contact: id, Channel: c.Channel, Method: method, Initial: c.Initial, Previous: c.ID, Customer: c.Customer,
		Name: c.Name, Description: c.Description, References: c.References, Tags: map[string]string{"aws:connect:instanceId": string(d.Instance.ID)}, Segment: maps.Clone(c.Segment),
	}
	if len(c.Attributes) > 0 {
		e.Attributes = maps.Clone(c.Attributes)
	}
	if e.Initial == "" {
		e.Initial = c.ID
	}
	if h := c.Chat; h != nil {
		e.Chat = &center.ChatStart{Participant: h.Customer.ID, Name: h.Customer.Name, ContentTypes: h.ContentTypes, Last: h.Last, Timers: h.Timers, Items: h.Items, Continued: true}
	}
	if c.Flows != nil && len(c.Flows.Hooks) > 0 {
		e.Hooks = maps.Clone(c.Flows.Hooks)
	}
	return e
}
