package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// describeContactFlow shows what is published; what is only saved has to be asked for with :$SAVED after the id.
func (s *Service) describeContactFlow(ctx context.Context, in *connectapi.DescribeContactFlowInput) (*connectapi.DescribeContactFlowOutput, error) {
	out := &connectapi.DescribeContactFlowOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		f, ok := d.Flows[flowID(in.ContactFlowId)]
		if !ok {
			return notFound(center.KindFlow, value(in.ContactFlowId))
		}
		if f.Status == "SAVED" && !isSaved(in.ContactFlowId) {
			return &connectapi.ContactFlowNotPublishedException{Message: "The flow has not been published: " + string(f.ID)}
		}
		f = asAsked(f, in.ContactFlowId)
		out.ContactFlow = ptr(contactFlowOut(d, f))
		return nil
	})
	return out, err
}

func contactFlowOut(d *directory.Directory, f center.Flow) connectapi.ContactFlow {
	return connectapi.ContactFlow{
		Arn: ptr(resourceARN(d.Instance, center.KindFlow, string(f.ID))), Id: ptr(string(f.ID)), Name: ptr(f.Name), Type: ptr(f.Type), State: ptr(f.State),
		Status: ptr(f.Status), Description: optional(f.Description), Content: ptr(f.Content), Tags: maps.Clone(f.Tags), FlowContentSha256: contentDigest(f.Content),
		LastModifiedTime: timestamp(f.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}
