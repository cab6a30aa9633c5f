package connect

import (
	"context"
	"errors"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// stopContact ends a contact. One that is over already is answered as one that never was: ContactNotFoundException, 410.
func (s *Service) stopContact(ctx context.Context, in *connectapi.StopContactInput) (*connectapi.StopContactOutput, error) {
	if err := refuseSet(member{"DisconnectReason", in.DisconnectReason != nil}); err != nil {
		return nil, err
	}
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	_, err = c.Submit(ctx, center.StopContact{Contact: id[center.ContactID](in.ContactId)})
	var r *center.Refused
	if errors.As(err, &r) && r.Kind == center.KindContact && r.Reason == center.NotFound {
		return nil, &connectapi.ContactNotFoundException{Message: "The specified contact is not active or does not exist"}
	}
	if err != nil {
		return nil, modelled(err)
	}
	return &connectapi.StopContactOutput{}, nil
}
