package participant

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectparticipantapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/chat"
)

// connectionLife is how long connection credentials are good for (documented for GetTranscript and its siblings: a day).
const connectionLife = 24 * time.Hour

// createParticipantConnection gives credentials for the other operations. With ConnectParticipant the participant counts as
// connected, and the chat of a customer begins; without a websocket nothing else says so.
func (s *Service) createParticipantConnection(ctx context.Context, in *connectparticipantapi.CreateParticipantConnectionInput) (*connectparticipantapi.CreateParticipantConnectionOutput, error) {
	for _, t := range in.Type {
		if t != connectparticipantapi.ConnectionTypeConnectionCredentials {
			return nil, invalid("Type " + t + " is not supported: ask for CONNECTION_CREDENTIALS with ConnectParticipant")
		}
	}
	if len(in.Type) == 0 && !value(in.ConnectParticipant) {
		return nil, invalid("Type is required unless ConnectParticipant is true")
	}
	h, err := s.holder(in.ParticipantToken, chat.ForParticipant)
	if err != nil {
		return nil, err
	}
	if value(in.ConnectParticipant) {
		if _, err := h.center.Submit(ctx, center.ConnectChat{Contact: h.Contact, Participant: h.Participant}); err != nil {
			return nil, modelled(err)
		}
	}
	out := &connectparticipantapi.CreateParticipantConnectionOutput{}
	if len(in.Type) == 0 {
		return out, nil
	}
	t := h.Token
	t.Kind, t.Expires = chat.ForConnection, s.cfg.Clock.Now().Add(connectionLife).UTC()
	token, err := t.Sign(h.key)
	if err != nil {
		return nil, err
	}
	out.ConnectionCredentials = &connectparticipantapi.ConnectionCredentials{ConnectionToken: &token, Expiry: optional(t.Expires.Format(timeForm))}
	return out, nil
}
