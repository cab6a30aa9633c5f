package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updatePrompt changes what a prompt is called. Another sound is refused: nothing here reads it.
func (s *Service) updatePrompt(ctx context.Context, in *connectapi.UpdatePromptInput) (*connectapi.UpdatePromptOutput, error) {
	if err := refuseSet(member{"S3Uri", in.S3Uri != nil}); err != nil {
		return nil, err
	}
	inst, e, err := created[center.PromptSaved](ctx, s, in.InstanceId, center.UpdatePrompt{ID: id[center.PromptID](in.PromptId), Name: in.Name, Description: in.Description})
	if err != nil {
		return nil, err
	}
	return &connectapi.UpdatePromptOutput{PromptARN: ptr(resourceARN(inst, center.KindPrompt, string(e.Prompt.ID))), PromptId: ptr(string(e.Prompt.ID))}, nil
}
