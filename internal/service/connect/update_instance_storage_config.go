package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateInstanceStorageConfig(ctx context.Context, in *connectapi.UpdateInstanceStorageConfigInput) (*connectapi.UpdateInstanceStorageConfigOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	config, err := s.streamConfig(ctx, value(in.ResourceType), in.StorageConfig)
	if err != nil {
		return nil, err
	}
	_, err = c.Submit(ctx, center.UpdateStorage{ID: center.AssociationID(value(in.AssociationId)), Resource: center.ResourceType(value(in.ResourceType)), Config: config})
	if err != nil {
		return nil, storageError(err)
	}
	return &connectapi.UpdateInstanceStorageConfigOutput{}, nil
}
