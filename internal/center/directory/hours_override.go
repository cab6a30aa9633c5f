package directory

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// dateLayout is how the API writes the dates of overrides.
const dateLayout = time.DateOnly

func (q *request) createOverride(c center.CreateHoursOverride) ([]center.Event, error) {
	h, err := find(q.Hours, center.KindHours, c.Hours)
	if err != nil {
		return nil, err
	}
	if len(h.Overrides) >= overridesMax {
		return nil, &center.Refused{Reason: center.Limit, Kind: center.KindHoursOverride, Detail: fmt.Sprintf("hours of operation have at most %d overrides", overridesMax)}
	}
	o := c.Override
	o.ID = center.HoursOverrideID(q.ids())
	if o.Type == "" {
		o.Type = center.OverrideStandard
	}
	return q.saveOverrides(h, append(slices.Clone(h.Overrides), o), len(h.Overrides))
}

func (q *request) updateOverride(c center.UpdateHoursOverride) ([]center.Event, error) {
	h, i, err := q.override(c.Hours, c.ID)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(h.Overrides)
	o := &all[i]
	set(&o.Name, c.Name)
	set(&o.Description, c.Description)
	set(&o.Type, c.Type)
	set(&o.From, c.From)
	set(&o.Till, c.Till)
	set(&o.Slots, c.Slots)
	if c.Recurrence != nil {
		o.Recurrence = c.Recurrence
	}
	return q.saveOverrides(h, all, i)
}

func (q *request) deleteOverride(c center.DeleteHoursOverride) ([]center.Event, error) {
	h, i, err := q.override(c.Hours, c.ID)
	if err != nil {
		return nil, err
	}
	h.Overrides, h.ModifiedAt = slices.Delete(slices.Clone(h.Overrides), i, i+1), q.stamp.At
	if len(h.Overrides) == 0 {
		h.Overrides = nil
	}
	return []center.Event{center.HoursSaved{Hours: h}}, nil
}

func (q *request) override(hours center.HoursID, id center.HoursOverrideID) (h center.Hours, i int, err error) {
	if h, err = find(q.Hours, center.KindHours, hours); err != nil {
		return h, 0, err
	}
	i = slices.IndexFunc(h.Overrides, func(o center.HoursOverride) bool { return o.ID == id })
	if i < 0 {
		return h, 0, notFound(center.KindHoursOverride, id)
	}
	return h, i, nil
}

// saveOverrides saves hours with other overrides, of which the one at a place is new or changed.
func (q *request) saveOverrides(h center.Hours, all []center.HoursOverride, at int) ([]center.Event, error) {
	o := &all[at]
	o.Slots = slices.Clone(o.Slots)
	if o.Recurrence != nil {
		r := *o.Recurrence
		o.Recurrence = &r
	}
	if err := checkOverride(*o); err != nil {
		return nil, err
	}
	for i := range all {
		if i != at && all[i].Name == o.Name {
			return nil, &center.Refused{Reason: center.Duplicate, Kind: center.KindHoursOverride, ID: string(all[i].ID), Field: "Name", Detail: "the name is taken"}
		}
	}
	h.Overrides, h.ModifiedAt = all, q.stamp.At
	return []center.Event{center.HoursSaved{Hours: h}}, nil
}

func checkOverride(o center.HoursOverride) error {
	if err := first(text("Name", o.Name, 1, nameMax), text("Description", o.Description, 0, descriptionMax), checkSlots(o.Slots, true)); err != nil {
		return err
	}
	if !slices.Contains([]string{center.OverrideStandard, center.OverrideOpen, center.OverrideClosed}, o.Type) {
		return invalid("OverrideType", "must be %s, %s or %s", center.OverrideStandard, center.OverrideOpen, center.OverrideClosed)
	}
	if o.Type == center.OverrideOpen && len(o.Slots) == 0 {
		return invalid("Config", "of an override of the type %s must have an entry", o.Type)
	}
	from, err := time.Parse(dateLayout, o.From)
	if err != nil {
		return invalid("EffectiveFrom", "%q is no date", o.From)
	}
	till, err := time.Parse(dateLayout, o.Till)
	if err != nil {
		return invalid("EffectiveTill", "%q is no date", o.Till)
	}
	if till.Before(from) {
		return invalid("EffectiveTill", "must not be before EffectiveFrom")
	}
	return checkRecurrence(o.Recurrence)
}

// checkRecurrence holds what the API model says of RecurrencePattern: a month with YEARLY only, and a day of the month or
// an occurrence of the weekday, one of the two, with MONTHLY and YEARLY only.
func checkRecurrence(r *center.Recurrence) error {
	if r == nil {
		return nil
	}
	if r.Interval < 1 || r.Interval > 6 {
		return invalid("Interval", "must be 1 to 6")
	}
	weekly, yearly := r.Frequency == "WEEKLY", r.Frequency == "YEARLY"
	switch {
	case !weekly && !yearly && r.Frequency != "MONTHLY":
		return invalid("Frequency", "must be WEEKLY, MONTHLY or YEARLY")
	case yearly != (r.Month != 0) || r.Month < 0 || r.Month > 12:
		return invalid("ByMonth", "must be 1 to 12 with YEARLY, and not be there otherwise")
	case r.MonthDay < -1 || r.MonthDay > 31:
		return invalid("ByMonthDay", "must be 1 to 31, or -1")
	case r.Occurrence < -1 || r.Occurrence > 4:
		return invalid("ByWeekdayOccurrence", "must be 1 to 4, or -1")
	case weekly && (r.MonthDay != 0 || r.Occurrence != 0):
		return invalid("RecurrencePattern", "has neither ByMonthDay nor ByWeekdayOccurrence with WEEKLY")
	case !weekly && (r.MonthDay != 0) == (r.Occurrence != 0):
		return invalid("RecurrencePattern", "must have one of ByMonthDay and ByWeekdayOccurrence with %s", r.Frequency)
	}
	return nil
}

// InEffect reports whether an override is in effect on a date. Dates are midnights in UTC.
func InEffect(o *center.HoursOverride, date time.Time) bool {
	day := date.Format(dateLayout)
	if day < o.From || day > o.Till {
		return false
	}
	r := o.Recurrence
	if r == nil {
		return true
	}
	from, err := time.Parse(dateLayout, o.From)
	if err != nil {
		return false
	}
	switch r.Frequency {
	case "WEEKLY":
		monday := func(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }
		weeks := int(monday(date).Sub(monday(from)) / (7 * 24 * time.Hour))
		return weeks%r.Interval == 0
	case "YEARLY":
		if int(date.Month()) != r.Month || (date.Year()-from.Year())%r.Interval != 0 {
			return false
		}
	default:
		if months := 12*(date.Year()-from.Year()) + int(date.Month()-from.Month()); months%r.Interval != 0 {
			return false
		}
	}
	last := date.AddDate(0, 0, 7).Month() != date.Month()
	switch {
	case r.MonthDay == -1:
		return date.AddDate(0, 0, 1).Day() == 1
	case r.MonthDay > 0:
		return date.Day() == r.MonthDay
	case r.Occurrence == -1:
		return last
	}
	return (date.Day()-1)/7+1 == r.Occurrence
}

const minutesOfDay = 24 * 60

// day is what opens and closes hours of operation on one date; before is what begins on the date before it.
type day struct{ opens, opensBefore, closes, closesBefore []center.HoursSlot }

// dayOf puts a date together. What begins on the day before and ends on this one counts. Standard overrides take the place
// of all else on their dates; without one, open overrides add to the hours and closed ones take away from the sum. AWS
// documents the first of these; the order of the others is ours, and so is that an override without an entry for a weekday
// closes it, or leaves it alone if it is one that opens.
func dayOf(h *center.Hours, date time.Time) day {
	var d day
	yesterday := date.AddDate(0, 0, -1)
	today, standard := opensOn(h, date)
	before, standardBefore := opensOn(h, yesterday)
	d.opens = SlotsOn(today, date)
	if !standard || standardBefore {
		d.opensBefore = SlotsOn(before, yesterday)
	}
	if standard {
		return d
	}
	for i := range h.Overrides {
		o := &h.Overrides[i]
		if o.Type != center.OverrideClosed {
			continue
		}
		slots := o.Slots
		if len(slots) == 0 {
			slots = []center.HoursSlot{{}} // all day
		}
		if InEffect(o, date) {
			d.closes = append(d.closes, SlotsOn(slots, date)...)
		}
		if InEffect(o, yesterday) {
			d.closesBefore = append(d.closesBefore, SlotsOn(slots, yesterday)...)
		}
	}
	return d
}

// open reports whether it is open at a minute of the day.
func (d *day) open(minute int) bool {
	return (cover(d.opens, minute) || cover(d.opensBefore, minute+minutesOfDay)) &&
		!cover(d.closes, minute) && !cover(d.closesBefore, minute+minutesOfDay)
}

// cover reports whether slots cover a minute after the midnight of the day on which they begin. An end at or before the
// start lies in the next day.
func cover(slots []center.HoursSlot, minute int) bool {
	for _, s := range slots {
		start, end := s.StartHour*60+s.StartMinute, s.EndHour*60+s.EndMinute
		if end <= start {
			end += minutesOfDay
		}
		if minute >= start && minute < end {
			return true
		}
	}
	return false
}

// opensOn returns the slots that open on a date, among others that do not, and whether they are those of standard overrides.
func opensOn(h *center.Hours, date time.Time) (slots []center.HoursSlot, standard bool) {
	opened := h.Slots
	for i := range h.Overrides {
		o := &h.Overrides[i]
		switch {
		case o.Type == center.OverrideClosed || !InEffect(o, date):
		case o.Type == center.OverrideOpen:
			opened = slices.Concat(opened, o.Slots)
		default:
			slots, standard = slices.Concat(slots, o.Slots), true
		}
	}
	if standard {
		return slots, true
	}
	return opened, false
}

// SlotsOn returns the slots that begin on a date.
func SlotsOn(slots []center.HoursSlot, date time.Time) []center.HoursSlot {
	var out []center.HoursSlot
	for _, s := range slots {
		if day, ok := weekday(s.Day); s.Day == "" || ok && day == date.Weekday() {
			out = append(out, s)
		}
	}
	return out
}

// OpenOn returns when hours of operation are open on a date, overrides and what reaches into it from the day before
// included; midnight at the end is 00:00. Dates are midnights in UTC.
func OpenOn(h *center.Hours, date time.Time) []center.HoursSlot {
	d := dayOf(h, date)
	var out []center.HoursSlot
	for m := 0; m < minutesOfDay; m++ {
		if !d.open(m) {
			continue
		}
		start := m
		for m < minutesOfDay && d.open(m) {
			m++
		}
		out = append(out, center.HoursSlot{StartHour: start / 60, StartMinute: start % 60, EndHour: m / 60 % 24, EndMinute: m % 60})
	}
	return out
}
