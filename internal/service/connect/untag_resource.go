package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) untagResource(ctx context.Context, in *connectapi.UntagResourceInput) (*connectapi.UntagResourceOutput, error) {
	c, kind, name, err := s.tagged(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if _, err := c.Submit(ctx, center.ChangeTags{Kind: kind, ID: name, Remove: in.TagKeys}); err != nil {
		return nil, modelled(err)
	}
	return &connectapi.UntagResourceOutput{}, nil
}
