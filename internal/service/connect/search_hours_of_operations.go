package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchHoursOfOperations(ctx context.Context, in *connectapi.SearchHoursOfOperationsInput) (*connectapi.SearchHoursOfOperationsOutput, error) {
	out := &connectapi.SearchHoursOfOperationsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = in.SearchFilter.TagFilter
		}
		fields := usualFields(func(v *center.Hours) string { return v.Name }, func(v *center.Hours) string { return v.Description }, func(v *center.Hours) string { return string(v.ID) })
		fields["timezone"] = text(func(v *center.Hours) string { return v.TimeZone })
		kind := searched[connectapi.HoursOfOperationSearchCriteria, center.Hours]{
			operation: "SearchHoursOfOperations", tags: func(v *center.Hours) map[string]string { return v.Tags },
			node: func(c *connectapi.HoursOfOperationSearchCriteria) (or, and []connectapi.HoursOfOperationSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: fields,
		}
		r := request[connectapi.HoursOfOperationSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.HoursOfOperations, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Hours, r, func(v center.Hours) connectapi.HoursOfOperation { return hoursOut(d, v) })
		return err
	})
}
