package lifecycle

import (
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// ActiveStep returns the routing step that says who may be offered the contact, or nil: any agent who serves its queue.
func (c *Contact) ActiveStep() *center.RoutingStep {
	i := c.activeStep()
	if i < 0 {
		return nil
	}
	return &c.Criteria[len(c.Criteria)-1].Steps[i]
}

func (c *Contact) activeStep() int {
	if len(c.Criteria) == 0 {
		return -1
	}
	return slices.IndexFunc(c.Criteria[len(c.Criteria)-1].Steps, func(s center.RoutingStep) bool { return s.Status == center.StepActive })
}

// StepDue returns when the active routing step expires. While the contact rings at an agent none does: if the agent does
// not take it, the step expires then. The zero time: never.
func (c *Contact) StepDue() time.Time {
	if len(c.Criteria) == 0 || !c.Waiting() {
		return time.Time{}
	}
	if s := c.ActiveStep(); s != nil {
		return s.ExpiresAt
	}
	return time.Time{}
}

// setCriteria adds criteria, and forgets the oldest when there are too many. Of those that they replace, the active step is
// interrupted.
func (c *Contact) setCriteria(at time.Time, steps []center.RoutingStep) {
	c.endStep(center.StepInterrupted)
	next := center.RoutingCriteria{Steps: slices.Clone(steps)}
	if n := len(c.Criteria); n > 0 {
		next.Index = c.Criteria[n-1].Index + 1
	}
	for i := range next.Steps {
		next.Steps[i].Status, next.Steps[i].ExpiresAt = center.StepInactive, time.Time{}
	}
	keep := c.Criteria[max(0, len(c.Criteria)+1-center.RoutingVersionsMax):]
	c.Criteria = append(slices.Clone(keep), next)
	if c.Waiting() {
		c.activate(at)
	}
}

// activate makes the first step of the newest criteria active. Criteria that were active before, in a queue that the
// contact has left, begin anew as others. In an agent's own queue no step becomes active (documented).
func (c *Contact) activate(at time.Time) {
	n := len(c.Criteria) - 1
	if n < 0 {
		return
	}
	if !c.Criteria[n].ActivatedAt.IsZero() {
		c.setCriteria(at, c.Criteria[n].Steps)
		return
	}
	r := c.ownCriteria()
	r.ActivatedAt = at
	if c.Queue.Agent == "" {
		begin(&r.Steps[0], at)
	}
}

// expireStep ends the active step and goes on to the next.
func (c *Contact) expireStep(at time.Time, i int) {
	r := c.ownCriteria()
	r.Steps[i].Status = center.StepExpired
	if i+1 < len(r.Steps) {
		begin(&r.Steps[i+1], at)
	}
}

// endStep ends the active step, if there is one.
func (c *Contact) endStep(status string) {
	if i := c.activeStep(); i >= 0 {
		c.ownCriteria().Steps[i].Status = status
	}
}

func begin(s *center.RoutingStep, at time.Time) {
	s.Status = center.StepActive
	if s.Duration > 0 {
		s.ExpiresAt = at.Add(time.Duration(s.Duration) * time.Second)
	}
}

// ownCriteria returns the newest criteria, to be changed: no one else has them.
func (c *Contact) ownCriteria() *center.RoutingCriteria {
	c.Criteria = slices.Clone(c.Criteria)
	r := &c.Criteria[len(c.Criteria)-1]
	r.Steps = slices.Clone(r.Steps)
	return r
}
