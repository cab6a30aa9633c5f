package dynamodb

import (
	"context"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// untagResource removes tags; that one is not there is no error.
func (s *Service) untagResource(ctx context.Context, in *dynamodbapi.UntagResourceInput) (*dynamodbapi.UntagResourceOutput, error) {
	if len(in.TagKeys) == 0 {
		return nil, item.Invalid("Atleast one Tag Key needs to be provided as Input.")
	}
	return nil, s.retag(ctx, in.ResourceArn, func(tags map[string]string) (map[string]string, error) {
		rest := maps.Clone(tags)
		maps.DeleteFunc(rest, func(key, _ string) bool { return slices.Contains(in.TagKeys, key) })
		return rest, nil
	})
}
