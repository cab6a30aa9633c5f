package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) disassociateQueueQuickConnects(ctx context.Context, in *connectapi.DisassociateQueueQuickConnectsInput) (*connectapi.DisassociateQueueQuickConnectsOutput, error) {
	return &connectapi.DisassociateQueueQuickConnectsOutput{}, s.done(ctx, in.InstanceId, center.ChangeQueueConnects{ID: id[center.QueueID](in.QueueId), Remove: idsIn[center.QuickConnectID](in.QuickConnectIds)})
}
