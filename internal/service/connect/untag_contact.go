package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) untagContact(ctx context.Context, in *connectapi.UntagContactInput) (*connectapi.UntagContactOutput, error) {
	return &connectapi.UntagContactOutput{}, s.changeContact(ctx, in.InstanceId, center.UpdateContact{Contact: id[center.ContactID](in.ContactId), RemoveTags: in.TagKeys})
}
