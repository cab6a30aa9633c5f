package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// instancesOnPage is how many instances one answer lists at most: the model's own bound.
const instancesOnPage = 10

func (s *Service) listInstances(ctx context.Context, in *connectapi.ListInstancesInput) (*connectapi.ListInstancesOutput, error) {
	caller := wire.CallerFrom(ctx)
	all := mapped(s.cfg.Centers.List(caller.Account, caller.Region), instanceOf)
	part, next, err := page(all, func(i center.Instance) string { return string(i.ID) }, in.NextToken, in.MaxResults, instancesOnPage, instancesOnPage)
	if err != nil {
		return nil, err
	}
	return &connectapi.ListInstancesOutput{NextToken: next, InstanceSummaryList: mapped(part, func(i center.Instance) connectapi.InstanceSummary {
		return connectapi.InstanceSummary{
			Id: ptr(string(i.ID)), Arn: ptr(i.ARN), IdentityManagementType: ptr(i.IdentityManagement), InstanceAlias: optional(i.Alias),
			CreatedTime: timestamp(i.CreatedAt), ServiceRole: ptr(i.ServiceRole), InstanceStatus: ptr(connectapi.InstanceStatusActive),
			InboundCallsEnabled:  ptr(i.Attributes[connectapi.InstanceAttributeTypeInboundCalls] == "true"),
			OutboundCallsEnabled: ptr(i.Attributes[connectapi.InstanceAttributeTypeOutboundCalls] == "true"),
		}
	})}, nil
}
