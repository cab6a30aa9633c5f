package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchPredefinedAttributes(ctx context.Context, in *connectapi.SearchPredefinedAttributesInput) (*connectapi.SearchPredefinedAttributesOutput, error) {
	out := &connectapi.SearchPredefinedAttributesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		kind := searched[connectapi.PredefinedAttributeSearchCriteria, center.PredefinedAttribute]{
			operation: "SearchPredefinedAttributes", tags: func(*center.PredefinedAttribute) map[string]string { return nil },
			node: func(c *connectapi.PredefinedAttributeSearchCriteria) (or, and []connectapi.PredefinedAttributeSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: map[string]field[center.PredefinedAttribute]{
				"name": text(func(v *center.PredefinedAttribute) string { return v.Name }),
				"value": func(v *center.PredefinedAttribute, fits func(string) bool) bool {
					return slices.ContainsFunc(v.Values, fits)
				},
			},
		}
		r := request[connectapi.PredefinedAttributeSearchCriteria]{criteria: in.SearchCriteria, token: in.NextToken, most: in.MaxResults}
		out.PredefinedAttributes, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Attributes, r, func(v center.PredefinedAttribute) connectapi.PredefinedAttribute { return attributeOut(d, v) })
		return err
	})
}
