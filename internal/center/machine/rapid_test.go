package machine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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
	rapid.Check(t, func(r *rapid.T) {
		g := &gambler{t: r, w: richCenter(t)}
		n := rapid.IntRange(50, 250).Draw(r, "steps")
		for i := range n {
			if i%50 == 49 {
				g.w.checkRecovery(r)
			}
			g.play()
			g.w.checkShown(r)
		}
		g.w.checkRecovery(r)
	})
}

// TestRandomCallsOfManyBreakNothing does the same where hardly anything happens but agents bringing others into calls,
// supervisors listening, and people leaving them in any order.
func TestRandomCallsOfManyBreakNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := richCenter(t)
		for i := range 5 {
			id, p := w.agent(fmt.Sprintf("agent%d", i)), w.profile("Any")
			w.must(center.UpdateUser{ID: id, RoutingProfile: &p})
			w.must(center.LogIn{Agent: id})
			w.must(center.SetAgentStatus{Agent: id, Status: w.status("Available")})
		}
		g := &gambler{t: r, w: w}
		for range rapid.IntRange(50, 200).Draw(r, "steps") {
			g.playCalls()
		}
		g.w.checkRecovery(r)
	})
}

// playCalls is play for calls: what it draws most often makes sense.
func (g *gambler) playCalls() {
	a := g.agent()
	desk := g.desk(a)
	if len(desk) == 0 {
		switch rapid.IntRange(0, 3).Draw(g.t, "without a contact") {
		case 0:
			_, _ = g.w.do(center.MonitorCall{Contact: g.contact(), Supervisor: a, MayBarge: true})
		case 1:
			_, _ = g.w.do(center.DialOut{Agent: a, Destination: "+14255550177"})
		default:
			_, _ = g.w.do(center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550100"})
		}
		return
	}
	c := desk[0].ID
	switch {
	case desk[0].Clearable():
		_, _ = g.w.do(center.ClearContact{Contact: c, Agent: a})
	case rapid.IntRange(0, 5).Draw(g.t, "time") == 0:
		g.w.wait(g.w.now.Add(time.Duration(rapid.SampledFrom([]int{250, 1000, 21_000, 61_000}).Draw(g.t, "ms")) * time.Millisecond))
	case rapid.IntRange(0, 3).Draw(g.t, "answer") == 0:
		g.answer()
	case lifecycle.Rings(desk[0].State) && !desk[0].Accepted:
		_, _ = g.w.do(center.AcceptContact{Contact: c, Agent: a})
	default:
		_, _ = g.w.do(g.inCall(a, c))
	}
}

func (g *gambler) inCall(a center.AgentID, c center.ContactID) center.Command {
	call := g.w.m.state.Contacts[c]
	if call != nil && call.Watches != "" && rapid.Bool().Draw(g.t, "barges") {
		return g.supervise(a, c)
	}
	switch rapid.IntRange(0, 9).Draw(g.t, "in the call") {
	case 0:
		return center.HoldContact{Contact: c, Agent: a}
	case 1:
		return center.ResumeContact{Contact: c, Agent: a}
	case 2:
		return center.LeaveContact{Contact: c, Agent: a}
	case 3:
		return center.HangUp{Contact: c}
	case 4:
		return center.StopContact{Contact: c}
	case 5, 6:
		return center.AddParty{Contact: c, Agent: a, To: g.destination()}
	}
	return g.party(a, c)
}

// richCenter is an instance with everything that routing looks at: priorities, delays, several channels,
// a small queue, own queues, automatic acceptance, limits of after-contact work.
func richCenter(t testing.TB) *world {
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
	w.must(center.SetInstanceAttribute{Type: "ENHANCED_CONTACT_MONITORING", Value: "true"})
	w.must(center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: "language", Values: []string{"English", "French"}}})
	w.must(center.SetHierarchy{Names: []string{"Site", "Team"}})
	w.must(center.CreateHierarchyGroup{Group: center.HierarchyGroup{Name: "Berlin"}})
	site := directory.Sorted(w.m.State().Directory.Groups)[0].ID
	w.must(center.CreateHierarchyGroup{Group: center.HierarchyGroup{Name: "Night", Parent: site}})
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
	w.must(center.AssociateFunction{ARN: "arn:aws:lambda:us-east-1:111122223333:function:lookup"})
	w.must(center.CreateQueue{Queue: center.Queue{Name: "Other", Hours: hours, MaxContacts: 3}})
	for _, f := range [][2]string{{"survey", ""}, {"waiting", "CUSTOMER_QUEUE"}, {"for_agent", "AGENT_WHISPER"}, {"for_customer", "CUSTOMER_WHISPER"},
		{"on_hold", "CUSTOMER_HOLD"}, {"later", center.TypeModule}, {"shares", ""}} {
		w.must(center.CreateFlow{Flow: w.flowOf(t, f[0], f[1])})
	}
	for i, name := range flowNames {
		if flows[name] == nil {
			w.must(center.CreateFlow{Flow: w.flowOf(t, name, "")})
			w.must(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: fmt.Sprintf("+180055501%02d", i), Country: "US", Type: "DID", Flow: w.flow(name)}})
			continue
		}
		w.must(center.CreateFlow{Flow: center.Flow{Name: name, Type: "CONTACT_FLOW", State: "ACTIVE", Status: "PUBLISHED", Content: flowContent(flows[name]...)}})
		w.must(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: fmt.Sprintf("+180055501%02d", i), Country: "US", Type: "DID", Flow: w.flow(name)}})
	}
	w.must(center.UpdateQueue{ID: w.queue("BasicQueue"), Outbound: &center.OutboundCaller{Number: w.number("+18005550100")}})
	return w
}

var flowNames = []string{"gold", "small", "basic", "first", "elder", "own", "end", "ivr", "to_basic", "lambda", "staffing"}

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
	switch e := o.Effect.(type) {
	case center.DialCustomer:
		cmd = center.DialAnswered{Contact: e.Contact}
		if rapid.Bool().Draw(g.t, "fails") {
			cmd = center.DialFailed{Contact: e.Contact, Reason: "TELECOM_BUSY"}
		}
	case center.DialParty:
		cmd = center.PartyAnswered{Contact: e.Contact, Party: e.Party}
		if rapid.IntRange(0, 3).Draw(g.t, "fails") == 0 {
			cmd = center.PartyFailed{Contact: e.Contact, Party: e.Party, Reason: "TELECOM_BUSY"}
		}
	}
	if f, ok := o.Effect.(center.InvokeFunction); ok {
		cmd = center.FunctionAnswered{Contact: f.Contact, Failed: rapid.Bool().Draw(g.t, "fails"), Response: `{"customer":{"tier":"gold"}}`}
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
	switch rapid.IntRange(0, 48).Draw(g.t, "command") {
	case 0:
		return center.LogIn{Agent: a}
	case 1:
		return center.LogOut{Agent: a}
	case 2, 3:
		return center.SetAgentStatus{Agent: a, Status: g.w.status("Available")}
	case 4:
		return center.SetAgentStatus{Agent: a, Status: rapid.SampledFrom(directory.Sorted(g.w.m.state.Directory.Statuses)).Draw(g.t, "status").ID}
	case 5, 6, 7:
		return center.StartInboundCall{Customer: "+14255550100", Dialled: fmt.Sprintf("+180055501%02d", rapid.IntRange(0, len(flowNames)).Draw(g.t, "number"))}
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
	case 24:
		return center.DialOut{Agent: a, Destination: "+14255550177"}
	case 25, 26, 27:
		return center.AddParty{Contact: c, Agent: a, To: g.destination()}
	case 28, 29, 30:
		return g.party(a, c)
	case 31:
		return g.supervise(a, c)
	case 32, 33, 34:
		return center.CustomerInput{Contact: g.inFlow(), Keys: rapid.SampledFrom([]string{"1", "2", "3", "9", "123456#", ""}).Draw(g.t, "keys")}
	case 35:
		return g.publish()
	case 37, 38, 39, 40:
		return g.withTask(a, c)
	case 41, 42, 43, 44, 45:
		return g.inChat(c)
	case 46, 47, 48:
		return center.SetRouting{Contact: g.contact(), Criteria: g.criteria()}
	}
	return center.Wake{}
}

// inChat does what only chats do, most often in a chat.
func (g *gambler) inChat(c center.ContactID) center.Command {
	chat := new(lifecycle.Chat)
	for _, id := range directory.Sorted(contactValues(g.w.m.state.Contacts)) {
		if h := g.w.m.state.Contacts[id].Chat; h != nil && (chat.Customer.ID == "" || rapid.Bool().Draw(g.t, "this chat")) {
			c, chat = id, h
		}
	}
	who := chat.Customer.ID
	if chat.Agent != nil && rapid.Bool().Draw(g.t, "as the agent") {
		who = chat.Agent.ID
	}
	flow := g.w.flow(rapid.SampledFrom(flowNames).Draw(g.t, "flow of the chat"))
	switch rapid.IntRange(0, 8).Draw(g.t, "in the chat") {
	case 0, 1:
		return center.StartChat{Flow: flow, Name: "Jane", ClientToken: rapid.SampledFrom([]string{"", "a"}).Draw(g.t, "token"), Initial: &center.ChatMessage{ContentType: center.ChatPlain, Content: "hello"}}
	case 2, 3:
		return center.ConnectChat{Contact: c, Participant: who}
	case 4:
		return center.LeaveChat{Contact: c, Participant: who}
	case 5:
		return center.SetChatTimers{Contact: c, Timers: []center.ChatTimer{{Role: center.RoleCustomer, After: 2 * time.Minute},
			{Role: rapid.SampledFrom([]string{center.RoleCustomer, center.RoleAgent}).Draw(g.t, "role"), Disconnect: true, After: 3 * time.Minute}}}
	}
	return center.SayInChat{Contact: c, Participant: who, ClientToken: rapid.SampledFrom([]string{"", "a", "b"}).Draw(g.t, "token of the message"),
		Message: center.ChatMessage{ContentType: center.ChatPlain, Content: rapid.SampledFrom([]string{"1", "2", "hello"}).Draw(g.t, "words")}}
}

// withTask does what only tasks do, most often with a task.
func (g *gambler) withTask(a center.AgentID, c center.ContactID) center.Command {
	var tasks []center.ContactID
	for _, id := range directory.Sorted(contactValues(g.w.m.state.Contacts)) {
		if g.w.m.state.Contacts[id].Channel == center.Task {
			tasks = append(tasks, id)
		}
	}
	if len(tasks) > 0 && rapid.IntRange(0, 9).Draw(g.t, "stray task") > 0 {
		c = rapid.SampledFrom(tasks).Draw(g.t, "task")
	}
	flow := g.w.flow(rapid.SampledFrom(flowNames).Draw(g.t, "flow of the task"))
	switch rapid.IntRange(0, 7).Draw(g.t, "with the task") {
	case 0, 1:
		return center.PauseTask{Contact: c}
	case 2:
		return center.ResumeTask{Contact: c}
	case 3:
		return center.ResumeTask{Contact: c, Flow: flow}
	case 4:
		return center.TransferTask{Contact: c, Flow: flow, Agent: a, ClientToken: rapid.SampledFrom([]string{"", "a"}).Draw(g.t, "token")}
	case 5:
		return center.TransferTask{Contact: c, Flow: flow, Queue: g.w.queue("Small")}
	case 6:
		return center.RescheduleTask{Contact: c, At: g.w.now.Add(40 * time.Second)}
	}
	five, name := 5, "other"
	if rapid.Bool().Draw(g.t, "urgent") {
		return center.SetRouting{Contact: c, Age: &five}
	}
	return center.UpdateContact{Contact: c, Name: &name, SetTags: map[string]string{"k": "v"}, References: []center.Reference{{Name: "r", Type: "URL", Value: "u"}}}
}

// criteria draws routing criteria, of which some cannot be met.
func (g *gambler) criteria() []center.RoutingStep {
	condition := func() *center.AgentCondition {
		language := rapid.SampledFrom([]string{"English", "French", "Latin"}).Draw(g.t, "language asked for")
		switch rapid.IntRange(0, 2).Draw(g.t, "operator") {
		case 0:
			return &center.AgentCondition{Operator: center.OperatorMatch, Agents: []center.AgentID{g.agent()}}
		case 1:
			return &center.AgentCondition{Operator: center.OperatorRange, Attribute: "language", Value: language, Min: 1, Max: 3}
		}
		return &center.AgentCondition{Operator: center.OperatorAtLeast, Attribute: "language", Value: language, Level: rapid.SampledFrom([]float64{1, 3, 5}).Draw(g.t, "level")}
	}
	var steps []center.RoutingStep
	for range rapid.IntRange(1, 3).Draw(g.t, "routing steps") {
		s := center.RoutingStep{Duration: rapid.SampledFrom([]int{0, 5, 20, 40}).Draw(g.t, "expiry")}
		switch rapid.IntRange(0, 3).Draw(g.t, "expression") {
		case 0:
			s.Expression.Not = condition()
		case 1:
			s.Expression.And = []center.AgentExpression{{Condition: condition()}, {Not: condition()}}
		case 2:
			s.Expression.Or = []center.AgentExpression{{Condition: condition()}, {Condition: condition()}}
		default:
			s.Expression.Condition = condition()
		}
		steps = append(steps, s)
	}
	return steps
}

func (g *gambler) destination() center.Destination {
	switch rapid.IntRange(0, 3).Draw(g.t, "destination") {
	case 0:
		return center.Destination{Agent: g.agent()}
	case 1:
		return center.Destination{Number: "+14255550188"}
	case 2:
		return center.Destination{Flow: g.w.flow(rapid.SampledFrom(flowNames).Draw(g.t, "flow"))}
	}
	return center.Destination{Queue: g.w.queue(rapid.SampledFrom([]string{"Gold", "Small", "BasicQueue"}).Draw(g.t, "queue"))}
}

// party does something with whoever was brought into a call.
func (g *gambler) party(a center.AgentID, c center.ContactID) center.Command {
	party := center.ContactID("nobody")
	if call := g.w.m.state.Contacts[c]; call != nil && len(call.Parties) > 0 {
		party = rapid.SampledFrom(call.Parties).Draw(g.t, "party").ID
	}
	switch rapid.IntRange(0, 5).Draw(g.t, "with the party") {
	case 0:
		return center.HoldParty{Contact: c, Agent: a, Party: party}
	case 1:
		return center.ResumeParty{Contact: c, Agent: a, Party: party}
	case 2:
		return center.DropParty{Contact: c, Agent: a, Party: party}
	case 3:
		return center.SwapParties{Contact: c, Agent: a}
	case 4:
		return center.PartyHangUp{Contact: c, Party: party}
	}
	return center.JoinParties{Contact: c, Agent: a}
}

func (g *gambler) supervise(a center.AgentID, c center.ContactID) center.Command {
	switch rapid.IntRange(0, 4).Draw(g.t, "supervise") {
	case 0:
		return center.ChangeMonitor{Contact: c, Agent: a, Mode: rapid.SampledFrom([]string{center.ModeSilent, center.ModeBarge}).Draw(g.t, "mode")}
	case 1:
		return center.BargeOut{Contact: c, Agent: a}
	}
	return center.MonitorCall{Contact: g.contact(), Supervisor: a, MayBarge: rapid.Bool().Draw(g.t, "may barge")}
}

// inFlow returns a contact, most often one that a flow asks something.
func (g *gambler) inFlow() center.ContactID {
	var asked []center.ContactID
	for _, id := range directory.Sorted(contactValues(g.w.m.state.Contacts)) {
		if p := g.w.m.state.Contacts[id].Position; p != nil && p.Wait == center.WaitsForInput {
			asked = append(asked, id)
		}
	}
	if len(asked) == 0 {
		return g.contact()
	}
	return rapid.SampledFrom(asked).Draw(g.t, "asked")
}

// publish changes the content of a flow that contacts may stand in, and back again.
func (g *gambler) publish() center.Command {
	name := rapid.SampledFrom([]string{"ivr", "waiting", "for_agent", "survey", "later"}).Draw(g.t, "flow to publish")
	flow, module := byName(g.w.m.state.Directory.Modules, name, func(f center.Flow) string { return f.Name })
	if !module {
		flow, _ = byName(g.w.m.state.Directory.Flows, name, func(f center.Flow) string { return f.Name })
	}
	content := strings.TrimSpace(flow.Content)
	if content == flow.Content {
		content += " "
	}
	return center.UpdateFlowContent{ID: flow.ID, Module: module, Content: content}
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
	group := rapid.SampledFrom(append(slices.Sorted(maps.Keys(g.w.m.State().Directory.Groups)), "")).Draw(g.t, "group")
	skill := []center.Proficiency{{Attribute: "language", Value: rapid.SampledFrom([]string{"English", "French", "x"}).Draw(g.t, "language"), Level: 3}}
	switch rapid.IntRange(0, 9).Draw(g.t, "configuration") {
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
	case 5:
		return center.UpdateUser{ID: a, Group: &group}
	case 6:
		return center.RenameHierarchyGroup{ID: group, Name: rapid.SampledFrom([]string{"Berlin", "Hamburg", "Night"}).Draw(g.t, "name")}
	case 7:
		return center.ChangeProficiencies{User: a, Add: skill}
	case 8:
		return center.ChangeProficiencies{User: a, Remove: skill}
	}
	return center.DeleteUser{ID: a}
}
