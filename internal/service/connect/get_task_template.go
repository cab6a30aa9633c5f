package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) getTaskTemplate(ctx context.Context, in *connectapi.GetTaskTemplateInput) (*connectapi.GetTaskTemplateOutput, error) {
	if err := refuseSet(member{"SnapshotVersion", value(in.SnapshotVersion) != ""}); err != nil {
		return nil, err
	}
	out := &connectapi.GetTaskTemplateOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		t, err := found(d.Templates, center.KindTaskTemplate, in.TaskTemplateId)
		if err != nil {
			return err
		}
		fields, constraints, defaults := fieldsOut(t.Fields)
		*out = connectapi.GetTaskTemplateOutput{
			InstanceId: ptr(string(d.Instance.ID)), Id: ptr(string(t.ID)), Arn: ptr(resourceARN(d.Instance, center.KindTaskTemplate, string(t.ID))), Name: ptr(t.Name),
			Description: optional(t.Description), ContactFlowId: optional(string(t.Flow)), Status: ptr(t.Status), Fields: fields, Constraints: constraints, Defaults: defaults,
			CreatedTime: timestamp(t.CreatedAt), LastModifiedTime: timestamp(t.ModifiedAt), Tags: maps.Clone(t.Tags),
		}
		return nil
	})
}
