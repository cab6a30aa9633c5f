package machine

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

func refusal(t *testing.T, w *world, cmd center.Command) *center.Refused {
	t.Helper()
	_, err := w.do(cmd)
	var r *center.Refused
	if !errors.As(err, &r) {
		t.Fatalf("%#v: got %v, want a refusal", cmd, err)
	}
	return r
}

var aCall = center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199"}

func (w *world) aDial(token string) center.Command {
	return center.StartOutboundCall{Destination: "+14255550100", Source: "+18005550199", Flow: w.flow("main"), ClientToken: token}
}

func TestOpenContactsAreBounded(t *testing.T) {
	w := smallCenter(t, 0)
	w.m.limits.contacts = 3
	for range 3 {
		w.must(aCall)
	}
	if r := refusal(t, w, aCall); r.Reason != center.Limit {
		t.Errorf("got %v, want Limit", r)
	}
	for id := range w.m.state.Contacts {
		w.must(center.HangUp{Contact: id})
		break
	}
	w.must(aCall)
}

func TestOutstandingEffectsAreBounded(t *testing.T) {
	w := smallCenter(t, 0)
	w.m.limits.outstanding = 2
	w.must(w.aDial(""))
	w.must(w.aDial(""))
	if r := refusal(t, w, w.aDial("")); r.Reason != center.Limit {
		t.Errorf("got %v, want Limit", r)
	}
	o := w.m.Outstanding()[0]
	if _, err := w.do(center.DialAnswered{Contact: o.Effect.(center.DialCustomer).Contact}, o.ID); err != nil {
		t.Fatal(err)
	}
	w.must(w.aDial(""))
}

func TestClientTokensAreBoundedAndForgotten(t *testing.T) {
	w := smallCenter(t, 0)
	w.m.limits.tokens = 2
	w.must(w.aDial("a"))
	w.now = w.now.Add(time.Second)
	w.must(w.aDial("b"))
	if r := refusal(t, w, w.aDial("c")); r.Reason != center.Limit {
		t.Errorf("got %v, want Limit", r)
	}
	if r := refusal(t, w, w.aDial("a")); r.Reason != center.Repeated {
		t.Errorf("got %v, want Repeated", r)
	}
	w.wait(testStart.Add(center.TokenLife - time.Millisecond))
	if r := refusal(t, w, w.aDial("a")); r.Reason != center.Repeated {
		t.Errorf("just before the end of its life: got %v, want Repeated", r)
	}
	w.now = testStart.Add(center.TokenLife)
	w.must(aCall) // any step forgets what is over
	w.must(w.aDial("a"))
	if n := len(w.m.state.Tokens); n != 2 {
		t.Errorf("%d tokens are kept, want 2", n)
	}
	w.checkRecovery(t)
}

func TestOneStepOffersOnlySoMuch(t *testing.T) {
	w := smallCenter(t, 5)
	w.m.limits.offers = 2
	w.check = false
	for i := range 5 {
		w.must(center.SetAgentStatus{Agent: w.agent(fmt.Sprintf("agent%d", i)), Status: w.status("Offline")})
	}
	for range 5 {
		w.must(aCall)
	}
	steps := [][]string{}
	w.watch = func(s center.Step) {
		if o := offersOf(s); len(o) > 0 {
			steps = append(steps, o)
		}
	}
	for i := range 5 { // nobody wakes the machine meanwhile
		if _, err := w.step(center.Stamp{At: w.now, Place: w.place + 1}, center.SetAgentStatus{Agent: w.agent(fmt.Sprintf("agent%d", i)), Status: w.status("Available")}); err != nil {
			t.Fatal(err)
		}
	}
	w.check = true
	w.wake()
	if len(steps) != 3 || len(steps[0]) != 2 || len(steps[1]) != 2 || len(steps[2]) != 1 {
		t.Errorf("offers of the steps: %v", steps)
	}
}

func TestOneStepDoesOnlySoMuchThatIsDue(t *testing.T) {
	w := smallCenter(t, 5)
	w.m.limits.timers = 2
	for range 5 {
		w.must(aCall)
	}
	var missed []int
	w.watch = func(s center.Step) {
		n := 0
		for _, e := range s.Events {
			if _, ok := e.(center.ContactMissed); ok {
				n++
			}
		}
		if n > 0 {
			missed = append(missed, n)
		}
	}
	w.wait(w.now.Add(ringVoice))
	if fmt.Sprint(missed) != "[2 2 1]" {
		t.Errorf("calls missed in the steps: %v", missed)
	}
	w.checkRecovery(t)
}

func TestOneStepConfiguresOnlySoManyAgents(t *testing.T) {
	w := smallCenter(t, 5)
	w.m.limits.reconfigured = 2
	name := "Another name"
	if _, err := w.step(center.Stamp{At: w.now, Place: w.place + 1}, center.UpdateQueue{ID: w.queue("BasicQueue"), Name: &name}); err != nil {
		t.Fatal(err)
	}
	behind := func(m *Machine) int {
		n := 0
		for _, a := range m.state.Agents {
			if a.Config.Inbound[1].Name != name {
				n++
			}
		}
		return n
	}
	if n := behind(w.m); n != 3 {
		t.Errorf("%d agents are still to be configured, want 3", n)
	}
	again, err := w.replayed() // and who recovers here knows what is left to do
	if err != nil {
		t.Fatal(err)
	}
	w.m = again
	w.m.limits.reconfigured = 2
	w.wake()
	if n := behind(w.m); n != 0 {
		t.Errorf("%d agents are still to be configured, want none", n)
	}
	w.checkRecovery(t)
}

func TestACommandCannotComeBeforeTheOneBefore(t *testing.T) {
	for name, stamp := range map[string]func(w *world) center.Stamp{
		"time":  func(w *world) center.Stamp { return center.Stamp{At: w.now.Add(-1), Place: w.place + 1} },
		"place": func(w *world) center.Stamp { return center.Stamp{At: w.now, Place: w.place} },
	} {
		t.Run(name, func(t *testing.T) {
			w := smallCenter(t, 1)
			defer func() {
				if b, ok := recover().(Broken); !ok || b.Name != "stamp order" {
					t.Errorf("panicked with %v", b)
				}
			}()
			_, _ = w.m.Step(stamp(w), center.Wake{})
			t.Error("did not panic")
		})
	}
}

func TestWhatAContactCarriesIsBounded(t *testing.T) {
	w := smallCenter(t, 0)
	long := strings.Repeat("x", wordsBytesMax/2)
	task := func(change func(*center.StartTask)) center.StartTask {
		c := center.StartTask{Name: "task", Flow: w.flow("main")}
		change(&c)
		return c
	}
	w.must(task(func(c *center.StartTask) { c.Name = strings.Repeat("é", nameMax) }))
	w.must(task(func(c *center.StartTask) {
		c.Details = map[string]string{"k": long}
		c.References = []center.Reference{}
	}))
	for field, cmd := range map[string]center.Command{
		"Name":              task(func(c *center.StartTask) { c.Name = strings.Repeat("x", nameMax+1) }),
		"Description":       task(func(c *center.StartTask) { c.Description = strings.Repeat("x", descriptionMax+1) }),
		"ClientToken":       task(func(c *center.StartTask) { c.ClientToken = strings.Repeat("x", clientTokenMax+1) }),
		"References":        task(func(c *center.StartTask) { c.Details = map[string]string{"k": long, "l": long} }),
		"ContactDetails":    task(func(c *center.StartTask) { c.Details = map[string]string{"k": "\xff"} }),
		"RelatedContactId":  task(func(c *center.StartTask) { c.Related = "\xff" }),
		"PreviousContactId": task(func(c *center.StartTask) { c.Previous = "\xff" }),
		"Attributes":        task(func(c *center.StartTask) { c.Attributes = map[string]string{"k": "\xff"} }),
	} {
		if r := refusal(t, w, cmd); r.Reason != center.Invalid || r.Field != field {
			t.Errorf("%s: got %v", field, r)
		}
	}
	w.checkRecovery(t)
}

// TestInputsAreBounded: what a customer enters is looked at before whether anything waits for it.
func TestInputsAreBounded(t *testing.T) {
	w := smallCenter(t, 0)
	w.must(aCall)
	var id center.ContactID
	for id = range w.m.state.Contacts {
	}
	for _, c := range []struct {
		cmd   center.CustomerInput
		field string
	}{
		{center.CustomerInput{Keys: strings.Repeat("1", inputKeysMax)}, ""},
		{center.CustomerInput{Keys: strings.Repeat("1", inputKeysMax+1)}, "Keys"},
		{center.CustomerInput{Keys: "1a"}, "Keys"},
		{center.CustomerInput{Keys: "1", Text: "1"}, "Keys"},
		{center.CustomerInput{}, "Keys"},
		{center.CustomerInput{Text: strings.Repeat("ü", inputTextMax)}, ""},
		{center.CustomerInput{Text: strings.Repeat("ü", inputTextMax+1)}, "Text"},
		{center.CustomerInput{Text: "\xff"}, "Text"},
	} {
		c.cmd.Contact = id
		if r := refusal(t, w, c.cmd); r.Field != c.field || c.field == "" && r.Reason != center.Conflict {
			t.Errorf("%+.20v: got %v, want %q", c.cmd, r, c.field)
		}
	}
}

// TestAStepFitsItsRecord: a Wake that no record takes would be tried again for ever, and the instance with it.
func TestAStepFitsItsRecord(t *testing.T) {
	const recordMax = 12 << 20 // bytes, of storage
	w := smallCenter(t, 0)
	w.check = false
	large := strings.Repeat("<", 30_000) // six bytes each, once it is JSON
	set := func(id, next string) string {
		return `{"Identifier":"` + id + `","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"k":"` + large + `"}},"Transitions":{"NextAction":"` + next + `"}}`
	}
	flow := func(name, afterwards string) center.FlowID {
		w.must(center.CreateFlow{Flow: center.Flow{Name: name, Type: "CONTACT_FLOW", State: "ACTIVE", Status: "PUBLISHED", Content: `{"Version":"2019-10-30","StartAction":"wait","Actions":[
			{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"1"},"Transitions":{"NextAction":"set"}},` + afterwards + `]}`}})
		return w.flow(name)
	}
	steps, most := 0, 0
	w.watch = func(s center.Step) {
		b, err := center.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		steps, most = steps+1, max(most, len(b))
	}
	w.must(center.StartTask{Name: "t", Flow: flow("circle", set("set", "set"))})
	w.wait(w.now.Add(2 * time.Second))
	if len(w.m.state.Contacts) > 0 || most < runBytesMax {
		t.Errorf("%d contacts are left after steps of at most %d bytes: the flow should have ended", len(w.m.state.Contacts), most)
	}
	again := flow("again", set("set", "rest")+`,{"Identifier":"rest","Type":"Wait","Parameters":{"TimeLimitSeconds":"600"},"Transitions":{"NextAction":"rest"}}`)
	for range 2 * timersMax {
		w.must(center.StartTask{Name: "t", Flow: again})
	}
	w.wait(w.now.Add(2 * time.Second)) // all are due together
	for _, c := range w.m.state.Contacts {
		if c.Attributes["k"] != large || c.Position == nil {
			t.Fatalf("%s has not gone on", c.ID)
		}
	}
	if most > recordMax || len(w.m.state.Contacts) != 2*timersMax {
		t.Errorf("%d contacts, %d steps of at most %d bytes", len(w.m.state.Contacts), steps, most)
	}
	w.checkRecovery(t)
}
