package connect

import (
	"math"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// routingStepsIn turns a request's routing criteria into the center's.
func routingStepsIn(in *connectapi.RoutingCriteriaInput) ([]center.RoutingStep, error) {
	if in == nil {
		return nil, nil
	}
	steps := make([]center.RoutingStep, 0, len(in.Steps))
	for i, s := range in.Steps {
		if s.Expression == nil {
			return nil, invalidParameter("RoutingCriteria.Steps: step %d has no Expression", i)
		}
		step := center.RoutingStep{Expression: expressionIn(*s.Expression)}
		if e := s.Expiry; e != nil && e.DurationInSeconds != nil {
			if step.Duration = int(*e.DurationInSeconds); step.Duration < 1 {
				return nil, invalidParameter("RoutingCriteria.Steps: DurationInSeconds of step %d must be at least 1", i)
			}
		}
		steps = append(steps, step)
	}
	return steps, center.CheckRoutingSteps(steps)
}

func expressionIn(e connectapi.Expression) center.AgentExpression {
	out := center.AgentExpression{Condition: conditionIn(e.AttributeCondition), Not: conditionIn(e.NotAttributeCondition)}
	for _, x := range e.AndExpression {
		out.And = append(out.And, expressionIn(x))
	}
	for _, x := range e.OrExpression {
		out.Or = append(out.Or, expressionIn(x))
	}
	return out
}

func conditionIn(c *connectapi.AttributeCondition) *center.AgentCondition {
	if c == nil {
		return nil
	}
	out := &center.AgentCondition{Operator: value(c.ComparisonOperator), Attribute: value(c.Name), Value: value(c.Value), Level: level(c.ProficiencyLevel)}
	if r := c.Range; r != nil {
		out.Min, out.Max = level(r.MinProficiencyLevel), level(r.MaxProficiencyLevel)
	}
	if m := c.MatchCriteria; m != nil && m.AgentsCriteria != nil {
		for _, a := range m.AgentsCriteria.AgentIds {
			out.Agents = append(out.Agents, id[center.AgentID](&a))
		}
	}
	return out
}

// level takes a 32-bit number of the API for the decimal that it stands for.
func level(l *float64) float64 { return math.Round(value(l)*1e4) / 1e4 }

// criteriaOut shows the newest routing criteria of a contact. The API has no word for an interrupted step: like one whose
// turn never came, it is not active.
func criteriaOut(criteria []center.RoutingCriteria) *connectapi.RoutingCriteria {
	if len(criteria) == 0 {
		return nil
	}
	r := criteria[len(criteria)-1]
	return &connectapi.RoutingCriteria{
		ActivationTimestamp: timestamp(r.ActivatedAt), Index: ptr(int32(r.Index)), Steps: mapped(r.Steps, routingStepOut),
	}
}

func routingStepOut(s center.RoutingStep) connectapi.Step {
	status := s.Status
	if status == center.StepInterrupted {
		status = center.StepInactive
	}
	out := connectapi.Step{Expression: ptr(expressionOut(s.Expression)), Status: &status}
	if s.Duration > 0 {
		out.Expiry = &connectapi.Expiry{DurationInSeconds: ptr(int32(s.Duration)), ExpiryTimestamp: timestamp(s.ExpiresAt)}
	}
	return out
}

func expressionOut(e center.AgentExpression) connectapi.Expression {
	out := connectapi.Expression{AttributeCondition: conditionOut(e.Condition), NotAttributeCondition: conditionOut(e.Not)}
	for _, x := range e.And {
		out.AndExpression = append(out.AndExpression, expressionOut(x))
	}
	for _, x := range e.Or {
		out.OrExpression = append(out.OrExpression, expressionOut(x))
	}
	return out
}

func conditionOut(c *center.AgentCondition) *connectapi.AttributeCondition {
	if c == nil {
		return nil
	}
	out := &connectapi.AttributeCondition{ComparisonOperator: ptr(c.Operator), Name: optional(c.Attribute), Value: optional(c.Value), ProficiencyLevel: optional(c.Level)}
	switch c.Operator {
	case center.OperatorRange:
		out.Range = &connectapi.Range{MinProficiencyLevel: ptr(c.Min), MaxProficiencyLevel: ptr(c.Max)}
	case center.OperatorMatch:
		out.MatchCriteria = &connectapi.MatchCriteria{AgentsCriteria: &connectapi.AgentsCriteria{
			AgentIds: mapped(c.Agents, func(a center.AgentID) string { return string(a) })}}
	}
	return out
}
