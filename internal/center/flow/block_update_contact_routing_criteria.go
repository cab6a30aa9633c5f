package flow

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// updateContactRoutingCriteria says whom the contact may be offered to in a queue. Criteria that a function has answered,
// or that stand in an attribute as JSON, are only known now: bad ones lead to NoMatchingError. While the contact rings at
// an agent they cannot change.
func (r *run) updateContactRoutingCriteria(a *language.Action) (next string) {
	raw := a.Parameters["RoutingCriteria"]
	if path := a.Text("RoutingCriteria"); path != "" {
		raw = r.document(path)
	}
	steps, wrong := language.RoutingSteps(raw, func(s string) string {
		v, _ := r.value(s)
		return v
	})
	e := center.ContactCriteriaSet{Contact: r.contact.ID, Steps: steps}
	if wrong != "" || r.contact.May(e) != nil {
		return failed(a, language.NoMatchingError)
	}
	r.Emit(e)
	return a.Transitions.NextAction
}

// document returns the JSON that a path leads to: text that is some, or what lies below the path in a function's answer.
func (r *run) document(path string) json.RawMessage {
	if text, ok := r.value(path); ok {
		return json.RawMessage(text)
	}
	key, ok := language.ExternalOf(path)
	if !ok || r.contact.Flows == nil {
		return nil
	}
	below := map[string]string{}
	for k, v := range r.contact.Flows.External {
		if isBelow(k, key) {
			below[k] = v
		}
	}
	if len(below) > valuesMax {
		return nil
	}
	b, err := json.Marshal(nested(below, key))
	if err != nil {
		return nil
	}
	return b
}

// valuesMax is how many values routing criteria that a function answers may hold.
const valuesMax = 1_000

func isBelow(key, path string) bool {
	rest, ok := strings.CutPrefix(key, path)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// nested puts together again what a function's answer holds at a path and below: members follow after a dot, items in
// brackets. Numbers and truth values come back as text.
func nested(flat map[string]string, path string) any {
	if v, ok := flat[path]; ok {
		return v
	}
	own := map[string]string{}
	for k, v := range flat {
		if isBelow(k, path) {
			own[k] = v
		}
	}
	if flat = own; len(flat) == 0 {
		return nil
	}
	var list []any
	for {
		item := nested(flat, path+"["+strconv.Itoa(len(list))+"]")
		if item == nil {
			break
		}
		list = append(list, item)
	}
	if list != nil {
		return list
	}
	object := map[string]any{}
	for k := range flat {
		rest, below := strings.CutPrefix(k, path+".")
		name := rest[:nameEnd(rest)]
		if _, seen := object[name]; below && !seen && name != "" {
			object[name] = nested(flat, path+"."+name)
		}
	}
	if len(object) == 0 {
		return nil
	}
	return object
}

func nameEnd(path string) int {
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return i
	}
	return len(path)
}
