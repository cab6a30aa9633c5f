package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listUserHierarchyGroups(ctx context.Context, in *connectapi.ListUserHierarchyGroupsInput) (*connectapi.ListUserHierarchyGroupsOutput, error) {
	out := &connectapi.ListUserHierarchyGroupsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.UserHierarchyGroupSummaryList, out.NextToken, err = listedOf("ListUserHierarchyGroups", d.Groups, nil, in.NextToken, in.MaxResults,
			func(g center.HierarchyGroup) connectapi.HierarchyGroupSummary { return *groupSummary(d, g) })
		return err
	})
}
