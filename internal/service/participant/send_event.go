package participant

import (
	"context"
	"encoding/hex"
	"io"

	"github.com/hookswitch/hookswitch/internal/api/connectparticipantapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/chat"
)

// sendEvent takes what is over once it was seen: typing, and that a connection stands. It is in no transcript, and who
// reads transcripts does not see it; that is all there is to do with it here. Receipts are not supported.
func (s *Service) sendEvent(ctx context.Context, in *connectparticipantapi.SendEventInput) (*connectparticipantapi.SendEventOutput, error) {
	h, err := s.holder(in.ConnectionToken, chat.ForConnection)
	if err != nil {
		return nil, err
	}
	if t := value(in.ContentType); t != center.ChatTyping && t != center.ChatAcknowledged {
		return nil, invalid("ContentType " + t + " is not supported")
	}
	if in.Content != nil {
		return nil, invalid("Content is not supported with " + value(in.ContentType))
	}
	if _, err := h.center.Submit(ctx, center.ConnectChat{Contact: h.Contact, Participant: h.Participant}); err != nil {
		return nil, modelled(err)
	}
	b := make([]byte, 16)
	if _, err := io.ReadFull(s.cfg.Random, b); err != nil {
		return nil, err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	x := hex.EncodeToString(b)
	return &connectparticipantapi.SendEventOutput{
		Id: optional(x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]), AbsoluteTime: optional(s.cfg.Clock.Now().UTC().Format(timeForm)),
	}, nil
}
