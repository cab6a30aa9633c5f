package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listPredefinedAttributes(ctx context.Context, in *connectapi.ListPredefinedAttributesInput) (*connectapi.ListPredefinedAttributesOutput, error) {
	out := &connectapi.ListPredefinedAttributesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.PredefinedAttributeSummaryList, out.NextToken, err = listedOf("ListPredefinedAttributes", d.Attributes, nil, in.NextToken, in.MaxResults,
			func(a center.PredefinedAttribute) connectapi.PredefinedAttributeSummary {
				return connectapi.PredefinedAttributeSummary{Name: ptr(a.Name), LastModifiedTime: timestamp(a.ModifiedAt), LastModifiedRegion: region(d.Instance)}
			})
		return err
	})
}
