package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteHoursOfOperationOverride(ctx context.Context, in *connectapi.DeleteHoursOfOperationOverrideInput) (*connectapi.DeleteHoursOfOperationOverrideOutput, error) {
	return &connectapi.DeleteHoursOfOperationOverrideOutput{}, s.done(ctx, in.InstanceId, center.DeleteHoursOverride{Hours: id[center.HoursID](in.HoursOfOperationId), ID: id[center.HoursOverrideID](in.HoursOfOperationOverrideId)})
}
