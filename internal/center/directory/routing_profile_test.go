package directory

import (
	"slices"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestRoutingProfileRules(t *testing.T) {
	create := func(change func(*testing.T, *desk, *center.RoutingProfile)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			p := k.profile(t, "p")
			change(t, k, &p)
			return center.CreateRoutingProfile{Profile: p}
		}
	}
	slots := func(c ...center.Concurrency) func(*testing.T, *desk) center.Command {
		return create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.Concurrency = c })
	}
	serve := func(change func(*center.QueueConfig)) func(*testing.T, *desk) center.Command {
		return create(func(t *testing.T, k *desk, p *center.RoutingProfile) {
			c := center.QueueConfig{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 1}
			change(&c)
			p.Queues = []center.QueueConfig{c}
		})
	}
	const anyChannel = routeAnyChannel
	check(t, []rule{
		{"plain", create(func(*testing.T, *desk, *center.RoutingProfile) {}), want{}},
		{"no description", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.Description = "" }), bad("Description")},
		{"name of another", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.Name = nameBasicProfile }), taken(center.KindRoutingProfile, "Name")},
		{"no outbound queue", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.DefaultOutbound = "" }), missing(center.KindQueue)},
		{"by last inbound", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.AvailabilityTimer = sinceLastInbound }), want{}},
		{"by another timer", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.AvailabilityTimer = "x" }), bad("AgentAvailabilityTimer")},
		{"no channel", slots(), bad("MediaConcurrencies")},
		{"a channel twice", slots(center.Concurrency{Channel: center.Task, Slots: 1}, center.Concurrency{Channel: center.Task, Slots: 2}), bad("MediaConcurrencies")},
		{"e-mail", slots(center.Concurrency{Channel: "EMAIL", Slots: 1}), bad("Channel")},
		{"two calls", slots(center.Concurrency{Channel: center.Voice, Slots: 2}), bad("Concurrency")},
		{"no call", slots(center.Concurrency{Channel: center.Voice}), bad("Concurrency")},
		{"ten chats", slots(center.Concurrency{Channel: center.Chat, Slots: 10, CrossChannel: anyChannel}), want{}},
		{"eleven tasks", slots(center.Concurrency{Channel: center.Task, Slots: 11}), bad("Concurrency")},
		{"another behavior", slots(center.Concurrency{Channel: center.Task, Slots: 1, CrossChannel: "x"}), bad("BehaviorType")},
		{"serves a queue", serve(func(c *center.QueueConfig) { c.Priority, c.Delay = 99, 9999 }), want{}},
		{"serves a channel that it does not take", serve(func(c *center.QueueConfig) { c.Channel = center.Chat }), want{}},
		{"serves no queue", serve(func(c *center.QueueConfig) { c.Queue = "x" }), missing(center.KindQueue)},
		{"priority 0", serve(func(c *center.QueueConfig) { c.Priority = 0 }), bad("Priority")},
		{"priority 100", serve(func(c *center.QueueConfig) { c.Priority = 100 }), bad("Priority")},
		{"delay -1", serve(func(c *center.QueueConfig) { c.Delay = -1 }), bad("Delay")},
		{"delay 10000", serve(func(c *center.QueueConfig) { c.Delay = 10000 }), bad("Delay")},
		{"a queue twice", create(func(t *testing.T, k *desk, p *center.RoutingProfile) {
			c := center.QueueConfig{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 1}
			p.Queues = []center.QueueConfig{c, c}
		}), bad("QueueConfigs")},
		{"an agent's queue", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			p := k.profile(t, "p")
			p.DefaultOutbound = only(t, k.Queues, func(q center.Queue) bool { return q.Agent != "" }).ID
			return center.CreateRoutingProfile{Profile: p}
		}, missing(center.KindQueue)},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateRoutingProfile{ID: "x"} }, missing(center.KindRoutingProfile)},
		{"update", func(t *testing.T, k *desk) center.Command {
			return center.UpdateRoutingProfile{ID: k.basicProfile(t).ID, Concurrency: &[]center.Concurrency{{Channel: center.Task, Slots: 3}}}
		}, want{}},
		{"change what is not there", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateRoutingProfile{Profile: k.profile(t, "p")})
			p := only(t, k.Profiles, func(p center.RoutingProfile) bool { return p.Name == "p" })
			return center.ChangeRoutingProfileQueues{ID: p.ID, Change: []center.QueueConfig{{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 1}}}
		}, bad("QueueConfigs")},
		{"remove what is not there", func(t *testing.T, k *desk) center.Command {
			return center.ChangeRoutingProfileQueues{ID: k.basicProfile(t).ID, Remove: []center.QueueConfig{{Queue: "x", Channel: center.Voice}}}
		}, bad("QueueReferences")},
		{"add what is there", func(t *testing.T, k *desk) center.Command {
			return center.ChangeRoutingProfileQueues{ID: k.basicProfile(t).ID, Add: []center.QueueConfig{{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 9}}}
		}, want{}},
		{"delete one that a user has", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			return center.DeleteRoutingProfile{ID: k.basicProfile(t).ID}
		}, want{reason: center.InUse, kind: center.KindRoutingProfile}},
		{"delete one that no user has", func(t *testing.T, k *desk) center.Command {
			return center.DeleteRoutingProfile{ID: k.basicProfile(t).ID}
		}, want{}},
	})
}

func TestChangingQueuesOfAProfileIsAllOrNothing(t *testing.T) {
	k := newDesk(t)
	p, q := k.basicProfile(t), k.basicQueue(t).ID
	k.must(t, center.ChangeRoutingProfileQueues{
		ID: p.ID, Remove: []center.QueueConfig{{Queue: q, Channel: center.Chat}},
		Change: []center.QueueConfig{{Queue: q, Channel: center.Voice, Priority: 7, Delay: 8}},
	})
	want := []center.QueueConfig{{Queue: q, Channel: center.Voice, Priority: 7, Delay: 8}, {Queue: q, Channel: center.Task, Priority: 1}}
	if got := k.basicProfile(t).Queues; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	_, r := k.do(t, center.ChangeRoutingProfileQueues{ID: p.ID, Remove: want, Change: want[:1]})
	if r == nil || !slices.Equal(k.basicProfile(t).Queues, want) {
		t.Errorf("%v, then %+v", r, k.basicProfile(t).Queues)
	}
}
