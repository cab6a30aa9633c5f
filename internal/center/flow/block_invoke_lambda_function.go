package flow

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// responseMax is how much a function may answer (administrator guide: "must be less than 32 KB of UTF-8 data").
const responseMax = 32_768

// invokeLambdaFunction asks a function that is associated with the instance, and waits for its answer.
func (r *run) invokeLambdaFunction(a *language.Action) (next string) {
	fn, _ := r.value(a.Text("LambdaFunctionARN"))
	limit, _ := a.Integer("InvocationTimeLimitSeconds")
	if !slices.Contains(r.Directory.Functions, fn) {
		return failed(a, language.NoMatchingError)
	}
	parameters := map[string]string{}
	for k, v := range a.Texts("LambdaInvocationAttributes") {
		k, _ = r.value(k)
		parameters[k], _ = r.value(v)
	}
	payload, err := json.Marshal(r.invocation(parameters))
	if err != nil {
		return failed(a, language.NoMatchingError)
	}
	id := r.Ask(center.InvokeFunction{Contact: r.contact.ID, Function: fn, Payload: string(payload), Timeout: seconds(limit)})
	return r.wait(a, center.FlowPosition{Wait: center.WaitsForFunction, Until: r.At.Add(seconds(limit)), Answers: id})
}

// answered takes in what the function has answered. Too late, a failure, and an answer of another shape are errors.
func (r *run) answered(a *language.Action, why Cause) (next string) {
	e, ok := why.(Answered)
	if !ok || e.Failed {
		return failed(a, language.NoMatchingError)
	}
	values, ok := external(e.Response, a.AnyJSON())
	if !ok {
		return failed(a, language.NoMatchingError)
	}
	r.Emit(center.FlowNoted{Contact: r.contact.ID, External: &center.FlowValues{Values: values}})
	return a.Transitions.NextAction
}

// external returns the values of an answer by their paths: of a flat map of texts, or of any JSON object.
func external(response string, deep bool) (map[string]string, bool) {
	if len(response) >= responseMax {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(response)))
	dec.UseNumber()
	var m map[string]any
	if dec.Decode(&m) != nil {
		return nil, false
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		if !flatten(out, k, v, deep) {
			return nil, false
		}
	}
	return out, true
}

func flatten(out map[string]string, path string, v any, deep bool) bool {
	switch v := v.(type) {
	case string:
		out[path] = v
	case json.Number:
		out[path] = v.String()
	case bool:
		out[path] = strconv.FormatBool(v)
	case nil:
	case map[string]any:
		for k, w := range v {
			if !deep || !flatten(out, path+"."+k, w, deep) {
				return false
			}
		}
	case []any:
		for i, w := range v {
			if !deep || !flatten(out, path+"["+strconv.Itoa(i)+"]", w, deep) {
				return false
			}
		}
	}
	return true
}

// invocation is the event that functions get from flows; its members are sorted.
func (r *run) invocation(parameters map[string]string) any {
	type object = map[string]any
	c := r.contact
	attributes := map[string]string{}
	maps.Copy(attributes, c.Attributes)
	references := object{}
	for _, ref := range c.References {
		references[ref.Name] = object{"Type": ref.Type, "Value": ref.Value}
	}
	initial, previous := c.Initial, c.Previous
	if initial == "" { // a first contact is its own, as the documented sample shows
		initial = c.ID
	}
	if previous == "" {
		previous = c.ID
	}
	data := object{
		"Attributes": attributes, "Channel": c.Channel, "ContactId": c.ID, "CustomerEndpoint": c.Customer, "CustomerId": nil,
		"Description": orNull(c.Description), "InitialContactId": initial, "InitiationMethod": c.Method,
		"InstanceARN": r.Directory.Instance.ARN, "LanguageCode": "en-US", "MediaStreams": object{"Customer": object{"Audio": nil}},
		"Name": orNull(c.Name), "PreviousContactId": previous, "Queue": r.queueData(), "References": references, "SystemEndpoint": c.System,
	}
	return object{"Details": object{"ContactData": data, "Parameters": parameters}, "Name": "ContactFlowEvent"}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// queueData is the queue that the contact is in or goes to.
func (r *run) queueData() any {
	q, ok := r.Directory.Queues[r.contact.Target]
	if !ok {
		return nil
	}
	var caller any
	if n, ok := r.Directory.Numbers[q.Outbound.Number]; ok {
		caller = center.Endpoint{Address: n.Number, Type: center.TelephoneNumber}
	}
	return map[string]any{"ARN": r.queueARN(q.ID), "Name": orNull(q.Name), "OutboundCallerId": caller}
}

// agent returns the agent that the contact is with or rings at.
func agentOf(c *lifecycle.Contact) center.AgentID {
	switch {
	case c.Offer != nil:
		return c.Offer.Agent
	case c.Agent != nil:
		return c.Agent.Agent
	}
	return ""
}
