package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) associateUserProficiencies(ctx context.Context, in *connectapi.AssociateUserProficienciesInput) (*connectapi.AssociateUserProficienciesOutput, error) {
	return &connectapi.AssociateUserProficienciesOutput{}, s.done(ctx, in.InstanceId, center.ChangeProficiencies{User: id[center.AgentID](in.UserId), Add: proficienciesIn(in.UserProficiencies)})
}
