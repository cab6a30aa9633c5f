package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) disassociateInstanceStorageConfig(ctx context.Context, in *connectapi.DisassociateInstanceStorageConfigInput) (*connectapi.DisassociateInstanceStorageConfigOutput, error) {
	return &connectapi.DisassociateInstanceStorageConfigOutput{}, s.done(ctx, in.InstanceId, center.DisassociateStorage{
		ID: center.AssociationID(value(in.AssociationId)), Resource: center.ResourceType(value(in.ResourceType)),
	})
}
