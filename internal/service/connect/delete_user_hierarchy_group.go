package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteUserHierarchyGroup(ctx context.Context, in *connectapi.DeleteUserHierarchyGroupInput) (*connectapi.DeleteUserHierarchyGroupOutput, error) {
	return &connectapi.DeleteUserHierarchyGroupOutput{}, s.done(ctx, in.InstanceId, center.DeleteHierarchyGroup{ID: id[center.HierarchyGroupID](in.HierarchyGroupId)})
}
