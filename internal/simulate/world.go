package simulate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// Maker makes things in a center: the bare machine of a Simulation, or a server.
type Maker interface {
	// Make gives a command that creates or changes something; what is there already by that name may serve, once it has
	// been made like this one.
	Make(ctx context.Context, cmd center.Command) (Thing, error)
	// Existing returns the id of something that every new center has: agent statuses by name, the security profile of
	// agents, the hours that are always open.
	Existing(ctx context.Context, kind center.Kind, name string) (id string, err error)
}

// Thing is what was made.
type Thing struct {
	ID     string
	Number string // of a phone number: the one that was claimed, which need not be the one asked for
}

// Names of what every center has.
const (
	alwaysOpen     = "Basic Hours"
	agentsSecurity = "Agent"
)

// Build sets up the instance of a scenario and its agents, all in a center that exists.
func Build(ctx context.Context, s *scenario.Scenario, m Maker) (World, error) {
	s = furnished(s)
	b := &builder{ctx: ctx, m: m, s: s, hours: map[string]string{}, world: World{
		Statuses: map[string]center.AgentStatusID{}, Queues: map[string]center.QueueID{}, Numbers: map[string]string{},
		Flows: map[string]center.FlowID{}, Contents: map[string]string{},
	}}
	b.statuses()
	b.queues()
	b.flows()
	b.numbers()
	for i := range s.Agents {
		b.group(&s.Agents[i])
	}
	return b.world, b.err
}

// builder makes one thing after the other, until one cannot be made.
type builder struct {
	ctx      context.Context
	m        Maker
	s        *scenario.Scenario
	world    World
	hours    map[string]string
	security string
	err      error
}

func (b *builder) create(cmd center.Command) Thing {
	if b.err != nil {
		return Thing{}
	}
	t, err := b.m.Make(b.ctx, cmd)
	if err != nil {
		b.err = fmt.Errorf("build the center: %T: %w", cmd, err)
	}
	return t
}

func (b *builder) existing(kind center.Kind, name string) string {
	if b.err != nil {
		return ""
	}
	id, err := b.m.Existing(b.ctx, kind, name)
	if err != nil {
		b.err = fmt.Errorf("build the center: %w", err)
	}
	return id
}

func (b *builder) statuses() {
	b.security = b.existing(center.KindSecurityProfile, agentsSecurity)
	b.world.Statuses[statusAvailable] = center.AgentStatusID(b.existing(center.KindAgentStatus, statusAvailable))
	breaks, lunch := false, false
	for _, g := range b.s.Agents {
		breaks, lunch = breaks || g.Breaks != nil, lunch || g.Lunch != nil
	}
	if breaks {
		b.status(statusBreak)
	}
	if lunch {
		b.status(statusLunch)
	}
}

func (b *builder) status(name string) {
	b.world.Statuses[name] = center.AgentStatusID(b.create(center.CreateAgentStatus{Status: center.AgentStatus{Name: name, State: center.Enabled}}).ID)
}

func (b *builder) queues() {
	b.hours[""] = b.existing(center.KindHours, alwaysOpen)
	for _, h := range b.s.Instance.Hours {
		hours := center.Hours{Name: h.Name, TimeZone: b.s.Zone}
		for _, day := range weekdays(h.Days) {
			hours.Slots = append(hours.Slots, center.HoursSlot{
				Day: day, StartHour: int(h.From) / 60, StartMinute: int(h.From) % 60, EndHour: int(h.To) / 60, EndMinute: int(h.To) % 60,
			})
		}
		b.hours[h.Name] = b.create(center.CreateHours{Hours: hours}).ID
	}
	for _, q := range b.s.Instance.Queues {
		b.world.Queues[q.Name] = center.QueueID(b.create(center.CreateQueue{Queue: center.Queue{
			Name: q.Name, Hours: center.HoursID(b.hours[q.Hours]), MaxContacts: q.Limit,
		}}).ID)
	}
}

// weekdays returns the names that the center has for days; none are all.
func weekdays(days []string) []string {
	names := map[string]string{
		"monday": "MONDAY", "tuesday": "TUESDAY", "wednesday": "WEDNESDAY", "thursday": "THURSDAY", "friday": "FRIDAY", "saturday": "SATURDAY", "sunday": "SUNDAY",
	}
	if len(days) == 0 {
		days = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
	}
	var all []string
	for _, d := range days {
		all = append(all, names[d])
	}
	return all
}

func (b *builder) flows() {
	for i := range b.s.Instance.Flows {
		for _, made := range b.s.Instance.Flows[i].Flows() {
			content, wrong := scenario.Fill(made.Content, func(kind, name string) (string, bool) {
				id, ok := string(b.world.Flows[name]), b.world.Flows[name] != ""
				if kind == "queue" {
					id, ok = string(b.world.Queues[name]), b.world.Queues[name] != ""
				}
				return id, ok
			})
			if wrong != "" && b.err == nil {
				b.err = fmt.Errorf("flow %s: there is no %s", made.Name, wrong)
			}
			b.world.Flows[made.Name] = center.FlowID(b.create(center.CreateFlow{Flow: center.Flow{
				Name: made.Name, Type: made.Type, State: "ACTIVE", Status: "PUBLISHED", Content: content,
			}}).ID)
			b.world.Contents[made.Name] = content
		}
	}
}

// numbers claims the numbers; customers who are called back see the number of their queue.
func (b *builder) numbers() {
	ids := map[string]string{}
	for _, n := range b.s.Instance.Numbers {
		number := center.PhoneNumber{Number: n.Number, Country: "US", Type: "TOLL_FREE", Flow: b.world.Flows[n.Flow]}
		t := b.create(center.ClaimPhoneNumber{Number: number})
		ids[n.Number], b.world.Numbers[n.Number] = t.ID, t.Number
	}
	for _, q := range b.s.Instance.Queues {
		if q.Number != "" {
			b.create(center.UpdateQueue{ID: b.world.Queues[q.Name], Outbound: &center.OutboundCaller{Number: center.PhoneNumberID(ids[q.Number])}})
		}
	}
}

func (b *builder) group(g *scenario.Group) {
	profile := b.create(center.CreateRoutingProfile{Profile: b.profile(g)}).ID
	var ids []center.AgentID
	for i := range g.Count {
		phone := center.PhoneConfig{Type: "SOFT_PHONE", AutoAccept: chosen(i, g.AutoAccept), ACWLimit: int(g.WrapLimit.D() / time.Second)}
		ids = append(ids, center.AgentID(b.create(center.CreateUser{User: center.User{
			Username: fmt.Sprintf("%s%d", g.Name, i+1), FirstName: "Agent", LastName: fmt.Sprint(i + 1), Phone: phone,
			RoutingProfile: center.RoutingProfileID(profile), SecurityProfiles: []center.SecurityProfileID{center.SecurityProfileID(b.security)},
		}}).ID))
	}
	b.world.Groups = append(b.world.Groups, ids)
}

func (b *builder) profile(g *scenario.Group) center.RoutingProfile {
	cross := "ROUTE_CURRENT_CHANNEL_ONLY"
	if g.CrossChannel {
		cross = "ROUTE_ANY_CHANNEL"
	}
	p := center.RoutingProfile{Name: g.Name, Description: "Agents of the group " + g.Name}
	takes := map[string]bool{scenario.Voice: g.Channels.Voice > 0, scenario.Chat: g.Channels.Chat > 0, scenario.Task: g.Channels.Task > 0}
	for _, c := range []center.Concurrency{{Channel: center.Chat, Slots: g.Channels.Chat}, {Channel: center.Task, Slots: g.Channels.Task}, {Channel: center.Voice, Slots: g.Channels.Voice}} {
		if c.Slots > 0 {
			c.CrossChannel = cross
			p.Concurrency = append(p.Concurrency, c)
		}
	}
	serves := g.Queues
	if len(serves) == 0 {
		for _, q := range b.s.Instance.Queues {
			serves = append(serves, scenario.Serves{Queue: q.Name, Priority: 1})
		}
	}
	for _, v := range serves {
		for _, ch := range []string{scenario.Voice, scenario.Chat, scenario.Task} {
			if takes[ch] && (len(v.Channels) == 0 || slices.Contains(v.Channels, ch)) {
				p.Queues = append(p.Queues, center.QueueConfig{Queue: b.world.Queues[v.Queue], Channel: channelOf(ch), Priority: v.Priority, Delay: int(v.Delay.D() / time.Second)})
			}
		}
	}
	p.DefaultOutbound = b.world.Queues[serves[0].Queue]
	return p
}

// channelOf returns what the center calls a channel.
func channelOf(name string) center.Channel {
	switch name {
	case scenario.Task:
		return center.Task
	case scenario.Chat:
		return center.Chat
	}
	return center.Voice
}

// makerOf makes things in the machine of a Simulation.
type makerOf struct{ s *Simulation }

// build makes the instance and all that the scenario names.
func (s *Simulation) build() (World, error) {
	key := fmt.Appendf(nil, "hookswitch simulation key %020d", s.cfg.Seed)
	id := center.InstanceID(center.DeriveID(key, 0, 0))
	if _, err := s.step(center.Stamp{}, center.CreateInstance{Key: key, Instance: center.Instance{
		ID: id, ARN: "arn:aws:connect:us-east-1:000000000000:instance/" + string(id), Alias: "simulation", IdentityManagement: "SAML",
	}}); err != nil {
		return World{}, err
	}
	return Build(context.Background(), s.cfg.Scenario, makerOf{s})
}

// Make gives the command to the machine.
func (m makerOf) Make(_ context.Context, cmd center.Command) (Thing, error) {
	step, err := m.s.step(center.Stamp{}, cmd)
	if err != nil {
		return Thing{}, err
	}
	var t Thing
	for _, e := range step.Events {
		switch e := e.(type) {
		case center.HoursSaved:
			t.ID = string(e.Hours.ID)
		case center.QueueSaved:
			if e.Queue.Agent == "" {
				t.ID = string(e.Queue.ID)
			}
		case center.FlowSaved:
			t.ID = string(e.Flow.ID)
		case center.RoutingProfileSaved:
			t.ID = string(e.Profile.ID)
		case center.UserSaved:
			t.ID = string(e.User.ID)
		case center.AgentStatusSaved:
			t.ID = string(e.Status.ID)
		case center.PhoneNumberSaved:
			t = Thing{ID: string(e.Number.ID), Number: e.Number.Number}
		}
	}
	return t, nil
}

// Existing looks into the directory.
func (m makerOf) Existing(_ context.Context, kind center.Kind, name string) (string, error) {
	d := m.s.machine.State().Directory
	switch kind {
	case center.KindAgentStatus:
		for _, v := range directory.Sorted(d.Statuses) {
			if v.Name == name {
				return string(v.ID), nil
			}
		}
	case center.KindSecurityProfile:
		for _, v := range directory.Sorted(d.Security) {
			if v.Name == name {
				return string(v.ID), nil
			}
		}
	case center.KindHours:
		for _, v := range directory.Sorted(d.Hours) {
			if v.Name == name {
				return string(v.ID), nil
			}
		}
	}
	return "", fmt.Errorf("the center has no %s %q", kind, name)
}
