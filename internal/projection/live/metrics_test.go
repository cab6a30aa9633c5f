package live

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// agent is one who serves the queues "sales" (voice and task) and "help" (voice) with one call or two tasks.
func agent(id center.AgentID, typ center.StatusType, desk ...lifecycle.DeskContact) *lifecycle.Agent {
	own := center.AgentQueue{ID: center.QueueID(id), Agent: true, Channels: []center.Channel{center.Voice, center.Task}}
	return &lifecycle.Agent{
		ID: id, LoggedIn: true, Status: center.StatusRef{Type: typ}, Desk: desk,
		Config: center.AgentConfig{
			RoutingProfile: center.Ref{ID: "p1"},
			Concurrency:    []center.Concurrency{{Channel: center.Task, Slots: 2}, {Channel: center.Voice, Slots: 1}},
			Inbound: []center.AgentQueue{own,
				{ID: "help", Channels: []center.Channel{center.Voice}},
				{ID: "sales", Channels: []center.Channel{center.Voice, center.Task}},
			},
		},
	}
}

func onDesk(state string, ch center.Channel, queue center.QueueID) lifecycle.DeskContact {
	return lifecycle.DeskContact{ID: "c-" + center.ContactID(state), Channel: ch, Method: "INBOUND", State: state, Queue: center.AgentQueue{ID: queue}}
}

func waiting(id center.ContactID, ch center.Channel, queue string, since time.Duration) *lifecycle.Contact {
	return &lifecycle.Contact{ID: id, Channel: ch, Queue: &lifecycle.QueueVisit{Queue: center.Ref{ID: queue}, EnqueuedAt: now.Add(-since)}}
}

func view(agents []*lifecycle.Agent, contacts ...*lifecycle.Contact) *View {
	as, cs := map[center.AgentID]*lifecycle.Agent{}, map[center.ContactID]*lifecycle.Contact{}
	for _, a := range agents {
		as[a.ID] = a
	}
	for _, c := range contacts {
		cs[c.ID] = c
	}
	d := directory.New()
	d.Profiles["p1"] = center.RoutingProfile{ID: "p1", Queues: []center.QueueConfig{
		{Queue: "sales", Channel: center.Voice}, {Queue: "sales", Channel: center.Task}, {Queue: "help", Channel: center.Voice},
	}}
	d.Profiles["p2"] = center.RoutingProfile{ID: "p2", Queues: []center.QueueConfig{{Queue: "help", Channel: center.Voice}}}
	return New(1, d, as, cs)
}

// TestDefinitions states what each metric counts, one agent at a time: voice on the queue "sales".
func TestDefinitions(t *testing.T) {
	leaving := agent("a", center.Routable)
	leaving.Next = &center.StatusRef{Type: center.Custom}
	dialling := onDesk(center.AgentContactConnecting, center.Voice, "sales")
	dialling.Method = "OUTBOUND"
	for _, c := range []struct {
		name  string
		agent *lifecycle.Agent
		want  Metrics
	}{
		{"offline", agent("a", center.Offline), Metrics{}},
		{"available, nothing on the desk", agent("a", center.Routable), Metrics{Online: 1, Staffed: 1, Available: 1, SlotsAvailable: 1}},
		{"custom status", agent("a", center.Custom), Metrics{Online: 1, NonProductive: 1}},
		{"a next status is set", leaving, Metrics{Online: 1, Staffed: 1}},
		{"a call rings: no slot, not active yet", agent("a", center.Routable, onDesk(center.AgentContactConnecting, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1}},
		{"a call being dialled is active", agent("a", center.Routable, dialling),
			Metrics{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 1}},
		{"a callback that is offered is not active yet", agent("a", center.Routable, onDesk(center.AgentContactIncoming, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1}},
		{"a callback being set up is active", agent("a", center.Routable, onDesk(center.AgentContactPending, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 1}},
		{"on a call", agent("a", center.Routable, onDesk(center.AgentContactConnected, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 1}},
		{"on a call on hold", agent("a", center.Routable, onDesk(center.AgentContactOnHold, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 1}},
		{"after-contact work counts the contact, and the agent as on contact", agent("a", center.Routable, onDesk(center.AgentContactEnded, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 1, AfterContactWork: 1}},
		{"a missed call is an error and blocks the agent", agent("a", center.Routable, onDesk(center.AgentContactMissed, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1, Error: 1}},
		{"a rejected contact is an error", agent("a", center.Routable, onDesk(center.AgentContactRejected, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1, Error: 1}},
		{"an error is an error", agent("a", center.Routable, onDesk(center.AgentContactError, center.Voice, "sales")),
			Metrics{Online: 1, Staffed: 1, Error: 1}},
		{"in a custom status on a call: both", agent("a", center.Custom, onDesk(center.AgentContactConnected, center.Voice, "sales")),
			Metrics{Online: 1, NonProductive: 1, OnContact: 1, SlotsActive: 1}},
		{"offline on a call", agent("a", center.Offline, onDesk(center.AgentContactConnected, center.Voice, "sales")),
			Metrics{OnContact: 1, SlotsActive: 1}},
		{"a call of another queue takes the slot but is not of this queue", agent("a", center.Routable, onDesk(center.AgentContactConnected, center.Voice, "help")),
			Metrics{Online: 1, Staffed: 1}},
		{"a task keeps calls away", agent("a", center.Routable, onDesk(center.AgentContactConnected, center.Task, "sales")),
			Metrics{Online: 1, Staffed: 1}},
	} {
		got := view([]*lifecycle.Agent{c.agent}).Metrics(MetricsQuery{
			At: now, Queues: []center.QueueID{"sales"}, Channels: []center.Channel{center.Voice},
		})
		if d := cmp.Diff([]Metrics{c.want}, got); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}

func TestCallbacksWaitForTheirDelayBeforeTheyWaitInQueue(t *testing.T) {
	delayed := &lifecycle.Contact{ID: "c1", Channel: center.Voice, Callback: &center.Callback{}, Target: "sales", ScheduledAt: now.Add(time.Minute)}
	due := waiting("c2", center.Voice, "sales", time.Minute)
	due.Callback, due.Target, due.ScheduledAt = &center.Callback{}, "sales", now.Add(-time.Minute)
	got := view(nil, delayed, due).Metrics(MetricsQuery{At: now, Queues: []center.QueueID{"sales"}})
	if d := cmp.Diff([]Metrics{{Scheduled: 1, InQueue: 1, OldestAge: time.Minute}}, got); d != "" {
		t.Error(d)
	}
}

// TestViewsShareNothingThatFlowsChange: the machine goes on with what it has given.
func TestViewsShareNothingThatFlowsChange(t *testing.T) {
	c := waiting("c", center.Voice, "sales", time.Minute)
	c.Flows = &lifecycle.FlowData{Attributes: map[string]string{"k": "old"}, Hooks: map[center.FlowOccasion]center.FlowID{center.OnAgentHold: "f"}}
	v := view(nil, c)
	input := "1"
	c.Apply(now, center.FlowNoted{Contact: "c", Input: &input, Attributes: map[string]string{"k": "new"}})
	c.Apply(now, center.FlowHooked{Contact: "c", Occasion: center.OnAgentHold, Flow: "g"})
	got, _ := v.Contact("c")
	want := &lifecycle.FlowData{Attributes: map[string]string{"k": "old"}, Hooks: map[center.FlowOccasion]center.FlowID{center.OnAgentHold: "f"}}
	if d := cmp.Diff(want, got.Flows); d != "" {
		t.Error(d)
	}
}

func TestWaitingContacts(t *testing.T) {
	offered := waiting("c2", center.Voice, "sales", 30*time.Second)
	offered.Offer = &lifecycle.Offer{Agent: "a"}
	gone := waiting("c3", center.Voice, "sales", time.Hour)
	gone.DisconnectedAt = now
	taken := waiting("c4", center.Voice, "sales", time.Hour)
	taken.Queue.DequeuedAt = now
	v := view(nil, waiting("c1", center.Voice, "sales", 10*time.Second), offered, gone, taken,
		waiting("c5", center.Task, "sales", time.Minute), waiting("c6", center.Voice, "help", 2*time.Minute),
		&lifecycle.Contact{ID: "c7", Channel: center.Voice})
	for _, c := range []struct {
		name string
		q    MetricsQuery
		want []Metrics
	}{
		{"a queue and a channel", MetricsQuery{Queues: []center.QueueID{"sales"}, Channels: []center.Channel{center.Voice}},
			[]Metrics{{InQueue: 2, OldestAge: 30 * time.Second}}},
		{"a queue", MetricsQuery{Queues: []center.QueueID{"sales"}}, []Metrics{{InQueue: 3, OldestAge: time.Minute}}},
		{"two queues together", MetricsQuery{Queues: []center.QueueID{"help", "sales"}}, []Metrics{{InQueue: 4, OldestAge: 2 * time.Minute}}},
		{"by queue, also one where nothing waits", MetricsQuery{Queues: []center.QueueID{"sales", "help", "empty"}, ByQueue: true},
			[]Metrics{{Queue: "empty"}, {Queue: "help", InQueue: 1, OldestAge: 2 * time.Minute}, {Queue: "sales", InQueue: 3, OldestAge: time.Minute}}},
		{"by queue and channel", MetricsQuery{Queues: []center.QueueID{"sales"}, Channels: []center.Channel{center.Voice, center.Task}, ByQueue: true, ByChannel: true},
			[]Metrics{{Queue: "sales", Channel: center.Task, InQueue: 1, OldestAge: time.Minute}, {Queue: "sales", Channel: center.Voice, InQueue: 2, OldestAge: 30 * time.Second}}},
		{"by routing profile: those that serve the queue", MetricsQuery{Profiles: []center.RoutingProfileID{"p1", "p2"}, ByProfile: true},
			[]Metrics{{Profile: "p1", InQueue: 4, OldestAge: 2 * time.Minute}, {Profile: "p2", InQueue: 1, OldestAge: 2 * time.Minute}}},
		{"of two profiles together no contact counts twice", MetricsQuery{Profiles: []center.RoutingProfileID{"p1", "p2"}},
			[]Metrics{{InQueue: 4, OldestAge: 2 * time.Minute}}},
		{"everything", MetricsQuery{}, []Metrics{{InQueue: 4, OldestAge: 2 * time.Minute}}},
	} {
		c.q.At = now
		if d := cmp.Diff(c.want, v.Metrics(c.q)); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}

func TestAgentsAreCountedOnceInEveryGroup(t *testing.T) {
	second := agent("b", center.Routable, onDesk(center.AgentContactConnected, center.Voice, "help"))
	second.Config.RoutingProfile.ID = "p2"
	second.Config.Concurrency = second.Config.Concurrency[1:]
	second.Config.Inbound = second.Config.Inbound[:2]
	v := view([]*lifecycle.Agent{agent("a", center.Routable), second})
	free := Metrics{Online: 1, Staffed: 1, Available: 1, SlotsAvailable: 1}
	busy := Metrics{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 1}
	with := func(m Metrics, change func(*Metrics)) Metrics { change(&m); return m }
	for _, c := range []struct {
		name string
		q    MetricsQuery
		want []Metrics
	}{
		{"two queues together", MetricsQuery{Queues: []center.QueueID{"help", "sales"}},
			[]Metrics{{Online: 2, Staffed: 2, Available: 1, OnContact: 1, SlotsActive: 1, SlotsAvailable: 3}}},
		{"by queue", MetricsQuery{Queues: []center.QueueID{"help", "sales"}, ByQueue: true}, []Metrics{
			{Queue: "help", Online: 2, Staffed: 2, Available: 1, OnContact: 1, SlotsActive: 1, SlotsAvailable: 1},
			with(free, func(m *Metrics) { m.Queue, m.SlotsAvailable = "sales", 3 }),
		}},
		{"by profile", MetricsQuery{Profiles: []center.RoutingProfileID{"p1", "p2"}, ByProfile: true}, []Metrics{
			with(free, func(m *Metrics) { m.Profile, m.SlotsAvailable = "p1", 3 }), with(busy, func(m *Metrics) { m.Profile = "p2" }),
		}},
		{"by profile of a queue", MetricsQuery{Queues: []center.QueueID{"help"}, ByProfile: true}, []Metrics{
			with(free, func(m *Metrics) { m.Profile = "p1" }), with(busy, func(m *Metrics) { m.Profile = "p2" }),
		}},
		{"by channel", MetricsQuery{Queues: []center.QueueID{"sales"}, Channels: []center.Channel{center.Voice, center.Task}, ByChannel: true}, []Metrics{
			with(free, func(m *Metrics) { m.Channel, m.SlotsAvailable = center.Task, 2 }), with(free, func(m *Metrics) { m.Channel = center.Voice }),
		}},
		{"a channel nobody takes", MetricsQuery{Queues: []center.QueueID{"sales"}, Channels: []center.Channel{center.Chat}, ByChannel: true}, []Metrics{{Channel: center.Chat}}},
		{"an agent's own queue is none of its queues", MetricsQuery{Queues: []center.QueueID{"a"}}, []Metrics{{}}},
	} {
		c.q.At = now
		if d := cmp.Diff(c.want, v.Metrics(c.q)); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}
