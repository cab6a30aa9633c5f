package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeQueue(ctx context.Context, in *connectapi.DescribeQueueInput) (*connectapi.DescribeQueueOutput, error) {
	out := &connectapi.DescribeQueueOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		q, ok := d.Queues[id[center.QueueID](in.QueueId)]
		if !ok || q.Agent != "" {
			return notFound(center.KindQueue, value(in.QueueId))
		}
		out.Queue = ptr(queueOut(d, q))

		return nil
	})
	return out, err
}
