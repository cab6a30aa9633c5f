package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateQueueStatus(ctx context.Context, in *connectapi.UpdateQueueStatusInput) (*connectapi.UpdateQueueStatusOutput, error) {
	return &connectapi.UpdateQueueStatusOutput{}, s.done(ctx, in.InstanceId, center.UpdateQueue{ID: id[center.QueueID](in.QueueId), Status: in.Status})
}
