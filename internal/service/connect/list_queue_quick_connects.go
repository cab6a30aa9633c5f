package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listQueueQuickConnects(ctx context.Context, in *connectapi.ListQueueQuickConnectsInput) (*connectapi.ListQueueQuickConnectsOutput, error) {
	out := &connectapi.ListQueueQuickConnectsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		q, ok := d.Queues[id[center.QueueID](in.QueueId)]
		if !ok || q.Agent != "" {
			return notFound(center.KindQueue, value(in.QueueId))
		}
		out.LastModifiedTime, out.LastModifiedRegion = timestamp(q.ModifiedAt), region(d.Instance)
		all := mapped(q.Connects, func(id center.QuickConnectID) center.QuickConnect { return d.Connects[id] })
		out.QuickConnectSummaryList, out.NextToken, err = listed("ListQueueQuickConnects", all, idOfConnect, in.NextToken, in.MaxResults, quickConnectSummary(d))
		return err
	})
}
