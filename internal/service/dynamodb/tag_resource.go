package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

func (s *Service) tagResource(ctx context.Context, in *dynamodbapi.TagResourceInput) (*dynamodbapi.TagResourceOutput, error) {
	if len(in.Tags) == 0 {
		return nil, item.Invalid("Atleast one Tag needs to be provided as Input.")
	}
	return nil, s.retag(ctx, in.ResourceArn, func(tags map[string]string) (map[string]string, error) { return addTags(tags, in.Tags) })
}
