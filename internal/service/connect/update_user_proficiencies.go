package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateUserProficiencies(ctx context.Context, in *connectapi.UpdateUserProficienciesInput) (*connectapi.UpdateUserProficienciesOutput, error) {
	return &connectapi.UpdateUserProficienciesOutput{}, s.done(ctx, in.InstanceId, center.ChangeProficiencies{User: id[center.AgentID](in.UserId), Change: proficienciesIn(in.UserProficiencies)})
}
