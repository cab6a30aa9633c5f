package flow

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// transferContactToQueue puts the contact into its target queue and ends the flow. A queue that holds as many contacts as
// it may leads to QueueAtCapacity; no target, a disabled queue, or a contact that was queued already, to NoMatchingError.
// Hours of operation are not looked at: no page on this block says that they are, and AWS's own default queue transfer flow
// checks them with a block of its own before it transfers.
func (r *run) transferContactToQueue(a *language.Action) (next string) {
	q, ok := r.directory.Queues[r.contact.Target]
	if !ok || q.Status != center.Enabled || r.contact.Queue != nil {
		return failed(a, language.NoMatchingError)
	}
	most := q.MaxContacts
	if q.Agent != "" {
		most = directory.AgentQueueMax
	}
	if most > 0 && r.queued != nil && r.queued(q.ID) >= most {
		return failed(a, language.QueueAtCapacity)
	}
	r.over = true
	r.out.Queue = q.ID
	return ""
}
