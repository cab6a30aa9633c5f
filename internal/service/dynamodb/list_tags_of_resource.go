package dynamodb

import (
	"context"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
)

// listTagsOfResource lists tags by key, some at a time. The next token is the last key listed.
func (s *Service) listTagsOfResource(ctx context.Context, in *dynamodbapi.ListTagsOfResourceInput) (*dynamodbapi.ListTagsOfResourceOutput, error) {
	t, err := s.tagged(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	doc, _ := t.description()
	out := &dynamodbapi.ListTagsOfResourceOutput{Tags: []dynamodbapi.Tag{}}
	for _, key := range slices.Sorted(maps.Keys(doc.Tags)) {
		if in.NextToken != nil && key <= *in.NextToken {
			continue
		}
		if len(out.Tags) == tagsOnPage {
			out.NextToken = out.Tags[tagsOnPage-1].Key
			break
		}
		out.Tags = append(out.Tags, dynamodbapi.Tag{Key: ptr(key), Value: ptr(doc.Tags[key])})
	}
	return out, nil
}
