package machine

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// dialOut is an agent calling a customer. It takes a free slot for calls, and no particular status.
func (t *turn) dialOut(cmd center.DialOut) error {
	a, err := t.agent(cmd.Agent)
	if err != nil {
		return err
	}
	if err := t.mayOpen(center.Voice, ""); err != nil {
		return err
	}
	if !center.IsPhoneNumber(cmd.Destination) {
		return invalid("Destination", "not a phone number in E.164")
	}
	if free, _ := a.Slots(center.Voice); free == 0 {
		return conflict(center.KindUser, string(a.ID), "the agent has no slot free for a call")
	}
	q := a.Config.DefaultOutbound
	if cmd.Queue != "" {
		queue, ok := t.m.state.Directory.Queues[cmd.Queue]
		if !ok {
			return &center.Refused{Reason: center.NotFound, Kind: center.KindQueue, ID: string(cmd.Queue), Field: "QueueId"}
		}
		q = center.AgentQueue{ID: queue.ID, Name: queue.Name, Agent: queue.Agent != "", Channels: []center.Channel{center.Voice}}
	}
	from, err := t.outboundNumber(a, q.ID)
	if err != nil {
		return err
	}
	if err := checkAttributes(nil, cmd.Attributes); err != nil {
		return err
	}
	e := t.voiceContact(lifecycle.MethodOutbound, cmd.Destination, from.Address)
	e.Attributes, e.RingUntil = orNil(cmd.Attributes), t.at.Add(ringTimeoutUsual)
	t.emit(e)
	t.emit(center.CallPlaced{Contact: e.Contact, Agent: a.ID, Channel: center.Voice, Method: e.Method, Queue: q})
	t.ask(center.DialCustomer{Contact: e.Contact, To: *e.Customer, From: *e.System, RingTimeout: ringTimeoutUsual})
	return nil
}

// placed returns the agent who has placed the call, while it rings, or nil.
func (t *turn) placed(c *lifecycle.Contact) *lifecycle.Agent {
	if c.Method == lifecycle.MethodOutbound && c.Offer != nil {
		return t.m.state.Agents[c.Offer.Agent]
	}
	return nil
}

// answersAgent joins the customer with the agent who has called, after the outbound whisper.
func (t *turn) answersAgent(c *lifecycle.Contact) {
	t.emit(center.ContactConnectedToSystem{Contact: c.ID})
	t.prepare(c, center.OnOutboundWhisper)
}

// giveUp is the agent hanging up before it has talked to the customer whom it has called: nobody has answered yet, or a
// whisper is played.
func (t *turn) giveUp(c *lifecycle.Contact, a *lifecycle.Agent) {
	missed := center.ContactMissed{Contact: c.ID, Agent: a.ID, State: center.AgentContactEnded}
	if limit := a.Config.ACWLimit; limit > 0 {
		missed.Until = t.at.Add(seconds(limit))
	}
	reason := telecomCancelled
	if !c.ConnectedToSystemAt.IsZero() {
		reason = agentDisconnect
	}
	t.emit(missed)
	t.end(c, reason, release)
}
