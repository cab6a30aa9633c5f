package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listQueues(ctx context.Context, in *connectapi.ListQueuesInput) (*connectapi.ListQueuesOutput, error) {
	out := &connectapi.ListQueuesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		keep := func(q *center.Queue) bool {
			return len(in.QueueTypes) == 0 || slices.Contains(in.QueueTypes, queueType(*q))
		}
		out.QueueSummaryList, out.NextToken, err = listedOf("ListQueues", d.Queues, keep, in.NextToken, in.MaxResults, func(q center.Queue) connectapi.QueueSummary {
			return connectapi.QueueSummary{
				Id: ptr(string(q.ID)), Arn: ptr(queueARN(d.Instance, q.ID, q.Agent != "")), Name: optional(q.Name), QueueType: ptr(queueType(q)),
				LastModifiedTime: timestamp(q.ModifiedAt), LastModifiedRegion: region(d.Instance),
			}
		})
		return err
	})
}

func queueType(q center.Queue) string {
	if q.Agent != "" {
		return connectapi.QueueTypeAgent
	}
	return connectapi.QueueTypeStandard
}
