package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchUserHierarchyGroups(ctx context.Context, in *connectapi.SearchUserHierarchyGroupsInput) (*connectapi.SearchUserHierarchyGroupsOutput, error) {
	out := &connectapi.SearchUserHierarchyGroupsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = attributeFilter(in.SearchFilter.AttributeFilter)
		}
		kind := searched[connectapi.UserHierarchyGroupSearchCriteria, center.HierarchyGroup]{
			operation: "SearchUserHierarchyGroups", tags: func(v *center.HierarchyGroup) map[string]string { return v.Tags },
			node: func(c *connectapi.UserHierarchyGroupSearchCriteria) (or, and []connectapi.UserHierarchyGroupSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: map[string]field[center.HierarchyGroup]{
				"name": text(func(v *center.HierarchyGroup) string { return v.Name }), "parentid": text(func(v *center.HierarchyGroup) string { return string(v.Parent) }),
				"levelid": text(func(v *center.HierarchyGroup) string { return levelID(d, *v) }), "resourceid": text(func(v *center.HierarchyGroup) string { return string(v.ID) }),
			},
		}
		r := request[connectapi.UserHierarchyGroupSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.UserHierarchyGroups, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Groups, r, func(v center.HierarchyGroup) connectapi.HierarchyGroup { return hierarchyGroupOut(d, v) })
		return err
	})
}
