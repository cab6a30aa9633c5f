package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

func (s *Service) getContactAttributes(ctx context.Context, in *connectapi.GetContactAttributesInput) (*connectapi.GetContactAttributesOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	contact, err := s.contact(ctx, c, in.InitialContactId)
	if err != nil {
		return nil, err
	}
	out := &connectapi.GetContactAttributesOutput{Attributes: contact.Attributes}
	if out.Attributes == nil {
		out.Attributes = map[string]string{}
	}
	return out, nil
}
