package flow

import (
	"strconv"

	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// checkMetricData compares a real-time metric of a queue: the one it names, or the contact's target.
func (r *run) checkMetricData(a *language.Action) (next string) {
	q, ok := r.queueOf(a)
	if !ok {
		return failed(a, language.NoMatchingError)
	}
	return choose(a, strconv.Itoa(r.Metric(a.Text("MetricType"), q)))
}
