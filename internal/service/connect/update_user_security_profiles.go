package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateUserSecurityProfiles(ctx context.Context, in *connectapi.UpdateUserSecurityProfilesInput) (*connectapi.UpdateUserSecurityProfilesOutput, error) {
	profiles := mapped(in.SecurityProfileIds, func(p string) center.SecurityProfileID { return center.SecurityProfileID(bare(p)) })
	return &connectapi.UpdateUserSecurityProfilesOutput{}, s.done(ctx, in.InstanceId, center.UpdateUser{ID: id[center.AgentID](in.UserId), SecurityProfiles: &profiles})
}
