package flow

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// updateContactTargetQueue sets the queue that a transfer goes to and that other blocks check.
func (r *run) updateContactTargetQueue(a *language.Action) (next string) {
	q, ok := r.queueOf(a)
	if !ok {
		return failed(a, language.NoMatchingError)
	}
	if r.contact.Target != q {
		r.Emit(center.ContactTargeted{Contact: r.contact.ID, Queue: q})
	}
	return a.Transitions.NextAction
}

// queueOf returns the queue that a block names, or the contact's target when it names none. The queue of an agent has the
// agent's id.
func (r *run) queueOf(a *language.Action) (center.QueueID, bool) {
	named := a.Text("QueueId")
	if named == "" {
		named = a.Text("AgentId")
	}
	q := r.contact.Target
	if named != "" {
		value, _ := r.value(named)
		q = center.QueueID(language.ResourceID(value))
	}
	_, ok := r.Directory.Queues[q]
	return q, ok
}
