package connect

import (
	"context"

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
		out.HoursOfOperation = ptr(hoursOut(d, h))

		return nil
	})
	return out, err
}
