package machine

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// TestRandomCommandsBreakNothing gives the machine random commands, sensible and not, and lets random time pass. world
// checks every invariant after each step, that refused commands change nothing, and that nobody waits while a fitting
// agent is free. In the end, and on the way, the journal and a checkpoint lead to the same state.
func TestRandomCommandsBreakNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &gambler{t: t, w: richCenter()}
		n := rapid.IntRange(50, 250).Draw(t, "steps")
		for i := range n {
			if i%50 == 49 {
				g.w.checkRecovery(t)
			}
			g.play()
		}
		g.w.checkRecovery(t)
	})
}

// richCenter is an instance with everything that routing looks at: priorities, delays, several channels,
// a small queue, own queues, automatic acceptance, limits of after-contact work.
func richCenter() *world {
	w := newWorld()
	w.must(testInstance())
	w.must(center.CreateAgentStatus{Status: center.AgentStatus{Name: "Lunch", State: center.Enabled}})
	hours := directory.Sorted(w.m.state.Directory.Hours)[0].ID
	w.must(center.CreateQueue{Queue: center.Queue{Name: "Gold", Hours: hours}})
	w.must(center.CreateQueue{Queue: center.Queue{Name: "Small", Hours: hours, MaxContacts: 2}})
	one := func(ch center.Channel, slots int, cross string) center.Concurrency {
		return center.Concurrency{Channel: ch, Slots: slots, CrossChannel: cross}
	}
	on := func(queue string, ch center.Channel, priority, delay int) center.QueueConfig {
		return center.QueueConfig{Queue: w.queue(queue), Channel: ch, Priority: priority, Delay: delay}
	}
	for _, p := range []center.RoutingProfile{
		{Name: "Any",
			Concurrency: []center.Concurrency{one(center.Voice, 1, "ROUTE_ANY_CHANNEL"), one(center.Task, 3, "ROUTE_ANY_CHANNEL")},
			Queues: []center.QueueConfig{on("Gold", center.Voice, 1, 0), on("Gold", center.Task, 2, 0),
				on("BasicQueue", center.Voice, 2, 10), on("Small", center.Task, 1, 0), on("Small", center.Voice, 1, 5)}},
		{Name: "Late",
			Concurrency: []center.Concurrency{one(center.Voice, 1, "ROUTE_CURRENT_CHANNEL_ONLY"), one(center.Task, 2, "ROUTE_ANY_CHANNEL")},
			Queues: []center.QueueConfig{on("Gold", center.Voice, 3, 30), on("BasicQueue", center.Task, 1, 15),
				on("Small", center.Task, 1, 0)}},
	} {
		p.Description, p.DefaultOutbound = p.Name, w.queue("BasicQueue")
		w.must(center.CreateRoutingProfile{Profile: p})
	}
	profiles := []string{"Any", "Late", "Basic Routing Profile", "Any", "Late"}
	for i, p := range profiles {
		w.must(center.CreateUser{User: center.User{Username: fmt.Sprintf("agent%d", i), FirstName: "F", LastName: "L",
			RoutingProfile: w.profile(p), SecurityProfiles: w.security(),
			Phone: center.PhoneConfig{Type: "SOFT_PHONE", AutoAccept: i%2 == 0, ACWLimit: i * 7}}})
	}
	flows := map[string][]flowAction{
		"gold":  toQueue(string(w.queue("Gold"))),
		"small": toQueue(string(w.queue("Small"))),
		"basic": toQueue(string(w.queue("BasicQueue"))),
		"first": append([]flowAction{{"UpdateContactRoutingBehavior", map[string]any{"QueuePriority": "1"}}}, toQueue(string(w.queue("Gold")))...),
		"elder": append([]flowAction{{"UpdateContactRoutingBehavior", map[string]any{"QueueTimeAdjustmentSeconds": "60"}}}, toQueue(string(w.queue("BasicQueue")))...),
		"own": {{"UpdateContactTargetQueue", map[string]any{"AgentId": string(w.agent("agent1"))}},
			{"TransferContactToQueue", nil}},
		"end": {{"DisconnectParticipant", nil}},
	}
	for i, name := range flowNames {
		w.must(center.CreateFlow{Flow: center.Flow{Name: name, Type: "CONTACT_FLOW", State: "ACTIVE", Status: "PUBLISHED", Content: flowContent(flows[name]...)}})
		w.must(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: fmt.Sprintf("+1800555010%d", i), Country: "US", Type: "DID", Flow: w.flow(name)}})
	}
	return w
}

var flowNames = []string{"gold", "small", "basic", "first", "elder", "own", "end"}

// gambler draws commands.
type gambler struct {
	t *rapid.T
	w *world
}

func (g *gambler) play() {
	switch rapid.IntRange(0, 9).Draw(g.t, "what") {
	case 0, 1:
		g.w.wait(g.w.now.Add(time.Duration(rapid.SampledFrom([]int{1, 249, 250, 1000, 7000, 20_000, 31_000, 120_000}).Draw(g.t, "ms")) * time.Millisecond))
	case 2:
		g.answer()
	default:
		_, _ = g.w.do(g.command()) // refused is fine: world sees that it changed nothing
	}
}

// answer closes an effect, or one that was closed before.
func (g *gambler) answer() {
	out := g.w.m.Outstanding()
	if len(out) == 0 {
		_, _ = g.w.do(center.Done{}, "1/0")
		return
	}
	o := rapid.SampledFrom(out).Draw(g.t, "effect")
	var cmd center.Command = center.Done{}
	if d, ok := o.Effect.(center.DialCustomer); ok {
		cmd = center.DialAnswered{Contact: d.Contact}
		if rapid.Bool().Draw(g.t, "fails") {
			cmd = center.DialFailed{Contact: d.Contact, Reason: "TELECOM_BUSY"}
		}
	}
	_, _ = g.w.do(cmd, o.ID)
}

func (g *gambler) agent() center.AgentID {
	users := directory.Sorted(g.w.m.state.Directory.Users)
	if len(users) == 0 {
		return "nobody"
	}
	return rapid.SampledFrom(users).Draw(g.t, "agent").ID
}

// pair returns an agent and a contact, most often one on its desk.
func (g *gambler) pair() (center.AgentID, center.ContactID) {
	a := g.agent()
	if desk := g.desk(a); len(desk) > 0 && rapid.IntRange(0, 9).Draw(g.t, "stray") > 0 {
		return a, rapid.SampledFrom(desk).Draw(g.t, "on desk").ID
	}
	return a, g.contact()
}

func (g *gambler) desk(a center.AgentID) []lifecycle.DeskContact {
	if agent := g.w.m.state.Agents[a]; agent != nil {
		return agent.Desk
	}
	return nil
}

func (g *gambler) contact() center.ContactID {
	open := directory.Sorted(contactValues(g.w.m.state.Contacts))
	if len(open) == 0 {
		return "nothing"
	}
	return rapid.SampledFrom(open).Draw(g.t, "contact")
}

func contactValues(m map[center.ContactID]*lifecycle.Contact) map[center.ContactID]center.ContactID {
	out := make(map[center.ContactID]center.ContactID, len(m))
	for id := range m {
		out[id] = id
	}
	return out
}

func (g *gambler) command() center.Command {
	a, c := g.pair()
	flow := rapid.SampledFrom(flowNames).Draw(g.t, "flow")
	switch rapid.IntRange(0, 24).Draw(g.t, "command") {
	case 0:
		return center.LogIn{Agent: a}
	case 1:
		return center.LogOut{Agent: a}
	case 2, 3:
		return center.SetAgentStatus{Agent: a, Status: g.w.status("Available")}
	case 4:
		return center.SetAgentStatus{Agent: a, Status: rapid.SampledFrom(directory.Sorted(g.w.m.state.Directory.Statuses)).Draw(g.t, "status").ID}
	case 5, 6, 7:
		return center.StartInboundCall{Customer: "+14255550100", Dialled: fmt.Sprintf("+1800555010%d", rapid.IntRange(0, len(flowNames)).Draw(g.t, "number"))}
	case 8, 9:
		return g.task(flow, c)
	case 10:
		return center.StartOutboundCall{Destination: "+14255550100", Source: "+18005550100", Flow: g.w.flow(flow), Queue: g.w.queue("Gold"),
			ClientToken: rapid.SampledFrom([]string{"", "a", "b"}).Draw(g.t, "token")}
	case 11, 12, 13:
		return center.AcceptContact{Contact: c, Agent: a}
	case 14:
		return center.RejectContact{Contact: c, Agent: a}
	case 15:
		return center.HoldContact{Contact: c, Agent: a}
	case 16:
		return center.ResumeContact{Contact: c, Agent: a}
	case 17:
		return center.LeaveContact{Contact: c, Agent: a}
	case 18:
		return center.HangUp{Contact: c}
	case 19, 20:
		return center.ClearContact{Contact: c, Agent: a}
	case 21:
		return center.StopContact{Contact: c}
	case 22:
		return center.UpdateContactAttributes{Contact: c, Set: map[string]string{"k": rapid.StringN(0, 3, 9).Draw(g.t, "value")}}
	case 23:
		return g.configure(a)
	}
	return center.Wake{}
}

func (g *gambler) task(flow string, c center.ContactID) center.Command {
	t := center.StartTask{Name: "task", Flow: g.w.flow(flow)}
	switch rapid.IntRange(0, 5).Draw(g.t, "kind of task") {
	case 0:
		t.ScheduledAt = g.w.now.Add(20 * time.Second)
	case 1:
		t.Expiry = time.Minute
	case 2:
		t.Previous = c
	case 3:
		t.ClientToken = "a"
	}
	return t
}

func (g *gambler) configure(a center.AgentID) center.Command {
	name := rapid.SampledFrom([]string{"Any", "Late", "Basic Routing Profile"}).Draw(g.t, "profile")
	p := g.w.profile(name)
	switch rapid.IntRange(0, 5).Draw(g.t, "configuration") {
	case 0:
		return center.UpdateUser{ID: a, RoutingProfile: &p}
	case 1:
		return center.ChangeRoutingProfileQueues{ID: p, Add: []center.QueueConfig{{Queue: g.w.queue("Gold"), Channel: center.Voice,
			Priority: rapid.IntRange(1, 3).Draw(g.t, "priority"), Delay: rapid.SampledFrom([]int{0, 9}).Draw(g.t, "delay")}}}
	case 2:
		tasks := rapid.IntRange(1, 3).Draw(g.t, "tasks")
		return center.UpdateRoutingProfile{ID: p, Concurrency: &[]center.Concurrency{{Channel: center.Voice, Slots: 1}, {Channel: center.Task, Slots: tasks}}}
	case 3:
		state := rapid.SampledFrom([]string{center.Enabled, center.Disabled}).Draw(g.t, "state")
		return center.UpdateQueue{ID: g.w.queue("Small"), Status: &state}
	case 4:
		return center.UpdateUser{ID: a, Phone: &center.PhoneConfig{Type: "SOFT_PHONE", AutoAccept: true}}
	}
	return center.DeleteUser{ID: a}
}
