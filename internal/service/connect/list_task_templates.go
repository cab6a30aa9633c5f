package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listTaskTemplates(ctx context.Context, in *connectapi.ListTaskTemplatesInput) (*connectapi.ListTaskTemplatesOutput, error) {
	out := &connectapi.ListTaskTemplatesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		keep := func(t *center.TaskTemplate) bool {
			return (in.Status == nil || t.Status == *in.Status) && (in.Name == nil || t.Name == *in.Name)
		}
		out.TaskTemplates, out.NextToken, err = listedOf("ListTaskTemplates", d.Templates, keep, in.NextToken, in.MaxResults, func(t center.TaskTemplate) connectapi.TaskTemplateMetadata {
			return connectapi.TaskTemplateMetadata{
				Id: ptr(string(t.ID)), Arn: ptr(resourceARN(d.Instance, center.KindTaskTemplate, string(t.ID))), Name: ptr(t.Name), Description: optional(t.Description),
				Status: ptr(t.Status), CreatedTime: timestamp(t.CreatedAt), LastModifiedTime: timestamp(t.ModifiedAt),
			}
		})
		return err
	})
}
