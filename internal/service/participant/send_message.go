package participant

import (
	"context"
	"errors"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectparticipantapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/chat"
)

func (s *Service) sendMessage(ctx context.Context, in *connectparticipantapi.SendMessageInput) (*connectparticipantapi.SendMessageOutput, error) {
	h, err := s.holder(in.ConnectionToken, chat.ForConnection)
	if err != nil {
		return nil, err
	}
	id, at, err := said(h.center.Submit(ctx, center.SayInChat{
		Contact: h.Contact, Participant: h.Participant, ClientToken: value(in.ClientToken),
		Message: center.ChatMessage{ContentType: value(in.ContentType), Content: value(in.Content)},
	}))
	if err != nil {
		return nil, modelled(err)
	}
	return &connectparticipantapi.SendMessageOutput{Id: &id, AbsoluteTime: optional(at.UTC().Format(timeForm))}, nil
}

// said finds the message in what saying it led to: a new one, or the one that its client token said before.
func said(step center.Step, err error) (id string, at time.Time, _ error) {
	var r *center.Refused
	if errors.As(err, &r) && r.Reason == center.Repeated {
		at, err := time.Parse(time.RFC3339Nano, r.Detail)
		return r.ID, at, err
	}
	for _, e := range step.Events {
		if e, ok := e.(center.ChatItemAdded); ok && e.ContentType != center.ChatReturned {
			return e.ID, step.Stamp.At, err
		}
	}
	return "", at, err
}
