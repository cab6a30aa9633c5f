package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createUserHierarchyGroup(ctx context.Context, in *connectapi.CreateUserHierarchyGroupInput) (*connectapi.CreateUserHierarchyGroupOutput, error) {
	inst, e, err := created[center.HierarchyGroupSaved](ctx, s, in.InstanceId, center.CreateHierarchyGroup{Group: center.HierarchyGroup{
		Name: value(in.Name), Parent: id[center.HierarchyGroupID](in.ParentGroupId), Tags: in.Tags,
	}})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateUserHierarchyGroupOutput{HierarchyGroupId: ptr(string(e.Group.ID)), HierarchyGroupArn: ptr(resourceARN(inst, center.KindHierarchyGroup, string(e.Group.ID)))}, nil
}
