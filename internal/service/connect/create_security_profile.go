package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createSecurityProfile(ctx context.Context, in *connectapi.CreateSecurityProfileInput) (*connectapi.CreateSecurityProfileOutput, error) {
	if err := refuseRestrictions(in.AllowedAccessControlTags, in.TagRestrictedResources, in.HierarchyRestrictedResources, in.AllowedAccessControlHierarchyGroupId,
		in.Applications, in.AllowedFlowModules, in.GranularAccessControlConfiguration); err != nil {
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
