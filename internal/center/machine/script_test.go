package machine

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
)

var update = flag.Bool("update", false, "write what the scripts lead to into their files")

// TestScripts runs the stories of testdata. A story is blocks: commands, one a line; a line "----"; the steps in words. A
// command may begin with a time of day (17:20:24.010) or a span (+20s): until then time passes, and the machine is woken
// whenever it wants to be. See script.command for the commands.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, s := runScript(t, string(b))
			s.world.checkRecovery(t)
			if again, s2 := runScript(t, string(b)); again != got || !equalJournals(s.world.journal, s2.world.journal) {
				t.Error("the same script twice does not give the same journal")
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := gocmp.Diff(string(b), got); d != "" {
				t.Errorf("%s (-want +got; -update accepts it):\n%s", file, d)
			}
		})
	}
}

func equalJournals(a, b [][]byte) bool {
	return bytes.Equal(bytes.Join(a, []byte("\n")), bytes.Join(b, []byte("\n")))
}

// script is a story being told.
type script struct {
	t       *testing.T
	world   *world
	names   map[string]string // of ids, in words
	ids     map[string]string // by name
	calls   int
	parties int
	out     strings.Builder
}

func runScript(t *testing.T, text string) (string, *script) {
	s := &script{t: t, world: newWorld(), names: map[string]string{}, ids: map[string]string{}}
	s.world.watch = s.tell
	var out strings.Builder
	for i, block := range strings.Split(strings.TrimRight(text, "\n"), "\n\n") {
		if i > 0 {
			out.WriteString("\n")
		}
		commands, _, _ := strings.Cut(block, "----")
		s.out.Reset()
		out.WriteString(commands)
		for line := range strings.Lines(commands) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				s.line(line)
			}
		}
		if !strings.HasPrefix(strings.TrimSpace(commands), "#") || s.out.Len() > 0 {
			out.WriteString("----\n")
			out.WriteString(s.out.String())
		} else {
			out.WriteString("\n")
		}
	}
	return out.String(), s
}

var (
	timeOfDay = regexp.MustCompile(`^\d\d:\d\d:\d\d(\.\d{1,3})?$`)
	span      = regexp.MustCompile(`^\+[0-9.a-z]+$`)
)

func (s *script) line(line string) {
	words := strings.Fields(line)
	switch {
	case timeOfDay.MatchString(words[0]):
		at, err := time.Parse("15:04:05.999", words[0])
		if err != nil {
			s.t.Fatalf("%q: %v", line, err)
		}
		day := s.world.now.Truncate(24 * time.Hour)
		s.world.wait(day.Add(at.Sub(at.Truncate(24 * time.Hour))))
		words = words[1:]
	case span.MatchString(words[0]):
		d, err := time.ParseDuration(words[0][1:])
		if err != nil {
			s.t.Fatalf("%q: %v", line, err)
		}
		s.world.wait(s.world.now.Add(d))
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	positional, options := splitWords(words[1:])
	if s.ask(words[0], positional) {
		return
	}
	cmd, closes := s.command(words[0], positional, options)
	if cmd == nil {
		s.t.Fatalf("%q is no command", line)
	}
	_, err := s.world.do(cmd, closes...)
	var refused *center.Refused
	if errors.As(err, &refused) {
		fmt.Fprintf(&s.out, "%s refused: %s\n", clock(s.world.now), s.inWords(refused.Error()))
	} else if err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
}

func clock(t time.Time) string { return t.Format("15:04:05.000") }

// splitWords parts key=value words from the others. A comma stands for a space in names.
func splitWords(words []string) (positional []string, options map[string]string) {
	options = map[string]string{}
	for _, w := range words {
		if k, v, ok := strings.Cut(w, "="); ok {
			options[k] = strings.ReplaceAll(v, ",", " ")
		} else {
			positional = append(positional, strings.ReplaceAll(w, ",", " "))
		}
	}
	return positional, options
}

func (s *script) id(name string) string {
	if id, ok := s.ids[name]; ok {
		return id
	}
	return name
}

func (s *script) name(id, name string) {
	s.names[id], s.ids[name] = name, id
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// inWords puts names in the place of ids.
func (s *script) inWords(text string) string {
	return uuid.ReplaceAllStringFunc(text, func(id string) string {
		if n, ok := s.names[id]; ok {
			return n
		}
		return id
	})
}

// ask answers questions about the state: desk <agent>, contact <contact>, deadline, outstanding, pinned, restart.
func (s *script) ask(verb string, arg []string) bool {
	w := s.world
	switch verb {
	case "desk":
		a := w.m.State().Agents[center.AgentID(s.id(arg[0]))]
		fmt.Fprintf(&s.out, "%s: %s since %s", arg[0], a.Status.Name, clock(a.StatusSince))
		if a.Next != nil {
			fmt.Fprintf(&s.out, ", next %s since %s", a.Next.Name, clock(a.NextSince))
		}
		if a.LoggedIn {
			s.out.WriteString(", logged in")
		}
		for _, d := range a.Desk {
			fmt.Fprintf(&s.out, ", %s %s since %s", s.names[string(d.ID)], d.State, clock(d.StateSince))
		}
		s.out.WriteString("\n")
	case "contact":
		c := w.m.State().Contacts[center.ContactID(s.id(arg[0]))]
		if c == nil {
			fmt.Fprintf(&s.out, "%s: gone\n", arg[0])
			break
		}
		fmt.Fprintf(&s.out, "%s: %s attempts %d attributes %v", arg[0], c.Phase(), c.Attempts, c.Attributes)
		if p := c.Position; p != nil {
			fmt.Fprintf(&s.out, " %s", s.position(p))
		}
		s.out.WriteString("\n")
	case "deadline":
		if at, ok := w.m.Deadline(); ok {
			day := ""
			if at.YearDay() != w.now.YearDay() {
				day = at.Format("01-02 ")
			}
			fmt.Fprintf(&s.out, "due %s%s\n", day, clock(at))
		} else {
			s.out.WriteString("nothing is due\n")
		}
	case "pinned":
		for _, digest := range slices.Sorted(maps.Keys(w.m.State().Pinned)) {
			fmt.Fprintf(&s.out, "pinned for %d\n", w.m.State().Pinned[digest].Places)
		}
	case "outstanding":
		for _, o := range w.m.Outstanding() {
			fmt.Fprintf(&s.out, "%s %s\n", o.ID, s.effect(o.Effect))
		}
	case "restart":
		again, err := w.replayed()
		if err != nil {
			s.t.Fatal(err)
		}
		w.m = again
	default:
		return false
	}
	return true
}

// command reads one command. Names of things are their ids' names; c1, c2 … are contacts in the order in which they began.
func (s *script) command(verb string, arg []string, opt map[string]string) (center.Command, []center.EffectID) {
	w := s.world
	at := func(i int) string {
		if i < len(arg) {
			return s.id(arg[i])
		}
		return ""
	}
	var closes []center.EffectID
	if e, ok := opt["closes"]; ok {
		if out := w.m.Outstanding(); e == "last" && len(out) > 0 {
			e = string(out[len(out)-1].ID)
		}
		closes = append(closes, center.EffectID(e))
		delete(opt, "closes")
	}
	contact, agent := center.ContactID(at(0)), center.AgentID(at(1))
	switch verb {
	case "login":
		return center.LogIn{Agent: center.AgentID(at(0))}, closes
	case "logout":
		return center.LogOut{Agent: center.AgentID(at(0))}, closes
	case "status":
		return center.SetAgentStatus{Agent: center.AgentID(at(0)), Status: center.AgentStatusID(at(1))}, closes
	case "call":
		return center.StartInboundCall{Customer: at(0), Dialled: at(1), Attributes: opt}, closes
	case "dial":
		return center.StartOutboundCall{
			Destination: at(0), Source: opt["from"], Queue: center.QueueID(s.id(opt["queue"])), Flow: center.FlowID(s.id(opt["flow"])),
			RingTimeout: duration(opt["ring"]), ClientToken: opt["token"],
		}, closes
	case "task":
		return s.task(at(0), opt), closes
	case "answered":
		return center.DialAnswered{Contact: contact}, closes
	case "failed":
		return center.DialFailed{Contact: contact, Reason: at(1)}, closes
	case "accept":
		return center.AcceptContact{Contact: contact, Agent: agent}, closes
	case "reject":
		return center.RejectContact{Contact: contact, Agent: agent}, closes
	case "hold":
		return center.HoldContact{Contact: contact, Agent: agent}, closes
	case "resume":
		return center.ResumeContact{Contact: contact, Agent: agent}, closes
	case "leave":
		return center.LeaveContact{Contact: contact, Agent: agent}, closes
	case "clear":
		return center.ClearContact{Contact: contact, Agent: agent}, closes
	case "hangup":
		return center.HangUp{Contact: contact}, closes
	case "stop":
		return center.StopContact{Contact: contact}, closes
	case "attributes":
		return s.attributes(contact, opt), closes
	case "press":
		return center.CustomerInput{Contact: contact, Keys: at(1)}, closes
	case "say":
		return center.CustomerInput{Contact: contact, Text: at(1)}, closes
	case "function":
		return center.AssociateFunction{ARN: "arn:aws:lambda:us-east-1:111122223333:function:" + at(0)}, closes
	case "function-answers":
		return center.FunctionAnswered{Contact: contact, Response: opt["response"], Failed: opt["response"] == ""}, closes
	case "done":
		return center.Done{}, closes
	}
	if cmd := s.call(verb, at, opt); cmd != nil {
		return cmd, closes
	}
	return s.configure(verb, arg, opt, w), closes
}

// call reads the commands about calls that agents place, and about calls of more than two. External parties are p1, p2 …
func (s *script) call(verb string, at func(int) string, opt map[string]string) center.Command {
	contact, agent, party := center.ContactID(at(0)), center.AgentID(at(1)), center.ContactID(at(2))
	switch verb {
	case "dial-out":
		return center.DialOut{Agent: center.AgentID(at(0)), Destination: at(1), Queue: center.QueueID(s.id(opt["queue"]))}
	case "add":
		return center.AddParty{Contact: contact, Agent: agent, To: center.Destination{
			Agent: center.AgentID(s.id(opt["agent"])), Queue: center.QueueID(s.id(opt["queue"])), Number: opt["number"], Flow: center.FlowID(s.id(opt["flow"])),
		}}
	case "party-answered":
		return center.PartyAnswered{Contact: contact, Party: center.ContactID(at(1))}
	case "party-failed":
		return center.PartyFailed{Contact: contact, Party: center.ContactID(at(1)), Reason: at(2)}
	case "party-hangup":
		return center.PartyHangUp{Contact: contact, Party: center.ContactID(at(1))}
	case "party-hold":
		return center.HoldParty{Contact: contact, Agent: agent, Party: party}
	case "party-resume":
		return center.ResumeParty{Contact: contact, Agent: agent, Party: party}
	case "party-drop":
		return center.DropParty{Contact: contact, Agent: agent, Party: party}
	case "swap":
		return center.SwapParties{Contact: contact, Agent: agent}
	case "join":
		return center.JoinParties{Contact: contact, Agent: agent}
	case "monitor":
		return center.MonitorCall{Contact: contact, Supervisor: agent, MayBarge: opt["barge"] == "true", ClientToken: opt["token"]}
	case "mode":
		return center.ChangeMonitor{Contact: contact, Agent: agent, Mode: at(2)}
	case "barge-out":
		return center.BargeOut{Contact: contact, Agent: agent}
	}
	return nil
}

func (s *script) task(name string, opt map[string]string) center.Command {
	t := center.StartTask{
		Name: name, Flow: center.FlowID(s.id(opt["flow"])), Expiry: duration(opt["expiry"]), ClientToken: opt["token"],
		Previous: center.ContactID(s.id(opt["previous"])), Related: center.ContactID(s.id(opt["related"])),
	}
	if in := duration(opt["in"]); in != 0 {
		t.ScheduledAt = s.world.now.Add(in)
	}
	return t
}

// attributes sets attributes; stored=a:1 are those of a contact that the machine has let go of.
func (s *script) attributes(id center.ContactID, opt map[string]string) center.Command {
	u := center.UpdateContactAttributes{Contact: id, Set: opt}
	if stored, ok := opt["stored"]; ok {
		delete(opt, "stored")
		u.Stored = map[string]string{}
		if k, v, ok := strings.Cut(stored, ":"); ok {
			u.Stored[k] = v
		}
	}
	for k, v := range opt {
		if n, ok := strings.CutPrefix(v, "bytes:"); ok {
			opt[k] = strings.Repeat("x", number(n))
		}
	}
	return u
}

// configure reads the commands about the directory.
func (s *script) configure(verb string, arg []string, opt map[string]string, w *world) center.Command {
	switch verb {
	case "instance":
		i := testInstance()
		i.Instance.Attributes = opt
		return i
	case "attribute":
		return center.SetInstanceAttribute{Type: arg[0], Value: arg[1]}
	case "delete-instance":
		return center.DeleteInstance{}
	case "custom":
		return center.CreateAgentStatus{Status: center.AgentStatus{Name: arg[0], State: center.Enabled}}
	case "disable":
		state := center.Disabled
		return center.UpdateAgentStatus{ID: w.status(arg[0]), State: &state}
	case "queue":
		hours, _ := byName(w.m.state.Directory.Hours, "Basic Hours", func(h center.Hours) string { return h.Name })
		return center.CreateQueue{Queue: center.Queue{Name: arg[0], Hours: hours.ID, MaxContacts: number(opt["max"]),
			Outbound: center.OutboundCaller{Number: w.number(opt["from"])}}}
	case "outbound":
		return center.UpdateQueue{ID: w.queue(arg[0]), Outbound: &center.OutboundCaller{Number: w.number(arg[1])}}
	case "outbound-flow":
		return center.UpdateQueue{ID: w.queue(arg[0]), Outbound: &center.OutboundCaller{Number: w.number(opt["from"]), Flow: w.flow(arg[1])}}
	case "rename-queue":
		return center.UpdateQueue{ID: w.queue(arg[0]), Name: &arg[1]}
	case "disable-queue":
		state := center.Disabled
		return center.UpdateQueue{ID: w.queue(arg[0]), Status: &state}
	case "delete-queue":
		return center.DeleteQueue{ID: w.queue(arg[0])}
	case "profile":
		return s.profile(arg, opt)
	case "agent":
		return center.CreateUser{User: center.User{
			Username: arg[0], FirstName: "First", LastName: "Last", RoutingProfile: w.profile(opt["profile"]),
			SecurityProfiles: w.security(),
			Phone:            center.PhoneConfig{Type: "SOFT_PHONE", ACWLimit: number(opt["acw"]), AutoAccept: opt["auto"] == "true"},
		}}
	case "move":
		p := w.profile(opt["profile"])
		return center.UpdateUser{ID: w.agent(arg[0]), RoutingProfile: &p}
	case "delete-agent":
		return center.DeleteUser{ID: center.AgentID(s.id(arg[0]))}
	case "read-flow", "read-module":
		if verb == "read-module" {
			opt["type"] = center.TypeModule
		}
		return center.CreateFlow{Flow: w.flowOf(s.t, arg[0], opt["type"])}
	case "delete-flow":
		return center.DeleteFlow{ID: w.flow(arg[0])}
	case "publish":
		f := w.flowOf(s.t, opt["as"], "")
		if m, ok := byName(w.m.state.Directory.Modules, arg[0], func(f center.Flow) string { return f.Name }); ok {
			return center.UpdateFlowContent{ID: m.ID, Module: true, Content: f.Content}
		}
		return center.UpdateFlowContent{ID: w.flow(arg[0]), Content: f.Content}
	case "flow":
		return center.CreateFlow{Flow: center.Flow{Name: arg[0], Type: "CONTACT_FLOW", State: "ACTIVE", Status: "PUBLISHED", Content: s.content(opt)}}
	case "number":
		return center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: arg[0], Country: "US", Type: "DID", Flow: w.flow(opt["flow"])}}
	}
	return nil
}

// profile reads a routing profile: voice=1 task=5 cross=any timer=inbound, then queues as Name/CHANNEL/priority/delay.
func (s *script) profile(arg []string, opt map[string]string) center.Command {
	p := center.RoutingProfile{Name: arg[0], Description: arg[0], DefaultOutbound: cmp.Or(s.world.queue("BasicQueue"), s.world.queue("Front"))}
	cross := "ROUTE_CURRENT_CHANNEL_ONLY"
	if opt["cross"] == "any" {
		cross = "ROUTE_ANY_CHANNEL"
	}
	if opt["timer"] == "inbound" {
		p.AvailabilityTimer = "TIME_SINCE_LAST_INBOUND"
	}
	for key, ch := range map[string]center.Channel{"voice": center.Voice, "task": center.Task, "chat": center.Chat} {
		if n := number(opt[key]); n > 0 {
			p.Concurrency = append(p.Concurrency, center.Concurrency{Channel: ch, Slots: n, CrossChannel: cross})
		}
	}
	for _, a := range arg[1:] {
		part := strings.Split(a, "/")
		p.Queues = append(p.Queues, center.QueueConfig{Queue: s.world.queue(part[0]), Channel: center.Channel(part[1]),
			Priority: number(part[2]), Delay: number(part[3])})
	}
	slices.SortFunc(p.Concurrency, func(a, b center.Concurrency) int { return strings.Compare(string(a.Channel), string(b.Channel)) })
	return center.CreateRoutingProfile{Profile: p}
}

// content writes a flow: to=<queue or agent> priority=n age=n set=key:value end=true.
func (s *script) content(opt map[string]string) string {
	var blocks []flowAction
	add := func(kind string, parameters map[string]any) { blocks = append(blocks, flowAction{kind, parameters}) }
	if k, v, ok := strings.Cut(opt["set"], ":"); ok {
		add("UpdateContactAttributes", map[string]any{"Attributes": map[string]string{k: v}, "TargetContact": "Current"})
	}
	if p := opt["priority"]; p != "" {
		add("UpdateContactRoutingBehavior", map[string]any{"QueuePriority": p})
	}
	if a := opt["age"]; a != "" {
		add("UpdateContactRoutingBehavior", map[string]any{"QueueTimeAdjustmentSeconds": a})
	}
	if to := opt["to"]; to != "" {
		if q := s.world.queue(to); q != "" {
			blocks = append(blocks, toQueue(string(q))...)
		} else {
			add("UpdateContactTargetQueue", map[string]any{"AgentId": string(s.world.agent(to))})
			add("TransferContactToQueue", nil)
		}
	}
	return flowContent(append(blocks, flowAction{kind: "DisconnectParticipant"})...)
}

func duration(s string) time.Duration {
	if s == "" {
		return 0
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return d
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil && s != "" {
		panic(err)
	}
	return n
}
