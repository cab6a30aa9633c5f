package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeHoursOfOperationOverride(ctx context.Context, in *connectapi.DescribeHoursOfOperationOverrideInput) (*connectapi.DescribeHoursOfOperationOverrideOutput, error) {
	out := &connectapi.DescribeHoursOfOperationOverrideOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		h, err := found(d.Hours, center.KindHours, in.HoursOfOperationId)
		if err != nil {
			return err
		}
		for _, o := range h.Overrides {
			if o.ID == id[center.HoursOverrideID](in.HoursOfOperationOverrideId) {
				out.HoursOfOperationOverride = ptr(overrideOut(d, override{h, o}))
				return nil
			}
		}
		return notFound(center.KindHoursOverride, value(in.HoursOfOperationOverrideId))
	})
}
