package connect

import (
	"context"
	"errors"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateContact changes the name, the description and references of a contact, completed or not.
func (s *Service) updateContact(ctx context.Context, in *connectapi.UpdateContactInput) (*connectapi.UpdateContactOutput, error) {
	if err := refuseSet(
		member{"SegmentAttributes", len(in.SegmentAttributes) > 0},
		member{"QueueInfo", in.QueueInfo != nil},
		member{"UserInfo", in.UserInfo != nil},
		member{"CustomerEndpoint", in.CustomerEndpoint != nil},
		member{"SystemEndpoint", in.SystemEndpoint != nil},
	); err != nil {
		return nil, err
	}
	if in.Name == nil && in.Description == nil && len(in.References) == 0 {
		return nil, invalidRequest("At least one of Name, Description and References must be given")
	}
	refs, err := referencesIn(in.References)
	if err != nil {
		return nil, err
	}
	err = s.changeContact(ctx, in.InstanceId, center.UpdateContact{
		Contact: id[center.ContactID](in.ContactId), Name: in.Name, Description: in.Description, References: refs,
	})
	return &connectapi.UpdateContactOutput{}, err
}

// changeContact changes what a contact says of itself. The center is told of one that it has let go of what its tags are;
// changes of one such contact go one after another, so that none counts without the others.
func (s *Service) changeContact(ctx context.Context, instance *string, cmd center.UpdateContact) error {
	c, err := s.find(ctx, instance)
	if err != nil {
		return err
	}
	_, err = c.Submit(ctx, cmd)
	var r *center.Refused
	if !errors.As(err, &r) || r.Reason != center.NotFound || r.Kind != center.KindContact {
		return modelled(err)
	}
	mine := s.attribute.of(string(cmd.Contact))
	if err := mine.enter(ctx); err != nil {
		return err
	}
	defer mine.leave()
	contact, err := s.contact(ctx, c, ptr(string(cmd.Contact)))
	if err != nil {
		return err
	}
	cmd.Completed, cmd.StoredTags = true, contact.Tags
	_, err = c.Submit(ctx, cmd)
	return modelled(err)
}
