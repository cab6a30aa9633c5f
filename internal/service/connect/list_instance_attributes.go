package connect

import (
	"context"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

// attributesOnPage is how many attributes one answer lists at most: the model's own bound.
const attributesOnPage = 7

func (s *Service) listInstanceAttributes(ctx context.Context, in *connectapi.ListInstanceAttributesInput) (*connectapi.ListInstanceAttributesOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	attributes := instanceOf(c).Attributes
	part, next, err := page("ListInstanceAttributes", slices.Sorted(maps.Keys(attributes)), func(k string) string { return k }, in.NextToken, in.MaxResults, attributesOnPage, attributesOnPage)
	if err != nil {
		return nil, err
	}
	return &connectapi.ListInstanceAttributesOutput{NextToken: next, Attributes: mapped(part, func(k string) connectapi.Attribute {
		return connectapi.Attribute{AttributeType: ptr(k), Value: ptr(attributes[k])}
	})}, nil
}
