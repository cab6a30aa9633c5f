package routing

import (
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

func TestSatisfies(t *testing.T) {
	type e = center.AgentExpression
	ann := agent(func(a *lifecycle.Agent) {
		a.Config.Proficiencies = []center.Proficiency{{Attribute: "language", Value: "French", Level: 3}, {Attribute: "team", Value: "night", Level: 1}}
	})
	least := func(attribute, v string, level float64) *center.AgentCondition {
		return &center.AgentCondition{Operator: center.OperatorAtLeast, Attribute: attribute, Value: v, Level: level}
	}
	span := func(low, high float64) *center.AgentCondition {
		return &center.AgentCondition{Operator: center.OperatorRange, Attribute: "language", Value: "French", Min: low, Max: high}
	}
	is := func(ids ...center.AgentID) *center.AgentCondition {
		return &center.AgentCondition{Operator: center.OperatorMatch, Agents: ids}
	}
	yes, no := e{Condition: is("ann")}, e{Condition: is("bob")}
	for _, c := range []struct {
		name string
		e    e
		want bool
	}{
		{"as good as asked", e{Condition: least("language", "French", 3)}, true},
		{"better", e{Condition: least("language", "French", 2.5)}, true},
		{"not good enough", e{Condition: least("language", "French", 3.5)}, false},
		{"another value", e{Condition: least("language", "Latin", 1)}, false},
		{"the value of another attribute", e{Condition: least("language", "night", 1)}, false},
		{"at the low end", e{Condition: span(3, 5)}, true},
		{"at the high end", e{Condition: span(1, 3)}, true},
		{"above", e{Condition: span(1, 2.9)}, false},
		{"below", e{Condition: span(3.1, 5)}, false},
		{"one of them", e{Condition: is("bob", "ann")}, true},
		{"none of them", e{Condition: is("bob")}, false},
		{"not what it is not", e{Not: least("language", "Latin", 1)}, true},
		{"not what it is", e{Not: span(1, 5)}, false},
		{"all", e{And: []e{yes, yes}}, true},
		{"not all", e{And: []e{yes, no}}, false},
		{"any", e{Or: []e{no, yes}}, true},
		{"not any", e{Or: []e{no, no}}, false},
		{"nested", e{And: []e{yes, {Or: []e{no, {Not: is("bob")}}}}}, true},
	} {
		if got := Satisfies(ann, c.e); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// TestAnActiveStepDecides: what it asks for, and only in a queue that is not the agent's own.
func TestAnActiveStepDecides(t *testing.T) {
	p := center.RoutingProfile{Queues: []center.QueueConfig{{Queue: "gold", Channel: center.Voice, Priority: 1}}}
	c := waiting("a", "gold", 0)
	step := func(status string, who center.AgentID) {
		c.Criteria = []center.RoutingCriteria{{Steps: []center.RoutingStep{{Status: status,
			Expression: center.AgentExpression{Condition: &center.AgentCondition{Operator: center.OperatorMatch, Agents: []center.AgentID{who}}}}}}}
	}
	for _, x := range []struct {
		status string
		who    center.AgentID
		want   bool
	}{{center.StepActive, "ann", true}, {center.StepActive, "bob", false}, {center.StepExpired, "bob", true}, {center.StepInactive, "bob", true}} {
		step(x.status, x.who)
		if _, ok := ClaimOf(agent(nil), p, c, noon); ok != x.want {
			t.Errorf("%s for %s: %v", x.status, x.who, ok)
		}
	}
}
