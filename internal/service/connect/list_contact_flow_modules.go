package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listContactFlowModules(ctx context.Context, in *connectapi.ListContactFlowModulesInput) (*connectapi.ListContactFlowModulesOutput, error) {
	out := &connectapi.ListContactFlowModulesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		all := slices.DeleteFunc(directory.Sorted(d.Modules), func(f center.Flow) bool {
			return in.ContactFlowModuleState != nil && f.State != *in.ContactFlowModuleState
		})
		out.ContactFlowModulesSummaryList, out.NextToken, err = listed("ListContactFlowModules", all, idOfFlow, in.NextToken, in.MaxResults, func(f center.Flow) connectapi.ContactFlowModuleSummary {
			return connectapi.ContactFlowModuleSummary{
				Id: ptr(string(f.ID)), Arn: ptr(resourceARN(d.Instance, center.KindModule, string(f.ID))), Name: ptr(f.Name), State: ptr(f.State),
			}
		})
		return err
	})
}
