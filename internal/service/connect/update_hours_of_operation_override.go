package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateHoursOfOperationOverride(ctx context.Context, in *connectapi.UpdateHoursOfOperationOverrideInput) (*connectapi.UpdateHoursOfOperationOverrideOutput, error) {
	if err := checkOverrideSlots(in.Config); err != nil {
		return nil, err
	}
	r, err := recurrenceIn(in.RecurrenceConfig)
	if err != nil {
		return nil, err
	}
	cmd := center.UpdateHoursOverride{
		Hours: id[center.HoursID](in.HoursOfOperationId), ID: id[center.HoursOverrideID](in.HoursOfOperationOverrideId), Name: in.Name, Description: in.Description,
		Type: in.OverrideType, From: in.EffectiveFrom, Till: in.EffectiveTill, Recurrence: r,
	}
	if in.Config != nil {
		cmd.Slots = ptr(overrideSlotsIn(in.Config))
	}
	return &connectapi.UpdateHoursOfOperationOverrideOutput{}, s.done(ctx, in.InstanceId, cmd)
}
