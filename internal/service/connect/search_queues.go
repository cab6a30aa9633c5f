package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// searchQueues finds standard queues: the API knows no other type that can be searched.
func (s *Service) searchQueues(ctx context.Context, in *connectapi.SearchQueuesInput) (*connectapi.SearchQueuesOutput, error) {
	out := &connectapi.SearchQueuesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = in.SearchFilter.TagFilter
		}
		kind := searched[connectapi.QueueSearchCriteria, center.Queue]{
			operation: "SearchQueues", tags: func(v *center.Queue) map[string]string { return v.Tags },
			node: func(c *connectapi.QueueSearchCriteria) (or, and []connectapi.QueueSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			filter: func(q *center.Queue) bool { return q.Agent == "" },
			fields: usualFields(func(v *center.Queue) string { return v.Name }, func(v *center.Queue) string { return v.Description }, func(v *center.Queue) string { return string(v.ID) }),
		}
		r := request[connectapi.QueueSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.Queues, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Queues, r, func(v center.Queue) connectapi.Queue { return queueOut(d, v) })
		return err
	})
}
