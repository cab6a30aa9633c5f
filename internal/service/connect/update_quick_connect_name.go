package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateQuickConnectName(ctx context.Context, in *connectapi.UpdateQuickConnectNameInput) (*connectapi.UpdateQuickConnectNameOutput, error) {
	if in.Name == nil && in.Description == nil {
		return nil, invalidRequest("Name or Description must be given")
	}
	return &connectapi.UpdateQuickConnectNameOutput{}, s.done(ctx, in.InstanceId, center.UpdateQuickConnect{ID: id[center.QuickConnectID](in.QuickConnectId), Name: in.Name, Description: in.Description})
}
