package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/simulate"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// Bounds of people on a server.
const (
	serverAgentsMax   = 200    // each is followed over a connection of its own
	serverObservedMax = 10_000 // happenings that wait to be looked at; then the server's streams wait
)

// serverCenter is an instance of a running server, for people to act on.
type serverCenter struct {
	c        *client
	aws      *amazon
	i        instance
	observed chan simulate.Observed
	count    simulate.Count
	users    map[string]string // ids by name; nil: not asked yet
	work     *simulate.Workload
	now      func() time.Time
	tokens   map[center.ContactID]string // of customers of chats that have not connected; only Submit's
	// Customers may be called back: the network is told before they call whether they will answer.
	callsBack bool
	late      int // commands that were refused; only Submit's

	// Guards everything below, and the order in which observed is filled. It is held while observed is full, so what
	// Drive calls, who alone empties it, must not take it.
	mu     sync.Mutex
	queued map[center.ContactID]bool
	parked map[center.ContactID][]simulate.Observed // seen at a desk before it was seen in a queue
}

// onServer has the people act on a running server.
func (s *simulation) onServer(ctx context.Context) error {
	if err := s.checkForServer(); err != nil {
		return err
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	clk, err := s.serverClock(ctx, c)
	if err != nil {
		return err
	}
	i, err := c.instance(ctx, s.instance)
	if err != nil {
		return err
	}
	aws, err := c.amazon(ctx, i.Account, i.Region)
	if err != nil {
		return err
	}
	sc := &serverCenter{
		c: c, aws: aws, i: i, observed: make(chan simulate.Observed, serverObservedMax),
		now: clk.Now, tokens: map[center.ContactID]string{}, queued: map[center.ContactID]bool{}, parked: map[center.ContactID][]simulate.Observed{},
	}
	world, err := s.world(ctx, sc)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := sc.watch(ctx, cancel, slices.Concat(world.Groups...)); err != nil {
		return err
	}
	began, begin := time.Now(), clk.Now()
	if !s.json {
		fmt.Fprintf(s.err, "%d agents of %s at work for %v; follow them with: hookswitch tail --instance %s\n", len(slices.Concat(world.Groups...)), i.name(), s.lasts(), i.name())
	}
	work := simulate.NewWorkload(s.cfg, world, begin)
	sc.work = work
	sc.asksKeys(ctx, cancel, s.cfg.Scenario)
	err = simulate.Drive(ctx, clk, sc, work)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	err = errors.Join(err, sc.mend(context.WithoutCancel(ctx), work.Mend()))
	cancel(nil) // nobody reads observed any more
	sc.mu.Lock()
	sum := sc.count.Summary(clk.Now())
	sum.Late, sum.Unreached = sc.late, work.Unreached()
	sc.mu.Unlock()
	sum.Lasted = clk.Now().Sub(begin)
	if err != nil {
		return err
	}
	return s.report(sum, time.Since(began))
}

// serverClock returns a clock that goes as the server's does. Hours of operation are on that clock: it is moved on to the day
// of the week and the time at which the scenario begins.
func (s *simulation) serverClock(ctx context.Context, c *client) (clock.Clock, error) {
	var now struct {
		Now  time.Time
		Mode string
		Rate float64
	}
	if err := c.get(ctx, "/clock", &now); err != nil {
		return nil, err
	}
	hours := s.cfg.Scenario != nil && len(s.cfg.Scenario.Instance.Hours) > 0
	if now.Mode != "virtual" {
		if s.speed > 0 && s.speed != 1 {
			return nil, usage("--speed %v: the server's clock is real; start it with: hookswitch serve --clock virtual", s.speed)
		}
		if hours {
			return nil, usage("--scenario %s: it has hours of operation, and the server's clock is real: start it with hookswitch serve --clock virtual, or leave instance.hours out", s.scenario)
		}
		return clock.System{}, nil
	}
	speed := s.speed
	if speed == 0 {
		speed = now.Rate
	}
	if speed == 0 {
		return nil, usage("the server's clock stands still: give --speed, such as --speed 60")
	}
	if speed > keysSpeedMax && pressesKeys(s.cfg.Scenario) {
		return nil, usage("--speed %v: people of %s press keys or write, and on a server they cannot do so more than %d times as fast", speed, s.scenario, keysSpeedMax)
	}
	if hours {
		begins := s.cfg.Scenario.Start()
		for begins.Before(now.Now) {
			begins = begins.AddDate(0, 0, 7)
		}
		for n := begins.AddDate(0, 0, -7); !n.Before(now.Now); n = n.AddDate(0, 0, -7) {
			begins = n
		}
		if err := c.post(ctx, "/clock", object{"set": begins.UTC().Format(time.RFC3339)}, &now); err != nil {
			return nil, err
		}
	}
	if err := c.post(ctx, "/clock", object{"rate": speed}, &now); err != nil {
		return nil, err
	}
	v := clock.NewVirtual(now.Now)
	return v, v.SetRate(speed)
}

// checkForServer refuses what a server cannot be asked for.
func (s *simulation) checkForServer() error {
	if s.cfg.Scenario == nil {
		if s.cfg.Agents > serverAgentsMax {
			return usage("--agents %d: a server takes up to %d", s.cfg.Agents, serverAgentsMax)
		}
		return nil
	}
	agents := 0
	for _, g := range s.cfg.Scenario.Agents {
		agents += g.Count
	}
	if agents > serverAgentsMax {
		return usage("--scenario %s: it has %d agents, and a server takes up to %d", s.scenario, agents, serverAgentsMax)
	}
	for n, g := range s.cfg.Scenario.Agents {
		if t := g.Habits.Transfer; t != nil && t.Number != "" {
			return usage("--scenario %s: agents[%d].habits.transfer.number: on a running server nobody hangs up there; leave it out", s.scenario, n)
		}
	}
	for n, o := range s.cfg.Scenario.Outages {
		if o.What == scenario.StreamOut {
			return usage("--scenario %s: outages[%d]: the streams of a running server are not the scenario's to take away; leave it out", s.scenario, n)
		}
	}
	return nil
}

// world finds or makes what the people need: all that a scenario names, or for flags the users only.
func (s *simulation) world(ctx context.Context, sc *serverCenter) (simulate.World, error) {
	if s.cfg.Scenario != nil {
		return simulate.Build(ctx, s.cfg.Scenario, &serverMaker{sc: sc})
	}
	s.cfg.Queues = 1
	var w simulate.World
	number, err := s.numberToCall(ctx, sc.c, sc.i, "")
	if err != nil {
		return w, err
	}
	statuses, err := sc.aws.list(ctx, "/agent-status/"+sc.i.ID, "AgentStatusSummaryList")
	if err != nil {
		return w, err
	}
	w.Statuses = map[string]center.AgentStatusID{}
	for _, name := range []string{"Available", "Break"} {
		w.Statuses[name] = center.AgentStatusID(idOf(statuses, name))
	}
	flow, err := sc.aws.named(ctx, "flow", "/contact-flows-summary/"+sc.i.ID, "ContactFlowSummaryList", sampleFlow)
	if err != nil && s.cfg.TaskShare > 0 {
		return w, err
	}
	w.Numbers = map[string]string{}
	w.Flows = map[string]center.FlowID{}
	small := s.cfg.Whole()
	for _, n := range small.Instance.Numbers {
		w.Numbers[n.Number] = number
	}
	for _, f := range small.Instance.Flows {
		w.Flows[f.Name] = center.FlowID(flow)
	}
	have, err := sc.c.agents(ctx, sc.i)
	if err != nil {
		return w, err
	}
	ids := map[string]string{}
	for _, a := range have {
		ids[a.Username] = a.ID
	}
	for _, g := range small.Agents {
		var group []center.AgentID
		for n := range g.Count {
			name := fmt.Sprintf("%s%d", g.Name, n+1)
			if ids[name] == "" {
				if ids[name], err = sc.aws.createUser(ctx, sc.i.ID, newUser{username: name, lastName: "Simulated", profile: "Basic Routing Profile", security: "Agent"}); err != nil {
					return w, fmt.Errorf("create user %s: %w", name, err)
				}
			}
			group = append(group, center.AgentID(ids[name]))
		}
		w.Groups = append(w.Groups, group)
	}
	return w, nil
}

// watch begins to follow what happens. It returns when nothing that happens from then on is missed. A following that
// breaks for good cancels.
func (sc *serverCenter) watch(ctx context.Context, cancel context.CancelCauseFunc, agents []center.AgentID) error {
	opened := make(chan struct{}, 1+len(agents))
	begin := func(path string, query url.Values, event func([]byte) error) {
		go func() {
			err := sc.c.follow(ctx, following{path: path, query: query, opened: func() { opened <- struct{}{} }, event: func(e serverEvent) error { return event(e.data) }})
			if err != nil && ctx.Err() == nil {
				cancel(err)
			}
		}()
	}
	begin("/events", url.Values{"kind": {kindContactEvent}, "instance": {sc.i.ID}}, func(data []byte) error { return sc.contactEvent(ctx, data) })
	for _, id := range agents {
		var before agent
		begin(sc.i.path("agents", string(id), "snapshots"), nil, func(data []byte) error {
			var now agent
			if err := json.Unmarshal(data, &now); err != nil {
				return err
			}
			err := sc.desk(ctx, id, before, now)
			before = now
			return err
		})
	}
	for range cap(opened) {
		select {
		case <-opened:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// Observed returns what happens.
func (sc *serverCenter) Observed() <-chan simulate.Observed { return sc.observed }

// tell passes something on. mu is held, so that order is kept.
func (sc *serverCenter) tell(ctx context.Context, o simulate.Observed) error {
	select {
	case sc.observed <- o:
		sc.count.Observe(o.At, o.Event)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// contactEvent turns a document into what happened.
func (sc *serverCenter) contactEvent(ctx context.Context, data []byte) error {
	var p struct {
		Time     time.Time
		Document struct {
			Detail struct{ ContactID, Channel, InitiationMethod, EventType, DisconnectReason string }
		}
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	d := p.Document.Detail
	id := center.ContactID(d.ContactID)
	var c contact
	if d.EventType == "INITIATED" || d.EventType == "QUEUED" {
		if err := sc.c.get(ctx, sc.i.path("contacts", d.ContactID), &c); err != nil && !refused(err, http.StatusNotFound) {
			return err
		}
	}
	var e center.Event
	switch d.EventType {
	case "INITIATED":
		if d.Channel == string(center.Chat) && d.InitiationMethod == "API" {
			return nil // startChat has told
		}
		e = center.ContactInitiated{Contact: id, Channel: center.Channel(d.Channel), Method: d.InitiationMethod, Name: c.Name, Customer: &center.Endpoint{Address: c.Customer}}
	case "QUEUED":
		e = center.ContactQueued{Contact: id, Queue: center.Ref{Name: c.Queue}}
	case "DISCONNECTED":
		e = center.ContactDisconnected{Contact: id, Reason: d.DisconnectReason}
	case "COMPLETED":
		e = center.ContactCompleted{Contact: id}
	default:
		return nil
	}
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if err := sc.tell(ctx, simulate.Observed{At: p.Time, Event: e}); err != nil {
		return err
	}
	switch d.EventType {
	case "QUEUED":
		sc.queued[id] = true
		for _, o := range sc.parked[id] {
			if err := sc.tell(ctx, o); err != nil {
				return err
			}
		}
		delete(sc.parked, id)
	case "COMPLETED":
		delete(sc.queued, id)
	}
	return nil
}

// desk turns the difference of two snapshots into what happened.
func (sc *serverCenter) desk(ctx context.Context, id center.AgentID, before, now agent) error {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	at := now.Status.Since
	for _, c := range now.Contacts {
		if c.Since.After(at) {
			at = c.Since
		}
	}
	for _, c := range now.Contacts {
		e := becomes(center.ContactID(c.ID), id, center.Channel(c.Channel), before.state(c.ID), c.State)
		if e == nil {
			continue
		}
		if err := sc.atDesk(ctx, center.ContactID(c.ID), simulate.Observed{At: c.Since, Event: e}); err != nil {
			return err
		}
		if _, connected := e.(center.ContactConnected); connected && c.Channel == string(center.Chat) {
			joined := center.ChatItemAdded{Contact: center.ContactID(c.ID), ContentType: center.ChatJoined, Role: center.RoleAgent, Participant: asAgent}
			if err := sc.atDesk(ctx, center.ContactID(c.ID), simulate.Observed{At: c.Since, Event: joined}); err != nil {
				return err
			}
		}
	}
	for _, c := range before.Contacts {
		if now.state(c.ID) != "" {
			continue
		}
		// No snapshot says when a contact was taken off the desk.
		cleared := at
		for _, t := range []time.Time{c.Since, sc.now()} {
			if t.After(cleared) {
				cleared = t
			}
		}
		if err := sc.atDesk(ctx, center.ContactID(c.ID), simulate.Observed{At: cleared, Event: center.ContactCleared{Contact: center.ContactID(c.ID), Agent: id}}); err != nil {
			return err
		}
	}
	if now.LoggedIn != before.LoggedIn {
		e := center.Event(center.AgentLoggedIn{Agent: id})
		if !now.LoggedIn {
			e = center.AgentLoggedOut{Agent: id}
		}
		if err := sc.tell(ctx, simulate.Observed{At: at, Event: e}); err != nil {
			return err
		}
	}
	if now.Status.ID != before.Status.ID {
		return sc.tell(ctx, simulate.Observed{At: now.Status.Since, Event: center.AgentStatusChanged{
			Agent: id, Status: center.StatusRef{ID: center.AgentStatusID(now.Status.ID), Name: now.Status.Name, Type: center.StatusType(now.Status.Type)},
		}})
	}
	return nil
}

// atDesk passes on what happened to a contact at a desk, but not before it was seen in a queue.
func (sc *serverCenter) atDesk(ctx context.Context, id center.ContactID, o simulate.Observed) error {
	if _, cleared := o.Event.(center.ContactCleared); !sc.queued[id] && !cleared {
		sc.parked[id] = append(sc.parked[id], o)
		return nil
	}
	return sc.tell(ctx, o)
}

// becomes is what happened to a contact on a desk whose state is another now; nil: nothing.
func becomes(id center.ContactID, agent center.AgentID, channel center.Channel, was, is string) center.Event {
	if was == is {
		return nil
	}
	switch is {
	case center.AgentContactConnecting:
		return center.ContactOffered{Contact: id, Agent: agent, Channel: channel}
	case center.AgentContactConnected:
		if was == center.AgentContactOnHold {
			return center.ContactResumed{Contact: id, Agent: agent}
		}
		return center.ContactConnected{Contact: id, Agent: agent}
	case center.AgentContactOnHold:
		return center.ContactHeld{Contact: id, Agent: agent}
	case center.AgentContactEnded:
		return center.ContactLeft{Contact: id, Agent: agent}
	}
	return center.ContactMissed{Contact: id, Agent: agent, State: is}
}

// Submit gives a command over the operator API, and a task over the Connect API.
func (sc *serverCenter) Submit(ctx context.Context, cmd center.Command) error {
	err := sc.submit(ctx, cmd)
	if refused(err, http.StatusConflict, http.StatusNotFound) {
		sc.late++
		return nil
	}
	return err
}

func (sc *serverCenter) submit(ctx context.Context, cmd center.Command) error {
	agent := func(id center.AgentID, in any, parts ...string) error {
		return sc.c.post(ctx, sc.i.path(append([]string{"agents", string(id)}, parts...)...), in, nil)
	}
	switch cmd := cmd.(type) {
	case center.LogIn:
		return agent(cmd.Agent, nil, "login")
	case center.LogOut:
		return agent(cmd.Agent, nil, "logout")
	case center.SetAgentStatus:
		return agent(cmd.Agent, object{"status": string(cmd.Status)}, "status")
	case center.AcceptContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "accept")
	case center.RejectContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "reject")
	case center.HoldContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "hold")
	case center.ResumeContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "resume")
	case center.LeaveContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "end")
	case center.ClearContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "clear")
	case center.HangUp:
		return sc.c.post(ctx, sc.i.path("contacts", string(cmd.Contact), "hangup"), nil, nil)
	case center.SayInChat:
		return sc.c.post(ctx, sc.i.path("contacts", string(cmd.Contact), "say"), object{"text": cmd.Message.Content, "as": cmd.Participant}, nil)
	case center.ConnectChat:
		return sc.connectChat(ctx, cmd.Contact)
	case center.CustomerInput:
		return sc.c.post(ctx, sc.i.path("contacts", string(cmd.Contact), "input"), object{"keys": cmd.Keys}, nil)
	case center.JoinParties:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "join")
	case center.SwapParties:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "swap")
	case center.AddParty:
		return agent(cmd.Agent, object{"queue": string(cmd.To.Queue)}, "contacts", string(cmd.Contact), "parties")
	}
	return sc.start(ctx, cmd)
}

// start gives the commands that begin contacts, and those that break and mend flows.
func (sc *serverCenter) start(ctx context.Context, cmd center.Command) error {
	switch cmd := cmd.(type) {
	case center.StartInboundCall:
		if sc.callsBack {
			if err := sc.script(ctx, cmd.Customer); err != nil {
				return err
			}
		}
		_, err := sc.c.placeCall(ctx, sc.i, callPlan{from: cmd.Customer, to: cmd.Dialled, attributes: cmd.Attributes})
		return err
	case center.StartChat:
		return sc.startChat(ctx, cmd)
	case center.StartTask:
		return sc.aws.connect(ctx, http.MethodPut, "/contact/task", object{
			"InstanceId": sc.i.ID, "ContactFlowId": string(cmd.Flow), "Name": cmd.Name, "Attributes": attributes(cmd.Attributes),
		}, nil)
	case center.StartOutboundCall:
		if err := sc.script(ctx, cmd.Destination); err != nil {
			return err
		}
		return sc.aws.connect(ctx, http.MethodPut, "/contact/outbound-voice", object{
			"InstanceId": sc.i.ID, "ContactFlowId": string(cmd.Flow), "DestinationPhoneNumber": cmd.Destination, "SourcePhoneNumber": cmd.Source,
			"Attributes": attributes(cmd.Attributes),
		}, nil)
	case center.UpdateFlowContent:
		return sc.aws.connect(ctx, http.MethodPost, "/contact-flows/"+sc.i.ID+"/"+string(cmd.ID)+"/content", object{"Content": cmd.Content}, nil)
	}
	return fmt.Errorf("people on a server cannot %T", cmd)
}

// attributes is a map that is never null.
func attributes(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// script tells the network how a customer behaves who is called. It is the same whenever they are: on a server, nobody who
// was busy answers the next time.
func (sc *serverCenter) script(ctx context.Context, number string) error {
	outcome, after := sc.work.Line(number)
	if outcome == "answer" { // as everyone does
		return nil
	}
	return sc.c.do(ctx, http.MethodPut, "/lines/"+url.PathEscape(number), object{"outcome": outcome, "after": after.String()}, nil)
}

// mend repairs what is still broken when people stop early.
func (sc *serverCenter) mend(ctx context.Context, cmds []center.Command) error {
	for _, cmd := range cmds {
		if err := sc.submit(ctx, cmd); err != nil {
			return fmt.Errorf("a flow is still broken: %w", err)
		}
	}
	return nil
}

// lookEvery is how often flows are looked at that ask callers for keys, and keysSpeedMax how many times as fast as people
// callers can be for that to be often enough.
const (
	lookEvery    = 200 * time.Millisecond
	keysSpeedMax = 10
)

// asksKeys begins to tell when flows wait for keys, if any caller would press some.
func (sc *serverCenter) asksKeys(ctx context.Context, cancel context.CancelCauseFunc, s *scenario.Scenario) {
	if !pressesKeys(s) {
		return
	}
	for _, f := range s.Instance.Flows {
		sc.callsBack = sc.callsBack || f.Callback != nil
	}
	go func() {
		seen := map[string]string{} // where contacts stood when they were looked at last
		for clock.Sleep(ctx, clock.System{}, lookEvery) == nil {
			if err := sc.look(ctx, seen); err != nil && ctx.Err() == nil {
				cancel(err)
				return
			}
		}
	}()
}

func pressesKeys(s *scenario.Scenario) bool {
	return s != nil && slices.ContainsFunc(s.Callers.Intents, func(i scenario.Intent) bool { return len(i.Keys)+len(i.Utterances) > 0 || i.Callback > 0 })
}

// look tells of all contacts that have begun to wait for keys since the last time.
func (sc *serverCenter) look(ctx context.Context, seen map[string]string) error {
	var open struct{ Contacts []contact }
	if err := sc.c.get(ctx, sc.i.path("contacts"), &open); err != nil {
		return err
	}
	there := map[string]bool{}
	for _, c := range open.Contacts {
		if c.Flow == nil {
			continue
		}
		there[c.ID] = true
		place := fmt.Sprint(c.Flow.ID, c.Flow.Block, c.Flow.Until)
		if seen[c.ID] == place {
			continue
		}
		seen[c.ID] = place
		p := &center.FlowPosition{Occasion: center.FlowOccasion(c.Flow.Occasion), Block: c.Flow.Block, Wait: center.FlowWait(c.Flow.WaitsFor)}
		sc.mu.Lock()
		err := sc.tell(ctx, simulate.Observed{At: c.InitiatedAt, Event: center.FlowMoved{Contact: center.ContactID(c.ID), To: p}})
		sc.mu.Unlock()
		if err != nil {
			return err
		}
	}
	maps.DeleteFunc(seen, func(id, _ string) bool { return !there[id] })
	return nil
}
