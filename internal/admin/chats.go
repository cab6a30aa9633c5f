package admin

import (
	"net/http"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/chat"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// handOn is an agent transferring a task.
func (h *Handler) handOn(w http.ResponseWriter, r *http.Request) error {
	var body destination
	if err := readJSON(r, &body); err != nil {
		return err
	}
	return h.act(w, r, func(i *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		to, err := body.find(i)
		if err == nil && (to.Number != "" || to.Flow == "") {
			err = badRequest("flow", "a task is transferred through a flow, to an agent or a queue")
		}
		return center.TransferTask{Contact: center.ContactID(r.PathValue("contact")), By: a.ID, Flow: to.Flow, Queue: to.Queue, Agent: to.Agent}, err
	})
}

// agentToken gives the token with which an agent's client takes part in a chat that the agent is in.
func (h *Handler) agentToken(w http.ResponseWriter, r *http.Request) error {
	i, a, err := h.agent(r)
	if err != nil {
		return err
	}
	c, ok := i.Live.Contact(center.ContactID(r.PathValue("contact")))
	if !ok || c.Chat == nil || c.Chat.Agent == nil || !c.Connected() || c.Agent.Agent != a.ID {
		return notFound("%s is in no chat %q", a.Config.Username, r.PathValue("contact"))
	}
	var key []byte
	i.Live.Directory(func(d *directory.Directory) { key = d.Key })
	token, err := chat.Token{Kind: chat.ForParticipant, Account: i.Info.Account, Region: i.Info.Region, Instance: i.Info.ID, Contact: c.ID, Participant: c.Chat.Agent.ID}.Sign(key)
	if err != nil {
		return err
	}
	return writeJSON(w, map[string]string{"participantId": c.Chat.Agent.ID, "participantToken": token})
}

// say is the customer of a chat, or the agent in it, saying something. A customer who says something is connected.
func (h *Handler) say(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	var body struct{ As, Text string }
	if err := readJSON(r, &body); err != nil {
		return err
	}
	id := center.ContactID(r.PathValue("contact"))
	c, ok := i.Live.Contact(id)
	if !ok || c.Chat == nil {
		return notFound("no open chat %q in this instance", id)
	}
	who := c.Chat.Customer.ID
	switch body.As {
	case "", "customer":
		if _, err := i.Switchboard.Submit(r.Context(), center.ConnectChat{Contact: id, Participant: who}); err != nil {
			return err
		}
	case "agent":
		if c.Chat.Agent == nil {
			return notFound("no agent is in the chat %q", id)
		}
		who = c.Chat.Agent.ID
	default:
		return badRequest("as", "as must be customer or agent")
	}
	if _, err := i.Switchboard.Submit(r.Context(), center.SayInChat{Contact: id, Participant: who, Message: center.ChatMessage{ContentType: center.ChatPlain, Content: body.Text}}); err != nil {
		return err
	}
	return h.getContact(w, r)
}
