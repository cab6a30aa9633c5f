package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeHoursOfOperation(ctx context.Context, in *connectapi.DescribeHoursOfOperationInput) (*connectapi.DescribeHoursOfOperationOutput, error) {
	out := &connectapi.DescribeHoursOfOperationOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		h, ok := d.Hours[id[center.HoursID](in.HoursOfOperationId)]
		if !ok {
			return notFound(center.KindHours, value(in.HoursOfOperationId))
		}
		out.HoursOfOperation = &connectapi.HoursOfOperation{
			HoursOfOperationId: ptr(string(h.ID)), HoursOfOperationArn: ptr(resourceARN(d.Instance, center.KindHours, string(h.ID))), Name: ptr(h.Name),
			Description: optional(h.Description), TimeZone: ptr(h.TimeZone), Config: slotsOut(h.Slots), Tags: maps.Clone(h.Tags),
			LastModifiedTime: timestamp(h.ModifiedAt), LastModifiedRegion: region(d.Instance),
		}
		return nil
	})
	return out, err
}
