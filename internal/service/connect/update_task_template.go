package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateTaskTemplate takes the place of the whole template: what is not given is gone (documented).
func (s *Service) updateTaskTemplate(ctx context.Context, in *connectapi.UpdateTaskTemplateInput) (*connectapi.UpdateTaskTemplateOutput, error) {
	t, err := templateIn(in.Name, in.Description, in.ContactFlowId, in.SelfAssignFlowId, in.Status, in.Fields, in.Constraints, in.Defaults)
	if err != nil {
		return nil, err
	}
	t.ID = id[center.TaskTemplateID](in.TaskTemplateId)
	inst, e, err := created[center.TaskTemplateSaved](ctx, s, in.InstanceId, center.UpdateTaskTemplate{Template: t})
	if err != nil {
		return nil, propertyError(err)
	}
	t = e.Template
	fields, constraints, defaults := fieldsOut(t.Fields)
	return &connectapi.UpdateTaskTemplateOutput{
		InstanceId: ptr(string(inst.ID)), Id: ptr(string(t.ID)), Arn: ptr(resourceARN(inst, center.KindTaskTemplate, string(t.ID))), Name: ptr(t.Name),
		Description: optional(t.Description), ContactFlowId: optional(string(t.Flow)), Status: ptr(t.Status), Fields: fields, Constraints: constraints, Defaults: defaults,
		CreatedTime: timestamp(t.CreatedAt), LastModifiedTime: timestamp(t.ModifiedAt),
	}, nil
}
