package flow

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// updateContactRoutingBehavior changes either the contact's priority or by how much it counts as older than it is.
func (r *run) updateContactRoutingBehavior(a *language.Action) (next string) {
	e := center.ContactRoutingChanged{Contact: r.contact.ID, Priority: r.contact.Priority, Age: r.contact.Age}
	if n, ok := a.Integer("QueuePriority"); ok {
		e.Priority = n
	} else if n, ok := a.Integer("QueueTimeAdjustmentSeconds"); ok {
		e.Age = n
	}
	r.Emit(e)
	return a.Transitions.NextAction
}
