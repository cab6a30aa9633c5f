package directory

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
)

// TestAgentConfig is the configuration of AWS's sample of an agent event: the agent's own queue first, concurrency
// sorted by channel.
func TestAgentConfig(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateQueue{Queue: k.queue(t, "OutboundQueue")})
	k.must(t, center.CreateQueue{Queue: k.queue(t, "A first queue")})
	out := only(t, k.Queues, func(q center.Queue) bool { return q.Name == "OutboundQueue" }).ID
	first := only(t, k.Queues, func(q center.Queue) bool { return q.Name == "A first queue" }).ID
	p, basic := k.profile(t, "AgentEventStreamProfile"), k.basicQueue(t).ID
	p.DefaultOutbound = out
	p.Concurrency = []center.Concurrency{{Channel: center.Voice, Slots: 1}, {Channel: center.Chat, Slots: 3, CrossChannel: routeAnyChannel}}
	p.Queues = []center.QueueConfig{
		{Queue: basic, Channel: center.Chat, Priority: 1}, {Queue: first, Channel: center.Chat, Priority: 2}, {Queue: basic, Channel: center.Voice, Priority: 3},
	}
	k.must(t, center.CreateRoutingProfile{Profile: p})
	u := k.user(t, "aestest")
	u.RoutingProfile = only(t, k.Profiles, func(o center.RoutingProfile) bool { return o.Name == p.Name }).ID
	u.Phone = center.PhoneConfig{Type: softPhone, AutoAccept: true, ACWLimit: 30}
	k.must(t, center.CreateUser{User: u})
	id := Sorted(k.Users)[0].ID

	both := []center.Channel{center.Voice, center.Chat}
	want := center.AgentConfig{
		Username: "aestest", FirstName: "Agent", LastName: "One",
		RoutingProfile: center.Ref{ID: string(u.RoutingProfile), Name: p.Name},
		Concurrency: []center.Concurrency{
			{Channel: center.Chat, Slots: 3, CrossChannel: routeAnyChannel}, {Channel: center.Voice, Slots: 1, CrossChannel: routeCurrentChannelOnly},
		},
		Inbound: []center.AgentQueue{
			{ID: center.QueueID(id), Agent: true, Channels: both},
			{ID: first, Name: "A first queue", Channels: []center.Channel{center.Chat}},
			{ID: basic, Name: nameBasicQueue, Channels: both},
		},
		DefaultOutbound: center.AgentQueue{ID: out, Name: "OutboundQueue", Channels: []center.Channel{center.Voice}},
		AutoAccept:      true, ACWLimit: 30,
	}
	got, ok := k.AgentConfig(id)
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("AgentConfig (-want +got):\n%s", diff)
	}
	if _, ok := k.AgentConfig("none"); ok {
		t.Error("a user that does not exist has a configuration")
	}
}

// TestAffected: an agent is affected by an event exactly if its configuration differs afterwards, or may.
func TestAffected(t *testing.T) {
	k := newDesk(t)
	other := k.profile(t, "other")
	k.must(t, center.CreateRoutingProfile{Profile: other})
	k.must(t, center.CreateQueue{Queue: k.queue(t, "unused")})
	for _, name := range []string{"ann", "bob"} {
		k.must(t, center.CreateUser{User: k.user(t, name)})
	}
	all := []center.AgentID{Sorted(k.Users)[0].ID, Sorted(k.Users)[1].ID}
	cmds := []struct {
		cmd  center.Command
		want []center.AgentID
	}{
		{center.UpdateQueue{ID: k.basicQueue(t).ID, Name: ptr("renamed")}, all},
		{center.UpdateQueue{ID: only(t, k.Queues, func(q center.Queue) bool { return q.Name == "unused" }).ID, Name: ptr("still unused")}, nil},
		{center.UpdateRoutingProfile{ID: k.basicProfile(t).ID, Name: ptr("renamed")}, all},
		{center.UpdateRoutingProfile{ID: only(t, k.Profiles, func(p center.RoutingProfile) bool { return p.Name == "other" }).ID, Name: ptr("renamed too")}, nil},
		{center.UpdateUser{ID: all[1], Identity: &center.User{FirstName: "B", LastName: "C"}}, all[1:]},
		{center.SetInstanceAttribute{Type: "INBOUND_CALLS", Value: "false"}, nil},
	}
	for _, c := range cmds {
		before := map[center.AgentID]center.AgentConfig{}
		for _, id := range all {
			before[id], _ = k.AgentConfig(id)
		}
		var got, differ []center.AgentID
		for _, e := range k.must(t, c.cmd) {
			got = append(got, k.Affected(e)...)
		}
		for _, id := range all {
			if now, _ := k.AgentConfig(id); !cmp.Equal(before[id], now) {
				differ = append(differ, id)
			}
		}
		if !slices.Equal(got, c.want) || !slices.Equal(differ, c.want) {
			t.Errorf("%T: affected %v, differ %v, want %v", c.cmd, got, differ, c.want)
		}
	}
}
