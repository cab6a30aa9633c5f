package connect

import (
	"context"
	"strconv"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchAgentStatuses(ctx context.Context, in *connectapi.SearchAgentStatusesInput) (*connectapi.SearchAgentStatusesOutput, error) {
	out := &connectapi.SearchAgentStatusesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = attributeFilter(in.SearchFilter.AttributeFilter)
		}
		fields := usualFields(func(v *center.AgentStatus) string { return v.Name }, func(v *center.AgentStatus) string { return v.Description }, func(v *center.AgentStatus) string { return string(v.ID) })
		fields["state"], fields["type"] = text(func(v *center.AgentStatus) string { return v.State }), text(func(v *center.AgentStatus) string { return string(v.Type) })
		fields["displayorder"] = text(func(v *center.AgentStatus) string { return strconv.Itoa(v.DisplayOrder) })
		kind := searched[connectapi.AgentStatusSearchCriteria, center.AgentStatus]{
			operation: "SearchAgentStatuses", tags: func(v *center.AgentStatus) map[string]string { return v.Tags },
			node: func(c *connectapi.AgentStatusSearchCriteria) (or, and []connectapi.AgentStatusSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: fields,
		}
		r := request[connectapi.AgentStatusSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.AgentStatuses, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Statuses, r, func(v center.AgentStatus) connectapi.AgentStatus { return agentStatusOut(d, v) })
		return err
	})
}
