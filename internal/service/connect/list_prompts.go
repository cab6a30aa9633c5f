package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listPrompts(ctx context.Context, in *connectapi.ListPromptsInput) (*connectapi.ListPromptsOutput, error) {
	out := &connectapi.ListPromptsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.PromptSummaryList, out.NextToken, err = listedOf("ListPrompts", d.Prompts, nil, in.NextToken, in.MaxResults, func(p center.Prompt) connectapi.PromptSummary {
			return connectapi.PromptSummary{
				Id: ptr(string(p.ID)), Arn: ptr(resourceARN(d.Instance, center.KindPrompt, string(p.ID))), Name: ptr(p.Name),
				LastModifiedTime: timestamp(p.ModifiedAt), LastModifiedRegion: region(d.Instance),
			}
		})
		return err
	})
}
