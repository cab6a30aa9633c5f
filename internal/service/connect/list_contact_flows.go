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
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		all := slices.DeleteFunc(directory.Sorted(d.Flows), func(f center.Flow) bool {
			return len(in.ContactFlowTypes) > 0 && !slices.Contains(in.ContactFlowTypes, f.Type)
		})
		part, next, err := page("ListContactFlows", all, func(f center.Flow) string { return string(f.ID) }, in.NextToken, in.MaxResults, usualPage, mostOnPage)
		out.NextToken = next
		out.ContactFlowSummaryList = mapped(part, func(f center.Flow) connectapi.ContactFlowSummary {
			return connectapi.ContactFlowSummary{
				Id: ptr(string(f.ID)), Arn: ptr(resourceARN(d.Instance, center.KindFlow, string(f.ID))), Name: ptr(f.Name),
				ContactFlowType: ptr(f.Type), ContactFlowState: ptr(f.State), ContactFlowStatus: ptr(f.Status),
			}
		})
		return err
	})
	return out, err
}
