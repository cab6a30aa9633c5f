package connect

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// referencesIn turns a request's references into the center's, sorted by name. Attachments need files, which nothing
// here keeps.
func referencesIn(refs map[string]connectapi.Reference) ([]center.Reference, error) {
	out := make([]center.Reference, 0, len(refs))
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		r := refs[name]
		switch value(r.Type) {
		case connectapi.ReferenceTypeUrl, connectapi.ReferenceTypeNumber, connectapi.ReferenceTypeString, connectapi.ReferenceTypeDate, connectapi.ReferenceTypeEmail:
		default:
			return nil, invalidRequest("References.%s.Type %s is not supported", name, value(r.Type))
		}
		if err := refuseSet(
			member{"References." + name + ".Arn", r.Arn != nil},
			member{"References." + name + ".Status", r.Status != nil},
			member{"References." + name + ".StatusReason", r.StatusReason != nil},
		); err != nil {
			return nil, err
		}
		out = append(out, center.Reference{Name: name, Type: value(r.Type), Value: value(r.Value)})
	}
	return out, nil
}

// startedContact finds what a command that starts a contact led to: a new contact, or the one that its client token
// started before.
func startedContact(step center.Step, err error) (string, error) {
	var r *center.Refused
	if errors.As(err, &r) && r.Reason == center.Repeated {
		return r.ID, nil
	}
	if err != nil {
		return "", err
	}
	e, err := saved[center.ContactInitiated](step)
	return string(e.Contact), err
}

// contact returns a contact as it stands, or a ResourceNotFoundException.
func (s *Service) contact(ctx context.Context, c Center, name *string) (lifecycle.Contact, error) {
	contact, ok, err := c.Contact(ctx, id[center.ContactID](name))
	if err != nil {
		return contact, modelled(err)
	}
	if !ok {
		return contact, notFound(center.KindContact, value(name))
	}
	return contact, nil
}

// withRelated adds the attributes of the contact that a new one is related to: they are copied, and the new contact's own
// come first (documented for RelatedContactId).
func (s *Service) withRelated(ctx context.Context, c Center, related *string, own map[string]string) (map[string]string, error) {
	if related == nil {
		return own, nil
	}
	r, err := s.contact(ctx, c, related)
	return merged(r.Attributes, own), err
}

// merged returns the attributes of both; those of over win.
func merged(under, over map[string]string) map[string]string {
	m := make(map[string]string, len(under)+len(over))
	maps.Copy(m, under)
	maps.Copy(m, over)
	return m
}
