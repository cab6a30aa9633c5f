package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeAgentStatus(ctx context.Context, in *connectapi.DescribeAgentStatusInput) (*connectapi.DescribeAgentStatusOutput, error) {
	out := &connectapi.DescribeAgentStatusOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		a, err := found(d.Statuses, center.KindAgentStatus, in.AgentStatusId)
		if err != nil {
			return err
		}
		out.AgentStatus = ptr(agentStatusOut(d, a))
		return nil
	})
	return out, err
}

func agentStatusOut(d *directory.Directory, a center.AgentStatus) connectapi.AgentStatus {
	return connectapi.AgentStatus{
		AgentStatusARN: ptr(resourceARN(d.Instance, center.KindAgentStatus, string(a.ID))), AgentStatusId: ptr(string(a.ID)), Name: ptr(a.Name),
		Description: optional(a.Description), Type: ptr(string(a.Type)), DisplayOrder: optional(int32(a.DisplayOrder)), State: ptr(a.State),
		Tags: maps.Clone(a.Tags), LastModifiedTime: timestamp(a.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}
