package connect

import (
	"context"
	"errors"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteHoursOfOperation(ctx context.Context, in *connectapi.DeleteHoursOfOperationInput) (*connectapi.DeleteHoursOfOperationOutput, error) {
	err := s.done(ctx, in.InstanceId, center.DeleteHours{ID: id[center.HoursID](in.HoursOfOperationId)})
	var used *connectapi.ResourceInUseException
	if errors.As(err, &used) { // which this operation does not declare
		err = invalidRequest("%s", used.Message)
	}
	return &connectapi.DeleteHoursOfOperationOutput{}, err
}
