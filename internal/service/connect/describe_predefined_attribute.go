package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describePredefinedAttribute(ctx context.Context, in *connectapi.DescribePredefinedAttributeInput) (*connectapi.DescribePredefinedAttributeOutput, error) {
	out := &connectapi.DescribePredefinedAttributeOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		a, ok := d.Attributes[value(in.Name)]
		if !ok {
			return notFound(center.KindAttribute, value(in.Name))
		}
		out.PredefinedAttribute = ptr(attributeOut(d, a))
		return nil
	})
}
