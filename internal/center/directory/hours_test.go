package directory

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestOpen(t *testing.T) {
	slot := func(day string, sh, sm, eh, em int) center.HoursSlot {
		return center.HoursSlot{Day: day, StartHour: sh, StartMinute: sm, EndHour: eh, EndMinute: em}
	}
	cases := []struct {
		name  string
		zone  string
		slots []center.HoursSlot
		at    string // RFC 3339
		want  bool
	}{
		{"at the start", "UTC", []center.HoursSlot{slot("MONDAY", 9, 0, 17, 0)}, "2026-03-02T09:00:00Z", true},
		{"just before the start", "UTC", []center.HoursSlot{slot("MONDAY", 9, 0, 17, 0)}, "2026-03-02T08:59:59Z", false},
		{"just before the end", "UTC", []center.HoursSlot{slot("MONDAY", 9, 0, 17, 0)}, "2026-03-02T16:59:59Z", true},
		{"at the end", "UTC", []center.HoursSlot{slot("MONDAY", 9, 0, 17, 0)}, "2026-03-02T17:00:00Z", false},
		{"another day", "UTC", []center.HoursSlot{slot("MONDAY", 9, 0, 17, 0)}, "2026-03-03T12:00:00Z", false},
		{"to midnight", "UTC", []center.HoursSlot{slot("MONDAY", 10, 0, 0, 0)}, "2026-03-02T23:59:59Z", true},
		{"after midnight", "UTC", []center.HoursSlot{slot("MONDAY", 10, 0, 0, 0)}, "2026-03-03T00:00:00Z", false},
		{"a whole day", "UTC", []center.HoursSlot{slot("MONDAY", 0, 0, 0, 0)}, "2026-03-02T00:00:00Z", true},
		{"not the day after a whole day", "UTC", []center.HoursSlot{slot("MONDAY", 0, 0, 0, 0)}, "2026-03-03T00:00:00Z", false},
		{"over night", "UTC", []center.HoursSlot{slot("SATURDAY", 22, 0, 6, 0)}, "2026-03-08T05:59:00Z", true},
		{"over night, the evening before", "UTC", []center.HoursSlot{slot("SATURDAY", 22, 0, 6, 0)}, "2026-03-07T05:59:00Z", false},
		{"another zone", "America/New_York", []center.HoursSlot{slot("MONDAY", 9, 0, 17, 0)}, "2026-03-02T14:00:00Z", true},
		{"another zone, too early", "America/New_York", []center.HoursSlot{slot("MONDAY", 9, 0, 17, 0)}, "2026-03-02T13:59:00Z", false},
		{"another zone in summer", "America/New_York", []center.HoursSlot{slot("MONDAY", 9, 0, 17, 0)}, "2026-07-06T13:00:00Z", true},
		{"already the next day there", "Asia/Tokyo", []center.HoursSlot{slot("TUESDAY", 0, 0, 1, 0)}, "2026-03-02T15:30:00Z", true},
		{"the second of two slots", "UTC", []center.HoursSlot{slot("MONDAY", 9, 0, 12, 0), slot("MONDAY", 13, 0, 17, 0)}, "2026-03-02T13:00:00Z", true},
		{"between two slots", "UTC", []center.HoursSlot{slot("MONDAY", 9, 0, 12, 0), slot("MONDAY", 13, 0, 17, 0)}, "2026-03-02T12:30:00Z", false},
		{"never", "UTC", nil, "2026-03-02T12:30:00Z", false},
		{"a zone that is gone", "Mars/Olympus", []center.HoursSlot{slot("MONDAY", 0, 0, 0, 0)}, "2026-03-02T12:30:00Z", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			d := New()
			d.Apply(at, center.HoursSaved{Hours: center.Hours{ID: "h", TimeZone: c.zone, Slots: c.slots}})
			if got := d.Open("h", at); got != c.want {
				t.Errorf("Open = %v at %s, want %v", got, c.at, c.want)
			}
		})
	}
	if New().Open("none", time.Time{}) {
		t.Error("hours that do not exist are open")
	}
}

func TestBasicHoursAreAlwaysOpen(t *testing.T) {
	k := newDesk(t)
	h := k.basicHours(t).ID
	for at := k.at; at.Before(k.at.Add(8 * 24 * time.Hour)); at = at.Add(17 * time.Minute) {
		if !k.Open(h, at) {
			t.Fatalf("closed at %s", at)
		}
	}
}

func TestHoursRules(t *testing.T) {
	create := func(change func(*center.Hours)) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command {
			h := center.Hours{Name: "Days", TimeZone: "Europe/Berlin", Slots: []center.HoursSlot{{Day: "MONDAY", StartHour: 9, EndHour: 17}}}
			change(&h)
			return center.CreateHours{Hours: h}
		}
	}
	slot := func(s center.HoursSlot) func(*center.Hours) {
		return func(h *center.Hours) { h.Slots = []center.HoursSlot{s} }
	}
	check(t, []rule{
		{"plain", create(func(*center.Hours) {}), want{}},
		{"never open", create(func(h *center.Hours) { h.Slots = nil }), want{}},
		{"name of another", create(func(h *center.Hours) { h.Name = nameBasicHours }), taken(center.KindHours, "Name")},
		{"no time zone", create(func(h *center.Hours) { h.TimeZone = "" }), bad("TimeZone")},
		{"our own time zone", create(func(h *center.Hours) { h.TimeZone = "Local" }), bad("TimeZone")},
		{"no such time zone", create(func(h *center.Hours) { h.TimeZone = "Mars/Olympus" }), bad("TimeZone")},
		{"a file as time zone", create(func(h *center.Hours) { h.TimeZone = "../../../etc/passwd" }), bad("TimeZone")},
		{"100 slots", create(func(h *center.Hours) { h.Slots = slices.Repeat(h.Slots, hoursSlotsMax) }), want{}},
		{"101 slots", create(func(h *center.Hours) { h.Slots = slices.Repeat(h.Slots, hoursSlotsMax+1) }), bad("Config")},
		{"no day", create(slot(center.HoursSlot{EndHour: 1})), bad("Day")},
		{"hour 24", create(slot(center.HoursSlot{Day: "MONDAY", EndHour: 24})), bad("Hours")},
		{"minute 60", create(slot(center.HoursSlot{Day: "MONDAY", StartMinute: 60})), bad("Minutes")},
		{"negative", create(slot(center.HoursSlot{Day: "MONDAY", StartHour: -1})), bad("Hours")},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateHours{ID: "x"} }, missing(center.KindHours)},
		{"update", func(t *testing.T, k *desk) center.Command {
			return center.UpdateHours{ID: k.basicHours(t).ID, TimeZone: ptr("Asia/Tokyo"), Slots: &[]center.HoursSlot{}}
		}, want{}},
		{"delete none", func(*testing.T, *desk) center.Command { return center.DeleteHours{ID: "x"} }, missing(center.KindHours)},
		{"delete those of a queue", func(t *testing.T, k *desk) center.Command {
			return center.DeleteHours{ID: k.basicHours(t).ID}
		}, want{reason: center.InUse, kind: center.KindHours}},
		{"delete others", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateHours{Hours: center.Hours{Name: "Days", TimeZone: "UTC"}})
			return center.DeleteHours{ID: only(t, k.Hours, func(h center.Hours) bool { return h.Name == "Days" }).ID}
		}, want{}},
	})
}

// TestACheckpointKnowsItsZones: hours keep their zone's clock in a directory that was restored, and in one that was cloned.
func TestACheckpointKnowsItsZones(t *testing.T) {
	d := New()
	noon := time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC) // in New York
	d.Apply(noon, center.HoursSaved{Hours: center.Hours{ID: "h", TimeZone: "America/New_York", Slots: []center.HoursSlot{{Day: "MONDAY", StartHour: 12, EndHour: 13}}}})
	restored := New()
	if err := json.Unmarshal([]byte(dump(t, d)), restored); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*Directory{"restored": restored, "cloned": d.Clone()} {
		if !d.Open("h", noon) || d.Open("h", noon.Add(-time.Minute)) {
			t.Errorf("%s: the zone is another", name)
		}
	}
}
