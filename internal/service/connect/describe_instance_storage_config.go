package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeInstanceStorageConfig(ctx context.Context, in *connectapi.DescribeInstanceStorageConfigInput) (*connectapi.DescribeInstanceStorageConfigOutput, error) {
	out := &connectapi.DescribeInstanceStorageConfigOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		a, ok := d.Associations[center.ResourceType(value(in.ResourceType))]
		if !ok || string(a.ID) != value(in.AssociationId) {
			return notFound(center.KindAssociation, value(in.AssociationId))
		}
		out.StorageConfig = ptr(configOut(a))
		return nil
	})
	return out, err
}
