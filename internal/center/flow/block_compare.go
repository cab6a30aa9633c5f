package flow

import (
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// compare leads to the first condition that the contact's value meets. Nothing that a contact lacks meets a condition.
func (r *run) compare(a *language.Action) (next string) {
	value, ok := r.value(a.Text("ComparisonValue"))
	if ok {
		for _, b := range a.Transitions.Conditions {
			if len(b.Condition.Operands) != 1 {
				continue
			}
			operand, known := r.value(b.Condition.Operands[0])
			if known && meets(value, b.Condition.Operator, operand) {
				return b.NextAction
			}
		}
	}
	return failed(a, language.NoMatchingCondition)
}

// meets reports whether a value meets a condition. Numbers compare as numbers; what is none meets no such condition.
func meets(value, operator, operand string) bool {
	switch operator {
	case "Equals":
		return value == operand
	case "TextStartsWith":
		return strings.HasPrefix(value, operand)
	case "TextEndsWith":
		return strings.HasSuffix(value, operand)
	case "TextContains":
		return strings.Contains(value, operand)
	}
	v, err := strconv.ParseFloat(value, 64)
	o, err2 := strconv.ParseFloat(operand, 64)
	if err != nil || err2 != nil {
		return false
	}
	switch operator {
	case "NumberGreaterThan":
		return v > o
	case "NumberGreaterOrEqualTo":
		return v >= o
	case "NumberLessThan":
		return v < o
	case "NumberLessOrEqualTo":
		return v <= o
	}
	return false
}
