package language

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// criteria are routing criteria as flows and functions spell them.
type criteria struct {
	Steps []struct {
		Expression expression
		Expiry     *struct{ DurationInSeconds json.RawMessage }
	}
}

type expression struct {
	AttributeCondition    *condition
	NotAttributeCondition *condition
	AndExpression         []expression
	OrExpression          []expression
}

type condition struct {
	Name, Value, ComparisonOperator string
	ProficiencyLevel                level
	Range                           *struct{ MinProficiencyLevel, MaxProficiencyLevel level }
	MatchCriteria                   *struct{ AgentsCriteria struct{ AgentIds []string } }
}

// level is a number that may be written as text, as the console does.
type level float64

// UnmarshalJSON reads a number or text that is one.
func (l *level) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(bytes.Trim(b, `"`), (*float64)(l))
}

// RoutingSteps reads routing criteria. Value tells what a text in them stands for, such as a path. What is wrong with
// them is "" when nothing is.
func RoutingSteps(raw json.RawMessage, value func(string) string) (steps []center.RoutingStep, wrong string) {
	var in criteria
	if wrong := strict(raw, &in); wrong != "" {
		return nil, wrong
	}
	for _, s := range in.Steps {
		out := center.RoutingStep{Expression: s.Expression.read(value)}
		if s.Expiry != nil {
			n, ok := integer(s.Expiry.DurationInSeconds)
			if !ok || n < 1 {
				return nil, "has a step whose DurationInSeconds is not a whole number above zero"
			}
			out.Duration = n
		}
		steps = append(steps, out)
	}
	if err := center.CheckRoutingSteps(steps); err != nil {
		return nil, "cannot be honoured: " + err.Error()
	}
	return steps, ""
}

func (e expression) read(value func(string) string) center.AgentExpression {
	out := center.AgentExpression{Condition: e.AttributeCondition.read(value), Not: e.NotAttributeCondition.read(value)}
	for _, x := range e.AndExpression {
		out.And = append(out.And, x.read(value))
	}
	for _, x := range e.OrExpression {
		out.Or = append(out.Or, x.read(value))
	}
	return out
}

func (c *condition) read(value func(string) string) *center.AgentCondition {
	if c == nil {
		return nil
	}
	out := &center.AgentCondition{Operator: c.ComparisonOperator, Attribute: value(c.Name), Value: value(c.Value), Level: float64(c.ProficiencyLevel)}
	if c.Range != nil {
		out.Min, out.Max = float64(c.Range.MinProficiencyLevel), float64(c.Range.MaxProficiencyLevel)
	}
	if c.MatchCriteria != nil {
		for _, id := range c.MatchCriteria.AgentsCriteria.AgentIds {
			out.Agents = append(out.Agents, center.AgentID(ResourceID(value(id))))
		}
	}
	return out
}

// areCriteria asks for routing criteria, or one path that leads to them.
func areCriteria(raw json.RawMessage) string {
	if s, ok := str(raw); ok {
		if !IsPath(s) || !knownPath(s) {
			return "must be routing criteria, or one path; " + quoted(s) + " is not supported"
		}
		return ""
	}
	unknown := ""
	_, wrong := RoutingSteps(raw, func(s string) string {
		if IsPath(s) && !knownPath(s) {
			unknown = "names " + quoted(s) + ", which is not supported"
		}
		return s
	})
	if unknown != "" {
		return unknown
	}
	return strings.TrimSpace(wrong)
}
