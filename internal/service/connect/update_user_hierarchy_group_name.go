package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateUserHierarchyGroupName(ctx context.Context, in *connectapi.UpdateUserHierarchyGroupNameInput) (*connectapi.UpdateUserHierarchyGroupNameOutput, error) {
	return &connectapi.UpdateUserHierarchyGroupNameOutput{}, s.done(ctx, in.InstanceId, center.RenameHierarchyGroup{ID: id[center.HierarchyGroupID](in.HierarchyGroupId), Name: value(in.Name)})
}
