package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listQuickConnects(ctx context.Context, in *connectapi.ListQuickConnectsInput) (*connectapi.ListQuickConnectsOutput, error) {
	out := &connectapi.ListQuickConnectsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		keep := func(c *center.QuickConnect) bool {
			return len(in.QuickConnectTypes) == 0 || slices.Contains(in.QuickConnectTypes, c.Type)
		}
		out.QuickConnectSummaryList, out.NextToken, err = listedOf("ListQuickConnects", d.Connects, keep, in.NextToken, in.MaxResults, quickConnectSummary(d))
		return err
	})
}
