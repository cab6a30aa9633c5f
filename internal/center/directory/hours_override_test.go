package directory

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestOverrides(t *testing.T) {
	slot := func(day string, start, end int) center.HoursSlot {
		return center.HoursSlot{Day: day, StartHour: start, EndHour: end}
	}
	nine := []center.HoursSlot{slot("MONDAY", 9, 17), slot("TUESDAY", 9, 17), slot("FRIDAY", 22, 6)}
	march := func(typ string, r *center.Recurrence, slots ...center.HoursSlot) center.HoursOverride {
		return center.HoursOverride{Type: typ, From: "2026-03-02", Till: "2026-12-31", Slots: slots, Recurrence: r}
	}
	oneDay := func(typ string, slots ...center.HoursSlot) center.HoursOverride {
		return center.HoursOverride{Type: typ, From: "2026-03-02", Till: "2026-03-02", Slots: slots}
	}
	recurs := func(frequency string, interval, month, day, occurrence int) *center.Recurrence {
		return &center.Recurrence{Frequency: frequency, Interval: interval, Month: month, MonthDay: day, Occurrence: occurrence}
	}
	const standard, opens, closed = center.OverrideStandard, center.OverrideOpen, center.OverrideClosed
	for _, c := range []struct {
		name      string
		overrides []center.HoursOverride
		at        string // 2026-03-02 is a Monday
		want      bool
	}{
		{"other hours", []center.HoursOverride{oneDay(standard, slot("MONDAY", 12, 13))}, "2026-03-02T12:30:00Z", true},
		{"instead of the usual ones", []center.HoursOverride{oneDay(standard, slot("MONDAY", 12, 13))}, "2026-03-02T10:00:00Z", false},
		{"not before its first date", []center.HoursOverride{oneDay(standard, slot("", 0, 0))}, "2026-03-01T12:00:00Z", false},
		{"not after its last date", []center.HoursOverride{oneDay(standard)}, "2026-03-03T12:00:00Z", true},
		{"without entries it is closed", []center.HoursOverride{oneDay(standard)}, "2026-03-02T12:00:00Z", false},
		{"without one for the day it is closed", []center.HoursOverride{oneDay(standard, slot("TUESDAY", 0, 0))}, "2026-03-02T12:00:00Z", false},
		{"an entry for every day", []center.HoursOverride{march(standard, nil, slot("", 3, 4))}, "2026-03-05T03:30:00Z", true},
		{"into the next day", []center.HoursOverride{oneDay(standard, slot("MONDAY", 22, 6))}, "2026-03-03T05:00:00Z", true},
		{"not into a day that has another", []center.HoursOverride{{Type: standard, From: "2026-03-07", Till: "2026-03-07"}}, "2026-03-07T05:00:00Z", false},
		{"two of one date together", []center.HoursOverride{oneDay(standard, slot("MONDAY", 1, 2)), oneDay(standard, slot("MONDAY", 3, 4))}, "2026-03-02T01:30:00Z", true},
		{"more hours", []center.HoursOverride{oneDay(opens, slot("MONDAY", 17, 20))}, "2026-03-02T19:00:00Z", true},
		{"and the usual ones", []center.HoursOverride{oneDay(opens, slot("MONDAY", 17, 20))}, "2026-03-02T10:00:00Z", true},
		{"fewer hours", []center.HoursOverride{oneDay(closed, slot("MONDAY", 12, 13))}, "2026-03-02T12:30:00Z", false},
		{"and the others stay", []center.HoursOverride{oneDay(closed, slot("MONDAY", 12, 13))}, "2026-03-02T13:00:00Z", true},
		{"a closed day", []center.HoursOverride{oneDay(closed)}, "2026-03-02T10:00:00Z", false},
		{"closed beats open", []center.HoursOverride{oneDay(opens, slot("MONDAY", 0, 0)), oneDay(closed)}, "2026-03-02T10:00:00Z", false},
		{"standard beats closed", []center.HoursOverride{oneDay(closed), oneDay(standard, slot("MONDAY", 9, 17))}, "2026-03-02T10:00:00Z", true},
		{"closed into the next day", []center.HoursOverride{{Type: closed, From: "2026-03-06", Till: "2026-03-06", Slots: []center.HoursSlot{slot("FRIDAY", 23, 3)}}}, "2026-03-07T02:00:00Z", false},
		{"every week", []center.HoursOverride{march(closed, recurs("WEEKLY", 1, 0, 0, 0), slot("TUESDAY", 0, 0))}, "2026-03-17T10:00:00Z", false},
		{"every second week: in it", []center.HoursOverride{march(closed, recurs("WEEKLY", 2, 0, 0, 0), slot("TUESDAY", 0, 0))}, "2026-03-17T10:00:00Z", false},
		{"every second week: not in it", []center.HoursOverride{march(closed, recurs("WEEKLY", 2, 0, 0, 0), slot("TUESDAY", 0, 0))}, "2026-03-10T10:00:00Z", true},
		{"a day of the month", []center.HoursOverride{march(closed, recurs("MONTHLY", 1, 0, 13, 0))}, "2026-04-13T10:00:00Z", false},
		{"another day of the month", []center.HoursOverride{march(closed, recurs("MONTHLY", 1, 0, 13, 0))}, "2026-04-14T10:00:00Z", true},
		{"not this month", []center.HoursOverride{march(closed, recurs("MONTHLY", 2, 0, 13, 0))}, "2026-04-13T10:00:00Z", true},
		{"the last day", []center.HoursOverride{march(closed, recurs("MONTHLY", 1, 0, -1, 0))}, "2026-03-31T10:00:00Z", false},
		{"the second Tuesday", []center.HoursOverride{march(closed, recurs("MONTHLY", 1, 0, 0, 2), slot("TUESDAY", 0, 0))}, "2026-03-10T10:00:00Z", false},
		{"the third Tuesday is another", []center.HoursOverride{march(closed, recurs("MONTHLY", 1, 0, 0, 2), slot("TUESDAY", 0, 0))}, "2026-03-17T10:00:00Z", true},
		{"the last Tuesday", []center.HoursOverride{march(closed, recurs("MONTHLY", 1, 0, 0, -1), slot("TUESDAY", 0, 0))}, "2026-03-31T10:00:00Z", false},
		{"the fourth is not the last", []center.HoursOverride{march(closed, recurs("MONTHLY", 1, 0, 0, -1), slot("TUESDAY", 0, 0))}, "2026-03-24T10:00:00Z", true},
		{"once a year", []center.HoursOverride{march(closed, recurs("YEARLY", 1, 5, 25, 0))}, "2026-05-25T10:00:00Z", false},
		{"another month", []center.HoursOverride{march(closed, recurs("YEARLY", 1, 5, 25, 0))}, "2026-08-25T10:00:00Z", true},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		d := New()
		d.Apply(at, center.HoursSaved{Hours: center.Hours{ID: "h", TimeZone: "UTC", Slots: nine, Overrides: c.overrides}})
		if got := d.Open("h", at); got != c.want {
			t.Errorf("%s: Open = %v at %s", c.name, got, c.at)
		}
	}
}

func TestOverrideRules(t *testing.T) {
	create := func(change func(*center.HoursOverride)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			o := center.HoursOverride{Name: "o", From: "2026-03-02", Till: "2026-03-02"}
			change(&o)
			return center.CreateHoursOverride{Hours: k.basicHours(t).ID, Override: o}
		}
	}
	recurs := func(r center.Recurrence) func(*testing.T, *desk) center.Command {
		return create(func(o *center.HoursOverride) { o.Recurrence = &r })
	}
	check(t, []rule{
		{"plain", create(func(*center.HoursOverride) {}), want{}},
		{"no name", create(func(o *center.HoursOverride) { o.Name = "" }), bad("Name")},
		{"a type that is none", create(func(o *center.HoursOverride) { o.Type = "x" }), bad("OverrideType")},
		{"nothing to open", create(func(o *center.HoursOverride) { o.Type = center.OverrideOpen }), bad("Config")},
		{"no date", create(func(o *center.HoursOverride) { o.From = "2026-02-30" }), bad("EffectiveFrom")},
		{"no last date", create(func(o *center.HoursOverride) { o.Till = "" }), bad("EffectiveTill")},
		{"backwards", create(func(o *center.HoursOverride) { o.Till = "2026-03-01" }), bad("EffectiveTill")},
		{"an hour that is none", create(func(o *center.HoursOverride) { o.Slots = []center.HoursSlot{{EndHour: 24}} }), bad("Hours")},
		{"no hours", func(*testing.T, *desk) center.Command { return center.CreateHoursOverride{Hours: "none"} }, missing(center.KindHours)},
		{"none to change", func(t *testing.T, k *desk) center.Command {
			return center.UpdateHoursOverride{Hours: k.basicHours(t).ID, ID: "none"}
		}, missing(center.KindHoursOverride)},
		{"none to delete", func(t *testing.T, k *desk) center.Command {
			return center.DeleteHoursOverride{Hours: k.basicHours(t).ID, ID: "none"}
		}, missing(center.KindHoursOverride)},
		{"weekly", recurs(center.Recurrence{Frequency: "WEEKLY", Interval: 1}), want{}},
		{"daily", recurs(center.Recurrence{Frequency: "DAILY", Interval: 1}), bad("Frequency")},
		{"never", recurs(center.Recurrence{Frequency: "WEEKLY"}), bad("Interval")},
		{"weekly with a day", recurs(center.Recurrence{Frequency: "WEEKLY", Interval: 1, MonthDay: 1}), bad("RecurrencePattern")},
		{"monthly without a day", recurs(center.Recurrence{Frequency: "MONTHLY", Interval: 1}), bad("RecurrencePattern")},
		{"monthly with both", recurs(center.Recurrence{Frequency: "MONTHLY", Interval: 1, MonthDay: 1, Occurrence: 1}), bad("RecurrencePattern")},
		{"monthly with a month", recurs(center.Recurrence{Frequency: "MONTHLY", Interval: 1, MonthDay: 1, Month: 1}), bad("ByMonth")},
		{"yearly without a month", recurs(center.Recurrence{Frequency: "YEARLY", Interval: 1, MonthDay: 1}), bad("ByMonth")},
		{"yearly", recurs(center.Recurrence{Frequency: "YEARLY", Interval: 6, MonthDay: -1, Month: 12}), want{}},
	})
}

func TestLimitOfOverrides(t *testing.T) {
	k := newDesk(t)
	id := k.basicHours(t).ID
	for i := range overridesMax {
		k.must(t, center.CreateHoursOverride{Hours: id, Override: center.HoursOverride{Name: string(rune('A' + i)), From: "2026-03-02", Till: "2026-03-02"}})
	}
	if _, r := k.do(t, center.CreateHoursOverride{Hours: id, Override: center.HoursOverride{Name: "more", From: "2026-03-02", Till: "2026-03-02"}}); got(r) != (want{reason: center.Limit, kind: center.KindHoursOverride}) {
		t.Errorf("one more: %v", r)
	}
	if _, r := k.do(t, center.UpdateHoursOverride{Hours: id, ID: k.Hours[id].Overrides[0].ID, Name: ptr("B")}); got(r) != taken(center.KindHoursOverride, "Name") {
		t.Errorf("a name twice: %v", r)
	}
}

// TestOpenOnIsWhenItIsOpen: on any date, hours with any overrides are open at the minutes that OpenOn names, and at no others.
func TestOpenOnIsWhenItIsOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) center.HoursSlot {
			hour := func(name string) int { return rapid.IntRange(0, 23).Draw(t, name) }
			return center.HoursSlot{
				Day: rapid.SampledFrom([]string{"", "SUNDAY", "MONDAY", "TUESDAY"}).Draw(t, "day"), StartHour: hour("start"), EndHour: hour("end"),
				StartMinute: rapid.SampledFrom([]int{0, 30, 59}).Draw(t, "minute"),
			}
		}), 0, 3)
		h := center.Hours{ID: "h", TimeZone: "UTC", Slots: slots.Draw(t, "slots")}
		for range rapid.IntRange(0, 3).Draw(t, "overrides") {
			first := rapid.IntRange(1, 4).Draw(t, "from")
			h.Overrides = append(h.Overrides, center.HoursOverride{
				Type: rapid.SampledFrom([]string{center.OverrideStandard, center.OverrideOpen, center.OverrideClosed}).Draw(t, "type"), Slots: slots.Draw(t, "slots"),
				From: fmt.Sprintf("2026-03-0%d", first), Till: fmt.Sprintf("2026-03-0%d", rapid.IntRange(first, 5).Draw(t, "till")),
			})
		}
		date := time.Date(2026, 3, rapid.IntRange(1, 5).Draw(t, "date"), 0, 0, 0, 0, time.UTC)
		d := New()
		d.Apply(date, center.HoursSaved{Hours: h})
		named := map[int]bool{}
		for _, s := range OpenOn(&h, date) {
			end := s.EndHour*60 + s.EndMinute
			if end == 0 {
				end = minutesOfDay
			}
			for m := s.StartHour*60 + s.StartMinute; m < end; m++ {
				named[m] = true
			}
		}
		for m := range minutesOfDay {
			if at := date.Add(time.Duration(m) * time.Minute); d.Open("h", at) != named[m] {
				t.Fatalf("at %s it is open: %v, and OpenOn says %v", at, d.Open("h", at), OpenOn(&h, date))
			}
		}
	})
}
