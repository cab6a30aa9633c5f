package connect

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// instancesOnPage is how many instances one answer lists at most: the model's own bound.
const instancesOnPage = 10

// listInstances lists the oldest first: one that is created while a client pages comes at the end.
func (s *Service) listInstances(ctx context.Context, in *connectapi.ListInstancesInput) (*connectapi.ListInstancesOutput, error) {
	caller := wire.CallerFrom(ctx)
	all := mapped(s.cfg.Centers.List(caller.Account, caller.Region), instanceOf)
	slices.SortFunc(all, func(a, b center.Instance) int { return cmp.Compare(createdKey(a), createdKey(b)) })
	part, next, err := page("ListInstances", all, createdKey, in.NextToken, in.MaxResults, instancesOnPage, instancesOnPage)
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

// createdKey sorts instances by when they were created, those of one moment by id.
func createdKey(i center.Instance) string {
	return fmt.Sprintf("%020d.%s", i.CreatedAt.UnixMilli(), i.ID)
}
