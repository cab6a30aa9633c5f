package directory

import (
	"maps"

	"github.com/hookswitch/hookswitch/internal/center"
)

// AgentQueueMax is how many contacts wait in an agent's own queue at most (documented: "always limited to 10").
const AgentQueueMax = 10

func (q *request) createQueue(c center.CreateQueue) ([]center.Event, error) {
	v := c.Queue
	v.ID, v.Agent, v.ModifiedAt = "", "", q.stamp.At
	v.Connects, v.Tags = sortedConnects(v.Connects), maps.Clone(v.Tags)
	if v.Status == "" {
		v.Status = center.Enabled
	}
	if err := first(q.checkQueue(v), checkTags(v.Tags)); err != nil {
		return nil, err
	}
	if q.standardQueues() >= queuesMax {
		return nil, limit(center.KindQueue, queuesMax)
	}
	v.ID = center.QueueID(q.ids())
	return []center.Event{center.QueueSaved{Queue: v}}, nil
}

func (q *request) standardQueues() int {
	n := len(q.Queues) - len(q.Users) // every user has one of its own
	return max(n, 0)
}

func (q *request) updateQueue(c center.UpdateQueue) ([]center.Event, error) {
	v, err := q.standardQueue(c.ID)
	if err != nil {
		return nil, err
	}
	set(&v.Name, c.Name)
	set(&v.Description, c.Description)
	set(&v.Status, c.Status)
	set(&v.MaxContacts, c.MaxContacts)
	set(&v.Hours, c.Hours)
	set(&v.Outbound, c.Outbound)
	if err := q.checkQueue(v); err != nil {
		return nil, err
	}
	v.ModifiedAt = q.stamp.At
	return []center.Event{center.QueueSaved{Queue: v}}, nil
}

// deleteQueue refuses a queue that a routing profile serves or dials out with, or that a quick connect leads to
// (ResourceInUseException of DeleteQueue).
func (q *request) deleteQueue(c center.DeleteQueue) ([]center.Event, error) {
	if _, err := q.standardQueue(c.ID); err != nil {
		return nil, err
	}
	for _, o := range Sorted(q.Connects) {
		if o.Queue == c.ID {
			return nil, inUse(center.KindQueue, c.ID, "quick connect %s leads to it", o.ID)
		}
	}
	for _, p := range Sorted(q.Profiles) {
		if p.DefaultOutbound == c.ID {
			return nil, inUse(center.KindQueue, c.ID, "it is the default outbound queue of routing profile %s", p.ID)
		}
		for _, qc := range p.Queues {
			if qc.Queue == c.ID {
				return nil, inUse(center.KindQueue, c.ID, "routing profile %s serves it", p.ID)
			}
		}
	}
	return []center.Event{center.ResourceDeleted{Kind: center.KindQueue, ID: string(c.ID)}}, nil
}

// standardQueue finds a queue that is not an agent's own: those cannot be changed by themselves.
func (q *request) standardQueue(id center.QueueID) (center.Queue, error) {
	v, err := find(q.Queues, center.KindQueue, id)
	if err == nil && v.Agent != "" {
		return v, notFound(center.KindQueue, id)
	}
	return v, err
}

func (q *request) checkQueue(v center.Queue) error {
	if v.MaxContacts < 0 {
		return invalid("MaxContacts", "must not be negative")
	}
	if err := first(
		text("Name", v.Name, 1, nameMax),
		text("Description", v.Description, 0, descriptionMax),
		checkState("Status", v.Status),
		unique(q.Queues, center.KindQueue, v.ID, v.Name, func(o center.Queue) string { return o.Name }),
	); err != nil {
		return err
	}
	if _, err := find(q.Hours, center.KindHours, v.Hours); err != nil {
		return err
	}
	for _, id := range v.Connects {
		if _, err := find(q.Connects, center.KindQuickConnect, id); err != nil {
			return err
		}
	}
	return q.checkOutbound(v.Outbound)
}

func (q *request) checkOutbound(o center.OutboundCaller) error {
	if err := text("OutboundCallerIdName", o.CallerName, 0, callerNameMax); err != nil {
		return err
	}
	if o.Number != "" {
		if _, err := find(q.Numbers, center.KindPhoneNumber, o.Number); err != nil {
			return err
		}
	}
	if o.Flow == "" {
		return nil
	}
	f, err := find(q.Flows, center.KindFlow, o.Flow)
	if err != nil {
		return err
	}
	if f.Type != "OUTBOUND_WHISPER" {
		return invalid("OutboundFlowId", "flow %s is not an outbound whisper flow", f.ID)
	}
	return nil
}
