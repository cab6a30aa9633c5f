package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) disassociateUserProficiencies(ctx context.Context, in *connectapi.DisassociateUserProficienciesInput) (*connectapi.DisassociateUserProficienciesOutput, error) {
	out := mapped(in.UserProficiencies, func(p connectapi.UserProficiencyDisassociate) center.Proficiency {
		return center.Proficiency{Attribute: value(p.AttributeName), Value: value(p.AttributeValue)}
	})
	return &connectapi.DisassociateUserProficienciesOutput{}, s.done(ctx, in.InstanceId, center.ChangeProficiencies{User: id[center.AgentID](in.UserId), Remove: out})
}
