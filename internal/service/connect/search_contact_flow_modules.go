package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchContactFlowModules(ctx context.Context, in *connectapi.SearchContactFlowModulesInput) (*connectapi.SearchContactFlowModulesOutput, error) {
	out := &connectapi.SearchContactFlowModulesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = in.SearchFilter.TagFilter
		}
		kind := searched[connectapi.ContactFlowModuleSearchCriteria, center.Flow]{
			operation: "SearchContactFlowModules", tags: func(f *center.Flow) map[string]string { return f.Tags },
			node: func(c *connectapi.ContactFlowModuleSearchCriteria) (or, and []connectapi.ContactFlowModuleSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			leaf: func(c *connectapi.ContactFlowModuleSearchCriteria) (holds[center.Flow], error) {
				return flowHolds(nil, c.StateCondition, c.StatusCondition), nil
			},
			fields: flowFields(),
		}
		r := request[connectapi.ContactFlowModuleSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.ContactFlowModules, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Modules, r, func(f center.Flow) connectapi.ContactFlowModule { return flowModuleOut(d, f) })
		return err
	})
}
