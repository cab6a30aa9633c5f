package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
)

func (s *Service) tagResource(ctx context.Context, in *dynamodbapi.TagResourceInput) (*dynamodbapi.TagResourceOutput, error) {
	return nil, s.retag(ctx, in.ResourceArn, func(tags map[string]string) (map[string]string, error) { return addTags(tags, in.Tags) })
}
