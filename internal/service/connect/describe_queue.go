package connect

import (
	"context"
	"maps"

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
		out.Queue = &connectapi.Queue{
			Name: ptr(q.Name), QueueArn: ptr(queueARN(d.Instance, q.ID, false)), QueueId: ptr(string(q.ID)), Description: optional(q.Description),
			OutboundCallerConfig: outboundOut(q.Outbound), HoursOfOperationId: ptr(string(q.Hours)), MaxContacts: optional(int32(q.MaxContacts)),
			Status: ptr(q.Status), Tags: maps.Clone(q.Tags), LastModifiedTime: timestamp(q.ModifiedAt), LastModifiedRegion: region(d.Instance),
		}
		return nil
	})
	return out, err
}
