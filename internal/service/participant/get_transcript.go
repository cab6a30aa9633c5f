package participant

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectparticipantapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/chat"
)

const (
	pageUsual  = 15  // items in an answer that was not asked for a number
	followsMax = 100 // contacts that continue a chat one after the other
)

// getTranscript returns a page of the transcript, that of past chats which the chat continues included. A start position
// by id or time is left out of the page itself; that of the most recent is in.
func (s *Service) getTranscript(ctx context.Context, in *connectparticipantapi.GetTranscriptInput) (*connectparticipantapi.GetTranscriptOutput, error) {
	h, err := s.holder(in.ConnectionToken, chat.ForConnection)
	if err != nil {
		return nil, err
	}
	first, last, err := ends(ctx, h, value(in.ContactId))
	if err != nil {
		return nil, err
	}
	forward := value(in.ScanDirection) == connectparticipantapi.ScanDirectionForward
	start := in.StartPosition
	if in.NextToken != nil {
		start = &connectparticipantapi.StartPosition{Id: in.NextToken}
	}
	pos, err := startAt(start)
	if err != nil {
		return nil, err
	}
	most := pageUsual
	if in.MaxResults != nil && *in.MaxResults > 0 {
		most = int(*in.MaxResults)
	}
	items, more, err := page(ctx, h, last, value(in.ContactId), pos, forward, most)
	if err != nil {
		return nil, err
	}
	out := &connectparticipantapi.GetTranscriptOutput{InitialContactId: optional(string(first)), Transcript: []connectparticipantapi.Item{}}
	if more {
		out.NextToken = optional(items[len(items)-1].ID)
	}
	ascending := value(in.SortOrder) == connectparticipantapi.SortKeyAscending
	if ascending != forward {
		slices.Reverse(items)
	}
	for _, it := range items {
		out.Transcript = append(out.Transcript, itemOut(it))
	}
	return out, nil
}

// ends returns the first contact of the holder's chat and the newest item of its transcript, or of one contact of it.
func ends(ctx context.Context, h holder, only string) (first center.ContactID, last center.ChatPlace, err error) {
	c, ok, err := h.center.Contact(ctx, h.Contact)
	if err != nil || !ok || c.Chat == nil {
		return "", last, orDenied(err)
	}
	if first = c.Initial; first == "" {
		first = c.ID
	}
	wanted := center.ContactID(only)
	for range followsMax {
		if c.ID == wanted {
			return first, c.Chat.Last, nil
		}
		next, ok, err := h.center.Contact(ctx, c.Next)
		if err != nil {
			return "", last, err
		}
		if !ok || next.Chat == nil || next.LineOf() != c.LineOf() {
			break
		}
		c = next
	}
	if wanted != "" {
		if past, ok, err := h.center.Contact(ctx, wanted); err != nil || !ok || past.Chat == nil || past.LineOf() != c.LineOf() && !continues(c, past) {
			return "", last, orDenied(err)
		} else {
			return first, past.Chat.Last, nil
		}
	}
	return first, c.Chat.Last, nil
}

// continues reports whether a chat continues a past one.
func continues(c, past lifecycle.Contact) bool { return c.Related != "" && c.Related == past.ID }

func orDenied(err error) error {
	if err != nil {
		return err
	}
	return denied()
}

// position is where a page starts.
type position struct {
	id     string
	at     time.Time
	recent int
}

func startAt(p *connectparticipantapi.StartPosition) (pos position, err error) {
	if p == nil {
		return pos, nil
	}
	pos.id, pos.recent = value(p.Id), int(value(p.MostRecent))
	if p.AbsoluteTime != nil {
		if pos.at, err = time.Parse(time.RFC3339, *p.AbsoluteTime); err != nil {
			return pos, invalid("StartPosition.AbsoluteTime must be a time in ISO 8601")
		}
	}
	set := 0
	for _, is := range []bool{p.Id != nil, p.MostRecent != nil, p.AbsoluteTime != nil} {
		if is {
			set++
		}
	}
	if set != 1 {
		return pos, invalid("StartPosition must have exactly one of Id, AbsoluteTime and MostRecent")
	}
	return pos, nil
}

// reached reports whether going back from the newest item, the n-th from 1, has come to the position or gone past it.
func (p position) reached(it chat.Item, n int) bool {
	switch {
	case p.id != "":
		return it.ID == p.id
	case !p.at.IsZero():
		return !it.At.After(p.at)
	}
	return p.recent > 0 && n >= p.recent
}

// page returns items in the direction of the scan, and whether there are more in it.
func page(ctx context.Context, h holder, last center.ChatPlace, only string, pos position, forward bool, most int) (items []chat.Item, more bool, err error) {
	n, open := 0, pos == position{}
	for it, err := range chat.Backward(ctx, h.center.Step, last) {
		if err != nil {
			return nil, false, err
		}
		if only != "" && string(it.Contact) != only {
			continue
		}
		n++
		here := pos.reached(it, n)
		if forward {
			if here && pos.recent == 0 {
				break
			}
			items = append(items, it)
			if here {
				break
			}
			continue
		}
		if !open {
			if open = here; !here || pos.id != "" {
				continue
			}
		}
		if len(items) == most {
			return items, true, nil
		}
		items = append(items, it)
	}
	if forward {
		slices.Reverse(items)
		if len(items) > most {
			return items[:most], true, nil
		}
	}
	return items, false, nil
}

func itemOut(it chat.Item) connectparticipantapi.Item {
	typ := connectparticipantapi.ChatItemTypeEvent
	switch it.ContentType {
	case center.ChatJoined:
		typ = connectparticipantapi.ChatItemTypeParticipantJoined
	case center.ChatLeft:
		typ = connectparticipantapi.ChatItemTypeParticipantLeft
	case center.ChatEnded:
		typ = connectparticipantapi.ChatItemTypeChatEnded
	default:
		if !strings.HasPrefix(it.ContentType, "application/vnd.amazonaws.connect.event.") {
			typ = connectparticipantapi.ChatItemTypeMessage
		}
	}
	return connectparticipantapi.Item{
		Id: optional(it.ID), Type: &typ, ContentType: optional(it.ContentType), Content: optional(it.Content), ContactId: optional(string(it.Contact)),
		AbsoluteTime: optional(it.At.UTC().Format(timeForm)), ParticipantId: optional(it.Participant), ParticipantRole: optional(it.Role), DisplayName: optional(it.Name),
	}
}
