package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) associateQueueQuickConnects(ctx context.Context, in *connectapi.AssociateQueueQuickConnectsInput) (*connectapi.AssociateQueueQuickConnectsOutput, error) {
	return &connectapi.AssociateQueueQuickConnectsOutput{}, s.done(ctx, in.InstanceId, center.ChangeQueueConnects{ID: id[center.QueueID](in.QueueId), Add: idsIn[center.QuickConnectID](in.QuickConnectIds)})
}
