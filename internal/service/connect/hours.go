package connect

import (
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"maps"
)

func slotsIn(config []connectapi.HoursOfOperationConfig) []center.HoursSlot {
	return mapped(config, func(c connectapi.HoursOfOperationConfig) center.HoursSlot {
		return center.HoursSlot{
			Day: value(c.Day), StartHour: int(value(c.StartTime.Hours)), StartMinute: int(value(c.StartTime.Minutes)),
			EndHour: int(value(c.EndTime.Hours)), EndMinute: int(value(c.EndTime.Minutes)),
		}
	})
}

func slotsOut(slots []center.HoursSlot) []connectapi.HoursOfOperationConfig {
	return mapped(slots, func(s center.HoursSlot) connectapi.HoursOfOperationConfig {
		return connectapi.HoursOfOperationConfig{
			Day:       ptr(s.Day),
			StartTime: &connectapi.HoursOfOperationTimeSlice{Hours: ptr(int32(s.StartHour)), Minutes: ptr(int32(s.StartMinute))},
			EndTime:   &connectapi.HoursOfOperationTimeSlice{Hours: ptr(int32(s.EndHour)), Minutes: ptr(int32(s.EndMinute))},
		}
	})
}

func hoursOut(d *directory.Directory, h center.Hours) connectapi.HoursOfOperation {
	return connectapi.HoursOfOperation{
		HoursOfOperationId: ptr(string(h.ID)), HoursOfOperationArn: ptr(resourceARN(d.Instance, center.KindHours, string(h.ID))), Name: ptr(h.Name),
		Description: optional(h.Description), TimeZone: ptr(h.TimeZone), Config: slotsOut(h.Slots), Tags: maps.Clone(h.Tags),
		LastModifiedTime: timestamp(h.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}
