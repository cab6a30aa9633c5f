package flow

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// checkHoursOfOperation asks whether hours of operation are open: those it names, or those of the target queue. The queue
// of an agent has none, which leads to NoMatchingError (documented).
func (r *run) checkHoursOfOperation(a *language.Action) (next string) {
	h := r.Directory.Queues[r.contact.Target].Hours
	if id := a.Text("HoursOfOperationId"); id != "" {
		value, _ := r.value(id)
		h = center.HoursID(language.ResourceID(value))
	}
	if _, ok := r.Directory.Hours[h]; !ok {
		return failed(a, language.NoMatchingError)
	}
	result := "False"
	if r.Directory.Open(h, r.At) {
		result = "True"
	}
	if next, ok := chosen(a, result); ok {
		return next
	}
	return failed(a, language.NoMatchingError)
}
