// Package participant answers the Amazon Connect Participant Service: what clients of customers and agents do in a chat.
// Whoever holds a token is the participant that it was made for; the signature of a request says nothing. There are no
// websockets: what others say is read with GetTranscript.
package participant

import (
	"context"
	"errors"
	"io"

	"github.com/hookswitch/hookswitch/internal/api/connectparticipantapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/chat"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/switchboard"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Center is one instance as this service uses it.
type Center interface {
	// Submit returns when what the command led to is durable.
	Submit(ctx context.Context, cmd center.Command) (center.Step, error)
	// View is what is committed.
	View() *live.View
	// Contact returns a contact as it stands, completed or not.
	Contact(ctx context.Context, id center.ContactID) (c lifecycle.Contact, ok bool, err error)
	// Step returns the step at a place of the journal.
	Step(ctx context.Context, place uint64) (center.Step, error)
}

// Config is what the service is made of. All of it is needed.
type Config struct {
	// Find returns an instance by its id; a *center.Refused when there is none.
	Find   func(account, region string, id center.InstanceID) (Center, error)
	Clock  clock.Clock
	Random io.Reader // ids of events that are in no transcript
}

// Service answers the API.
type Service struct{ cfg Config }

// New returns the service.
func New(cfg Config) *Service { return &Service{cfg} }

// Operations is what the service supports.
func (s *Service) Operations() []wire.Operation {
	return []wire.Operation{
		connectparticipantapi.CreateParticipantConnection(s.createParticipantConnection),
		connectparticipantapi.SendMessage(s.sendMessage),
		connectparticipantapi.SendEvent(s.sendEvent),
		connectparticipantapi.GetTranscript(s.getTranscript),
		connectparticipantapi.DisconnectParticipant(s.disconnectParticipant),
	}
}

// holder is who holds a token, in its instance.
type holder struct {
	chat.Token
	center Center
	key    []byte
}

// holder finds out who holds a token that is good for a kind of use.
func (s *Service) holder(token *string, kind string) (holder, error) {
	t, err := chat.Read(value(token))
	if err != nil {
		return holder{}, denied()
	}
	c, err := s.cfg.Find(t.Account, t.Region, t.Instance)
	var r *center.Refused
	if errors.As(err, &r) {
		return holder{}, denied()
	}
	if err != nil {
		return holder{}, err
	}
	h := holder{Token: t, center: c}
	c.View().Directory(func(d *directory.Directory) { h.key = d.Key })
	if t.Check(h.key, value(token), kind, s.cfg.Clock.Now()) != nil {
		return holder{}, denied()
	}
	return h, nil
}

// modelled turns why a command was refused into an error of the API. Who may not do something now is denied it, as AWS
// denies those whose chat is over.
func modelled(err error) error {
	var r *center.Refused
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &r):
		if switchboard.Retryable(err) && !errors.Is(err, switchboard.ErrUncertain) {
			return &connectparticipantapi.ThrottlingException{Message: "Rate exceeded"}
		}
		return err
	case r.Reason == center.Invalid && r.Field != "ContactId", r.Reason == center.Limit:
		return invalid(r.Error())
	}
	return &connectparticipantapi.AccessDeniedException{Message: "Access denied: " + detail(r)}
}

func detail(r *center.Refused) string {
	if r.Detail == "" {
		return string(r.Reason)
	}
	return r.Detail
}

func denied() error { return &connectparticipantapi.AccessDeniedException{Message: "Access denied"} }

func invalid(message string) error {
	return &connectparticipantapi.ValidationException{Message: message}
}

// value returns what a member holds, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// timeForm is how times look in answers: ISO 8601 in UTC with milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"
