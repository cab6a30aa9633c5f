package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

func (s *Service) deleteInstance(ctx context.Context, in *connectapi.DeleteInstanceInput) (*connectapi.DeleteInstanceOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	caller := wire.CallerFrom(ctx)
	if err := s.cfg.Centers.Delete(ctx, caller.Account, caller.Region, instanceOf(c).ID); err != nil {
		return nil, modelled(err)
	}
	return &connectapi.DeleteInstanceOutput{}, nil
}
