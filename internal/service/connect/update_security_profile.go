package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateSecurityProfile(ctx context.Context, in *connectapi.UpdateSecurityProfileInput) (*connectapi.UpdateSecurityProfileOutput, error) {
	if err := refuseRestrictions(in.AllowedAccessControlTags, in.TagRestrictedResources, in.HierarchyRestrictedResources, in.AllowedAccessControlHierarchyGroupId,
		in.Applications, in.AllowedFlowModules, in.GranularAccessControlConfiguration); err != nil {
		return nil, err
	}
	cmd := center.UpdateSecurityProfile{ID: id[center.SecurityProfileID](in.SecurityProfileId), Description: in.Description}
	if in.Permissions != nil {
		cmd.Permissions = &in.Permissions
	}
	return &connectapi.UpdateSecurityProfileOutput{}, s.done(ctx, in.InstanceId, cmd)
}
