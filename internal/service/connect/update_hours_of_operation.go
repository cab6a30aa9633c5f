package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateHoursOfOperation(ctx context.Context, in *connectapi.UpdateHoursOfOperationInput) (*connectapi.UpdateHoursOfOperationOutput, error) {
	cmd := center.UpdateHours{ID: id[center.HoursID](in.HoursOfOperationId), Name: in.Name, Description: in.Description, TimeZone: in.TimeZone}
	if in.Config != nil {
		cmd.Slots = ptr(slotsIn(in.Config))
	}
	return &connectapi.UpdateHoursOfOperationOutput{}, s.done(ctx, in.InstanceId, cmd)
}
