package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeUserHierarchyStructure(ctx context.Context, in *connectapi.DescribeUserHierarchyStructureInput) (*connectapi.DescribeUserHierarchyStructureOutput, error) {
	out := &connectapi.DescribeUserHierarchyStructureOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.HierarchyStructure = &connectapi.HierarchyStructure{}
		levels := hierarchyLevels(out.HierarchyStructure)
		for i, l := range d.Levels {
			*levels[i] = &connectapi.HierarchyLevel{
				Id: ptr(string(l.ID)), Arn: ptr(resourceARN(d.Instance, center.KindHierarchyLevel, string(l.ID))), Name: ptr(l.Name),
				LastModifiedTime: timestamp(l.ModifiedAt), LastModifiedRegion: region(d.Instance),
			}
		}
		return nil
	})
}
