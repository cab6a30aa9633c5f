package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchRoutingProfiles(ctx context.Context, in *connectapi.SearchRoutingProfilesInput) (*connectapi.SearchRoutingProfilesOutput, error) {
	out := &connectapi.SearchRoutingProfilesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = in.SearchFilter.TagFilter
		}
		users := usersOfProfiles(d)
		fields := usualFields(func(v *center.RoutingProfile) string { return v.Name }, func(v *center.RoutingProfile) string { return v.Description }, func(v *center.RoutingProfile) string { return string(v.ID) })
		fields["associatedqueueids"] = func(p *center.RoutingProfile, fits func(string) bool) bool {
			return slices.ContainsFunc(p.Queues, func(q center.QueueConfig) bool { return fits(string(q.Queue)) })
		}
		kind := searched[connectapi.RoutingProfileSearchCriteria, center.RoutingProfile]{
			operation: "SearchRoutingProfiles", tags: func(v *center.RoutingProfile) map[string]string { return v.Tags },
			node: func(c *connectapi.RoutingProfileSearchCriteria) (or, and []connectapi.RoutingProfileSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: fields,
		}
		r := request[connectapi.RoutingProfileSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.RoutingProfiles, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Profiles, r, func(v center.RoutingProfile) connectapi.RoutingProfile { return routingProfileOut(d, v, users[v.ID]) })
		return err
	})
}
