package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeQuickConnect(ctx context.Context, in *connectapi.DescribeQuickConnectInput) (*connectapi.DescribeQuickConnectOutput, error) {
	out := &connectapi.DescribeQuickConnectOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		c, err := found(d.Connects, center.KindQuickConnect, in.QuickConnectId)
		if err == nil {
			out.QuickConnect = ptr(quickConnectOut(d, c))
		}
		return err
	})
}
