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
		err = s.updateCompleted(ctx, c, cmd)
	}
	if err != nil {
		return nil, attributesError(err)
	}
	return &connectapi.UpdateContactAttributesOutput{}, nil
}

// updateCompleted updates attributes of a contact that the center has let go of: it is told what is stored, to count how
// large all attributes are together. Updates of one contact go one after another, so that none counts without the others.
func (s *Service) updateCompleted(ctx context.Context, c Center, cmd center.UpdateContactAttributes) error {
	mine := s.attribute.of(string(cmd.Contact))
	if err := mine.enter(ctx); err != nil {
		return err
	}
	defer mine.leave()
	contact, err := s.contact(ctx, c, ptr(string(cmd.Contact)))
	if err != nil {
		return err
	}
	if cmd.Stored = contact.Attributes; cmd.Stored == nil {
		cmd.Stored = map[string]string{}
	}
	_, err = c.Submit(ctx, cmd)
	return err
}

func attributesError(err error) error {
	var r *center.Refused
	if errors.As(err, &r) && r.Reason == center.Invalid {
		return invalidRequest("%s", words(r))
	}
	return modelled(err)
}
