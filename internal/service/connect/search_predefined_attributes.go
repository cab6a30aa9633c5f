package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchPredefinedAttributes(ctx context.Context, in *connectapi.SearchPredefinedAttributesInput) (*connectapi.SearchPredefinedAttributesOutput, error) {
	out := &connectapi.SearchPredefinedAttributesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		kind := searched[connectapi.PredefinedAttributeSearchCriteria, center.PredefinedAttribute]{
			operation: "SearchPredefinedAttributes", key: nameOfAttribute, tags: func(center.PredefinedAttribute) map[string]string { return nil },
			node: func(c *connectapi.PredefinedAttributeSearchCriteria) (or, and []connectapi.PredefinedAttributeSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: map[string]func(center.PredefinedAttribute) []string{"name": text(nameOfAttribute), "value": func(v center.PredefinedAttribute) []string { return v.Values }},
		}
		r := request[connectapi.PredefinedAttributeSearchCriteria]{criteria: in.SearchCriteria, token: in.NextToken, most: in.MaxResults}
		out.PredefinedAttributes, out.NextToken, out.ApproximateTotalCount, err = search(kind, directory.Sorted(d.Attributes), r, func(v center.PredefinedAttribute) connectapi.PredefinedAttribute { return attributeOut(d, v) })
		return err
	})
}
