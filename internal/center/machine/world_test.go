package machine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// world is a machine with the journal it has written, driven as a switchboard would drive it.
type world struct {
	m       *Machine
	now     time.Time
	place   uint64
	journal [][]byte
	check   bool // every invariant after every step
	watch   func(center.Step)
}

var (
	testKey   = []byte("0123456789abcdef0123456789abcdef")
	testStart = time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)
	testID    = center.InstanceID("aaaaaaaa-bbbb-4ccc-8ddd-111111111111")
)

func newWorld() *world {
	return &world{m: New(), now: testStart, check: true}
}

func testInstance() center.CreateInstance {
	return center.CreateInstance{
		Instance: center.Instance{
			ID: testID, ARN: "arn:aws:connect:us-east-1:111122223333:instance/" + string(testID), Alias: "test",
			IdentityManagement: "SAML",
		},
		Key: testKey,
	}
}

// do gives the machine one command, closing an effect if it is named, and then every Wake that is due.
func (w *world) do(cmd center.Command, closes ...center.EffectID) (center.Step, error) {
	stamp := center.Stamp{At: w.now, Place: w.place + 1}
	if len(closes) > 0 {
		stamp.Closes = closes[0]
	}
	step, err := w.step(stamp, cmd)
	if err != nil {
		return step, err
	}
	w.wake()
	return step, nil
}

func (w *world) step(stamp center.Stamp, cmd center.Command) (center.Step, error) {
	before := w.fingerprint()
	step, err := w.m.Step(stamp, cmd)
	if err != nil {
		var refused *center.Refused
		if !errors.As(err, &refused) {
			panic(fmt.Sprintf("%T is refused with a %T: %v", cmd, err, err))
		}
		if after := w.fingerprint(); !bytes.Equal(before, after) {
			panic(fmt.Sprintf("refused %T changed something:\n%s", cmd, cmp.Diff(string(before), string(after))))
		}
		return step, err
	}
	if !step.Empty() {
		b, err := center.Encode(step)
		if err != nil {
			panic(err)
		}
		w.place = stamp.Place
		w.journal = append(w.journal, b)
		if w.watch != nil {
			w.watch(step)
		}
	}
	if w.check {
		if err := Check(w.m.State()); err != nil {
			panic(fmt.Sprintf("after %#v: %v", cmd, err))
		}
	}
	return step, nil
}

// fingerprint is all that the machine knows, if the world checks at all.
func (w *world) fingerprint() []byte {
	if !w.check {
		return nil
	}
	b, err := w.m.Checkpoint()
	if err != nil {
		panic(err)
	}
	return b
}

// wake wakes the machine until nothing is due any more.
func (w *world) wake() {
	for n := 0; ; n++ {
		due, ok := w.m.Deadline()
		if !ok || due.After(w.now) {
			break
		}
		if n > 100_000 {
			panic("the machine is never done")
		}
		var was *State
		if w.check {
			was = before(w.m)
		}
		step, err := w.step(center.Stamp{At: w.now, Place: w.place + 1}, center.Wake{})
		if err != nil {
			panic(err)
		}
		if w.check {
			oneReason(step)
		}
		if got := offersOf(step); w.check && len(got) > 0 {
			if want := offersByTheRules(was, w.now, w.m.limits.offers); !slices.Equal(got, want) {
				panic(fmt.Sprintf("the step offers %v, the rules want %v", got, want))
			}
		}
	}
	if w.check {
		if err := CheckIdle(w.m.State(), w.now); err != nil {
			panic(err)
		}
	}
}

// oneReason holds a step of time to changing no desk for two reasons: it either routes or does what is due, and no agent
// sees more than one contact move.
func oneReason(step center.Step) {
	moved := map[center.AgentID]center.ContactID{}
	offers := len(offersOf(step))
	for _, e := range step.Events {
		if _, offered := e.(center.ContactOffered); offers > 0 && !offered {
			panic(fmt.Sprintf("a step routes and has a %T", e))
		}
		a, c := center.AgentOf(e), center.ContactOf(e)
		if a == "" || c == "" {
			continue
		}
		if other, ok := moved[a]; ok && other != c {
			panic(fmt.Sprintf("a step moves %s and %s at %s", other, c, a))
		}
		moved[a] = c
	}
}

// wait lets time pass, and wakes the machine whenever it wants to be woken.
func (w *world) wait(until time.Time) {
	for {
		due, ok := w.m.Deadline()
		if !ok || due.After(until) {
			break
		}
		if due.After(w.now) {
			w.now = due
		}
		w.wake()
	}
	w.now = until
}

// must is do for commands that are not refused.
func (w *world) must(cmd center.Command) center.Step {
	step, err := w.do(cmd)
	if err != nil {
		panic(fmt.Sprintf("%#v: %v", cmd, err))
	}
	return step
}

// replayed is the machine that recovers from the whole journal.
func (w *world) replayed() (*Machine, error) {
	m := New()
	for _, b := range w.journal {
		step, err := center.Decode(b)
		if err != nil {
			return nil, err
		}
		m.Apply(step)
	}
	return m, nil
}

// checkRecovery compares the machine with one made from its journal, and with one made from its checkpoint.
func (w *world) checkRecovery(t interface {
	Helper()
	Fatalf(string, ...any)
}) {
	t.Helper()
	again, err := w.replayed()
	if err != nil {
		t.Fatalf("replay: %v", err)
	}
	if d := cmp.Diff(w.m.State(), again.State()); d != "" {
		t.Fatalf("replay(journal) is not the live state (-live +replayed):\n%s", d)
	}
	checkpoint, err := w.m.Checkpoint()
	if err != nil {
		t.Fatalf("checkpoint: %v", err)
	}
	restored, err := Restore(checkpoint)
	if err != nil {
		t.Fatalf("restore: %v", err)
	}
	if d := cmp.Diff(w.m.State(), restored.State()); d != "" {
		t.Fatalf("Restore(Checkpoint) is not the live state (-live +restored):\n%s", d)
	}
	for name, m := range map[string]*Machine{"replayed": again, "restored": restored} {
		b, err := m.Checkpoint()
		if err != nil || !bytes.Equal(b, checkpoint) {
			t.Fatalf("the checkpoint of the %s machine differs (%v)", name, err)
		}
		wantDue, wantOK := w.m.Deadline()
		due, ok := m.Deadline()
		if wantOK && wantDue.After(w.now) && (!ok || due.After(wantDue)) {
			t.Fatalf("the %s machine wants to be woken at %v (%v), the live one at %v", name, due, ok, wantDue)
		}
	}
}

// byName finds things of the directory by their names.
func byName[K ~string, V any](m map[K]V, name string, nameOf func(V) string) (V, bool) {
	for _, v := range directory.Sorted(m) {
		if nameOf(v) == name {
			return v, true
		}
	}
	var none V
	return none, false
}

func (w *world) queue(name string) center.QueueID {
	q, _ := byName(w.m.state.Directory.Queues, name, func(q center.Queue) string { return q.Name })
	return q.ID
}

func (w *world) status(name string) center.AgentStatusID {
	s, _ := byName(w.m.state.Directory.Statuses, name, func(s center.AgentStatus) string { return s.Name })
	return s.ID
}

func (w *world) profile(name string) center.RoutingProfileID {
	p, _ := byName(w.m.state.Directory.Profiles, name, func(p center.RoutingProfile) string { return p.Name })
	return p.ID
}

func (w *world) flow(name string) center.FlowID {
	f, _ := byName(w.m.state.Directory.Flows, name, func(f center.Flow) string { return f.Name })
	return f.ID
}

func (w *world) number(address string) center.PhoneNumberID {
	n, _ := byName(w.m.state.Directory.Numbers, address, func(n center.PhoneNumber) string { return n.Number })
	return n.ID
}

func (w *world) agent(username string) center.AgentID {
	u, _ := byName(w.m.state.Directory.Users, username, func(u center.User) string { return u.Username })
	return u.ID
}

func (w *world) security() []center.SecurityProfileID {
	return []center.SecurityProfileID{directory.Sorted(w.m.state.Directory.Security)[0].ID}
}

// flowAction is one block of a flow of the tests.
type flowAction struct {
	kind       string
	parameters map[string]any
}

// flowContent writes a flow that passes through the blocks in order; any error ends it.
func flowContent(blocks ...flowAction) string {
	type object = map[string]any
	name := func(i int) string { return fmt.Sprintf("b%d", i) }
	var actions []any
	for i, b := range blocks {
		parameters := b.parameters
		if parameters == nil {
			parameters = object{}
		}
		transitions := object{}
		switch b.kind {
		case "DisconnectParticipant":
		case "TransferContactToQueue":
			transitions = object{"NextAction": name(len(blocks)), "Errors": []any{
				object{"NextAction": name(len(blocks)), "ErrorType": "QueueAtCapacity"},
				object{"NextAction": name(len(blocks)), "ErrorType": "NoMatchingError"},
			}}
		case "UpdateContactRoutingBehavior":
			transitions = object{"NextAction": name(i + 1)}
		default:
			transitions = object{"NextAction": name(i + 1), "Errors": []any{
				object{"NextAction": name(len(blocks)), "ErrorType": "NoMatchingError"},
			}}
		}
		actions = append(actions, object{"Identifier": name(i), "Type": b.kind, "Parameters": parameters, "Transitions": transitions})
	}
	actions = append(actions, object{"Identifier": name(len(blocks)), "Type": "DisconnectParticipant", "Parameters": object{}, "Transitions": object{}})
	b, err := json.Marshal(object{"Version": "2019-10-30", "StartAction": name(0), "Metadata": object{}, "Actions": actions})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// toQueue is a flow that transfers to a queue.
func toQueue(id string) []flowAction {
	return []flowAction{
		{kind: "UpdateContactTargetQueue", parameters: map[string]any{"QueueId": id}},
		{kind: "TransferContactToQueue"},
	}
}

// smallCenter makes an instance with one number, one queue and agents that are available.
func smallCenter(t testing.TB, agents int) *world {
	t.Helper()
	return fillCenter(newWorld(), agents)
}

func fillCenter(w *world, agents int) *world {
	w.must(testInstance())
	w.must(center.CreateFlow{Flow: center.Flow{Name: "main", Type: "CONTACT_FLOW", State: "ACTIVE", Status: "PUBLISHED",
		Content: flowContent(toQueue(string(w.queue("BasicQueue")))...)}})
	w.must(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: "+18005550199", Country: "US", Type: "TOLL_FREE", Flow: w.flow("main")}})
	return addAgents(w, agents)
}

// addAgents adds agents that are available.
func addAgents(w *world, agents int) *world {
	for i := range agents {
		w.must(center.CreateUser{User: center.User{
			Username: fmt.Sprintf("agent%d", i), FirstName: "A", LastName: fmt.Sprint(i), RoutingProfile: w.profile("Basic Routing Profile"),
			SecurityProfiles: w.security(), Phone: center.PhoneConfig{Type: "SOFT_PHONE", ACWLimit: 30},
		}})
	}
	for i := range agents {
		id := w.agent(fmt.Sprintf("agent%d", i))
		w.must(center.LogIn{Agent: id})
		w.must(center.SetAgentStatus{Agent: id, Status: w.status("Available")})
	}
	return w
}
