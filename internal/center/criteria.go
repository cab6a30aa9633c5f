package center

import (
	"fmt"
	"slices"
	"time"
)

// RoutingCriteria say which agents a contact may be offered to, in steps: each holds until it expires, then the next one
// does. After the last, any agent who serves the queue will do.
type RoutingCriteria struct {
	Index       int // counts the criteria that the contact has had, from 0
	Steps       []RoutingStep
	ActivatedAt time.Time `json:",omitzero"` // the contact was put into a queue
}

// RoutingStep is one step of routing criteria.
type RoutingStep struct {
	Expression AgentExpression
	Duration   int       `json:",omitempty"` // seconds until it expires; 0: never
	ExpiresAt  time.Time `json:",omitzero"`  // once it was active
	Status     string    `json:",omitempty"` // StepInactive …
}

// The statuses of routing steps, as contact records spell them. AWS lists DEACTIVATED as well, and does not say how it
// differs from INTERRUPTED: it is not used here.
const (
	StepInactive    = "INACTIVE"    // its turn has not come
	StepActive      = "ACTIVE"      // says who gets the contact
	StepExpired     = "EXPIRED"     // nobody was found in its time
	StepJoined      = "JOINED"      // an agent whom it asks for has taken the contact
	StepInterrupted = "INTERRUPTED" // other criteria took its place while it was active, or the contact left the queue
)

// AgentExpression is what a routing step asks of an agent: exactly one member is set.
type AgentExpression struct {
	Condition *AgentCondition   `json:",omitempty"`
	Not       *AgentCondition   `json:",omitempty"`
	And       []AgentExpression `json:",omitempty"`
	Or        []AgentExpression `json:",omitempty"`
}

// AgentCondition is one condition on an agent: that it has a proficiency of some level, or that it is one of some agents.
type AgentCondition struct {
	Operator         string    // OperatorAtLeast …
	Attribute, Value string    `json:",omitempty"` // the proficiency; all operators but OperatorMatch
	Level            float64   `json:",omitempty"` // OperatorAtLeast
	Min, Max         float64   `json:",omitempty"` // OperatorRange
	Agents           []AgentID `json:",omitempty"` // OperatorMatch
}

// The operators of conditions on agents.
const (
	OperatorAtLeast = "NumberGreaterOrEqualTo"
	OperatorRange   = "Range" // both ends belong to it
	OperatorMatch   = "Match"
)

// Bounds of routing criteria. The first is documented; the others are ours.
const (
	RoutingStepsMax      = 5
	RoutingConditionsMax = 24      // conditions of one step
	RoutingDepthMax      = 4       // levels of expressions in one step
	RoutingAgentsMax     = 100     // agents of one condition
	RoutingExpiryMax     = 604_800 // seconds, a week
	RoutingVersionsMax   = 3       // criteria of one contact that are kept (documented)
)

// CheckRoutingSteps refuses steps that are more than what fits, or that ask for what no agent could be. The error is a
// *Refused.
func CheckRoutingSteps(steps []RoutingStep) error {
	refuse := func(format string, args ...any) error {
		return &Refused{Reason: Invalid, Field: "RoutingCriteria.Steps", Detail: fmt.Sprintf(format, args...)}
	}
	if len(steps) == 0 || len(steps) > RoutingStepsMax {
		return refuse("must be 1 to %d steps", RoutingStepsMax)
	}
	for i, s := range steps {
		if s.Duration < 0 || s.Duration > RoutingExpiryMax {
			return refuse("DurationInSeconds of step %d must be 1 to %d", i, RoutingExpiryMax)
		}
		left := RoutingConditionsMax
		if wrong := s.Expression.wrong(RoutingDepthMax, &left); wrong != "" {
			return refuse("the Expression of step %d %s", i, wrong)
		}
	}
	return nil
}

// wrong says what is wrong with an expression, or "". Left is how many conditions it may still have.
func (e AgentExpression) wrong(depth int, left *int) string {
	if depth == 0 {
		return fmt.Sprintf("has more than %d levels", RoutingDepthMax)
	}
	set := 0
	for _, c := range [...]*AgentCondition{e.Condition, e.Not} {
		if c == nil {
			continue
		}
		set++
		if *left--; *left < 0 {
			return fmt.Sprintf("has more than %d conditions", RoutingConditionsMax)
		}
		if wrong := c.wrong(); wrong != "" {
			return wrong
		}
	}
	for _, list := range [...][]AgentExpression{e.And, e.Or} {
		if len(list) > 0 {
			set++
		}
		for _, x := range list {
			if wrong := x.wrong(depth-1, left); wrong != "" {
				return wrong
			}
		}
	}
	if set != 1 {
		return "needs exactly one of AttributeCondition, NotAttributeCondition, AndExpression and OrExpression"
	}
	return ""
}

func (c *AgentCondition) wrong() string {
	named := c.Attribute != "" && c.Value != ""
	level := func(l float64) bool { return l >= 1 && l <= 5 }
	switch c.Operator {
	case OperatorAtLeast:
		if !named || !level(c.Level) || c.Min != 0 || c.Max != 0 || len(c.Agents) > 0 {
			return "has a condition " + c.Operator + " without exactly Name, Value and a ProficiencyLevel of 1 to 5"
		}
	case OperatorRange:
		if !named || !level(c.Min) || !level(c.Max) || c.Min > c.Max || c.Level != 0 || len(c.Agents) > 0 {
			return "has a condition " + c.Operator + " without exactly Name, Value and a Range of proficiency levels of 1 to 5"
		}
	case OperatorMatch:
		if c.Attribute+c.Value != "" || c.Level != 0 || c.Min != 0 || c.Max != 0 || len(c.Agents) == 0 ||
			len(c.Agents) > RoutingAgentsMax || slices.Contains(c.Agents, "") {
			return fmt.Sprintf("has a condition %s without exactly MatchCriteria of 1 to %d AgentIds", c.Operator, RoutingAgentsMax)
		}
	default:
		return fmt.Sprintf("has a condition with the ComparisonOperator %q, which is not supported", c.Operator)
	}
	return ""
}

// Events about routing criteria. Being queued activates the first step; being joined with an agent ends the active one.
type (
	// ContactCriteriaSet gives the contact criteria in the place of those it has. In a queue they are active at once.
	ContactCriteriaSet struct {
		Contact ContactID
		Steps   []RoutingStep // without their statuses
	}
	// RoutingStepExpired ends the active step. The next one, if there is any, becomes active.
	RoutingStepExpired struct {
		Contact ContactID
		Step    int // from 0
	}
)

func (ContactCriteriaSet) isEvent() {}
func (RoutingStepExpired) isEvent() {}
