package routing

import (
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func agent(change func(*lifecycle.Agent)) *lifecycle.Agent {
	a := &lifecycle.Agent{
		ID: "ann", Status: center.StatusRef{Name: "Available", Type: center.Routable}, StatusSince: noon, IdleSince: noon, FreeSince: noon,
		Config: center.AgentConfig{Concurrency: []center.Concurrency{
			{Channel: center.Voice, Slots: 1, CrossChannel: CurrentChannelOnly},
			{Channel: center.Task, Slots: 2, CrossChannel: AnyChannel},
		}},
	}
	if change != nil {
		change(a)
	}
	return a
}

func on(channels ...center.Channel) func(*lifecycle.Agent) {
	return func(a *lifecycle.Agent) {
		for i, ch := range channels {
			a.Desk = append(a.Desk, lifecycle.DeskContact{ID: center.ContactID(rune('a' + i)), Channel: ch, State: center.AgentContactEnded})
		}
	}
}

func TestTakes(t *testing.T) {
	for _, c := range []struct {
		name              string
		agent             func(*lifecycle.Agent)
		voice, chat, task bool
	}{
		{"idle", nil, true, false, true},
		{"offline", func(a *lifecycle.Agent) { a.Status.Type = center.Offline }, false, false, false},
		{"custom status", func(a *lifecycle.Agent) { a.Status.Type = center.Custom }, false, false, false},
		{"next status", func(a *lifecycle.Agent) { a.Next = &center.StatusRef{} }, false, false, false},
		{"logging out", func(a *lifecycle.Agent) { a.Leaving = true }, false, false, false},
		{"removed", func(a *lifecycle.Agent) { a.Removed = true }, false, false, false},
		{"one call, which goes with nothing", on(center.Voice), false, false, false},
		{"one task, which goes with anything", on(center.Task), true, false, true},
		{"two tasks", on(center.Task, center.Task), true, false, false},
		{"a call and a task", on(center.Task, center.Voice), false, false, false},
		{"a call, and tasks by default alone", func(a *lifecycle.Agent) {
			on(center.Task)(a)
			a.Config.Concurrency[1].CrossChannel = ""
		}, false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := agent(c.agent)
			for ch, want := range map[center.Channel]bool{center.Voice: c.voice, center.Chat: c.chat, center.Task: c.task} {
				if got := Takes(a, ch); got != want {
					t.Errorf("%s: got %v, want %v", ch, got, want)
				}
			}
		})
	}
}

func waiting(id center.ContactID, queue string, ago time.Duration) *lifecycle.Contact {
	return &lifecycle.Contact{ID: id, Channel: center.Voice, Priority: lifecycle.PriorityUsual, ConnectedToSystemAt: noon.Add(-ago),
		Queue: &lifecycle.QueueVisit{Queue: center.Ref{ID: queue}, EnqueuedAt: noon.Add(-ago)}}
}

func TestTheStrongestClaimComesFirst(t *testing.T) {
	profile := center.RoutingProfile{Queues: []center.QueueConfig{
		{Queue: "gold", Channel: center.Voice, Priority: 1},
		{Queue: "silver", Channel: center.Voice, Priority: 2},
		{Queue: "bronze", Channel: center.Voice, Priority: 2, Delay: 30},
		{Queue: "tasks", Channel: center.Task, Priority: 1},
	}}
	with := func(c *lifecycle.Contact, change func(*lifecycle.Contact)) *lifecycle.Contact {
		change(c)
		return c
	}
	for _, c := range []struct {
		name     string
		contacts []*lifecycle.Contact
		want     center.ContactID
	}{
		{"waiting longer", []*lifecycle.Contact{waiting("a", "silver", time.Second), waiting("b", "silver", 2*time.Second)}, "b"},
		{"priority of the queue beats waiting", []*lifecycle.Contact{waiting("a", "gold", time.Second), waiting("b", "silver", time.Hour)}, "a"},
		{"priority of the contact beats waiting", []*lifecycle.Contact{
			with(waiting("a", "silver", time.Second), func(c *lifecycle.Contact) { c.Priority = 4 }), waiting("b", "silver", time.Hour)}, "a"},
		{"priority of the queue beats priority of the contact", []*lifecycle.Contact{
			waiting("a", "gold", time.Second), with(waiting("b", "silver", time.Hour), func(c *lifecycle.Contact) { c.Priority = 1 })}, "a"},
		{"age counts", []*lifecycle.Contact{
			with(waiting("a", "silver", time.Second), func(c *lifecycle.Contact) { c.Age = 60 }), waiting("b", "silver", time.Minute)}, "a"},
		{"age can make younger", []*lifecycle.Contact{
			with(waiting("a", "silver", time.Minute), func(c *lifecycle.Contact) { c.Age = -60 }), waiting("b", "silver", time.Second)}, "b"},
		{"not before its delay", []*lifecycle.Contact{waiting("a", "silver", time.Second), waiting("b", "bronze", 29*time.Second)}, "a"},
		{"from its delay on", []*lifecycle.Contact{waiting("a", "silver", time.Second), waiting("b", "bronze", 30*time.Second)}, "b"},
		{"age does not shorten the delay", []*lifecycle.Contact{
			with(waiting("a", "bronze", time.Second), func(c *lifecycle.Contact) { c.Age = 600 })}, ""},
		{"its own queue beats all", []*lifecycle.Contact{waiting("a", "gold", time.Hour),
			with(waiting("b", "ann", time.Second), func(c *lifecycle.Contact) { c.Queue.Agent = "ann" })}, "b"},
		{"not another's own queue", []*lifecycle.Contact{
			with(waiting("a", "bob", time.Second), func(c *lifecycle.Contact) { c.Queue.Agent = "bob" })}, ""},
		{"not a queue of no concern", []*lifecycle.Contact{waiting("a", "lead", time.Hour)}, ""},
		{"not a queue of another channel", []*lifecycle.Contact{waiting("a", "tasks", time.Hour)}, ""},
		{"not while it rings", []*lifecycle.Contact{
			with(waiting("a", "gold", time.Second), func(c *lifecycle.Contact) { c.Offer = &lifecycle.Offer{} })}, ""},
		{"across channels, the longer waiting", []*lifecycle.Contact{waiting("a", "gold", time.Second),
			with(waiting("b", "tasks", time.Minute), func(c *lifecycle.Contact) { c.Channel = center.Task })}, "b"},
		{"a tie, by id", []*lifecycle.Contact{waiting("b", "gold", time.Second), waiting("a", "gold", time.Second)}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var best center.ContactID
			var claim Claim
			for _, contact := range c.contacts {
				k, ok := ClaimOf(agent(nil), profile, contact, noon)
				if ok && (best == "" || k.Compare(claim) < 0) {
					best, claim = contact.ID, k
				}
			}
			if best != c.want {
				t.Errorf("got %q, want %q", best, c.want)
			}
		})
	}
}

func TestWhatLiesOnTheDeskIsNotOfferedAgain(t *testing.T) {
	p := center.RoutingProfile{Queues: []center.QueueConfig{{Queue: "gold", Channel: center.Task, Priority: 1}}}
	c := waiting("a", "gold", time.Second)
	c.Channel = center.Task
	if _, ok := ClaimOf(agent(on(center.Task)), p, c, noon); ok {
		t.Error("a contact that was rejected is offered again")
	}
	c.ID = "z"
	if _, ok := ClaimOf(agent(on(center.Task)), p, c, noon); !ok {
		t.Error("another contact is not offered")
	}
}

func TestTheLongestIdleAgentComesFirst(t *testing.T) {
	a := agent(nil)
	b := agent(func(b *lifecycle.Agent) {
		b.ID, b.IdleSince, b.FreeSince = "bob", noon.Add(time.Second), noon.Add(-time.Second)
	})
	turns := func(timer string) []center.AgentID {
		t := []Turn{TurnOf(b, timer), TurnOf(a, timer)}
		slices.SortFunc(t, Turn.Compare)
		return []center.AgentID{t[0].Agent, t[1].Agent}
	}
	for timer, want := range map[string][]center.AgentID{
		"": {"ann", "bob"}, TimeSinceLastActivity: {"ann", "bob"}, TimeSinceLastInbound: {"bob", "ann"},
	} {
		if got := turns(timer); !slices.Equal(got, want) {
			t.Errorf("timer %q: got %v, want %v", timer, got, want)
		}
	}
	b.IdleSince = a.IdleSince
	if got := turns(""); got[0] != "ann" {
		t.Errorf("a tie: got %v first", got[0])
	}
}

func TestLanesAreSorted(t *testing.T) {
	p := center.RoutingProfile{Queues: []center.QueueConfig{
		{Queue: "c", Channel: center.Voice, Priority: 2, Delay: 5}, {Queue: "d", Channel: center.Chat, Priority: 1},
		{Queue: "b", Channel: center.Voice, Priority: 2}, {Queue: "a", Channel: center.Voice, Priority: 99}, {Queue: "z", Channel: center.Voice, Priority: 1},
	}}
	want := []Lane{{"z", 1, 0}, {"b", 2, 0}, {"c", 2, 5}, {"a", 99, 0}}
	if got := Lanes(p, center.Voice); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
