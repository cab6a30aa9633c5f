package flow

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// checkHoursOfOperation asks whether hours of operation are open: those it names, or those of the target queue. The queue
// of an agent has none, which leads to NoMatchingError (documented).
func (r *run) checkHoursOfOperation(a *language.Action) (next string) {
	h := r.directory.Queues[r.contact.Target].Hours
	if id := a.Text("HoursOfOperationId"); id != "" {
		value, _ := r.value(id)
		h = center.HoursID(language.ResourceID(value))
	}
	if _, ok := r.directory.Hours[h]; !ok {
		return failed(a, language.NoMatchingError)
	}
	result := "False"
	if r.directory.Open(h, r.at) {
		result = "True"
	}
	for _, b := range a.Transitions.Conditions {
		if len(b.Condition.Operands) == 1 && meets(result, b.Condition.Operator, b.Condition.Operands[0]) {
			return b.NextAction
		}
	}
	return failed(a, language.NoMatchingError)
}
