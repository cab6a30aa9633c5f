package main

import (
	"context"
	"errors"
	"fmt"
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
