package flow

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// updateContactTargetQueue sets the queue that a transfer goes to and that other blocks check. The queue of an agent has
// the agent's id.
func (r *run) updateContactTargetQueue(a *language.Action) (next string) {
	id := a.Text("QueueId")
	if id == "" {
		id = a.Text("AgentId")
	}
	value, ok := r.value(id)
	q := center.QueueID(language.ResourceID(value))
	if _, exists := r.directory.Queues[q]; !ok || !exists {
		return failed(a, language.NoMatchingError)
	}
	if r.contact.Target != q {
		r.emit(center.ContactTargeted{Contact: r.contact.ID, Queue: q})
	}
	return a.Transitions.NextAction
}
