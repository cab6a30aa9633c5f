package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/wire"
)

func (s *Service) deleteInstance(ctx context.Context, in *connectapi.DeleteInstanceInput) (*connectapi.DeleteInstanceOutput, error) {
	caller := wire.CallerFrom(ctx) // one that cannot be opened can be deleted as well, so it is not looked up first
	if err := s.cfg.Centers.Delete(ctx, caller.Account, caller.Region, center.InstanceID(value(in.InstanceId))); err != nil {
		return nil, modelled(err)
	}
	return &connectapi.DeleteInstanceOutput{}, nil
}
