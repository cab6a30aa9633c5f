package connect

import (
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// override is an override with the hours that it is of.
type override struct {
	hours center.Hours
	center.HoursOverride
}

func (o override) key() string { return string(o.ID) }

// overridesOf returns the overrides of hours, sorted by id.
func overridesOf(h center.Hours) []override {
	all := mapped(h.Overrides, func(o center.HoursOverride) override { return override{h, o} })
	slices.SortFunc(all, func(a, b override) int { return strings.Compare(a.key(), b.key()) })
	return all
}

// checkOverrideSlots refuses entries without a start or an end, which the model lets pass.
func checkOverrideSlots(config []connectapi.HoursOfOperationOverrideConfig) error {
	for _, c := range config {
		if c.StartTime == nil || c.EndTime == nil {
			return invalidParameter("Config: an entry must have StartTime and EndTime")
		}
	}
	return nil
}

func overrideSlotsIn(config []connectapi.HoursOfOperationOverrideConfig) []center.HoursSlot {
	return mapped(config, func(c connectapi.HoursOfOperationOverrideConfig) center.HoursSlot {
		return center.HoursSlot{
			Day: value(c.Day), StartHour: int(value(c.StartTime.Hours)), StartMinute: int(value(c.StartTime.Minutes)),
			EndHour: int(value(c.EndTime.Hours)), EndMinute: int(value(c.EndTime.Minutes)),
		}
	})
}

// recurrenceIn takes over a recurrence; its lists hold one value at most (documented).
func recurrenceIn(c *connectapi.RecurrenceConfig) (*center.Recurrence, error) {
	if c == nil {
		return nil, nil
	}
	p := c.RecurrencePattern
	r := &center.Recurrence{Frequency: value(p.Frequency), Interval: int(value(p.Interval))}
	for _, l := range []struct {
		name string
		list []int32
		to   *int
	}{{"ByMonth", p.ByMonth, &r.Month}, {"ByMonthDay", p.ByMonthDay, &r.MonthDay}, {"ByWeekdayOccurrence", p.ByWeekdayOccurrence, &r.Occurrence}} {
		switch {
		case len(l.list) > 1 || len(l.list) == 1 && l.list[0] == 0:
			return nil, invalidParameter("%s: must have one value, and not 0", l.name)
		case len(l.list) == 1:
			*l.to = int(l.list[0])
		}
	}
	return r, nil
}

func overrideOut(d *directory.Directory, o override) connectapi.HoursOfOperationOverride {
	out := connectapi.HoursOfOperationOverride{
		HoursOfOperationOverrideId: ptr(string(o.ID)), HoursOfOperationId: ptr(string(o.hours.ID)), HoursOfOperationArn: ptr(resourceARN(d.Instance, center.KindHours, string(o.hours.ID))),
		Name: ptr(o.Name), Description: optional(o.Description), EffectiveFrom: ptr(o.From), EffectiveTill: ptr(o.Till), OverrideType: ptr(o.Type),
		Config: mapped(o.Slots, func(s center.HoursSlot) connectapi.HoursOfOperationOverrideConfig {
			return connectapi.HoursOfOperationOverrideConfig{Day: optional(s.Day), StartTime: clockOut(s.StartHour, s.StartMinute), EndTime: clockOut(s.EndHour, s.EndMinute)}
		}),
	}
	if r := o.Recurrence; r != nil {
		one := func(n int) []int32 {
			if n == 0 {
				return nil
			}
			return []int32{int32(n)}
		}
		out.RecurrenceConfig = &connectapi.RecurrenceConfig{RecurrencePattern: &connectapi.RecurrencePattern{
			Frequency: ptr(r.Frequency), Interval: ptr(int32(r.Interval)), ByMonth: one(r.Month), ByMonthDay: one(r.MonthDay), ByWeekdayOccurrence: one(r.Occurrence),
		}}
	}
	return out
}

func clockOut(hours, minutes int) *connectapi.OverrideTimeSlice {
	return &connectapi.OverrideTimeSlice{Hours: ptr(int32(hours)), Minutes: ptr(int32(minutes))}
}

// overrideHours names what the overrides of a date open and close, from the first that was made. A standard one that opens
// nothing closes the whole day.
func overrideHours(h *center.Hours, date time.Time) []connectapi.OverrideHour {
	var out []connectapi.OverrideHour
	for i := range h.Overrides {
		o := &h.Overrides[i]
		if !directory.InEffect(o, date) {
			continue
		}
		status := connectapi.OperationalStatusOpen
		if o.Type == center.OverrideClosed {
			status = connectapi.OperationalStatusClosed
		}
		slots := directory.SlotsOn(o.Slots, date)
		if len(slots) == 0 && (o.Type == center.OverrideStandard || len(o.Slots) == 0) {
			slots, status = []center.HoursSlot{{}}, connectapi.OperationalStatusClosed
		}
		for _, s := range slots {
			out = append(out, connectapi.OverrideHour{
				Start: clockOut(s.StartHour, s.StartMinute), End: clockOut(s.EndHour, s.EndMinute), OverrideName: ptr(o.Name), OperationalStatus: ptr(status),
			})
		}
	}
	return out
}

// dateHolds is what a node of the criteria of overrides says about their dates.
func dateHolds(c *connectapi.HoursOfOperationOverrideSearchCriteria) (holds[override], error) {
	q := c.DateCondition
	if q == nil {
		return func(*override) bool { return true }, nil
	}
	field := map[string]func(*override) string{
		"effectivefrom": func(o *override) string { return o.From }, "effectivetill": func(o *override) string { return o.Till },
	}[strings.ToLower(value(q.FieldName))]
	if field == nil {
		return nil, invalidParameter("FieldName: %q cannot be searched by", value(q.FieldName))
	}
	fits := map[string]func(int) bool{
		connectapi.DateComparisonTypeGreaterThan:          func(n int) bool { return n > 0 },
		connectapi.DateComparisonTypeLessThan:             func(n int) bool { return n < 0 },
		connectapi.DateComparisonTypeGreaterThanOrEqualTo: func(n int) bool { return n >= 0 },
		connectapi.DateComparisonTypeLessThanOrEqualTo:    func(n int) bool { return n <= 0 },
		connectapi.DateComparisonTypeEqualTo:              func(n int) bool { return n == 0 },
	}[value(q.ComparisonType)]
	if fits == nil {
		return nil, invalidParameter("ComparisonType: is unknown")
	}
	return func(o *override) bool { return fits(strings.Compare(field(o), value(q.Value))) }, nil
}
