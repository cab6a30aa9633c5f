package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createHoursOfOperation(ctx context.Context, in *connectapi.CreateHoursOfOperationInput) (*connectapi.CreateHoursOfOperationOutput, error) {
	if err := refuseSet(member{"ParentHoursOfOperationConfigs", len(in.ParentHoursOfOperationConfigs) > 0}); err != nil {
		return nil, err
	}
	inst, e, err := created[center.HoursSaved](ctx, s, in.InstanceId, center.CreateHours{Hours: center.Hours{
		Name: value(in.Name), Description: value(in.Description), TimeZone: value(in.TimeZone), Slots: slotsIn(in.Config), Tags: in.Tags,
	}})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateHoursOfOperationOutput{
		HoursOfOperationId: ptr(string(e.Hours.ID)), HoursOfOperationArn: ptr(resourceARN(inst, center.KindHours, string(e.Hours.ID))),
	}, nil
}
