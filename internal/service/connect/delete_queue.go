package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteQueue(ctx context.Context, in *connectapi.DeleteQueueInput) (*connectapi.DeleteQueueOutput, error) {
	return &connectapi.DeleteQueueOutput{}, s.done(ctx, in.InstanceId, center.DeleteQueue{ID: id[center.QueueID](in.QueueId)})
}
