package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

func (s *Service) tagResource(ctx context.Context, in *connectapi.TagResourceInput) (*connectapi.TagResourceOutput, error) {
	return &connectapi.TagResourceOutput{}, s.changeTags(ctx, in.ResourceArn, in.Tags, nil)
}
