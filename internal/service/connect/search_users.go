package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchUsers(ctx context.Context, in *connectapi.SearchUsersInput) (*connectapi.SearchUsersOutput, error) {
	out := &connectapi.SearchUsersOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		users := directory.Sorted(d.Users)
		if f := in.SearchFilter; f != nil {
			tags = f.TagFilter
			filter, err := userFilter(d, f.UserAttributeFilter)
			if err != nil {
				return err
			}
			users = slices.DeleteFunc(users, func(u center.User) bool { return !filter(u) })
		}
		kind := searched[connectapi.UserSearchCriteria, center.User]{
			operation: "SearchUsers", key: func(v center.User) string { return string(v.ID) }, tags: func(v center.User) map[string]string { return v.Tags },
			node: func(c *connectapi.UserSearchCriteria) (or, and []connectapi.UserSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			leaf:   func(c *connectapi.UserSearchCriteria) (holds[center.User], error) { return userHolds(d, c) },
			fields: userFields(),
		}
		r := request[connectapi.UserSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.Users, out.NextToken, out.ApproximateTotalCount, err = search(kind, users, r, func(v center.User) connectapi.UserSearchSummary { return userSummary(d, v) })
		return err
	})
}
