package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// storageOnPage is how many associations one answer lists at most: the model's own bound.
const storageOnPage = 10

func (s *Service) listInstanceStorageConfigs(ctx context.Context, in *connectapi.ListInstanceStorageConfigsInput) (*connectapi.ListInstanceStorageConfigsOutput, error) {
	out := &connectapi.ListInstanceStorageConfigsOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var all []center.Association
		if a, ok := d.Associations[center.ResourceType(value(in.ResourceType))]; ok {
			all = append(all, a)
		}
		all, out.NextToken, err = page("ListInstanceStorageConfigs", all, func(a center.Association) string { return string(a.ID) }, in.NextToken, in.MaxResults, storageOnPage, storageOnPage)
		out.StorageConfigs = mapped(all, configOut)
		return err
	})
	return out, err
}
