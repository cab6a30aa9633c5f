package language

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Types of flow.
const (
	contactFlow     = "CONTACT_FLOW"
	customerQueue   = "CUSTOMER_QUEUE"
	customerHold    = "CUSTOMER_HOLD"
	customerWhisper = "CUSTOMER_WHISPER"
	agentHold       = "AGENT_HOLD"
	agentWhisper    = "AGENT_WHISPER"
	outboundWhisper = "OUTBOUND_WHISPER"
	agentTransfer   = "AGENT_TRANSFER"
	queueTransfer   = "QUEUE_TRANSFER"
)

// Types of error.
const (
	NoMatchingError     = "NoMatchingError"     // any that no other branch is for
	NoMatchingCondition = "NoMatchingCondition" // no condition is met
	QueueAtCapacity     = "QueueAtCapacity"
)

// next says what an action needs as its NextAction.
type next int

const (
	nextRequired next = iota
	nextOptional
	nextNone // the action ends the flow
)

// block is what an action of one type may look like.
type block struct {
	flows      []string // types of flow in which it may stand
	next       next
	parameters map[string]func(json.RawMessage) string // checks one parameter and says what is wrong, or ""
	rule       func(*Action) string                    // about the parameters together
	conditions func(*Action) string                    // nil: there must be none
	errors     []string
}

// blocks are the actions that are supported. Where each may stand, and its errors, are as the pages of the flow language
// document them, less the places where its effect would be lost (see the package's comment).
func blocks() map[string]block {
	transfers := []string{agentTransfer, queueTransfer}
	running := append([]string{contactFlow}, transfers...)
	whispers := []string{customerWhisper, agentWhisper, outboundWhisper}
	holds := []string{customerHold, agentHold}
	return map[string]block{
		"UpdateContactTargetQueue": {
			flows:      running,
			parameters: map[string]func(json.RawMessage) string{"QueueId": isReference, "AgentId": isReference},
			rule:       func(a *Action) string { return oneOf(a, "QueueId", "AgentId") },
			errors:     []string{NoMatchingError},
		},
		"TransferContactToQueue": {flows: running, next: nextOptional, errors: []string{QueueAtCapacity, NoMatchingError}},
		"TransferContactToAgent": {flows: []string{agentTransfer}, next: nextNone, errors: []string{NoMatchingError}},
		"DisconnectParticipant":  {flows: running, next: nextNone},
		// Documented for whisper and customer queue flows only; the page also says what it does before a queue.
		"EndFlowExecution": {flows: slices.Concat(whispers, []string{customerQueue, contactFlow}), next: nextNone},
		"MessageParticipant": {
			flows:      slices.Concat(running, whispers, []string{customerQueue}),
			parameters: map[string]func(json.RawMessage) string{"Text": isMessage, "SSML": isMessage},
			rule:       func(a *Action) string { return oneOf(a, "Text", "SSML") },
			errors:     []string{NoMatchingError},
		},
		"MessageParticipantIteratively": {
			flows:      append([]string{customerQueue}, holds...),
			next:       nextOptional,
			parameters: map[string]func(json.RawMessage) string{"Messages": areMessages},
			rule:       func(a *Action) string { return oneOf(a, "Messages") },
			errors:     []string{NoMatchingError},
		},
		"UpdateContactAttributes": {
			flows:      running,
			parameters: map[string]func(json.RawMessage) string{"Attributes": areAttributes, "TargetContact": isCurrent},
			rule:       func(a *Action) string { return oneOf(a, "Attributes") },
			errors:     []string{NoMatchingError},
		},
		"UpdateContactRoutingBehavior": {
			flows:      []string{contactFlow},
			parameters: map[string]func(json.RawMessage) string{"QueuePriority": isInteger, "QueueTimeAdjustmentSeconds": isInteger},
			rule:       routingRule,
			errors:     []string{NoMatchingError},
		},
		"Compare": {
			flows:      Types(),
			next:       nextOptional,
			parameters: map[string]func(json.RawMessage) string{"ComparisonValue": isPath},
			rule:       func(a *Action) string { return oneOf(a, "ComparisonValue") },
			conditions: compareConditions,
			errors:     []string{NoMatchingCondition, NoMatchingError},
		},
		"CheckHoursOfOperation": {
			flows:      append([]string{customerQueue}, running...),
			next:       nextOptional,
			parameters: map[string]func(json.RawMessage) string{"HoursOfOperationId": isReference},
			conditions: hoursConditions,
			errors:     []string{NoMatchingError},
		},
	}
}

// oneOf asks for exactly one of some parameters.
func oneOf(a *Action, names ...string) string {
	n := 0
	for _, name := range names {
		if _, ok := a.Parameters[name]; ok {
			n++
		}
	}
	if n == 1 {
		return ""
	}
	return "needs exactly one of the parameters " + strings.Join(names, ", ")
}

func isReference(raw json.RawMessage) string {
	s, ok := str(raw)
	switch {
	case !ok || s == "":
		return "must be an id, an ARN or one path"
	case IsPath(s) && !knownPath(s):
		return "names " + quoted(s) + ", which is not supported"
	}
	return ""
}

func isPath(raw json.RawMessage) string {
	s, ok := str(raw)
	if !ok || !knownPath(s) {
		return "must be one path of the contact's data; " + quoted(s) + " is not supported"
	}
	return ""
}

func isMessage(raw json.RawMessage) string {
	s, ok := str(raw)
	switch {
	case !ok || s == "":
		return "must be text"
	case IsPath(s) && !knownPath(s) && !strings.ContainsAny(s, " \t\n"):
		return "names " + quoted(s) + ", which is not supported"
	}
	return ""
}

func areMessages(raw json.RawMessage) string {
	var all []map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil || len(all) == 0 {
		return "must be a list of messages"
	}
	for _, m := range all {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if k != "Text" && k != "SSML" {
				return "has a message with " + quoted(k) + ", which is not supported"
			}
			if wrong := isMessage(m[k]); wrong != "" {
				return "has a message that " + wrong
			}
		}
		if len(m) != 1 {
			return "must have messages of either Text or SSML"
		}
	}
	return ""
}

func areAttributes(raw json.RawMessage) string {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil || len(m) == 0 {
		return "must be an object with attributes"
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !IsAttributeKey(k) {
			return "has the key " + quoted(k) + "; keys have letters, digits, dashes and underscores"
		}
		v, ok := str(m[k])
		if !ok {
			return "must have strings as values"
		}
		if IsPath(v) && !knownPath(v) {
			return "names " + quoted(v) + ", which is not supported"
		}
	}
	return ""
}

func isCurrent(raw json.RawMessage) string {
	if s, _ := str(raw); s != "Current" {
		return "must be Current: no other contact can be changed"
	}
	return ""
}

func isInteger(raw json.RawMessage) string {
	a := Action{Parameters: map[string]json.RawMessage{"n": raw}}
	if n, ok := a.Integer("n"); !ok || n > routingMax || n < -routingMax {
		return "must be a whole number"
	}
	return ""
}

// routingMax is the largest priority and time adjustment (ours; AWS's API has 9223372036854775807 and 2147483647).
const routingMax = 1<<31 - 1

func routingRule(a *Action) string {
	if wrong := oneOf(a, "QueuePriority", "QueueTimeAdjustmentSeconds"); wrong != "" {
		return wrong
	}
	if n, ok := a.Integer("QueuePriority"); ok && n < 1 {
		return "needs a QueuePriority larger than zero"
	}
	return ""
}

// operators of conditions on a contact's data.
var operators = [...]string{
	"Equals", "TextStartsWith", "TextEndsWith", "TextContains",
	"NumberGreaterThan", "NumberGreaterOrEqualTo", "NumberLessThan", "NumberLessOrEqualTo",
}

func compareConditions(a *Action) string {
	if len(a.Transitions.Conditions) == 0 {
		return "needs a condition"
	}
	for _, b := range a.Transitions.Conditions {
		if !slices.Contains(operators[:], b.Condition.Operator) {
			return "has a condition with the operator " + quoted(b.Condition.Operator) + ", which is not supported"
		}
		if len(b.Condition.Operands) != 1 {
			return "has a condition without exactly one operand"
		}
		if o := b.Condition.Operands[0]; IsPath(o) && !knownPath(o) {
			return "names " + quoted(o) + ", which is not supported"
		}
	}
	return ""
}

// hoursConditions: "a Condition provided for Equals True and a Condition for Equals False, and no other".
func hoursConditions(a *Action) string {
	var seen []string
	for _, b := range a.Transitions.Conditions {
		if b.Condition.Operator == "Equals" && len(b.Condition.Operands) == 1 {
			seen = append(seen, b.Condition.Operands[0])
		}
	}
	slices.Sort(seen)
	if len(a.Transitions.Conditions) != 2 || !slices.Equal(seen, []string{"False", "True"}) {
		return "needs the conditions Equals True and Equals False, and no other"
	}
	return ""
}

func str(raw json.RawMessage) (s string, ok bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	return s, json.Unmarshal(raw, &s) == nil
}
