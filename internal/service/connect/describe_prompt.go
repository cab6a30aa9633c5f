package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describePrompt(ctx context.Context, in *connectapi.DescribePromptInput) (*connectapi.DescribePromptOutput, error) {
	out := &connectapi.DescribePromptOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		p, err := found(d.Prompts, center.KindPrompt, in.PromptId)
		if err == nil {
			out.Prompt = ptr(promptOut(d, p))
		}
		return err
	})
}

func promptOut(d *directory.Directory, p center.Prompt) connectapi.Prompt {
	return connectapi.Prompt{
		PromptARN: ptr(resourceARN(d.Instance, center.KindPrompt, string(p.ID))), PromptId: ptr(string(p.ID)), Name: ptr(p.Name), Description: optional(p.Description),
		Tags: maps.Clone(p.Tags), LastModifiedTime: timestamp(p.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}
