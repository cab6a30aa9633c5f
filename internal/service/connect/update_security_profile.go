package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateSecurityProfile(ctx context.Context, in *connectapi.UpdateSecurityProfileInput) (*connectapi.UpdateSecurityProfileOutput, error) {
	if err := refuseSet(
		member{"AllowedAccessControlTags", len(in.AllowedAccessControlTags) > 0},
		member{"TagRestrictedResources", len(in.TagRestrictedResources) > 0},
		member{"Applications", len(in.Applications) > 0},
		member{"HierarchyRestrictedResources", len(in.HierarchyRestrictedResources) > 0},
		member{"AllowedAccessControlHierarchyGroupId", value(in.AllowedAccessControlHierarchyGroupId) != ""},
		member{"AllowedFlowModules", len(in.AllowedFlowModules) > 0},
		member{"GranularAccessControlConfiguration", in.GranularAccessControlConfiguration != nil},
	); err != nil {
		return nil, err
	}
	cmd := center.UpdateSecurityProfile{ID: id[center.SecurityProfileID](in.SecurityProfileId), Description: in.Description}
	if in.Permissions != nil {
		cmd.Permissions = &in.Permissions
	}
	return &connectapi.UpdateSecurityProfileOutput{}, s.done(ctx, in.InstanceId, cmd)
}
