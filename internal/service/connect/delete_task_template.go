package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deleteTaskTemplate(ctx context.Context, in *connectapi.DeleteTaskTemplateInput) (*connectapi.DeleteTaskTemplateOutput, error) {
	return &connectapi.DeleteTaskTemplateOutput{}, s.done(ctx, in.InstanceId, center.DeleteTaskTemplate{ID: id[center.TaskTemplateID](in.TaskTemplateId)})
}
