package connect

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// associateInstanceStorageConfig associates a resource type for the first time; a second time is a
// ResourceConflictException.
func (s *Service) associateInstanceStorageConfig(ctx context.Context, in *connectapi.AssociateInstanceStorageConfigInput) (*connectapi.AssociateInstanceStorageConfigOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	misused := invalidRequest("ClientToken was used before with other parameters")
	return once(ctx, s.tokens, "AssociateInstanceStorageConfig", in.ClientToken, in, misused, func() (*connectapi.AssociateInstanceStorageConfigOutput, error) {
		config, err := s.streamConfig(ctx, value(in.ResourceType), in.StorageConfig)
		if err != nil {
			return nil, err
		}
		step, err := c.Submit(ctx, center.AssociateStorage{Resource: center.ResourceType(value(in.ResourceType)), Config: config})
		if err != nil {
			return nil, storageError(err)
		}
		e, err := saved[center.StorageAssociated](step)
		if err != nil {
			return nil, err
		}
		return &connectapi.AssociateInstanceStorageConfigOutput{AssociationId: ptr(string(e.Association.ID))}, nil
	})
}

// streamConfig checks all of a configuration that the service can see: the members, the storage type for the resource
// type, and that the target is there.
func (s *Service) streamConfig(ctx context.Context, resource string, c *connectapi.InstanceStorageConfig) (center.StorageConfig, error) {
	if err := checkStorageType(resource, value(c.StorageType)); err != nil {
		return center.StorageConfig{}, err
	}
	if err := checkMembers(c); err != nil {
		return center.StorageConfig{}, err
	}
	config := configIn(c)
	return config, s.checkTarget(ctx, config)
}

// checkStorageType refuses a wrong combination: agent events and analysis segments go to a stream only, recordings and
// the like to S3 only.
func checkStorageType(resource, storage string) error {
	var takes []string
	switch resource {
	case connectapi.InstanceStorageResourceTypeContactTraceRecords:
		takes = []string{"KINESIS_STREAM", "KINESIS_FIREHOSE"}
	case connectapi.InstanceStorageResourceTypeAgentEvents,
		connectapi.InstanceStorageResourceTypeRealTimeContactAnalysisSegments,
		connectapi.InstanceStorageResourceTypeRealTimeContactAnalysisChatSegments,
		connectapi.InstanceStorageResourceTypeRealTimeContactAnalysisVoiceSegments:
		takes = []string{"KINESIS_STREAM"}
	case connectapi.InstanceStorageResourceTypeMediaStreams:
		takes = []string{"KINESIS_VIDEO_STREAM"}
	default:
		takes = []string{"S3"}
	}
	if !slices.Contains(takes, storage) {
		return invalidRequest("StorageType %s is not valid for resource type %s: it takes %s", storage, resource, strings.Join(takes, " or "))
	}
	return nil
}

// storageError words refusals about associations: what cannot be kept there is a matter of the whole request.
func storageError(err error) error {
	var r *center.Refused
	if errors.As(err, &r) && r.Reason == center.Invalid && (r.Field == "StorageType" || r.Field == "ResourceType") {
		return invalidRequest("%s", words(r))
	}
	return modelled(err)
}
