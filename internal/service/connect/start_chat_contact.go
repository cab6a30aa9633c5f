package connect

import (
	"context"
	"errors"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/chat"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// chainMax is how many contacts that continue one another are followed to the end of a past chat.
const chainMax = 100

// startChatContact starts a chat, and gives the token that the customer connects with, within five minutes.
func (s *Service) startChatContact(ctx context.Context, in *connectapi.StartChatContactInput) (*connectapi.StartChatContactOutput, error) {
	if err := refuseSet(
		member{"ParticipantConfiguration", in.ParticipantConfiguration != nil},
		member{"SegmentAttributes", len(in.SegmentAttributes) > 0},
		member{"CustomerId", in.CustomerId != nil},
		member{"DisconnectOnCustomerExit", len(in.DisconnectOnCustomerExit) > 0},
	); err != nil {
		return nil, err
	}
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	cmd := center.StartChat{
		Flow: flowID(in.ContactFlowId), Name: value(in.ParticipantDetails.DisplayName), Duration: time.Duration(value(in.ChatDurationInMinutes)) * time.Minute,
		Related: id[center.ContactID](in.RelatedContactId), ClientToken: value(in.ClientToken), ContentTypes: in.SupportedMessagingContentTypes,
	}
	if m := in.InitialMessage; m != nil {
		cmd.Initial = &center.ChatMessage{ContentType: value(m.ContentType), Content: value(m.Content)}
	}
	if cmd.Attributes, err = s.withRelated(ctx, c, in.RelatedContactId, in.Attributes); err != nil {
		return nil, err
	}
	out := &connectapi.StartChatContactOutput{}
	if in.PersistentChat != nil {
		if out.ContinuedFromContactId, err = s.persist(ctx, c, in, &cmd); err != nil {
			return nil, err
		}
	}
	step, err := c.Submit(ctx, cmd)
	contact, err := startedContact(step, err)
	if err != nil {
		return nil, modelled(err)
	}
	started, err := s.contact(ctx, c, &contact)
	if err != nil {
		return nil, err
	}
	caller := wire.CallerFrom(ctx)
	out.ContactId, out.ParticipantId = &contact, ptr(started.Chat.Customer.ID)
	var key []byte
	c.View().Directory(func(d *directory.Directory) { key = d.Key })
	token, err := chat.Token{Kind: chat.ForParticipant, Account: caller.Account, Region: caller.Region, Instance: instanceOf(c).ID,
		Contact: started.ID, Participant: started.Chat.Customer.ID}.Sign(key)
	out.ParticipantToken = &token
	return out, err
}

// persist lets a chat continue a past one: its transcript goes on.
func (s *Service) persist(ctx context.Context, c Center, in *connectapi.StartChatContactInput, cmd *center.StartChat) (*string, error) {
	p := in.PersistentChat
	if in.RelatedContactId != nil {
		return nil, invalidRequest("RelatedContactId: a persistent chat is related to its source")
	}
	if p.SourceContactId == nil || p.RehydrationType == nil {
		return nil, invalidRequest("PersistentChat needs SourceContactId and RehydrationType")
	}
	source, err := s.contact(ctx, c, p.SourceContactId)
	if err != nil {
		return nil, err
	}
	if source.Chat == nil {
		return nil, invalidRequest("PersistentChat.SourceContactId: the contact is not a chat")
	}
	last := source
	if *p.RehydrationType == connectapi.RehydrationTypeEntirePastSession {
		if source.Initial != "" {
			return nil, invalidRequest("PersistentChat.SourceContactId: must be the first contact of the past session")
		}
		if last, err = lastOf(ctx, c, source); err != nil {
			return nil, err
		}
	}
	if !last.Over() {
		return nil, invalidRequest("PersistentChat.SourceContactId: the chat is not over")
	}
	cmd.Related, cmd.Continues, cmd.Items = source.ID, last.Chat.Last, last.Chat.Items
	return ptr(string(source.ID)), nil
}

// lastOf returns the contact that a chat has ended as.
func lastOf(ctx context.Context, c Center, from lifecycle.Contact) (lifecycle.Contact, error) {
	for range chainMax {
		next, ok, err := c.Contact(ctx, from.Next)
		if err != nil {
			return from, modelled(err)
		}
		if !ok || next.Chat == nil || next.LineOf() != from.LineOf() {
			return from, nil
		}
		from = next
	}
	return from, errors.New("a chat that is continued without end")
}
