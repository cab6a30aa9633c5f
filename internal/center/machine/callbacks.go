package machine

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// queueCallback puts a callback whose delay is over into its queue.
func (t *turn) queueCallback(c *lifecycle.Contact) {
	if _, ok := t.m.state.Directory.Queues[c.Target]; !ok {
		t.end(c, other, isFree) // an agent's own queue, whose agent is gone
		return
	}
	t.enqueue(c, c.Target)
}

// callBack calls the customer of a callback that an agent has accepted.
func (t *turn) callBack(c *lifecycle.Contact) {
	d := t.m.state.Directory
	from := c.Callback.From
	if n, ok := d.Numbers[d.Queues[center.QueueID(c.Queue.Queue.ID)].Outbound.Number]; ok {
		from = n.Number
	}
	if from == "" || len(t.m.state.Outstanding) >= t.m.limits.outstanding {
		t.callbackFailed(c, telecomProblem, isFree)
		return
	}
	caller := center.Endpoint{Address: from, Type: center.TelephoneNumber}
	t.emit(center.ContactDialled{Contact: c.ID, From: caller, Until: t.at.Add(ringTimeoutUsual)})
	t.ask(center.DialCustomer{Contact: c.ID, To: *c.Customer, From: caller, RingTimeout: ringTimeoutUsual})
}

// callbackFailed ends an attempt to reach the customer; unless it was the last, the next one is a contact of its own.
func (t *turn) callbackFailed(c *lifecycle.Contact, reason string, line hangup) {
	if c.Callback.Attempts > 1 {
		e := flow.Successor(t.m.state.Directory, c, center.ContactID(t.newID()), lifecycle.MethodCallback)
		again := *c.Callback
		again.Attempts--
		e.Queue, e.ScheduledAt, e.Callback = center.QueueID(c.Queue.Queue.ID), t.at.Add(max(again.Retry, time.Second)), &again
		t.emit(e)
		t.emit(center.ContactLinked{Contact: c.ID, Next: e.Contact})
	}
	t.end(c, reason, line)
}
