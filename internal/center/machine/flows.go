package machine

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/routing"
)

// Pinned is the content of a flow that is no longer published, and how many places in it contacts stand at or return to.
type Pinned struct {
	Content string
	Places  int
}

// scene is what flows see of the step at hand.
func (t *turn) scene() *flow.Scene {
	if t.flows == nil {
		t.flows = &flow.Scene{
			Directory: t.m.state.Directory, At: t.at, Flows: &t.m.flows, Queued: t.inQueue, Metric: t.metric, NewID: t.newID, Emit: t.emitShared, Write: t.systemSays,
			Pinned: func(digest string) (string, bool) {
				p, ok := t.m.state.Pinned[digest]
				return p.Content, ok
			},
			Shared: func(c *lifecycle.Contact) bool { return t.source(c) != nil },
			Takes: func(id center.AgentID, ch center.Channel) bool {
				a := t.m.state.Agents[id]
				return a != nil && routing.Takes(a, ch)
			},
			Spent: func() bool { return t.bytes-t.ran >= runBytesMax },
			Full:  func() bool { return t.mayOpen(center.Voice, "") != nil },
			Ask: func(e center.Effect) center.EffectID {
				t.ask(e)
				return center.MakeEffectID(t.place, len(t.effects)-1)
			},
		}
	}
	return t.flows
}

// run runs a flow for a contact, and does what it comes to.
func (t *turn) run(c *lifecycle.Contact, on center.FlowOccasion, id center.FlowID) {
	t.follow(c, on, flow.Begin(*t.scene(), c, on, id))
}

// goOn lets a contact that waits in a flow go on.
func (t *turn) goOn(c *lifecycle.Contact, why flow.Cause) {
	on := c.Position.Occasion
	t.follow(c, on, flow.Resume(*t.scene(), c, why))
}

// follow does what a run came to.
func (t *turn) follow(c *lifecycle.Contact, on center.FlowOccasion, out flow.Outcome) {
	switch out.End {
	case flow.Queues:
		t.enqueue(c, out.Queue)
	case flow.Moves:
		t.moveQueue(c, out.Queue)
	case flow.Disconnects:
		t.end(c, flowDisconnect, release)
	case flow.Ends:
		switch {
		case c.Phase() == lifecycle.Accepted:
			t.prepare(c, after(c, on))
		case c.Position != nil:
			t.emit(center.FlowMoved{Contact: c.ID})
		}
	}
}

// flowOn returns the flow that runs on an occasion: the one set for the contact, or the instance's default; "" when it
// would do nothing.
func (t *turn) flowOn(c *lifecycle.Contact, on center.FlowOccasion) center.FlowID {
	id := c.Hook(on)
	if id == "" {
		id = t.m.defaultFlow(language.TypeOn(on))
	}
	if id == "" || flow.Silent(*t.scene(), id) {
		return ""
	}
	return id
}

// defaultFlow returns the instance's default flow of a type, or "".
func (m *Machine) defaultFlow(typ string) center.FlowID {
	x := &m.index
	if x.defaults == nil {
		x.defaults = m.state.Directory.DefaultFlows()
	}
	return x.defaults[typ]
}

// inQueueFlow lets a contact that was queued run its customer queue flow. Nobody listens for a callback; a task has a flow
// only if one was set.
func (t *turn) inQueueFlow(c *lifecycle.Contact) {
	if c.Callback != nil && c.ConnectedToSystemAt.IsZero() || c.Channel == center.Task && c.Hook(center.OnCustomerQueue) == "" {
		return
	}
	if id := t.flowOn(c, center.OnCustomerQueue); id != "" {
		t.run(c, center.OnCustomerQueue, id)
	}
}

// moveQueue takes a contact out of its queue and puts the customer into another, as a new contact. A flow that does so
// again and again is stopped after movesMax: the contact stays where it is.
func (t *turn) moveQueue(c *lifecycle.Contact, q center.QueueID) {
	if t.moves++; t.moves > movesMax {
		if c.Position != nil {
			t.emit(center.FlowMoved{Contact: c.ID})
		}
		return
	}
	e := flow.Successor(t.m.state.Directory, c, center.ContactID(t.newID()), lifecycle.MethodQueueTransfer)
	e.Queue, e.Line, e.ExpiresAt = q, c.LineOf(), c.ExpiresAt
	next := t.continues(c, e, flowDisconnect)
	if c.Priority != next.Priority || c.Age != next.Age {
		t.emit(center.ContactRoutingChanged{Contact: next.ID, Priority: c.Priority, Age: c.Age})
	}
	if n := len(c.Criteria); n > 0 {
		t.emit(center.ContactCriteriaSet{Contact: next.ID, Steps: withoutStatus(c.Criteria[n-1].Steps)})
	}
	t.enqueue(next, q)
}

// continues ends a contact and begins the one that goes on with its customer.
func (t *turn) continues(c *lifecycle.Contact, e center.ContactInitiated, reason string) *lifecycle.Contact {
	if c.Chat != nil && c.Connected() {
		t.leave(c) // first, so that the transcript that goes on tells it
		e.Chat.Last, e.Chat.Items = c.Chat.Last, c.Chat.Items
	}
	t.emit(e)
	t.emit(center.ContactLinked{Contact: c.ID, Next: e.Contact})
	t.end(c, reason, isFree)
	t.emit(center.ContactConnectedToSystem{Contact: e.Contact})
	return t.m.state.Contacts[e.Contact]
}

// remains lets the disconnect flow of a call or a chat run, whose agent has left the customer; false: it has none.
func (t *turn) remains(c *lifecycle.Contact, reason string) bool {
	id := c.Hook(center.OnRemaining)
	if id == "" || !c.OnLine() && c.Chat == nil || t.source(c) != nil {
		return false
	}
	e := flow.Successor(t.m.state.Directory, c, center.ContactID(t.newID()), lifecycle.MethodDisconnect)
	if c.Chat != nil {
		e.ExpiresAt = c.ExpiresAt
	}
	e.Flow, e.Line, e.System = id, c.LineOf(), c.System
	delete(e.Hooks, center.OnRemaining)
	if len(e.Hooks) == 0 {
		e.Hooks = nil
	}
	next := t.continues(c, e, reason)
	t.run(next, center.OwnFlow, id)
	return true
}

// after returns what comes after a whisper before agent and customer are joined; OwnFlow: nothing does.
func after(c *lifecycle.Contact, on center.FlowOccasion) center.FlowOccasion {
	switch {
	case on == center.OnAgentWhisper && c.Callback == nil:
		return center.OnCustomerWhisper
	case on == center.OnAgentWhisper:
		return center.OnOutboundWhisper
	}
	return center.OwnFlow
}

// prepare runs the whispers that come before agent and customer are joined, from one on, and joins them. A customer who is
// called back is called before the last.
func (t *turn) prepare(c *lifecycle.Contact, on center.FlowOccasion) {
	for ; on != center.OwnFlow; on = after(c, on) {
		if on == center.OnOutboundWhisper && c.ConnectedToSystemAt.IsZero() {
			t.callBack(c)
			return
		}
		id := t.whisperOf(c, on)
		if id == "" {
			continue
		}
		if c.Phase() == lifecycle.Offered {
			t.emit(center.ContactAccepted{Contact: c.ID, Agent: c.Offer.Agent, State: center.AgentContactConnecting})
		}
		t.run(c, on, id)
		return // follow goes on once it has ended
	}
	t.join(c)
}

// whisperOf returns the whisper flow of a call; an outbound whisper is the queue's.
func (t *turn) whisperOf(c *lifecycle.Contact, on center.FlowOccasion) center.FlowID {
	if c.Channel != center.Voice {
		return ""
	}
	if on == center.OnCustomerWhisper && t.source(c) != nil {
		return "" // the customer is not in this conversation
	}
	if on == center.OnOutboundWhisper {
		queue := center.QueueID("")
		switch {
		case c.Outbound != nil:
			queue = center.QueueID(c.Outbound.ID)
		case c.Queue != nil:
			queue = center.QueueID(c.Queue.Queue.ID)
		}
		if id := t.m.state.Directory.Queues[queue].Outbound.Flow; id != "" && !flow.Silent(*t.scene(), id) {
			return id
		}
	}
	return t.flowOn(c, on)
}

// holdFlow lets a customer who was put on hold hear the customer hold flow.
func (t *turn) holdFlow(c *lifecycle.Contact) {
	if id := t.flowOn(c, center.OnCustomerHold); id != "" {
		t.run(c, center.OnCustomerHold, id)
	}
}

// customerInput is the customer pressing keys, or writing, while a flow waits for it.
func (t *turn) customerInput(cmd center.CustomerInput) error {
	c, err := t.contact(cmd.Contact)
	if err != nil {
		return err
	}
	switch {
	case (cmd.Keys == "") == (cmd.Text == ""):
		return invalid("Keys", "either keys or text are entered")
	case len(cmd.Keys) > inputKeysMax || strings.Trim(cmd.Keys, "0123456789*#") != "":
		return invalid("Keys", "must be at most 100 of 0 to 9, * and #")
	case !utf8.ValidString(cmd.Text) || utf8.RuneCountInString(cmd.Text) > inputTextMax:
		return invalid("Text", "must be at most 1024 characters of UTF-8")
	case c.Position == nil || c.Position.Wait != center.WaitsForInput:
		return conflict(center.KindContact, string(c.ID), "no flow waits for input of the customer")
	case cmd.Text != "" && c.Channel == center.Voice:
		return conflict(center.KindContact, string(c.ID), "the flow waits for keys")
	case cmd.Keys != "" && c.Channel != center.Voice:
		return conflict(center.KindContact, string(c.ID), "the flow waits for text")
	}
	t.goOn(c, flow.Entered{Keys: cmd.Keys, Text: cmd.Text})
	return nil
}

// functionAnswered is the answer of a Lambda function. One that no flow waits for any more is refused.
func (t *turn) functionAnswered(cmd center.FunctionAnswered) error {
	c, err := t.contact(cmd.Contact)
	if err != nil {
		return err
	}
	if c.Position == nil || c.Position.Answers == "" || c.Position.Answers != t.closes {
		return conflict(center.KindContact, string(c.ID), "no flow waits for the answer")
	}
	t.goOn(c, flow.Answered{Failed: cmd.Failed, Response: cmd.Response})
	return nil
}

// metric returns a real-time metric of a queue, as live metrics define it.
func (t *turn) metric(typ string, q center.QueueID) int {
	s := t.m.state
	switch typ {
	case language.ContactsInQueue:
		return t.inQueue(q)
	case language.OldestContact:
		oldest := time.Duration(0)
		for _, c := range s.Contacts {
			if v := c.Queue; v != nil && v.DequeuedAt.IsZero() && v.Queue.ID == string(q) && !c.Over() {
				oldest = max(oldest, t.at.Sub(v.EnqueuedAt))
			}
		}
		return int(oldest / time.Second)
	}
	n := 0
	for _, a := range s.Agents {
		for i := range a.Config.Inbound {
			if served := &a.Config.Inbound[i]; served.ID == q && counts(a, served.Channels, typ) {
				n++
				break
			}
		}
	}
	return n
}

// counts reports whether a metric counts an agent who serves a queue on some channels.
func counts(a *lifecycle.Agent, on []center.Channel, typ string) bool {
	switch typ {
	case language.AgentsOnline:
		return a.Status.Type != center.Offline
	case language.AgentsStaffed:
		return a.Status.Type == center.Routable
	}
	for i := range a.Desk {
		if s := a.Desk[i].State; s == center.AgentContactMissed || s == center.AgentContactRejected || s == center.AgentContactError {
			return false
		}
	}
	return slices.ContainsFunc(on, func(ch center.Channel) bool { return routing.Takes(a, ch) })
}

// pin keeps the content of a flow that is about to become another, if contacts stand in it.
func (m *Machine) pin(id center.FlowID, next string) {
	d := m.state.Directory
	f, ok := d.Flows[id]
	if !ok {
		if f, ok = d.Modules[id]; !ok {
			return
		}
	}
	if f.Content == next {
		return
	}
	digest, places := flow.Digest(f.Content), 0
	for _, c := range m.state.Contacts {
		eachPlace(c.Position, func(content string) {
			if content == digest {
				places++
			}
		})
	}
	if places == 0 {
		return
	}
	if m.state.Pinned == nil {
		m.state.Pinned = map[string]Pinned{}
	}
	m.state.Pinned[digest] = Pinned{Content: f.Content, Places: places}
}

// repin counts the places of pinned contents after a contact has moved; what no contact needs any more is let go of.
func (m *Machine) repin(was, is *center.FlowPosition) {
	count := func(by int) func(string) {
		return func(digest string) {
			if p, ok := m.state.Pinned[digest]; ok {
				p.Places += by
				m.state.Pinned[digest] = p
			}
		}
	}
	eachPlace(was, count(-1))
	eachPlace(is, count(1))
	eachPlace(was, func(digest string) {
		if p, ok := m.state.Pinned[digest]; ok && p.Places <= 0 {
			delete(m.state.Pinned, digest)
		}
	})
	if len(m.state.Pinned) == 0 {
		m.state.Pinned = nil // as a state read from a checkpoint has it
	}
}

// eachPlace names the content of each place in a position.
func eachPlace(p *center.FlowPosition, f func(content string)) {
	if p == nil {
		return
	}
	f(p.Content)
	for i := range p.Callers {
		f(p.Callers[i].Content)
	}
}

// entered is what a customer has written, in reply to a flow.
func entered(text string) flow.Cause { return flow.Entered{Text: text} }
