package directory

import (
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

func (q *request) createHours(c center.CreateHours) ([]center.Event, error) {
	h := c.Hours
	h.ID, h.ModifiedAt, h.Overrides = "", q.stamp.At, nil
	h.Slots, h.Tags = slices.Clone(h.Slots), maps.Clone(h.Tags)
	if err := first(q.checkHours(h), checkTags(h.Tags)); err != nil {
		return nil, err
	}
	if len(q.Hours) >= hoursMax {
		return nil, limit(center.KindHours, hoursMax)
	}
	h.ID = center.HoursID(q.ids())
	return []center.Event{center.HoursSaved{Hours: h}}, nil
}

func (q *request) updateHours(c center.UpdateHours) ([]center.Event, error) {
	h, err := find(q.Hours, center.KindHours, c.ID)
	if err != nil {
		return nil, err
	}
	set(&h.Name, c.Name)
	set(&h.Description, c.Description)
	set(&h.TimeZone, c.TimeZone)
	if c.Slots != nil {
		h.Slots = slices.Clone(*c.Slots)
	}
	if err := q.checkHours(h); err != nil {
		return nil, err
	}
	h.ModifiedAt = q.stamp.At
	return []center.Event{center.HoursSaved{Hours: h}}, nil
}

// deleteHours refuses hours that a queue keeps: the queue would be left without.
func (q *request) deleteHours(c center.DeleteHours) ([]center.Event, error) {
	if _, err := find(q.Hours, center.KindHours, c.ID); err != nil {
		return nil, err
	}
	for _, queue := range Sorted(q.Queues) {
		if queue.Hours == c.ID {
			return nil, inUse(center.KindHours, c.ID, "queue %s keeps these hours", queue.ID)
		}
	}
	return []center.Event{center.ResourceDeleted{Kind: center.KindHours, ID: string(c.ID)}}, nil
}

func (q *request) checkHours(h center.Hours) error {
	if err := first(
		text("Name", h.Name, 1, nameMax),
		text("Description", h.Description, 0, descriptionMax),
		unique(q.Hours, center.KindHours, h.ID, h.Name, func(o center.Hours) string { return o.Name }),
	); err != nil {
		return err
	}
	if _, err := zone(h.TimeZone); err != nil {
		return invalid("TimeZone", "%q is no time zone", h.TimeZone)
	}
	return checkSlots(h.Slots, false)
}

// checkSlots holds slots; those of overrides need not name a day.
func checkSlots(slots []center.HoursSlot, anyDay bool) error {
	if len(slots) > hoursSlotsMax {
		return invalid("Config", "must have at most %d entries", hoursSlotsMax)
	}
	for _, s := range slots {
		if _, ok := weekday(s.Day); !ok && !(anyDay && s.Day == "") {
			return invalid("Day", "%q is no day of the week", s.Day)
		}
		if s.StartHour < 0 || s.StartHour > 23 || s.EndHour < 0 || s.EndHour > 23 {
			return invalid("Hours", "must be 0 to 23")
		}
		if s.StartMinute < 0 || s.StartMinute > 59 || s.EndMinute < 0 || s.EndMinute > 59 {
			return invalid("Minutes", "must be 0 to 59")
		}
	}
	return nil
}

// zone loads a time zone by its IANA name. "Local" and "" are Go's own names for other things.
func zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, invalid("TimeZone", "must be a name of the IANA time zone database")
	}
	return time.LoadLocation(name)
}

func weekday(day string) (time.Weekday, bool) {
	days := []string{"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"}
	n := slices.Index(days, day)
	return time.Weekday(max(n, 0)), n >= 0
}

// Open reports whether hours of operation are open at a time: on the clock of their zone, from the start of a slot to
// just before its end. Hours that do not exist are closed.
func (d *Directory) Open(id center.HoursID, at time.Time) bool {
	h, ok := d.Hours[id]
	if !ok {
		return false
	}
	loc, ok := d.Zones[h.TimeZone]
	if !ok {
		return false
	}
	t := at.In(loc)
	today := dayOf(&h, dateOf(t))
	return today.open(t.Hour()*60 + t.Minute())
}

// dateOf returns the date that a clock shows, as a midnight in UTC.
func dateOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
