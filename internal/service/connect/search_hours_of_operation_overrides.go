package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// searchHoursOfOperationOverrides filters by the tags of the hours, since overrides have none.
func (s *Service) searchHoursOfOperationOverrides(ctx context.Context, in *connectapi.SearchHoursOfOperationOverridesInput) (*connectapi.SearchHoursOfOperationOverridesOutput, error) {
	out := &connectapi.SearchHoursOfOperationOverridesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = in.SearchFilter.TagFilter
		}
		all := map[center.HoursOverrideID]override{}
		for _, h := range d.Hours {
			for _, o := range h.Overrides {
				all[o.ID] = override{h, o}
			}
		}
		kind := searched[connectapi.HoursOfOperationOverrideSearchCriteria, override]{
			operation: "SearchHoursOfOperationOverrides", tags: func(v *override) map[string]string { return v.hours.Tags },
			node: func(c *connectapi.HoursOfOperationOverrideSearchCriteria) (or, and []connectapi.HoursOfOperationOverrideSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			leaf:   dateHolds,
			fields: usualFields(func(v *override) string { return v.Name }, func(v *override) string { return v.Description }, func(v *override) string { return string(v.ID) }),
		}
		r := request[connectapi.HoursOfOperationOverrideSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.HoursOfOperationOverrides, out.NextToken, out.ApproximateTotalCount, err = search(kind, all, r, func(v override) connectapi.HoursOfOperationOverride { return overrideOut(d, v) })
		return err
	})
}
