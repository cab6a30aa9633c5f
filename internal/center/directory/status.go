package directory

import (
	"maps"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Names of the two statuses that every instance has.
const (
	nameAvailable = "Available"
	nameOffline   = "Offline"
)

func (q *request) createStatus(c center.CreateAgentStatus) ([]center.Event, error) {
	s := c.Status
	s.ID, s.Type, s.ModifiedAt = "", center.Custom, q.stamp.At
	s.Tags = maps.Clone(s.Tags)
	if err := first(q.checkStatus(s), checkTags(s.Tags)); err != nil {
		return nil, err
	}
	if len(q.Statuses) >= statusesMax {
		return nil, limit(center.KindAgentStatus, statusesMax)
	}
	s.ID = center.AgentStatusID(q.ids())
	return []center.Event{center.AgentStatusSaved{Status: s}}, nil
}

// updateStatus changes a status. Statuses are never deleted. Available and Offline keep their names and stay enabled:
// clients and reports find them by name (ours; AWS's console offers neither change).
func (q *request) updateStatus(c center.UpdateAgentStatus) ([]center.Event, error) {
	old, err := find(q.Statuses, center.KindAgentStatus, c.ID)
	if err != nil {
		return nil, err
	}
	s := old
	set(&s.Name, c.Name)
	set(&s.Description, c.Description)
	set(&s.State, c.State)
	if c.ResetOrder {
		s.DisplayOrder = 0
	}
	if c.DisplayOrder != nil {
		if *c.DisplayOrder < 1 {
			return nil, invalid("DisplayOrder", "must be 1 to %d", statusOrderMax)
		}
		s.DisplayOrder = *c.DisplayOrder
	}
	if err := q.checkStatus(s); err != nil {
		return nil, err
	}
	if s.Type != center.Custom && s.Name != old.Name {
		return nil, invalid("Name", "the status %s keeps its name", old.Name)
	}
	if s.Type != center.Custom && s.State != center.Enabled {
		return nil, invalid("State", "the status %s stays enabled", old.Name)
	}
	s.ModifiedAt = q.stamp.At
	return []center.Event{center.AgentStatusSaved{Status: s}}, nil
}

func (q *request) checkStatus(s center.AgentStatus) error {
	if s.DisplayOrder < 0 || s.DisplayOrder > statusOrderMax {
		return invalid("DisplayOrder", "must be 1 to %d", statusOrderMax)
	}
	return first(
		text("Name", s.Name, 1, nameMax),
		text("Description", s.Description, 0, descriptionMax),
		checkState("State", s.State),
		unique(q.Statuses, center.KindAgentStatus, s.ID, s.Name, func(o center.AgentStatus) string { return o.Name }),
	)
}

func checkState(field, state string) error {
	if state != center.Enabled && state != center.Disabled {
		return invalid(field, "must be %s or %s", center.Enabled, center.Disabled)
	}
	return nil
}

// FirstStatus returns the status that a new agent is in: Offline.
func (d *Directory) FirstStatus() center.StatusRef {
	return d.builtIn(center.Offline)
}

// builtIn returns one of the two statuses that are not custom.
func (d *Directory) builtIn(t center.StatusType) center.StatusRef {
	for _, s := range d.Statuses {
		if s.Type == t {
			return center.StatusRef{ID: s.ID, Name: s.Name, Type: s.Type}
		}
	}
	return center.StatusRef{}
}
