package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// describeContactFlowModule shows what is published, or after :$SAVED what is saved.
func (s *Service) describeContactFlowModule(ctx context.Context, in *connectapi.DescribeContactFlowModuleInput) (*connectapi.DescribeContactFlowModuleOutput, error) {
	out := &connectapi.DescribeContactFlowModuleOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		f, ok := d.Modules[flowID(in.ContactFlowModuleId)]
		if !ok {
			return notFound(center.KindModule, value(in.ContactFlowModuleId))
		}
		f = asAsked(f, in.ContactFlowModuleId)
		out.ContactFlowModule = ptr(flowModuleOut(d, f))
		return nil
	})
}

func flowModuleOut(d *directory.Directory, f center.Flow) connectapi.ContactFlowModule {
	return connectapi.ContactFlowModule{
		Arn: ptr(resourceARN(d.Instance, center.KindModule, string(f.ID))), Id: ptr(string(f.ID)), Name: ptr(f.Name), State: ptr(f.State),
		Status: ptr(f.Status), Description: optional(f.Description), Content: ptr(f.Content), Tags: maps.Clone(f.Tags), FlowModuleContentSha256: contentDigest(f.Content),
	}
}
