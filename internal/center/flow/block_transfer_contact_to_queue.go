package flow

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// transferContactToQueue puts the contact into its target queue and ends the flow. A queue that holds as many contacts as
// it may leads to QueueAtCapacity; no target, a disabled queue, or a contact that was queued already, to NoMatchingError.
// Hours of operation are not looked at: no page on this block says that they are, and AWS's own default queue transfer flow
// checks them with a block of its own before it transfers.
//
// TransferContactToAgent is the same for an agent's own queue, except that nobody waits for an agent who cannot take the
// contact now: it is disconnected (documented for agents who are with someone else; taken to hold for those who are away).
func (r *run) transferContactToQueue(a *language.Action) (next string) {
	q := r.contact.Target
	if r.contact.Queue != nil || a.Type == "TransferContactToAgent" && r.Directory.Queues[q].Agent == "" {
		return failed(a, language.NoMatchingError)
	}
	if wrong := r.room(q); wrong != "" {
		return failed(a, wrong)
	}
	if a.Type == "TransferContactToAgent" && r.Takes != nil && !r.Takes(r.Directory.Queues[q].Agent, r.contact.Channel) {
		return r.finish(Outcome{End: Disconnects})
	}
	return r.finish(Outcome{End: Queues, Queue: q})
}

// dequeueContactAndTransferToQueue takes a contact that waits out of its queue and puts it into another, as a new contact.
// One that rings at an agent stays (documented).
func (r *run) dequeueContactAndTransferToQueue(a *language.Action) (next string) {
	q, ok := r.queueOf(a)
	if !ok || r.contact.Phase() != lifecycle.Queued || r.Shared != nil && r.Shared(r.contact) {
		return failed(a, language.NoMatchingError)
	}
	if wrong := r.room(q); wrong != "" {
		return failed(a, wrong)
	}
	return r.finish(Outcome{End: Moves, Queue: q})
}

// room returns the error of a queue that takes no more contacts, or "".
func (r *run) room(id center.QueueID) (errorType string) {
	q, ok := r.Directory.Queues[id]
	if !ok || q.Status != center.Enabled {
		return language.NoMatchingError
	}
	most := q.MaxContacts
	if q.Agent != "" {
		most = directory.AgentQueueMax
	}
	if most > 0 && r.Queued != nil && r.Queued(q.ID) >= most {
		return language.QueueAtCapacity
	}
	return ""
}
