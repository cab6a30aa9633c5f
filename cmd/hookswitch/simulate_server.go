package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/simulate"
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

	mu     sync.Mutex // guards everything below, and the order in which observed is filled
	queued map[center.ContactID]bool
	parked map[center.ContactID][]simulate.Observed // seen at a desk before it was seen in a queue
	late   int
}

// onServer has the people act on a running server.
func (s *simulation) onServer(ctx context.Context) error {
	if s.cfg.Agents > serverAgentsMax {
		return usage("--agents %d: a server takes up to %d", s.cfg.Agents, serverAgentsMax)
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	clk, err := c.serverClock(ctx, s.speed)
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
		queued: map[center.ContactID]bool{}, parked: map[center.ContactID][]simulate.Observed{},
	}
	world, err := s.world(ctx, sc)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := sc.watch(ctx, cancel, world.Agents); err != nil {
		return err
	}
	began, begin := time.Now(), clk.Now()
	if !s.json {
		fmt.Fprintf(s.err, "%d agents of %s at work for %v; follow them with: hookswitch tail --instance %s\n", len(world.Agents), i.name(), s.cfg.Duration, i.name())
	}
	err = simulate.Drive(ctx, clk, sc, simulate.NewWorkload(s.cfg, world, begin))
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	sc.mu.Lock()
	sum := sc.count.Summary(clk.Now())
	sum.Late = sc.late
	sc.mu.Unlock()
	sum.Lasted = clk.Now().Sub(begin)
	if err != nil {
		return err
	}
	return s.report(sum, time.Since(began))
}

// serverClock returns a clock that goes as the server's does.
func (c *client) serverClock(ctx context.Context, speed float64) (clock.Clock, error) {
	var now struct {
		Now  time.Time
		Mode string
		Rate float64
	}
	if err := c.get(ctx, "/clock", &now); err != nil {
		return nil, err
	}
	if now.Mode != "virtual" {
		if speed > 0 && speed != 1 {
			return nil, usage("--speed %v: the server's clock is real; start it with: hookswitch serve --clock virtual", speed)
		}
		return clock.System{}, nil
	}
	if speed == 0 {
		speed = now.Rate
	}
	if speed == 0 {
		return nil, usage("the server's clock stands still: give --speed, such as --speed 60")
	}
	if err := c.post(ctx, "/clock", object{"rate": speed}, &now); err != nil {
		return nil, err
	}
	v := clock.NewVirtual(now.Now)
	return v, v.SetRate(speed)
}

// world finds or makes what the people need.
func (s *simulation) world(ctx context.Context, sc *serverCenter) (simulate.World, error) {
	var w simulate.World
	number, err := s.numberToCall(ctx, sc.c, sc.i, "")
	if err != nil {
		return w, err
	}
	w.Numbers = []string{number}
	statuses, err := sc.aws.list(ctx, "/agent-status/"+sc.i.ID, "AgentStatusSummaryList")
	if err != nil {
		return w, err
	}
	w.Available, w.Break = center.AgentStatusID(idOf(statuses, "Available")), center.AgentStatusID(idOf(statuses, "Break"))
	if s.cfg.TaskShare > 0 {
		flow, err := sc.aws.named(ctx, "flow", "/contact-flows-summary/"+sc.i.ID, "ContactFlowSummaryList", sampleFlow)
		if err != nil {
			return w, err
		}
		w.Flow = center.FlowID(flow)
	}
	have, err := sc.c.agents(ctx, sc.i)
	if err != nil {
		return w, err
	}
	ids := map[string]string{}
	for _, a := range have {
		ids[a.Username] = a.ID
	}
	for n := range s.cfg.Agents {
		name := fmt.Sprintf("sim%d", n+1)
		if ids[name] == "" {
			if ids[name], err = sc.aws.createUser(ctx, sc.i.ID, newUser{username: name, lastName: "Simulated", profile: "Basic Routing Profile", security: "Agent"}); err != nil {
				return w, fmt.Errorf("create user %s: %w", name, err)
			}
		}
		w.Agents = append(w.Agents, center.AgentID(ids[name]))
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
	var e center.Event
	switch d.EventType {
	case "INITIATED":
		e = center.ContactInitiated{Contact: id, Channel: center.Channel(d.Channel), Method: d.InitiationMethod}
	case "QUEUED":
		e = center.ContactQueued{Contact: id}
	case "DISCONNECTED":
		e = center.ContactDisconnected{Contact: id}
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
	}
	for _, c := range before.Contacts {
		if now.state(c.ID) != "" {
			continue
		}
		if err := sc.atDesk(ctx, center.ContactID(c.ID), simulate.Observed{At: at, Event: center.ContactCleared{Contact: center.ContactID(c.ID), Agent: id}}); err != nil {
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
		sc.mu.Lock()
		sc.late++
		sc.mu.Unlock()
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
	case center.StartInboundCall:
		_, err := sc.c.placeCall(ctx, sc.i, callPlan{from: cmd.Customer, to: cmd.Dialled})
		return err
	case center.StartTask:
		return sc.aws.connect(ctx, http.MethodPut, "/contact/task", object{"InstanceId": sc.i.ID, "ContactFlowId": string(cmd.Flow), "Name": cmd.Name}, nil)
	}
	return fmt.Errorf("people on a server cannot %T", cmd)
}
