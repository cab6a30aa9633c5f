package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listAgentStatuses(ctx context.Context, in *connectapi.ListAgentStatusesInput) (*connectapi.ListAgentStatusesOutput, error) {
	out := &connectapi.ListAgentStatusesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		keep := func(a *center.AgentStatus) bool {
			return len(in.AgentStatusTypes) == 0 || slices.Contains(in.AgentStatusTypes, string(a.Type))
		}
		out.AgentStatusSummaryList, out.NextToken, err = listedOf("ListAgentStatuses", d.Statuses, keep, in.NextToken, in.MaxResults, func(a center.AgentStatus) connectapi.AgentStatusSummary {
			return connectapi.AgentStatusSummary{
				Id: ptr(string(a.ID)), Arn: ptr(resourceARN(d.Instance, center.KindAgentStatus, string(a.ID))), Name: ptr(a.Name), Type: ptr(string(a.Type)),
				LastModifiedTime: timestamp(a.ModifiedAt), LastModifiedRegion: region(d.Instance),
			}
		})
		return err
	})
}
