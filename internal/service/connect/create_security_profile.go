package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createSecurityProfile(ctx context.Context, in *connectapi.CreateSecurityProfileInput) (*connectapi.CreateSecurityProfileOutput, error) {
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
	inst, e, err := created[center.SecurityProfileSaved](ctx, s, in.InstanceId, center.CreateSecurityProfile{Profile: center.SecurityProfile{
		Name: value(in.SecurityProfileName), Description: value(in.Description), Permissions: in.Permissions, Tags: in.Tags,
	}})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateSecurityProfileOutput{SecurityProfileId: ptr(string(e.Profile.ID)), SecurityProfileArn: ptr(resourceARN(inst, center.KindSecurityProfile, string(e.Profile.ID)))}, nil
}
