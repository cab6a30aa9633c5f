package connect

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// effectiveDaysMax is how many days one answer may reach ahead (ours).
const effectiveDaysMax = 366

func (s *Service) getEffectiveHoursOfOperations(ctx context.Context, in *connectapi.GetEffectiveHoursOfOperationsInput) (*connectapi.GetEffectiveHoursOfOperationsOutput, error) {
	out := &connectapi.GetEffectiveHoursOfOperationsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		h, err := found(d.Hours, center.KindHours, in.HoursOfOperationId)
		if err != nil {
			return err
		}
		from, err := time.Parse(time.DateOnly, value(in.FromDate))
		if err != nil {
			return invalidParameter("FromDate: is no date")
		}
		till, err := time.Parse(time.DateOnly, value(in.ToDate))
		if err != nil || till.Before(from) || till.Sub(from) > effectiveDaysMax*24*time.Hour {
			return invalidParameter("ToDate: must be a date, not before FromDate, and at most %d days after it", effectiveDaysMax)
		}
		out.TimeZone = ptr(h.TimeZone)
		for date := from; !date.After(till); date = date.AddDate(0, 0, 1) {
			day := ptr(date.Format(time.DateOnly))
			out.EffectiveHoursOfOperationList = append(out.EffectiveHoursOfOperationList, connectapi.EffectiveHoursOfOperations{
				Date: day, OperationalHours: mapped(directory.OpenOn(&h, date), func(s center.HoursSlot) connectapi.OperationalHour {
					return connectapi.OperationalHour{Start: clockOut(s.StartHour, s.StartMinute), End: clockOut(s.EndHour, s.EndMinute)}
				}),
			})
			if hours := overrideHours(&h, date); len(hours) > 0 {
				out.EffectiveOverrideHoursList = append(out.EffectiveOverrideHoursList, connectapi.EffectiveOverrideHours{Date: day, OverrideHours: hours})
			}
		}
		return nil
	})
}
