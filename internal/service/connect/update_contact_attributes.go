package connect

import (
	"context"
	"errors"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateContactAttributes creates or overwrites attributes, of an open contact or of one within its 24 months.
func (s *Service) updateContactAttributes(ctx context.Context, in *connectapi.UpdateContactAttributesInput) (*connectapi.UpdateContactAttributesOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	cmd := center.UpdateContactAttributes{Contact: id[center.ContactID](in.InitialContactId), Set: in.Attributes}
	_, err = c.Submit(ctx, cmd)
	var r *center.Refused
	if errors.As(err, &r) && r.Reason == center.NotFound {
		contact, err := s.contact(ctx, c, in.InitialContactId)
		if err != nil {
			return nil, err
		}
		if cmd.Stored = contact.Attributes; cmd.Stored == nil {
			cmd.Stored = map[string]string{}
		}
		if _, err := c.Submit(ctx, cmd); err != nil {
			return nil, attributesError(err)
		}
		return &connectapi.UpdateContactAttributesOutput{}, nil
	}
	if err != nil {
		return nil, attributesError(err)
	}
	return &connectapi.UpdateContactAttributesOutput{}, nil
}

func attributesError(err error) error {
	var r *center.Refused
	if errors.As(err, &r) && r.Reason == center.Invalid {
		return invalidRequest("%s", words(r))
	}
	return modelled(err)
}
