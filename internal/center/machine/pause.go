package machine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// openTask returns a task that is not over. By, if set, must have it.
func (t *turn) openTask(id center.ContactID, by center.AgentID) (*lifecycle.Contact, error) {
	c, err := t.contact(id)
	switch {
	case err != nil:
		return nil, err
	case c.Channel != center.Task:
		return nil, invalid("ContactId", "the contact is not a task")
	case c.Over():
		return nil, conflict(center.KindContact, string(id), "the task is over")
	case by != "" && talker(c) != by:
		return nil, &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(id), Detail: "the contact is not with this agent"}
	}
	return c, nil
}

// pauseTask lets a task rest. Its expiry comes nearer all the same.
func (t *turn) pauseTask(cmd center.PauseTask) error {
	c, err := t.openTask(cmd.Contact, cmd.Agent)
	if err != nil {
		return err
	}
	switch phase := c.Phase(); {
	case phase == lifecycle.Paused:
		return conflict(center.KindContact, string(c.ID), "the task is paused")
	case phase == lifecycle.Scheduled:
		return conflict(center.KindContact, string(c.ID), "the task has not begun")
	case phase == lifecycle.Offered:
		return conflict(center.KindContact, string(c.ID), "the task rings at an agent")
	case phase == lifecycle.Running && c.Position != nil && c.Position.Wait == center.WaitsForFunction:
		return conflict(center.KindContact, string(c.ID), "the task waits for a function")
	case c.Pauses != nil && c.Pauses.Count >= pausesMax:
		return &center.Refused{Reason: center.Limit, Kind: center.KindContact, ID: string(c.ID), Detail: fmt.Sprintf("the task was paused %d times", pausesMax)}
	case phase == lifecycle.Queued && c.Position != nil:
		t.emit(center.FlowMoved{Contact: c.ID})
	}
	t.emit(center.TaskPaused{Contact: c.ID, Agent: talker(c)})
	return nil
}

// resumeTask ends a pause. A task without an agent runs the flow, or else is where it was: at its place in a flow, or at
// the end of its queue (administrator guide: paused tasks in queue are dequeued, and re-queued after they are resumed).
func (t *turn) resumeTask(cmd center.ResumeTask) error {
	c, err := t.openTask(cmd.Contact, cmd.Agent)
	if err != nil {
		return err
	}
	if !c.Paused() {
		return conflict(center.KindContact, string(c.ID), "the task is not paused")
	}
	if c.Connected() {
		free, _ := t.m.state.Agents[c.Agent.Agent].Slots(center.Task)
		switch {
		case cmd.Flow != "":
			return invalid("ContactFlowId", "a task that an agent has goes on without a flow")
		case free == 0:
			return conflict(center.KindContact, string(c.ID), "the agent has no slot free for the task")
		}
		t.emit(center.TaskResumed{Contact: c.ID, Agent: c.Agent.Agent})
		return nil
	}
	if cmd.Flow != "" {
		if err := t.mayRun(cmd.Flow); err != nil {
			return err
		}
	}
	queue := center.QueueID("")
	if c.Queue != nil {
		queue = center.QueueID(c.Queue.Queue.ID)
	}
	t.emit(center.TaskResumed{Contact: c.ID})
	switch _, ok := t.m.state.Directory.Queues[queue]; {
	case cmd.Flow != "":
		t.run(c, center.OwnFlow, cmd.Flow)
	case ok:
		t.enqueue(c, queue)
	case queue != "":
		t.end(c, other, isFree) // its queue is gone
	}
	return nil
}

// transferTask hands a task on as a new contact, which runs a flow that takes it where it goes.
func (t *turn) transferTask(cmd center.TransferTask) error {
	token := cmd.ClientToken
	if token != "" {
		token = "transfer/" + token // tasks that are started have tokens of their own
	}
	if err := t.mayOpen(center.Task, token); err != nil {
		return err
	}
	c, err := t.openTask(cmd.Contact, cmd.By)
	if err != nil {
		return err
	}
	d := t.m.state.Directory
	switch _, queue := d.Queues[cmd.Queue]; {
	case c.Phase() == lifecycle.Scheduled:
		return conflict(center.KindContact, string(c.ID), "the task has not begun")
	case c.Transfers >= transfersMax:
		return &center.Refused{Reason: center.Limit, Kind: center.KindContact, ID: string(c.ID), Detail: fmt.Sprintf("the task was transferred %d times", transfersMax)}
	case cmd.Queue != "" && cmd.Agent != "":
		return invalid("QueueId", "a task goes to a queue or to a user")
	case cmd.Queue != "" && !queue:
		return &center.Refused{Reason: center.NotFound, Kind: center.KindQueue, ID: string(cmd.Queue), Field: "QueueId"}
	case cmd.Agent != "" && t.m.state.Agents[cmd.Agent] == nil:
		return &center.Refused{Reason: center.NotFound, Kind: center.KindUser, ID: string(cmd.Agent), Field: "UserId"}
	}
	if err := t.mayHandOn(cmd.Flow, true); err != nil {
		return err
	}
	e := flow.Successor(d, c, center.ContactID(t.newID()), lifecycle.MethodTransfer)
	e.Flow, e.Queue, e.ExpiresAt, e.Details, e.Template, e.ClientToken = cmd.Flow, cmd.Queue, c.ExpiresAt, c.Details, c.Template, token
	if cmd.Agent != "" {
		e.Queue = center.QueueID(cmd.Agent)
	}
	e.Link, e.Transfers, e.Tags = c.Link, c.Transfers+1, maps.Clone(c.Tags)
	t.emit(e)
	t.emit(center.ContactLinked{Contact: c.ID, Next: e.Contact})
	t.end(c, other, isFree)
	t.begin(t.m.state.Contacts[e.Contact])
	return nil
}

// mayHandOn refuses a flow that a task cannot begin with. Tasks that go somewhere may also begin with transfer flows.
func (t *turn) mayHandOn(id center.FlowID, transfers bool) error {
	f := t.m.state.Directory.Flows[id]
	if transfers && f.Status != "SAVED" && f.State != "ARCHIVED" && (f.Type == "AGENT_TRANSFER" || f.Type == "QUEUE_TRANSFER") {
		return nil
	}
	return t.mayRun(id)
}

// rescheduleTask moves the beginning of a task that has not begun. How long it lives after that stays the same.
func (t *turn) rescheduleTask(cmd center.RescheduleTask) error {
	c, err := t.openTask(cmd.Contact, "")
	if err != nil {
		return err
	}
	if c.Phase() != lifecycle.Scheduled {
		return invalid("ContactId", "the task is not scheduled")
	}
	at := cmd.At.UTC().Truncate(time.Millisecond)
	if !at.After(t.at) || at.After(t.at.Add(scheduleAheadMax)) {
		return invalid("ScheduledTime", "must be within the next six days")
	}
	t.emit(center.TaskRescheduled{Contact: c.ID, At: at, ExpiresAt: at.Add(c.ExpiresAt.Sub(c.ScheduledAt))})
	return nil
}

// updateContact changes what a contact says of itself, open or not.
func (t *turn) updateContact(cmd center.UpdateContact) error {
	c := t.m.state.Contacts[cmd.Contact]
	tags := cmd.StoredTags
	switch {
	case c != nil:
		tags = c.Tags
	case !cmd.Completed:
		return &center.Refused{Reason: center.NotFound, Kind: center.KindContact, ID: string(cmd.Contact)}
	}
	w := words{references: cmd.References}
	if cmd.Name != nil {
		w.name = *cmd.Name
	}
	if cmd.Description != nil {
		w.description = *cmd.Description
	}
	if err := w.check(); err != nil {
		return err
	}
	if err := checkTags(tags, cmd.SetTags, cmd.RemoveTags); err != nil {
		return err
	}
	if cmd.Name == nil && cmd.Description == nil && len(cmd.References)+len(cmd.SetTags)+len(cmd.RemoveTags) == 0 {
		return nil
	}
	t.emit(center.ContactDataChanged{
		Contact: cmd.Contact, Name: cmd.Name, Description: cmd.Description, References: slices.Clone(cmd.References),
		SetTags: orNil(cmd.SetTags), RemoveTags: slices.Clone(cmd.RemoveTags),
	})
	return nil
}

// checkTags refuses tags of the system, and more tags than a contact may have.
func checkTags(stored, set map[string]string, remove []string) error {
	n := 0
	for k := range stored {
		if _, replaced := set[k]; !replaced && !strings.HasPrefix(k, "aws:") && !slices.Contains(remove, k) {
			n++
		}
	}
	keys := slices.Sorted(maps.Keys(set))
	for _, k := range append(keys, remove...) {
		if strings.HasPrefix(strings.ToLower(k), "aws:") {
			return invalid("Tags", "keys that begin with aws: are the system's")
		}
	}
	if n+len(set) > contactTagsMax {
		return invalid("Tags", fmt.Sprintf("a contact has at most %d tags", contactTagsMax))
	}
	return nil
}

// setRouting says how urgent a contact is that is not with an agent yet, and whom it may be offered to. Setting one of
// priority and age takes the other back. While the contact rings at an agent, whom it may be offered to is settled.
func (t *turn) setRouting(cmd center.SetRouting) error {
	c, err := t.contact(cmd.Contact)
	if err != nil {
		return err
	}
	changed := center.ContactRoutingChanged{Contact: c.ID, Priority: lifecycle.PriorityUsual}
	criteria := center.ContactCriteriaSet{Contact: c.ID, Steps: withoutStatus(cmd.Criteria)}
	urgent := cmd.Priority != nil || cmd.Age != nil
	switch {
	case cmd.Priority != nil && cmd.Age != nil, !urgent && len(cmd.Criteria) == 0:
		return invalid("QueuePriority", "either a priority or an adjustment of the time in queue is set")
	case cmd.Priority != nil && *cmd.Priority < 1:
		return invalid("QueuePriority", "must be at least 1")
	case urgent && c.May(changed) != nil:
		return conflict(center.KindContact, string(c.ID), "the contact is not on its way to an agent")
	}
	if len(cmd.Criteria) > 0 {
		if err := center.CheckRoutingSteps(cmd.Criteria); err != nil {
			return err
		}
		if c.May(criteria) != nil {
			return conflict(center.KindContact, string(c.ID), "the contact is not on its way to an agent, or rings at one")
		}
	}
	switch {
	case cmd.Priority != nil:
		changed.Priority = *cmd.Priority
	case cmd.Age != nil:
		changed.Age = *cmd.Age
	}
	if urgent {
		t.emit(changed)
	}
	if len(cmd.Criteria) > 0 {
		t.emit(criteria)
	}
	return nil
}

// withoutStatus returns routing steps as they were asked for.
func withoutStatus(steps []center.RoutingStep) []center.RoutingStep {
	out := slices.Clone(steps)
	for i := range out {
		out[i].Status, out[i].ExpiresAt = "", time.Time{}
	}
	return out
}

// emitShared makes an event of a flow true. Attributes that it sets on a task are those of all the tasks linked with it.
func (t *turn) emitShared(e center.Event) {
	t.emit(e)
	set, ok := e.(center.ContactAttributesChanged)
	if !ok || t.m.state.Contacts[set.Contact].Channel != center.Task {
		return
	}
	for _, o := range t.chainOf(set.Contact) {
		if checkAttributes(o.Attributes, set.Set) == nil {
			t.emit(center.ContactAttributesChanged{Contact: o.ID, Set: maps.Clone(set.Set)})
		}
	}
}
