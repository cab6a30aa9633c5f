package flow

import (
	"strconv"

	"github.com/hookswitch/hookswitch/internal/center"
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

// getMetricData loads the real-time metrics of a queue, all channels together, for blocks to come.
func (r *run) getMetricData(a *language.Action) (next string) {
	q, ok := r.queueOf(a)
	if !ok {
		return failed(a, language.NoMatchingError)
	}
	values := map[string]string{"Queue.ARN": r.queueARN(q)}
	if name := r.Directory.Queues[q].Name; name != "" {
		values["Queue.Name"] = name
	}
	for path, typ := range map[string]string{
		"Queue.Size": language.ContactsInQueue, "Queue.OldestContactAge": language.OldestContact, "Agents.Online.Count": language.AgentsOnline,
		"Agents.Available.Count": language.AgentsAvailable, "Agents.Staffed.Count": language.AgentsStaffed,
	} {
		values[path] = strconv.Itoa(r.Metric(typ, q))
	}
	r.Emit(center.FlowNoted{Contact: r.contact.ID, Metrics: &center.FlowValues{Values: values}})
	return a.Transitions.NextAction
}
