package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchUsers(ctx context.Context, in *connectapi.SearchUsersInput) (*connectapi.SearchUsersOutput, error) {
	var out *connectapi.SearchUsersOutput
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out, err = searchUsersOf(d, in)
		return err
	})
	return out, err
}

func searchUsersOf(d *directory.Directory, in *connectapi.SearchUsersInput) (out *connectapi.SearchUsersOutput, err error) {
	out = &connectapi.SearchUsersOutput{}
	var tags *connectapi.ControlPlaneTagFilter
	var filter holds[center.User]
	if f := in.SearchFilter; f != nil {
		tags = f.TagFilter
		if filter, err = userFilter(d, f.UserAttributeFilter); err != nil {
			return nil, err
		}
	}
	kind := searched[connectapi.UserSearchCriteria, center.User]{
		operation: "SearchUsers", tags: func(v *center.User) map[string]string { return v.Tags },
		node: func(c *connectapi.UserSearchCriteria) (or, and []connectapi.UserSearchCriteria, text *connectapi.StringCondition) {
			return c.OrConditions, c.AndConditions, c.StringCondition
		},
		leaf:   func(c *connectapi.UserSearchCriteria) (holds[center.User], error) { return userHolds(d, c) },
		filter: filter, fields: userFields(),
	}
	r := request[connectapi.UserSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
	out.Users, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Users, r, func(v center.User) connectapi.UserSearchSummary { return userSummary(d, v) })
	return out, err
}
