package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createHoursOfOperationOverride(ctx context.Context, in *connectapi.CreateHoursOfOperationOverrideInput) (*connectapi.CreateHoursOfOperationOverrideOutput, error) {
	if err := checkOverrideSlots(in.Config); err != nil {
		return nil, err
	}
	r, err := recurrenceIn(in.RecurrenceConfig)
	if err != nil {
		return nil, err
	}
	_, e, err := created[center.HoursSaved](ctx, s, in.InstanceId, center.CreateHoursOverride{Hours: id[center.HoursID](in.HoursOfOperationId), Override: center.HoursOverride{
		Name: value(in.Name), Description: value(in.Description), Type: value(in.OverrideType), From: value(in.EffectiveFrom), Till: value(in.EffectiveTill),
		Slots: overrideSlotsIn(in.Config), Recurrence: r,
	}})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateHoursOfOperationOverrideOutput{HoursOfOperationOverrideId: ptr(string(e.Hours.Overrides[len(e.Hours.Overrides)-1].ID))}, nil
}
