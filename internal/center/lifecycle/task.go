package lifecycle

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Pauses is how a task rested.
type Pauses struct {
	Count     int
	Since     time.Time `json:",omitzero"` // while it is paused
	PausedAt  time.Time // the last time
	ResumedAt time.Time `json:",omitzero"` // the last time

	Total   time.Duration // of ended pauses, of timestamps in whole seconds as records show them
	ByAgent time.Duration // the part of Total in which an agent had it
}

// Paused reports whether a task rests.
func (c *Contact) Paused() bool { return c.Pauses != nil && !c.Pauses.Since.IsZero() }

// applyTask folds what only tasks do, and changes of what a contact says of itself; false: the event is none of these.
func (c *Contact) applyTask(at time.Time, e center.Event) bool {
	switch e := e.(type) {
	case center.TaskPaused:
		p := Pauses{}
		if c.Pauses != nil {
			p = *c.Pauses
		}
		p.Count++
		p.Since, p.PausedAt = at, at
		c.Pauses = &p
		c.endStep(center.StepInterrupted)
		c.dequeue(at)
	case center.TaskResumed:
		c.unpause(at)
		p := *c.Pauses
		p.ResumedAt = at
		c.Pauses = &p
		if !c.Connected() {
			c.Queue = nil // it was taken out
		}
	case center.TaskRescheduled:
		c.ScheduledAt, c.ExpiresAt = e.At, e.ExpiresAt
	case center.ContactDataChanged:
		c.change(e)
	default:
		return false
	}
	return true
}

// unpause ends a pause if there is one.
func (c *Contact) unpause(at time.Time) {
	if !c.Paused() {
		return
	}
	p := *c.Pauses
	d := at.Truncate(time.Second).Sub(p.Since.Truncate(time.Second))
	p.Since = time.Time{}
	p.Total += d
	if c.Connected() {
		p.ByAgent += d
	}
	c.Pauses = &p
}

func (c *Contact) change(e center.ContactDataChanged) {
	if e.Name != nil {
		c.Name = *e.Name
	}
	if e.Description != nil {
		c.Description = *e.Description
	}
	if len(e.References) > 0 {
		refs := slices.Clone(c.References)
		for _, r := range e.References {
			i, found := slices.BinarySearchFunc(refs, r.Name, func(r center.Reference, name string) int { return strings.Compare(r.Name, name) })
			if found {
				refs[i] = r
			} else {
				refs = slices.Insert(refs, i, r)
			}
		}
		c.References = refs
	}
	if len(e.SetTags)+len(e.RemoveTags) > 0 {
		tags := maps.Clone(c.Tags)
		if tags == nil {
			tags = map[string]string{}
		}
		maps.Copy(tags, e.SetTags)
		for _, k := range e.RemoveTags {
			delete(tags, k)
		}
		c.Tags = orNil(tags)
	}
}

// mayTask reports whether what only tasks do can happen now; known is false for other events.
func (c *Contact) mayTask(e center.Event) (ok, known bool) {
	phase := c.Phase()
	with := func(a center.AgentID) bool { return a == "" && c.Agent == nil || c.Agent != nil && c.Agent.Agent == a }
	switch e := e.(type) {
	case center.TaskPaused:
		return c.Channel == center.Task && (phase == Running || phase == Queued || phase == Talking) && with(e.Agent), true
	case center.TaskResumed:
		return phase == Paused && with(e.Agent), true
	case center.TaskRescheduled:
		return c.Channel == center.Task && phase == Scheduled, true
	case center.ContactDataChanged:
		return true, true // also for a contact that the machine has let go of
	}
	return false, false
}
