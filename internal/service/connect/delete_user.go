package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteUser(ctx context.Context, in *connectapi.DeleteUserInput) (*connectapi.DeleteUserOutput, error) {
	return &connectapi.DeleteUserOutput{}, s.done(ctx, in.InstanceId, center.DeleteUser{ID: id[center.AgentID](in.UserId)})
}
