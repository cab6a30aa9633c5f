package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) createTaskTemplate(ctx context.Context, in *connectapi.CreateTaskTemplateInput) (*connectapi.CreateTaskTemplateOutput, error) {
	misused := invalidParameter("ClientToken: it was used with other members")
	return once(ctx, s.tokens, "CreateTaskTemplate", in.ClientToken, in, misused, func() (*connectapi.CreateTaskTemplateOutput, error) {
		t, err := templateIn(in.Name, in.Description, in.ContactFlowId, in.SelfAssignFlowId, in.Status, in.Fields, in.Constraints, in.Defaults)
		if err != nil {
			return nil, err
		}
		inst, e, err := created[center.TaskTemplateSaved](ctx, s, in.InstanceId, center.CreateTaskTemplate{Template: t})
		if err != nil {
			return nil, propertyError(err)
		}
		return &connectapi.CreateTaskTemplateOutput{
			Id: ptr(string(e.Template.ID)), Arn: ptr(resourceARN(inst, center.KindTaskTemplate, string(e.Template.ID))),
		}, nil
	})
}
