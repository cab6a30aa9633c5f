package document

import (
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Criteria is how a kind of document writes routing criteria down.
type Criteria struct {
	Camel bool // member names begin in lower case, and members without a value are absent; else they are null
	Time  func(b []byte, t time.Time) []byte
}

// Append appends one object. What an expression does not say is absent from it in every kind of document.
func (w Criteria) Append(b []byte, r center.RoutingCriteria) []byte {
	b = append(b, '{')
	if !r.ActivatedAt.IsZero() || !w.Camel {
		b = w.Time(w.member(b, "ActivationTimestamp"), r.ActivatedAt)
	}
	b = AppendInt(w.member(b, "Index"), r.Index)
	b = append(w.member(b, "Steps"), '[')
	for i, s := range r.Steps {
		b = append(comma(b), '{')
		b = w.expiry(b, &r.Steps[i])
		b = w.expression(w.member(b, "Expression"), s.Expression)
		b = append(AppendString(w.member(b, "Status"), s.Status), '}')
	}
	return append(b, "]}"...)
}

func (w Criteria) expiry(b []byte, s *center.RoutingStep) []byte {
	if s.Duration == 0 {
		if w.Camel {
			return b
		}
		return append(w.member(b, "Expiry"), "null"...)
	}
	b = append(w.member(b, "Expiry"), '{')
	b = AppendInt(w.member(b, "DurationInSeconds"), s.Duration)
	if !s.ExpiresAt.IsZero() || !w.Camel {
		b = w.Time(w.member(b, "ExpiryTimestamp"), s.ExpiresAt)
	}
	return append(b, '}')
}

func (w Criteria) expression(b []byte, e center.AgentExpression) []byte {
	b = append(b, '{')
	switch {
	case e.Condition != nil:
		b = w.condition(w.member(b, "AttributeCondition"), e.Condition)
	case e.Not != nil:
		b = w.condition(w.member(b, "NotAttributeCondition"), e.Not)
	case len(e.And) > 0:
		b = w.expressions(w.member(b, "AndExpression"), e.And)
	default:
		b = w.expressions(w.member(b, "OrExpression"), e.Or)
	}
	return append(b, '}')
}

func (w Criteria) expressions(b []byte, list []center.AgentExpression) []byte {
	b = append(b, '[')
	for _, e := range list {
		b = w.expression(comma(b), e)
	}
	return append(b, ']')
}

func (w Criteria) condition(b []byte, c *center.AgentCondition) []byte {
	b = AppendString(w.member(append(b, '{'), "ComparisonOperator"), c.Operator)
	if c.Operator == center.OperatorMatch {
		b = append(w.member(append(w.member(b, "MatchCriteria"), '{'), "AgentsCriteria"), '{')
		b = append(w.member(b, "AgentIds"), '[')
		for _, id := range c.Agents {
			b = AppendString(comma(b), id)
		}
		return append(b, "]}}}"...)
	}
	b = AppendString(w.member(b, "Name"), c.Attribute)
	if c.Operator == center.OperatorRange {
		b = append(w.member(b, "Range"), '{')
		b = appendLevel(w.member(b, "MaxProficiencyLevel"), c.Max)
		b = append(appendLevel(w.member(b, "MinProficiencyLevel"), c.Min), '}')
	} else {
		b = appendLevel(w.member(b, "ProficiencyLevel"), c.Level)
	}
	return append(AppendString(w.member(b, "Value"), c.Value), '}')
}

// member begins a member of an object.
func (w Criteria) member(b []byte, name string) []byte {
	if w.Camel {
		name = strings.ToLower(name[:1]) + name[1:]
	}
	return append(AppendString(comma(b), name), ':')
}

// comma separates what follows from what came before it in the same object or list.
func comma(b []byte) []byte {
	if last := b[len(b)-1]; last == '{' || last == '[' || last == ':' {
		return b
	}
	return append(b, ',')
}

// appendLevel writes a level with a decimal, as the samples do.
func appendLevel(b []byte, l float64) []byte {
	if l == float64(int(l)) {
		return strconv.AppendFloat(b, l, 'f', 1, 64)
	}
	return strconv.AppendFloat(b, l, 'f', -1, 64)
}
