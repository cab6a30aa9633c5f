package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateUserHierarchyStructure sets all levels: one that is not named is taken away.
func (s *Service) updateUserHierarchyStructure(ctx context.Context, in *connectapi.UpdateUserHierarchyStructureInput) (*connectapi.UpdateUserHierarchyStructureOutput, error) {
	u := in.HierarchyStructure
	var names []string
	gap := false
	for _, l := range []*connectapi.HierarchyLevelUpdate{u.LevelOne, u.LevelTwo, u.LevelThree, u.LevelFour, u.LevelFive} {
		if l == nil {
			gap = true
			continue
		}
		if gap {
			return nil, invalidParameter("HierarchyStructure: a level must not be left out above another")
		}
		names = append(names, value(l.Name))
	}
	return &connectapi.UpdateUserHierarchyStructureOutput{}, s.done(ctx, in.InstanceId, center.SetHierarchy{Names: names})
}
