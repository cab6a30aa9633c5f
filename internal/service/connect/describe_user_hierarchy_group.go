package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeUserHierarchyGroup(ctx context.Context, in *connectapi.DescribeUserHierarchyGroupInput) (*connectapi.DescribeUserHierarchyGroupOutput, error) {
	out := &connectapi.DescribeUserHierarchyGroupOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		g, err := found(d.Groups, center.KindHierarchyGroup, in.HierarchyGroupId)
		if err == nil {
			out.HierarchyGroup = ptr(hierarchyGroupOut(d, g))
		}
		return err
	})
}
