package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateUserHierarchy without a group takes the user out of its own.
func (s *Service) updateUserHierarchy(ctx context.Context, in *connectapi.UpdateUserHierarchyInput) (*connectapi.UpdateUserHierarchyOutput, error) {
	return &connectapi.UpdateUserHierarchyOutput{}, s.done(ctx, in.InstanceId, center.UpdateUser{ID: id[center.AgentID](in.UserId), Group: ptr(id[center.HierarchyGroupID](in.HierarchyGroupId))})
}
