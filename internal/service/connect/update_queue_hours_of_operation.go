package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateQueueHoursOfOperation(ctx context.Context, in *connectapi.UpdateQueueHoursOfOperationInput) (*connectapi.UpdateQueueHoursOfOperationOutput, error) {
	return &connectapi.UpdateQueueHoursOfOperationOutput{}, s.done(ctx, in.InstanceId, center.UpdateQueue{
		ID: id[center.QueueID](in.QueueId), Hours: ptr(id[center.HoursID](in.HoursOfOperationId)),
	})
}
