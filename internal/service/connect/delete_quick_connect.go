package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// deleteQuickConnect takes the quick connect from all queues as well.
func (s *Service) deleteQuickConnect(ctx context.Context, in *connectapi.DeleteQuickConnectInput) (*connectapi.DeleteQuickConnectOutput, error) {
	return &connectapi.DeleteQuickConnectOutput{}, s.done(ctx, in.InstanceId, center.DeleteQuickConnect{ID: id[center.QuickConnectID](in.QuickConnectId)})
}
