package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchContactFlows(ctx context.Context, in *connectapi.SearchContactFlowsInput) (*connectapi.SearchContactFlowsOutput, error) {
	out := &connectapi.SearchContactFlowsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		var filter holds[center.Flow]
		if f := in.SearchFilter; f != nil {
			tags = f.TagFilter
			if filter, err = flowFilter(f.FlowAttributeFilter); err != nil {
				return err
			}
		}
		kind := searched[connectapi.ContactFlowSearchCriteria, center.Flow]{
			operation: "SearchContactFlows", tags: func(f *center.Flow) map[string]string { return f.Tags },
			node: func(c *connectapi.ContactFlowSearchCriteria) (or, and []connectapi.ContactFlowSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			leaf: func(c *connectapi.ContactFlowSearchCriteria) (holds[center.Flow], error) {
				return flowHolds(c.TypeCondition, c.StateCondition, c.StatusCondition), nil
			},
			filter: filter, fields: flowFields(),
		}
		r := request[connectapi.ContactFlowSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.ContactFlows, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Flows, r, func(f center.Flow) connectapi.ContactFlow { return contactFlowOut(d, f) })
		return err
	})
}
