package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateQueueName(ctx context.Context, in *connectapi.UpdateQueueNameInput) (*connectapi.UpdateQueueNameOutput, error) {
	return &connectapi.UpdateQueueNameOutput{}, s.done(ctx, in.InstanceId, center.UpdateQueue{ID: id[center.QueueID](in.QueueId), Name: in.Name, Description: in.Description})
}
