package machine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// speaks is a step that asks for a language.
func speaks(language string, level float64, expiry int) center.RoutingStep {
	return center.RoutingStep{Duration: expiry, Expression: center.AgentExpression{Condition: &center.AgentCondition{
		Operator: center.OperatorAtLeast, Attribute: "language", Value: language, Level: level}}}
}

// polyglots is a center of agents who are available and speak nothing yet, and a call in the queue that nobody has seen.
func polyglots(t testing.TB, agents int) (w *world, call center.ContactID) {
	w = smallCenter(t, agents)
	w.must(center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: "language", Values: []string{"English", "French", "Latin"}}})
	for i := range agents {
		w.must(center.SetAgentStatus{Agent: w.agent(fmt.Sprintf("agent%d", i)), Status: w.status("Offline")})
	}
	step := w.must(center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199"})
	return w, step.Events[0].(center.ContactInitiated).Contact
}

func (w *world) available(names ...string) {
	for _, n := range names {
		w.must(center.SetAgentStatus{Agent: w.agent(n), Status: w.status("Available")})
	}
}

func (w *world) learn(name, language string, level float64) {
	w.must(center.ChangeProficiencies{User: w.agent(name), Add: []center.Proficiency{{Attribute: "language", Value: language, Level: level}}})
}

// steps tells the statuses of the newest criteria of a contact, and how many it has kept.
func (w *world) steps(c *lifecycle.Contact) string {
	r := c.Criteria[len(c.Criteria)-1]
	var out []string
	for _, s := range r.Steps {
		out = append(out, s.Status)
	}
	return fmt.Sprintf("%d/%d %s", len(c.Criteria), r.Index, strings.Join(out, " "))
}

func TestRoutingStepsOneAfterTheOther(t *testing.T) {
	w, id := polyglots(t, 3)
	w.learn("agent0", "French", 5)
	w.learn("agent1", "French", 3)
	w.must(center.SetRouting{Contact: id, Criteria: []center.RoutingStep{speaks("French", 4, 10), speaks("French", 2, 20), speaks("Latin", 1, 30)}})
	c := w.m.state.Contacts[id]
	expect := func(want string, rings string) {
		t.Helper()
		agent := ""
		if c.Offer != nil {
			agent = w.m.state.Agents[c.Offer.Agent].Config.Username
		}
		if got := w.steps(c); got != want || agent != rings {
			t.Errorf("%s: %s, rings at %q; want %s, at %q", w.now.Sub(testStart), got, agent, want, rings)
		}
	}
	w.available("agent1", "agent2")
	expect("1/0 ACTIVE INACTIVE INACTIVE", "")
	w.wait(testStart.Add(9999 * time.Millisecond))
	expect("1/0 ACTIVE INACTIVE INACTIVE", "")
	w.wait(testStart.Add(10 * time.Second))
	expect("1/0 EXPIRED ACTIVE INACTIVE", "agent1")
	// It rings past the end of the step, which expires when the agent turns out to be away.
	w.must(center.RejectContact{Contact: id, Agent: w.agent("agent1")})
	expect("1/0 EXPIRED ACTIVE INACTIVE", "")
	w.wait(testStart.Add(30 * time.Second))
	expect("1/0 EXPIRED EXPIRED ACTIVE", "")
	w.wait(testStart.Add(60 * time.Second))
	expect("1/0 EXPIRED EXPIRED EXPIRED", "agent2")
	w.must(center.AcceptContact{Contact: id, Agent: w.agent("agent2")})
	expect("1/0 EXPIRED EXPIRED EXPIRED", "")
	w.checkRecovery(t)
}

// TestTheStepDoesNotExpireWhileItRings: the offer stands; when it lapses the step is over at once.
func TestTheStepDoesNotExpireWhileItRings(t *testing.T) {
	for _, accepts := range []bool{true, false} {
		w, id := polyglots(t, 2)
		w.learn("agent0", "French", 5)
		w.must(center.SetRouting{Contact: id, Criteria: []center.RoutingStep{speaks("French", 4, 10)}})
		w.available("agent0", "agent1")
		c := w.m.state.Contacts[id]
		w.wait(testStart.Add(15 * time.Second))
		if got := w.steps(c); got != "1/0 ACTIVE" || c.Offer.Agent != w.agent("agent0") {
			t.Fatalf("%s, %+v", got, c.Offer)
		}
		if _, err := w.do(center.SetRouting{Contact: id, Criteria: []center.RoutingStep{speaks("Latin", 1, 0)}}); err == nil {
			t.Error("criteria were changed while it rang")
		}
		want := "1/0 EXPIRED"
		if accepts {
			w.must(center.AcceptContact{Contact: id, Agent: w.agent("agent0")})
			want = "1/0 JOINED"
		} else if w.wait(testStart.Add(20 * time.Second)); c.Offer == nil || c.Offer.Agent != w.agent("agent1") {
			t.Error("the other agent is not offered the contact once the step has expired")
		}
		if got := w.steps(c); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestLearningWakesTheContact(t *testing.T) {
	w, id := polyglots(t, 2)
	w.must(center.SetRouting{Contact: id, Criteria: []center.RoutingStep{speaks("French", 4, 0)}})
	w.available("agent0", "agent1")
	c := w.m.state.Contacts[id]
	w.wait(testStart.Add(24 * time.Hour))
	if w.steps(c) != "1/0 ACTIVE" || c.Offer != nil {
		t.Fatalf("a step without an end: %s, %+v", w.steps(c), c.Offer)
	}
	w.learn("agent1", "French", 4)
	if c.Offer == nil || c.Offer.Agent != w.agent("agent1") {
		t.Errorf("an agent who has learnt enough is not offered the contact: %+v", c.Offer)
	}
}

// TestOnlyThreeCriteriaAreKept: the count goes on, and what is replaced is interrupted.
func TestOnlyThreeCriteriaAreKept(t *testing.T) {
	w, id := polyglots(t, 1)
	for range 5 {
		w.must(center.SetRouting{Contact: id, Criteria: []center.RoutingStep{speaks("French", 4, 10), speaks("Latin", 1, 0)}})
	}
	c := w.m.state.Contacts[id]
	if len(c.Criteria) != center.RoutingVersionsMax || c.Criteria[0].Index != 2 || c.Criteria[0].Steps[0].Status != center.StepInterrupted ||
		c.Criteria[0].Steps[1].Status != center.StepInactive || w.steps(c) != "3/4 ACTIVE INACTIVE" {
		t.Errorf("%+v", c.Criteria)
	}
	w.must(center.HangUp{Contact: id})
	if got := w.steps(c); got != "3/4 INTERRUPTED INACTIVE" {
		t.Errorf("after the customer has hung up: %s", got)
	}
}

func TestRoutingCriteriaOutOfBounds(t *testing.T) {
	w, id := polyglots(t, 1)
	match := func(n int) center.RoutingStep {
		return center.RoutingStep{Expression: center.AgentExpression{Condition: &center.AgentCondition{Operator: center.OperatorMatch, Agents: slices.Repeat([]center.AgentID{"ann"}, n)}}}
	}
	all := func(n int) center.RoutingStep {
		return center.RoutingStep{Expression: center.AgentExpression{And: slices.Repeat([]center.AgentExpression{speaks("French", 1, 0).Expression}, n)}}
	}
	deep := func(n int) center.RoutingStep {
		e := speaks("French", 1, 0).Expression
		for range n - 1 {
			e = center.AgentExpression{Or: []center.AgentExpression{e}}
		}
		return center.RoutingStep{Expression: e}
	}
	both := speaks("French", 1, 0)
	both.Expression.Not = both.Expression.Condition
	upsideDown := center.RoutingStep{Expression: center.AgentExpression{Not: &center.AgentCondition{Operator: center.OperatorRange, Attribute: "a", Value: "b", Min: 3, Max: 2}}}
	for name, c := range map[string]struct {
		steps []center.RoutingStep
		ok    bool
	}{
		"five steps": {slices.Repeat([]center.RoutingStep{match(1)}, center.RoutingStepsMax), true}, "six steps": {slices.Repeat([]center.RoutingStep{match(1)}, center.RoutingStepsMax+1), false},
		"longest": {[]center.RoutingStep{speaks("French", 1, center.RoutingExpiryMax)}, true}, "too long": {[]center.RoutingStep{speaks("French", 1, center.RoutingExpiryMax+1)}, false},
		"negative": {[]center.RoutingStep{speaks("French", 1, -1)}, false}, "level 5": {[]center.RoutingStep{speaks("French", 5, 0)}, true},
		"level 5.5": {[]center.RoutingStep{speaks("French", 5.5, 0)}, false}, "level 0": {[]center.RoutingStep{speaks("French", 0, 0)}, false},
		"most agents": {[]center.RoutingStep{match(center.RoutingAgentsMax)}, true}, "too many agents": {[]center.RoutingStep{match(center.RoutingAgentsMax + 1)}, false}, "no agents": {[]center.RoutingStep{match(0)}, false},
		"most conditions": {[]center.RoutingStep{all(center.RoutingConditionsMax)}, true}, "too many conditions": {[]center.RoutingStep{all(center.RoutingConditionsMax + 1)}, false},
		"deepest": {[]center.RoutingStep{deep(center.RoutingDepthMax)}, true}, "too deep": {[]center.RoutingStep{deep(center.RoutingDepthMax + 1)}, false},
		"two at once": {[]center.RoutingStep{both}, false}, "nameless agent": {[]center.RoutingStep{{Expression: center.AgentExpression{Not: &center.AgentCondition{Operator: center.OperatorMatch, Agents: []center.AgentID{""}}}}}, false}, "nothing": {[]center.RoutingStep{{}}, false}, "upside down": {[]center.RoutingStep{upsideDown}, false},
	} {
		if _, err := w.do(center.SetRouting{Contact: id, Criteria: c.steps}); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestInTheAgentsOwnQueueCriteriaDoNotCount: they are noted as activated, and no step is.
func TestInTheAgentsOwnQueueCriteriaDoNotCount(t *testing.T) {
	c := &lifecycle.Contact{}
	for _, e := range []center.Event{
		center.ContactInitiated{Contact: "c", Channel: center.Voice}, center.ContactConnectedToSystem{Contact: "c"},
		center.ContactCriteriaSet{Contact: "c", Steps: []center.RoutingStep{speaks("Latin", 5, 10)}},
		center.ContactQueued{Contact: "c", Queue: center.Ref{ID: "ann"}, Agent: "ann"},
	} {
		c.Apply(testStart, e)
	}
	if c.ActiveStep() != nil || !c.StepDue().IsZero() || !c.Criteria[0].ActivatedAt.Equal(testStart) {
		t.Errorf("%+v", c.Criteria)
	}
}

// TestNobodyIsOfferedWhoDoesNotSatisfyTheStep plays with one language at levels of its own, so that who may be offered what
// is plain without the rules of package routing; and after the last step, nobody starves.
func TestNobodyIsOfferedWhoDoesNotSatisfyTheStep(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w, first := polyglots(t, 4)
		level := map[center.AgentID]float64{}
		var names []string
		for i := range 4 {
			n := fmt.Sprintf("agent%d", i)
			names = append(names, n)
			if l := rapid.IntRange(0, 5).Draw(r, "level"); l > 0 {
				w.learn(n, "French", float64(l))
				level[w.agent(n)] = float64(l)
			}
		}
		asks := map[center.ContactID][]center.RoutingStep{}
		draw := func(id center.ContactID) {
			var steps []center.RoutingStep
			for range rapid.IntRange(1, 4).Draw(r, "steps") {
				steps = append(steps, speaks("French", float64(rapid.IntRange(1, 5).Draw(r, "asked")), rapid.IntRange(1, 60).Draw(r, "expiry")))
			}
			asks[id] = steps
			w.must(center.SetRouting{Contact: id, Criteria: steps})
		}
		passed := map[center.ContactID]int{}
		w.watch = func(s center.Step) {
			for _, e := range s.Events {
				switch e := e.(type) {
				case center.RoutingStepExpired:
					passed[e.Contact]++
				case center.ContactOffered:
					if n := passed[e.Contact]; n < len(asks[e.Contact]) && level[e.Agent] < asks[e.Contact][n].Expression.Condition.Level {
						panic(fmt.Sprintf("step %d of %v, and an agent of level %v", n, asks[e.Contact], level[e.Agent]))
					}
				}
			}
		}
		draw(first)
		for range rapid.IntRange(0, 6).Draw(r, "calls") {
			step := w.must(center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199"})
			draw(step.Events[0].(center.ContactInitiated).Contact)
		}
		for _, n := range names {
			w.available(n)
			w.wait(w.now.Add(time.Duration(rapid.IntRange(0, 20).Draw(r, "s")) * time.Second))
		}
		// Whoever rings is accepted and ended; in the end all have talked to someone.
		for range 90 { // a step lasts 60 s at most, and four of them 240 s
			for _, n := range names {
				id := w.agent(n)
				for _, d := range slices.Clone(w.m.state.Agents[id].Desk) {
					if lifecycle.Rings(d.State) && rapid.IntRange(0, 3).Draw(r, "takes") > 0 {
						w.must(center.AcceptContact{Contact: d.ID, Agent: id})
						w.must(center.HangUp{Contact: d.ID})
						w.must(center.ClearContact{Contact: d.ID, Agent: id})
					} else if d.Clearable() {
						w.must(center.ClearContact{Contact: d.ID, Agent: id})
					}
				}
			}
			w.wait(w.now.Add(7 * time.Second)) // offers lapse after 20 s: some of those not taken do
		}
		if len(w.m.state.Contacts) > 0 {
			r.Fatalf("%d contacts starve", len(w.m.state.Contacts))
		}
	})
}
