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
		h, err := found(d.Hours, center.KindHours, in.HoursOfOperationId)
		if err != nil {
			return err
		}
		out.HoursOfOperation = ptr(hoursOut(d, h))

		return nil
	})
	return out, err
}
