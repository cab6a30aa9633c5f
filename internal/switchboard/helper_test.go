package switchboard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const (
	support  = "+12065550100" // the instance's number
	customer = "+12065550199"
)

// bench is one journal on a simulated disk, and what drives it by hand.
type bench struct {
	t         *testing.T
	ctx       context.Context
	clock     *clock.Virtual
	engine    *memory.Engine
	log       storage.Log
	snapshots storage.Log
	sb        *Switchboard
	agents    []center.AgentID
	flow      center.FlowID
	number    center.PhoneNumberID
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), clock: clock.NewVirtual(start)}
	b.engine = memory.New(memory.Config{Clock: b.clock})
	b.openLogs()
	return b
}

func (b *bench) openLogs() {
	b.t.Helper()
	var err error
	if b.log, err = b.engine.Open(b.ctx, "cc-test", storage.Config{}); err != nil {
		b.t.Fatal(err)
	}
	if b.snapshots, err = b.engine.Open(b.ctx, "snap-test", storage.Config{Latest: true}); err != nil {
		b.t.Fatal(err)
	}
}

// open opens a switchboard over the bench's logs; change adapts its Config.
func (b *bench) open(change func(*Config)) *Switchboard {
	b.t.Helper()
	sb, err := b.tryOpen(change)
	if err != nil {
		b.t.Fatalf("Open: %v", err)
	}
	b.sb = sb
	return sb
}

func (b *bench) tryOpen(change func(*Config)) (*Switchboard, error) {
	cfg := Config{Log: b.log, Snapshots: b.snapshots, Clock: b.clock}
	if change != nil {
		change(&cfg)
	}
	return Open(b.ctx, cfg)
}

// do submits a command by hand and works until it is answered.
func (b *bench) do(cmd center.Command) (center.Step, error) {
	b.t.Helper()
	var res Result
	var got error
	answered := false
	if err := b.sb.Post("", cmd, func(r Result, err error) { res, got, answered = r, err, true }); err != nil {
		return center.Step{}, err
	}
	b.work()
	if !answered {
		b.t.Fatalf("%T was not answered", cmd)
	}
	return res.Step, got
}

// must is do for a command that is taken.
func (b *bench) must(cmd center.Command) center.Step {
	b.t.Helper()
	step, err := b.do(cmd)
	if err != nil {
		b.t.Fatalf("%T: %v", cmd, err)
	}
	return step
}

// work does rounds until there is nothing to do.
func (b *bench) work() {
	b.t.Helper()
	for range 10_000 {
		busy, err := b.sb.Work(b.ctx)
		if !busy || err != nil {
			return
		}
	}
	b.t.Fatal("Work never ends")
}

// advance moves the clock on to whatever is due on the way.
func (b *bench) advance(d time.Duration) {
	b.t.Helper()
	end := b.clock.Now().Add(d)
	for n := 0; ; n++ {
		at, ok := b.sb.Deadline()
		if !ok || at.After(end) {
			break
		}
		if n > 10_000 {
			b.t.Fatalf("what is due at %v never gets done", at)
		}
		if at.After(b.clock.Now()) {
			if err := b.clock.Set(at); err != nil {
				b.t.Fatal(err)
			}
		}
		b.work()
	}
	if err := b.clock.Set(end); err != nil {
		b.t.Fatal(err)
	}
	b.work()
}

func instance() center.CreateInstance {
	return center.CreateInstance{
		Instance: center.Instance{
			ID: "12345678-1234-4234-8234-123456789012", Alias: "bench", IdentityManagement: "CONNECT_MANAGED",
			ARN: "arn:aws:connect:us-east-1:000000000000:instance/12345678-1234-4234-8234-123456789012",
		},
		Key: []byte("0123456789abcdef"),
	}
}

// populate makes an instance with a number and agents who are logged in and available.
func (b *bench) populate(agents int) {
	b.t.Helper()
	b.must(instance())
	p := populator{do: func(c center.Command) center.Step { b.t.Helper(); return b.must(c) }, state: b.sb.State}
	b.agents, b.flow, b.number = p.run(agents)
}

type populator struct {
	do    func(center.Command) center.Step
	state func() *machine.State
}

func (p populator) run(agents int) (ids []center.AgentID, flow center.FlowID, number center.PhoneNumberID) {
	d := p.state().Directory
	for _, f := range d.Flows {
		if f.Name == "Sample inbound flow (first contact experience)" {
			flow = f.ID
		}
	}
	var profile center.RoutingProfileID
	for id := range d.Profiles {
		profile = id
	}
	var security center.SecurityProfileID
	for id, s := range d.Security {
		if s.Name == "Agent" {
			security = id
		}
	}
	step := p.do(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: support, Country: "US", Type: "DID", Flow: flow}})
	number = step.Events[0].(center.PhoneNumberSaved).Number.ID
	for n := range agents {
		step := p.do(center.CreateUser{User: center.User{
			Username: fmt.Sprintf("agent%d", n), FirstName: "A", LastName: "B", PasswordHash: "x", RoutingProfile: profile,
			SecurityProfiles: []center.SecurityProfileID{security}, Phone: center.PhoneConfig{Type: "SOFT_PHONE"},
		}})
		id := step.Events[0].(center.UserSaved).User.ID
		ids = append(ids, id)
		p.do(center.LogIn{Agent: id})
		p.do(center.SetAgentStatus{Agent: id, Status: available(p.state())})
	}
	return ids, flow, number
}

func available(s *machine.State) center.AgentStatusID {
	for id, st := range s.Directory.Statuses {
		if st.Type == center.Routable {
			return id
		}
	}
	return ""
}

// call is an inbound call. It returns the contact.
func (b *bench) call() center.ContactID {
	b.t.Helper()
	step := b.must(center.StartInboundCall{Customer: customer, Dialled: support})
	return step.Events[0].(center.ContactInitiated).Contact
}

// checkpoint is the machine as bytes.
func (b *bench) checkpoint(m automaton) string {
	b.t.Helper()
	state, err := m.Checkpoint()
	if err != nil {
		b.t.Fatal(err)
	}
	return string(state)
}

// random does one random thing.
func (b *bench) random(r *rand.Rand) {
	b.t.Helper()
	cmd := b.randomCommand(r)
	if _, wait := cmd.(center.Wake); wait {
		b.advance(time.Duration(r.IntN(20_000)) * time.Millisecond)
		return
	}
	var refused *center.Refused
	if _, err := b.do(cmd); err != nil && !errors.As(err, &refused) {
		b.t.Fatalf("%T: %v", cmd, err)
	}
}

// randomCommand returns a command that is possible or nearly so; Wake means that time should pass.
func (b *bench) randomCommand(r *rand.Rand) center.Command {
	s := b.sb.State()
	if s == nil {
		return center.Wake{}
	}
	agent := b.agents[r.IntN(len(b.agents))]
	var contact center.ContactID
	if a := s.Agents[agent]; len(a.Desk) > 0 {
		contact = a.Desk[r.IntN(len(a.Desk))].ID
	}
	var statuses []center.AgentStatusID
	for id := range s.Directory.Statuses {
		statuses = append(statuses, id)
	}
	slices.Sort(statuses)
	cmds := []center.Command{
		center.StartInboundCall{Customer: customer, Dialled: support, Attributes: map[string]string{"n": fmt.Sprint(r.IntN(100))}},
		center.StartInboundCall{Customer: customer, Dialled: support},
		center.StartOutboundCall{Destination: customer, Source: support, Flow: b.flow, RingTimeout: 20 * time.Second},
		center.StartTask{Flow: b.flow, Name: "task"},
		center.AcceptContact{Contact: contact, Agent: agent},
		center.AcceptContact{Contact: contact, Agent: agent},
		center.RejectContact{Contact: contact, Agent: agent},
		center.HoldContact{Contact: contact, Agent: agent},
		center.ResumeContact{Contact: contact, Agent: agent},
		center.LeaveContact{Contact: contact, Agent: agent},
		center.LeaveContact{Contact: contact, Agent: agent},
		center.ClearContact{Contact: contact, Agent: agent},
		center.ClearContact{Contact: contact, Agent: agent},
		center.HangUp{Contact: contact},
		center.SetAgentStatus{Agent: agent, Status: statuses[r.IntN(len(statuses))]},
		center.SetAgentStatus{Agent: agent, Status: available(s)},
		center.UpdateContactAttributes{Contact: contact, Set: map[string]string{"k": "v"}},
		center.LogIn{Agent: agent},
		center.LogOut{Agent: agent},
		center.Wake{},
	}
	return cmds[r.IntN(len(cmds))]
}

// faulty is a log whose appends can be made to fail.
type faulty struct {
	storage.Log
	mu      sync.Mutex // guards everything below
	appends int
	before  func(n int, entries []storage.Entry) error // nil error: the append goes on
	after   func(n int, last uint64, err error) (uint64, error)
}

func (f *faulty) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	f.mu.Lock()
	f.appends++
	n, before, after := f.appends, f.before, f.after
	f.mu.Unlock()
	if before != nil {
		if err := before(n, entries); err != nil {
			return 0, err
		}
	}
	last, err := f.Log.Append(ctx, entries...)
	if after != nil {
		return after(n, last, err)
	}
	return last, err
}

// steps reads the whole journal.
func (b *bench) steps() []Placed {
	b.t.Helper()
	recs, err := b.log.Read(b.ctx, storage.Range{Key: StepKey, Max: 100_000})
	if err != nil {
		b.t.Fatal(err)
	}
	var out []Placed
	for _, r := range recs {
		s, err := center.Decode(r.Data)
		if err != nil {
			b.t.Fatal(err)
		}
		out = append(out, Placed{r.Seq, s})
	}
	return out
}

// meddler is a machine that can be made to break.
type meddler struct {
	automaton
	step  func(center.Command)
	apply func(center.Step)
}

func (m *meddler) Step(s center.Stamp, c center.Command) (center.Step, error) {
	if m.step != nil {
		m.step(c)
	}
	return m.automaton.Step(s, c)
}

func (m *meddler) Apply(s center.Step) {
	if m.apply != nil {
		m.apply(s)
	}
	m.automaton.Apply(s)
}

func meddle(step func(center.Command), apply func(center.Step)) func(*Config) {
	return func(c *Config) {
		c.build = func(checkpoint []byte) (automaton, error) {
			m := machine.New()
			if checkpoint != nil {
				var err error
				if m, err = machine.Restore(checkpoint); err != nil {
					return nil, err
				}
			}
			return &meddler{m, step, apply}, nil
		}
	}
}
