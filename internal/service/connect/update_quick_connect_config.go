package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateQuickConnectConfig(ctx context.Context, in *connectapi.UpdateQuickConnectConfigInput) (*connectapi.UpdateQuickConnectConfigOutput, error) {
	c := quickConnectIn(in.QuickConnectConfig)
	return &connectapi.UpdateQuickConnectConfigOutput{}, s.done(ctx, in.InstanceId, center.UpdateQuickConnect{ID: id[center.QuickConnectID](in.QuickConnectId), Target: &c})
}
