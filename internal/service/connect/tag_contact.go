package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) tagContact(ctx context.Context, in *connectapi.TagContactInput) (*connectapi.TagContactOutput, error) {
	return &connectapi.TagContactOutput{}, s.changeContact(ctx, in.InstanceId, center.UpdateContact{Contact: id[center.ContactID](in.ContactId), SetTags: in.Tags})
}
