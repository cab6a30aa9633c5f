package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listHoursOfOperations(ctx context.Context, in *connectapi.ListHoursOfOperationsInput) (*connectapi.ListHoursOfOperationsOutput, error) {
	out := &connectapi.ListHoursOfOperationsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.HoursOfOperationSummaryList, out.NextToken, err = listedOf("ListHoursOfOperations", d.Hours, nil, in.NextToken, in.MaxResults, func(h center.Hours) connectapi.HoursOfOperationSummary {
			return connectapi.HoursOfOperationSummary{
				Id: ptr(string(h.ID)), Arn: ptr(resourceARN(d.Instance, center.KindHours, string(h.ID))), Name: ptr(h.Name),
				LastModifiedTime: timestamp(h.ModifiedAt), LastModifiedRegion: region(d.Instance),
			}
		})
		return err
	})
}
