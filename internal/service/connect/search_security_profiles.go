package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchSecurityProfiles(ctx context.Context, in *connectapi.SearchSecurityProfilesInput) (*connectapi.SearchSecurityProfilesOutput, error) {
	out := &connectapi.SearchSecurityProfilesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = in.SearchFilter.TagFilter
		}
		kind := searched[connectapi.SecurityProfileSearchCriteria, center.SecurityProfile]{
			operation: "SearchSecurityProfiles", tags: func(v *center.SecurityProfile) map[string]string { return v.Tags },
			node: func(c *connectapi.SecurityProfileSearchCriteria) (or, and []connectapi.SecurityProfileSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: usualFields(func(v *center.SecurityProfile) string { return v.Name }, func(v *center.SecurityProfile) string { return v.Description }, func(v *center.SecurityProfile) string { return string(v.ID) }),
		}
		r := request[connectapi.SecurityProfileSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.SecurityProfiles, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Security, r, func(v center.SecurityProfile) connectapi.SecurityProfileSearchSummary {
			return connectapi.SecurityProfileSearchSummary{
				Id: ptr(string(v.ID)), OrganizationResourceId: ptr(string(d.Instance.ID)), Arn: ptr(resourceARN(d.Instance, center.KindSecurityProfile, string(v.ID))),
				SecurityProfileName: ptr(v.Name), Description: optional(v.Description), Tags: maps.Clone(v.Tags),
			}
		})
		return err
	})
}
