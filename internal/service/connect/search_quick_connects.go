package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchQuickConnects(ctx context.Context, in *connectapi.SearchQuickConnectsInput) (*connectapi.SearchQuickConnectsOutput, error) {
	out := &connectapi.SearchQuickConnectsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = in.SearchFilter.TagFilter
		}
		kind := searched[connectapi.QuickConnectSearchCriteria, center.QuickConnect]{
			operation: "SearchQuickConnects", tags: func(v *center.QuickConnect) map[string]string { return v.Tags },
			node: func(c *connectapi.QuickConnectSearchCriteria) (or, and []connectapi.QuickConnectSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: usualFields(func(v *center.QuickConnect) string { return v.Name }, func(v *center.QuickConnect) string { return v.Description }, func(v *center.QuickConnect) string { return string(v.ID) }),
		}
		r := request[connectapi.QuickConnectSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.QuickConnects, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Connects, r, func(v center.QuickConnect) connectapi.QuickConnect { return quickConnectOut(d, v) })
		return err
	})
}
