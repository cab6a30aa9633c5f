package connect

import (
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func hierarchyLevels(s *connectapi.HierarchyStructure) [center.HierarchyLevelMax]**connectapi.HierarchyLevel {
	return [...]**connectapi.HierarchyLevel{&s.LevelOne, &s.LevelTwo, &s.LevelThree, &s.LevelFour, &s.LevelFive}
}

func hierarchyGroupOut(d *directory.Directory, g center.HierarchyGroup) connectapi.HierarchyGroup {
	p := &connectapi.HierarchyPath{}
	levels := [...]**connectapi.HierarchyGroupSummary{&p.LevelOne, &p.LevelTwo, &p.LevelThree, &p.LevelFour, &p.LevelFive}
	for i, above := range d.HierarchyPath(g.ID) {
		*levels[i] = groupSummary(d, above)
	}
	return connectapi.HierarchyGroup{
		Id: ptr(string(g.ID)), Arn: ptr(resourceARN(d.Instance, center.KindHierarchyGroup, string(g.ID))), Name: ptr(g.Name), LevelId: ptr(levelID(d, g)),
		HierarchyPath: p, Tags: maps.Clone(g.Tags), LastModifiedTime: timestamp(g.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}

func groupSummary(d *directory.Directory, g center.HierarchyGroup) *connectapi.HierarchyGroupSummary {
	return &connectapi.HierarchyGroupSummary{
		Id: ptr(string(g.ID)), Arn: ptr(resourceARN(d.Instance, center.KindHierarchyGroup, string(g.ID))), Name: ptr(g.Name),
		LastModifiedTime: timestamp(g.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}

// levelID names the level of a group: a level with groups is never taken away.
func levelID(d *directory.Directory, g center.HierarchyGroup) string {
	return string(d.Levels[g.Level-1].ID)
}
