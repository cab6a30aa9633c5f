package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateRoutingProfileConcurrency(ctx context.Context, in *connectapi.UpdateRoutingProfileConcurrencyInput) (*connectapi.UpdateRoutingProfileConcurrencyOutput, error) {
	return &connectapi.UpdateRoutingProfileConcurrencyOutput{}, s.done(ctx, in.InstanceId, center.UpdateRoutingProfile{
		ID: id[center.RoutingProfileID](in.RoutingProfileId), Concurrency: ptr(concurrencyIn(in.MediaConcurrencies)),
	})
}
