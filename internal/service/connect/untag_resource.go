package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

func (s *Service) untagResource(ctx context.Context, in *connectapi.UntagResourceInput) (*connectapi.UntagResourceOutput, error) {
	return &connectapi.UntagResourceOutput{}, s.changeTags(ctx, in.ResourceArn, nil, in.TagKeys)
}
