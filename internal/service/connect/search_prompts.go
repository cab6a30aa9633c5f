package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) searchPrompts(ctx context.Context, in *connectapi.SearchPromptsInput) (*connectapi.SearchPromptsOutput, error) {
	out := &connectapi.SearchPromptsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		var tags *connectapi.ControlPlaneTagFilter
		if in.SearchFilter != nil {
			tags = in.SearchFilter.TagFilter
		}
		kind := searched[connectapi.PromptSearchCriteria, center.Prompt]{
			operation: "SearchPrompts", tags: func(v *center.Prompt) map[string]string { return v.Tags },
			node: func(c *connectapi.PromptSearchCriteria) (or, and []connectapi.PromptSearchCriteria, text *connectapi.StringCondition) {
				return c.OrConditions, c.AndConditions, c.StringCondition
			},
			fields: usualFields(func(v *center.Prompt) string { return v.Name }, func(v *center.Prompt) string { return v.Description }, func(v *center.Prompt) string { return string(v.ID) }),
		}
		r := request[connectapi.PromptSearchCriteria]{criteria: in.SearchCriteria, tags: tags, token: in.NextToken, most: in.MaxResults}
		out.Prompts, out.NextToken, out.ApproximateTotalCount, err = search(kind, d.Prompts, r, func(v center.Prompt) connectapi.Prompt { return promptOut(d, v) })
		return err
	})
}
