package participant

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectparticipantapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/chat"
)

// disconnectParticipant is a participant leaving the chat.
func (s *Service) disconnectParticipant(ctx context.Context, in *connectparticipantapi.DisconnectParticipantInput) (*connectparticipantapi.DisconnectParticipantOutput, error) {
	h, err := s.holder(in.ConnectionToken, chat.ForConnection)
	if err != nil {
		return nil, err
	}
	_, err = h.center.Submit(ctx, center.LeaveChat{Contact: h.Contact, Participant: h.Participant})
	return &connectparticipantapi.DisconnectParticipantOutput{}, modelled(err)
}
