package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listContactFlows(ctx context.Context, in *connectapi.ListContactFlowsInput) (*connectapi.ListContactFlowsOutput, error) {
	out := &connectapi.ListContactFlowsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		keep := func(f *center.Flow) bool {
			return len(in.ContactFlowTypes) == 0 || slices.Contains(in.ContactFlowTypes, f.Type)
		}
		out.ContactFlowSummaryList, out.NextToken, err = listedOf("ListContactFlows", d.Flows, keep, in.NextToken, in.MaxResults, func(f center.Flow) connectapi.ContactFlowSummary {
			return connectapi.ContactFlowSummary{
				Id: ptr(string(f.ID)), Arn: ptr(resourceARN(d.Instance, center.KindFlow, string(f.ID))), Name: ptr(f.Name),
				ContactFlowType: ptr(f.Type), ContactFlowState: ptr(f.State), ContactFlowStatus: ptr(f.Status),
			}
		})
		return err
	})
}
