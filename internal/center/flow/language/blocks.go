package language

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
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
	module          = center.TypeModule
)

// Types of error.
const (
	NoMatchingError        = "NoMatchingError"     // any that no other branch is for
	NoMatchingCondition    = "NoMatchingCondition" // no condition is met
	QueueAtCapacity        = "QueueAtCapacity"
	InputTimeLimitExceeded = "InputTimeLimitExceeded"
	InvalidPhoneNumber     = "InvalidPhoneNumber"
	InvalidCallbackNumber  = "InvalidCallbackNumber"
	NotDialable            = "CallbackNumberNotDialable"
)

// Results of actions that conditions ask for.
const (
	ContinueLooping     = "ContinueLooping"
	DoneLooping         = "DoneLooping"
	WaitCompleted       = "WaitCompleted"
	MessagesInterrupted = "MessagesInterrupted"
)

// next says what an action needs as its NextAction.
type next int

const (
	nextRequired next = iota
	nextOptional
	nextNone // the action ends the flow
)

// checkFunc checks one parameter and says what is wrong, or "".
type checkFunc func(json.RawMessage) string

// block is what an action of one type may look like.
type block struct {
	flows      []string // types of flow in which it may stand
	next       next
	parameters map[string]checkFunc
	rule       func(*Action) string // about the parameters together
	conditions func(*Action) string // nil: there must be none
	errors     []string
}

// known are the blocks by type. It is never changed.
var known = blocks()

// blocks are the actions that are supported. Where each may stand, and its errors, are as the pages of the flow language
// document them, less the places where its effect would be lost (see the package's comment).
func blocks() map[string]block {
	failure := []string{NoMatchingError}
	running := []string{contactFlow, agentTransfer, queueTransfer, module}
	waiting := append([]string{customerQueue}, running...)
	whispers := []string{customerWhisper, agentWhisper, outboundWhisper}
	all := append(Types(), module)
	except := func(less ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(t string) bool { return slices.Contains(less, t) })
	}
	queue := map[string]checkFunc{"QueueId": isReference, "AgentId": isReference}
	return map[string]block{
		"UpdateContactTargetQueue": {
			flows: running, parameters: queue, errors: failure,
			rule: func(a *Action) string { return oneOf(a, "QueueId", "AgentId") },
		},
		"TransferContactToQueue": {flows: running, next: nextOptional, errors: []string{QueueAtCapacity, NoMatchingError}},
		"TransferContactToAgent": {flows: []string{agentTransfer}, next: nextNone, errors: failure},
		"DequeueContactAndTransferToQueue": {
			flows: []string{customerQueue}, next: nextOptional, parameters: queue, rule: notBoth,
			errors: []string{QueueAtCapacity, NoMatchingError},
		},
		"DisconnectParticipant": {flows: waiting, next: nextNone},
		// Documented for whisper and customer queue flows only; the page also says what it does before a queue.
		"EndFlowExecution": {flows: except(module, agentTransfer, queueTransfer), next: nextNone},
		"MessageParticipant": {
			flows:      slices.Concat(waiting, whispers),
			parameters: map[string]checkFunc{"Text": isMessage, "SSML": isMessage},
			rule:       func(a *Action) string { return oneOf(a, "Text", "SSML") },
			errors:     failure,
		},
		"MessageParticipantIteratively": {
			flows: []string{customerQueue, customerHold, agentHold}, next: nextOptional, errors: failure,
			parameters: map[string]checkFunc{"Messages": areMessages, "InterruptFrequencySeconds": isBetween(1, interruptMax)},
			rule:       iterativeRule,
			conditions: onlyResults(false, MessagesInterrupted),
		},
		"GetParticipantInput": {
			flows: waiting, next: nextOptional, parameters: inputParameters(), rule: inputRule, conditions: inputConditions,
			errors: []string{InputTimeLimitExceeded, NoMatchingCondition, InvalidPhoneNumber, NoMatchingError},
		},
		"UpdateContactAttributes": {
			flows:      all,
			parameters: map[string]checkFunc{"Attributes": areAttributes, "TargetContact": isCurrent},
			rule:       func(a *Action) string { return oneOf(a, "Attributes") },
			errors:     failure,
		},
		"UpdateFlowAttributes": {
			flows: all, parameters: map[string]checkFunc{"FlowAttributes": areFlowAttributes}, errors: failure,
			rule: func(a *Action) string { return oneOf(a, "FlowAttributes") },
		},
		"UpdateContactRoutingBehavior": {
			flows:      waiting,
			parameters: map[string]checkFunc{"QueuePriority": isInteger, "QueueTimeAdjustmentSeconds": isInteger},
			rule:       routingRule,
			errors:     failure,
		},
		// The page calls it UpdateRoutingCriteria, which AWS refuses as a type.
		"UpdateContactRoutingCriteria": {
			flows: []string{contactFlow, customerQueue, agentTransfer, queueTransfer}, errors: failure,
			parameters: map[string]checkFunc{"RoutingCriteria": areCriteria},
			rule:       func(a *Action) string { return oneOf(a, "RoutingCriteria") },
		},
		"UpdateContactEventHooks": {
			flows: waiting, parameters: map[string]checkFunc{"EventHooks": areHooks}, errors: failure,
			rule: func(a *Action) string { return oneOf(a, "EventHooks") },
		},
		"UpdateContactRecordingBehavior": {
			flows: waiting, parameters: map[string]checkFunc{"RecordingBehavior": isRecording, "AnalyticsBehavior": isAnalytics},
			rule: recordingRule, errors: failure,
		},
		"UpdateContactTextToSpeechVoice": {
			flows: all, parameters: map[string]checkFunc{"TextToSpeechVoice": isReference, "TextToSpeechEngine": isText, "TextToSpeechStyle": isText},
			rule: func(a *Action) string { return oneOf(a, "TextToSpeechVoice") }, errors: failure,
		},
		// Flow logs are off for every instance (CONTACTFLOW_LOGS cannot be switched on), and then this does nothing in AWS either.
		"UpdateFlowLoggingBehavior": {
			flows: all, parameters: map[string]checkFunc{"FlowLoggingBehavior": isOneOf("Enabled", "Disabled")}, errors: failure,
			rule: func(a *Action) string { return oneOf(a, "FlowLoggingBehavior") },
		},
		"UpdateContactCallbackNumber": {
			flows: waiting, parameters: map[string]checkFunc{"CallbackNumber": isReference},
			rule:   func(a *Action) string { return oneOf(a, "CallbackNumber") },
			errors: []string{InvalidCallbackNumber, NotDialable, NoMatchingError},
		},
		"CreateCallbackContact": {
			flows: waiting, parameters: callbackParameters(), rule: callbackRule, errors: failure,
		},
		"InvokeLambdaFunction": {
			flows: except(agentHold), parameters: functionParameters(), errors: failure,
			rule: func(a *Action) string { return needs(a, "LambdaFunctionARN", "InvocationTimeLimitSeconds") },
		},
		"InvokeFlowModule": {
			flows: []string{contactFlow}, parameters: map[string]checkFunc{"FlowModuleId": isReference}, errors: failure,
			rule: func(a *Action) string { return oneOf(a, "FlowModuleId") },
		},
		"EndFlowModuleExecution": {flows: []string{module}, next: nextNone},
		"TransferToFlow": {
			flows: []string{contactFlow, agentTransfer, queueTransfer}, next: nextOptional, errors: failure,
			parameters: map[string]checkFunc{"ContactFlowId": isReference},
			rule:       func(a *Action) string { return oneOf(a, "ContactFlowId") },
		},
		"Compare": {
			flows:      all,
			next:       nextOptional,
			parameters: map[string]checkFunc{"ComparisonValue": isPath},
			rule:       func(a *Action) string { return oneOf(a, "ComparisonValue") },
			conditions: compareConditions,
			errors:     []string{NoMatchingCondition, NoMatchingError},
		},
		"CheckHoursOfOperation": {
			flows:      waiting,
			next:       nextOptional,
			parameters: map[string]checkFunc{"HoursOfOperationId": isReference},
			conditions: hoursConditions,
			errors:     failure,
		},
		"CheckMetricData": {
			flows: waiting, next: nextOptional, rule: metricRule, conditions: metricConditions,
			parameters: map[string]checkFunc{"MetricType": isOneOf(MetricTypes()...), "QueueId": isReference, "AgentId": isReference},
			errors:     []string{NoMatchingCondition, NoMatchingError},
		},
		// For all channels together only: a QueueChannel is refused.
		"GetMetricData": {flows: waiting, parameters: queue, rule: notBoth, errors: failure},
		"DistributeByPercentage": {
			flows: waiting, next: nextOptional, conditions: percentConditions, errors: []string{NoMatchingCondition, NoMatchingError},
		},
		"Loop": {
			flows: except(agentHold), next: nextOptional, parameters: map[string]checkFunc{"LoopCount": isLoopCount}, errors: failure,
			rule: func(a *Action) string { return oneOf(a, "LoopCount") }, conditions: onlyResults(true, ContinueLooping, DoneLooping),
		},
		"Wait": {
			flows: waiting, next: nextOptional, errors: failure, conditions: onlyResults(false, WaitCompleted),
			// The page names TimeoutSeconds; flows that the console exports have TimeLimitSeconds.
			parameters: map[string]checkFunc{"TimeoutSeconds": isWait, "TimeLimitSeconds": isWait},
			rule:       func(a *Action) string { return oneOf(a, "TimeoutSeconds", "TimeLimitSeconds") },
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
	}
	for _, p := range PathsIn(s) {
		if !knownPath(s[p.From:p.To]) {
			return "names " + quoted(s[p.From:p.To]) + ", which is not supported"
		}
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
	if n, ok := integer(raw); !ok || n > routingMax || n < -routingMax {
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
