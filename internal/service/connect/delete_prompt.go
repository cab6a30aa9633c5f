package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) deletePrompt(ctx context.Context, in *connectapi.DeletePromptInput) (*connectapi.DeletePromptOutput, error) {
	return &connectapi.DeletePromptOutput{}, s.done(ctx, in.InstanceId, center.DeletePrompt{ID: id[center.PromptID](in.PromptId)})
}
