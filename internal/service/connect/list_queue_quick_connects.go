package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// listQueueQuickConnects lists none: a queue that is created with quick connects is refused. Terraform's provider asks
// for them whenever it reads a queue.
func (s *Service) listQueueQuickConnects(ctx context.Context, in *connectapi.ListQueueQuickConnectsInput) (*connectapi.ListQueueQuickConnectsOutput, error) {
	out := &connectapi.ListQueueQuickConnectsOutput{QuickConnectSummaryList: []connectapi.QuickConnectSummary{}}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		q, ok := d.Queues[id[center.QueueID](in.QueueId)]
		if !ok || q.Agent != "" {
			return notFound(center.KindQueue, value(in.QueueId))
		}
		out.LastModifiedTime, out.LastModifiedRegion = timestamp(q.ModifiedAt), region(d.Instance)
		if value(in.NextToken) != "" {
			return invalidParameter("Invalid NextToken")
		}
		return nil
	})
	return out, err
}
