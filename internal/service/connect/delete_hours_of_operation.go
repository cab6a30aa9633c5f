package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteHoursOfOperation(ctx context.Context, in *connectapi.DeleteHoursOfOperationInput) (*connectapi.DeleteHoursOfOperationOutput, error) {
	return &connectapi.DeleteHoursOfOperationOutput{}, s.done(ctx, in.InstanceId, center.DeleteHours{ID: id[center.HoursID](in.HoursOfOperationId)})
}
