package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateUserIdentityInfo(ctx context.Context, in *connectapi.UpdateUserIdentityInfoInput) (*connectapi.UpdateUserIdentityInfoOutput, error) {
	return &connectapi.UpdateUserIdentityInfoOutput{}, s.done(ctx, in.InstanceId, center.UpdateUser{
		ID: id[center.AgentID](in.UserId), Identity: ptr(identityIn(in.IdentityInfo)),
	})
}
