package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createQuickConnect(ctx context.Context, in *connectapi.CreateQuickConnectInput) (*connectapi.CreateQuickConnectOutput, error) {
	c := quickConnectIn(in.QuickConnectConfig)
	c.Name, c.Description, c.Tags = value(in.Name), value(in.Description), in.Tags
	inst, e, err := created[center.QuickConnectSaved](ctx, s, in.InstanceId, center.CreateQuickConnect{Connect: c})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateQuickConnectOutput{QuickConnectId: ptr(string(e.Connect.ID)), QuickConnectARN: ptr(resourceARN(inst, center.KindQuickConnect, string(e.Connect.ID)))}, nil
}
