package language

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Bounds of parameters, as the pages of the flow language state them unless said otherwise.
const (
	interruptMax     = 604_800 // seconds; ours, the same as waitMax
	waitMax          = 604_800 // seconds
	loopMax          = 100
	inputTimeoutMax  = 180 // seconds, until the first key (administrator guide)
	interdigitMax    = 20  // seconds (administrator guide)
	terminatorMax    = 5   // keys that end an input (administrator guide)
	inputKeysMax     = 20  // keys of an input (administrator guide)
	callbackDelayMax = 259_200
	callbackTriesMax = 1_000 // ours; AWS states none
	functionTimeMax  = 8     // seconds
)

// needs asks for parameters that have to be there.
func needs(a *Action, names ...string) string {
	for _, n := range names {
		if _, ok := a.Parameters[n]; !ok {
			return "needs the parameter " + n
		}
	}
	return ""
}

func notBoth(a *Action) string {
	if a.Parameters["QueueId"] != nil && a.Parameters["AgentId"] != nil {
		return "cannot have both QueueId and AgentId"
	}
	return ""
}

func isText(raw json.RawMessage) string {
	if s, ok := str(raw); !ok || s == "" {
		return "must be text"
	}
	return ""
}

func isOneOf(values ...string) checkFunc {
	return func(raw json.RawMessage) string {
		if s, _ := str(raw); !slices.Contains(values, s) {
			return "must be one of " + strings.Join(values, ", ")
		}
		return ""
	}
}

// isBetween asks for a whole number, written as a number or as text.
func isBetween(low, high int) checkFunc {
	return func(raw json.RawMessage) string {
		if n, ok := integer(raw); !ok || n < low || n > high {
			return fmt.Sprintf("must be a whole number from %d to %d", low, high)
		}
		return ""
	}
}

// orPath lets a parameter be one path instead.
func orPath(check checkFunc) checkFunc {
	return func(raw json.RawMessage) string {
		if s, ok := str(raw); ok && IsPath(s) {
			return isPath(raw)
		}
		return check(raw)
	}
}

var (
	isWait      = orPath(isBetween(1, waitMax))
	isLoopCount = orPath(isBetween(0, loopMax))
	trueOrFalse = isOneOf("True", "False")
)

// strict reads a parameter into v, and names a member that v does not have.
func strict(raw json.RawMessage, v any) string {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return "is not as it must be: " + strings.TrimPrefix(err.Error(), "json: ")
	}
	return ""
}

// iterativeRule: an interrupted loop goes on somewhere; one that is not never ends by itself.
func iterativeRule(a *Action) string {
	if wrong := oneOf(a, "Messages"); wrong != "" {
		return wrong
	}
	t := a.Transitions
	if a.Parameters["InterruptFrequencySeconds"] != nil && t.NextAction == "" && len(t.Conditions) == 0 {
		return "is interrupted and leads nowhere then"
	}
	return ""
}

// onlyResults asks for conditions that compare with results: each of them once if all are needed, at most once otherwise.
func onlyResults(all bool, results ...string) func(*Action) string {
	return func(a *Action) string {
		var seen []string
		for _, b := range a.Transitions.Conditions {
			if b.Condition.Operator != "Equals" || len(b.Condition.Operands) != 1 || !slices.Contains(results, b.Condition.Operands[0]) ||
				slices.Contains(seen, b.Condition.Operands[0]) {
				return "can only have the conditions Equals " + strings.Join(results, " and Equals ")
			}
			seen = append(seen, b.Condition.Operands[0])
		}
		switch {
		case all && len(seen) < len(results):
			return "needs the conditions Equals " + strings.Join(results, " and Equals ")
		case len(seen) == 0 && a.Transitions.NextAction == "" && a.Parameters["InterruptFrequencySeconds"] == nil && a.Type != "MessageParticipantIteratively":
			return "needs a NextAction or a condition"
		}
		return ""
	}
}

// Input is how GetParticipantInput takes what a customer enters.
type Input struct {
	Store      bool
	Timeout    int    // seconds until the first key
	Interdigit int    // seconds between keys
	Terminator string // keys that end the input
	MaxKeys    int    // that end the input by their number
	Phone      string // NumberFormat: Local or E164; empty: any input
	Country    string // of Local numbers, as +1 or 1
}

type validation struct {
	PhoneNumberValidation *struct{ NumberFormat, CountryCode string }
	CustomValidation      *struct{ MaximumLength json.RawMessage }
}

type keypad struct {
	InputTerminationSequence   string
	InterdigitTimeLimitSeconds json.RawMessage
	DisableCancelKey           string
}

// Input reads the parameters of a GetParticipantInput that was checked.
func (a *Action) Input() Input {
	in := Input{Store: a.Text("StoreInput") == "True", Interdigit: 5, Terminator: "#", MaxKeys: inputKeysMax}
	in.Timeout, _ = a.Integer("InputTimeLimitSeconds")
	if n, ok := a.Integer("InputTimeoutSeconds"); ok {
		in.Timeout = n
	}
	var v validation
	_ = json.Unmarshal(a.Parameters["InputValidation"], &v) // absent, or checked
	if v.CustomValidation != nil {
		if n, ok := integer(v.CustomValidation.MaximumLength); ok {
			in.MaxKeys = n
		}
	}
	if v.PhoneNumberValidation != nil {
		in.Phone, in.Country = v.PhoneNumberValidation.NumberFormat, v.PhoneNumberValidation.CountryCode
	}
	var k keypad
	_ = json.Unmarshal(a.Parameters["DTMFConfiguration"], &k)
	if k.InputTerminationSequence != "" {
		in.Terminator = k.InputTerminationSequence
	}
	if n, ok := integer(k.InterdigitTimeLimitSeconds); ok {
		in.Interdigit = n
	}
	return in
}

func inputParameters() map[string]checkFunc {
	timeout := isBetween(1, inputTimeoutMax)
	return map[string]checkFunc{
		// The page names InputTimeoutSeconds; flows that the console exports have InputTimeLimitSeconds.
		"Text": isMessage, "SSML": isMessage, "StoreInput": trueOrFalse, "InputTimeoutSeconds": timeout, "InputTimeLimitSeconds": timeout,
		"InputValidation": func(raw json.RawMessage) string {
			var v validation
			if wrong := strict(raw, &v); wrong != "" {
				return wrong
			}
			switch {
			case (v.PhoneNumberValidation != nil) == (v.CustomValidation != nil):
				return "needs either PhoneNumberValidation or CustomValidation"
			case v.CustomValidation != nil:
				return within("MaximumLength", isBetween(1, inputKeysMax)(v.CustomValidation.MaximumLength))
			case v.PhoneNumberValidation.NumberFormat == "Local" && strings.Trim(v.PhoneNumberValidation.CountryCode, "+0123456789") == "" && v.PhoneNumberValidation.CountryCode != "":
				return ""
			case v.PhoneNumberValidation.NumberFormat != "E164":
				return "has a PhoneNumberValidation that is neither E164 nor Local with the CountryCode in digits"
			}
			return ""
		},
		"DTMFConfiguration": func(raw json.RawMessage) string {
			var k keypad
			if wrong := strict(raw, &k); wrong != "" {
				return wrong
			}
			switch {
			case len(k.InputTerminationSequence) > terminatorMax || strings.Trim(k.InputTerminationSequence, "0123456789*#") != "":
				return "has an InputTerminationSequence that is not " + strconv.Itoa(terminatorMax) + " keys at most"
			case k.DisableCancelKey != "" && k.DisableCancelKey != "True":
				return "has a DisableCancelKey other than True: cancelling an input is not supported"
			case k.InterdigitTimeLimitSeconds != nil:
				return within("InterdigitTimeLimitSeconds", isBetween(1, interdigitMax)(k.InterdigitTimeLimitSeconds))
			}
			return ""
		},
	}
}

func within(member, wrong string) string {
	if wrong == "" {
		return ""
	}
	return "has a " + member + " that " + wrong
}

func inputRule(a *Action) string {
	if a.Parameters["Text"] != nil && a.Parameters["SSML"] != nil {
		return "cannot have both Text and SSML"
	}
	if wrong := oneOf(a, "InputTimeLimitSeconds", "InputTimeoutSeconds"); wrong != "" {
		return wrong
	}
	stores := a.Text("StoreInput") == "True"
	if stores != (a.Parameters["InputValidation"] != nil) {
		return "needs InputValidation if, and only if, StoreInput is True"
	}
	if stores && a.Transitions.NextAction == "" {
		return "needs a NextAction"
	}
	return ""
}

// inputConditions: a menu compares what is pressed; an input that is stored is compared by another action.
func inputConditions(a *Action) string {
	for _, b := range a.Transitions.Conditions {
		if a.Text("StoreInput") == "True" {
			return "cannot have conditions, because it stores the input"
		}
		if b.Condition.Operator != "Equals" || len(b.Condition.Operands) != 1 || IsPath(b.Condition.Operands[0]) {
			return "has a condition that is not Equals with one static operand"
		}
	}
	return ""
}

// Occasions are the event hooks that flows can set.
func Occasions() []center.FlowOccasion {
	return []center.FlowOccasion{
		center.OnCustomerQueue, center.OnAgentWhisper, center.OnCustomerWhisper, center.OnCustomerHold, center.OnAgentHold, center.OnRemaining,
	}
}

// TypeOn returns the type of flow that runs on an occasion.
func TypeOn(o center.FlowOccasion) string {
	switch o {
	case center.OnCustomerQueue:
		return customerQueue
	case center.OnAgentWhisper:
		return agentWhisper
	case center.OnCustomerWhisper:
		return customerWhisper
	case center.OnOutboundWhisper:
		return outboundWhisper
	case center.OnCustomerHold:
		return customerHold
	case center.OnAgentHold:
		return agentHold
	}
	return contactFlow
}

func areHooks(raw json.RawMessage) string {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil || len(m) != 1 {
		return "must be an object with one event hook"
	}
	for k, v := range m {
		if !slices.Contains(Occasions(), center.FlowOccasion(k)) {
			return "has the event hook " + quoted(k) + ", which is not supported"
		}
		return isReference(v)
	}
	return ""
}

// Recording is the RecordingBehavior of UpdateContactRecordingBehavior.
type Recording struct {
	RecordedParticipants       []string
	ScreenRecordedParticipants []string
	IVRRecordingBehavior       string
}

// AnalyticsBehavior is the member of that name of UpdateContactRecordingBehavior.
type AnalyticsBehavior struct {
	Enabled                    string
	AnalyticsLanguage          string
	AnalyticsRedactionBehavior string
	AnalyticsRedactionResults  string
	AnalyticsRedactionMaskMode string
	AnalyticsRedactionEntities []string
	AnalyticsModes             []string
	AnalyticsCustomVocabulary  string
	ChannelConfiguration       *struct {
		Chat, Voice *struct{ AnalyticsModes []string }
	}
	SentimentConfiguration *struct{ Enabled string }
	SummaryConfiguration   *struct{ SummaryModes []string }
}

func isRecording(raw json.RawMessage) string {
	var r Recording
	if wrong := strict(raw, &r); wrong != "" {
		return wrong
	}
	for _, p := range r.RecordedParticipants {
		if p != "Agent" && p != "Customer" {
			return "records " + quoted(p) + ", which is neither Agent nor Customer"
		}
	}
	for _, p := range r.ScreenRecordedParticipants {
		if p != "Agent" {
			return "records the screen of " + quoted(p) + ", which is not Agent"
		}
	}
	if b := r.IVRRecordingBehavior; b != "" && b != "Enabled" && b != "Disabled" {
		return "has the IVRRecordingBehavior " + quoted(b)
	}
	return ""
}

func isAnalytics(raw json.RawMessage) string {
	var b AnalyticsBehavior
	if wrong := strict(raw, &b); wrong != "" {
		return wrong
	}
	oneOf := func(name, value string, values ...string) string {
		if value != "" && !slices.Contains(values, value) {
			return "has the " + name + " " + quoted(value)
		}
		return ""
	}
	for _, wrong := range []string{
		oneOf("Enabled", b.Enabled, "True", "False"),
		oneOf("AnalyticsRedactionBehavior", b.AnalyticsRedactionBehavior, "Enabled", "Disabled"),
		oneOf("AnalyticsRedactionResults", b.AnalyticsRedactionResults, "RedactedAndOriginal", "RedactedOnly"),
		oneOf("AnalyticsRedactionMaskMode", b.AnalyticsRedactionMaskMode, "EntityType", "PII"),
	} {
		if wrong != "" {
			return wrong
		}
	}
	switch {
	case b.Enabled == "":
		return "needs Enabled"
	case b.AnalyticsCustomVocabulary != "":
		return "has AnalyticsCustomVocabulary, which is not supported"
	case b.Enabled == "True" && b.AnalyticsLanguage == "":
		return "needs AnalyticsLanguage"
	}
	modes := b.AnalyticsModes
	if c := b.ChannelConfiguration; c != nil {
		for _, m := range []*struct{ AnalyticsModes []string }{c.Chat, c.Voice} {
			if m != nil {
				modes = slices.Concat(modes, m.AnalyticsModes)
			}
		}
	}
	for _, m := range modes {
		if wrong := oneOf("AnalyticsModes", m, "PostContact", "RealTime", "ContactLens", "AutomatedInteraction"); wrong != "" {
			return wrong
		}
	}
	return ""
}

func recordingRule(a *Action) string {
	if len(a.Parameters) == 0 {
		return "needs RecordingBehavior or AnalyticsBehavior"
	}
	return ""
}

func callbackParameters() map[string]checkFunc {
	return map[string]checkFunc{
		"QueueId": isReference, "AgentId": isReference, "InitialCallDelaySeconds": isBetween(1, callbackDelayMax),
		"MaximumConnectionAttempts": isBetween(1, callbackTriesMax), "RetryDelaySeconds": isBetween(1, callbackDelayMax),
	}
}

func callbackRule(a *Action) string {
	if wrong := notBoth(a); wrong != "" {
		return wrong
	}
	return needs(a, "InitialCallDelaySeconds", "MaximumConnectionAttempts", "RetryDelaySeconds")
}

func functionParameters() map[string]checkFunc {
	return map[string]checkFunc{
		"LambdaFunctionARN": isReference, "InvocationTimeLimitSeconds": isBetween(1, functionTimeMax),
		"InvocationType": isOneOf("SYNCHRONOUS"), // the flow waits for the answer; nothing here would wait for it later
		"LambdaInvocationAttributes": func(raw json.RawMessage) string {
			var m map[string]string
			if json.Unmarshal(raw, &m) != nil {
				return "must be an object of strings"
			}
			for _, k := range slices.Sorted(maps.Keys(m)) {
				for _, v := range []string{k, m[k]} {
					if IsPath(v) && !knownPath(v) {
						return "names " + quoted(v) + ", which is not supported"
					}
				}
			}
			return ""
		},
		"ResponseValidation": func(raw json.RawMessage) string {
			var v struct{ ResponseType string }
			if wrong := strict(raw, &v); wrong != "" {
				return wrong
			}
			if v.ResponseType != "STRING_MAP" && v.ResponseType != "JSON" {
				return "has a ResponseType other than STRING_MAP and JSON"
			}
			return ""
		},
	}
}

// AnyJSON reports whether a function may answer with more than a flat map.
func (a *Action) AnyJSON() bool {
	var v struct{ ResponseType string }
	return json.Unmarshal(a.Parameters["ResponseValidation"], &v) == nil && v.ResponseType == "JSON"
}

func areFlowAttributes(raw json.RawMessage) string {
	var m map[string]struct{ Value string }
	if wrong := strict(raw, &m); wrong != "" || len(m) == 0 {
		return "must be an object of objects with a Value"
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !IsAttributeKey(k) {
			return "has the key " + quoted(k) + "; keys have letters, digits, dashes and underscores"
		}
		if v := m[k].Value; IsPath(v) && !knownPath(v) {
			return "names " + quoted(v) + ", which is not supported"
		}
	}
	return ""
}

// FlowAttributes reads the parameter of UpdateFlowAttributes.
func (a *Action) FlowAttributes() map[string]string {
	var m map[string]struct{ Value string }
	if json.Unmarshal(a.Parameters["FlowAttributes"], &m) != nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v.Value
	}
	return out
}

// What CheckMetricData asks for.
const (
	AgentsAvailable = "NumberOfAgentsAvailable"
	AgentsStaffed   = "NumberOfAgentsStaffed"
	AgentsOnline    = "NumberOfAgentsOnline"
	OldestContact   = "OldestContactInQueueAgeSeconds"
	ContactsInQueue = "NumberOfContactsInQueue"
)

// MetricTypes returns what CheckMetricData can ask for.
func MetricTypes() []string {
	return []string{AgentsAvailable, AgentsStaffed, AgentsOnline, OldestContact, ContactsInQueue}
}

func metricRule(a *Action) string {
	if wrong := notBoth(a); wrong != "" {
		return wrong
	}
	return needs(a, "MetricType")
}

// metricConditions: numbers of agents can only be compared with none (documented).
func metricConditions(a *Action) string {
	if len(a.Transitions.Conditions) == 0 {
		return "needs a condition"
	}
	agents := strings.HasPrefix(a.Text("MetricType"), "NumberOfAgents")
	for _, b := range a.Transitions.Conditions {
		c := b.Condition
		if len(c.Operands) != 1 || isBetween(0, routingMax)(json.RawMessage(strconv.Quote(c.Operands[0]))) != "" ||
			c.Operator != "Equals" && !(strings.HasPrefix(c.Operator, "Number") && slices.Contains(operators[:], c.Operator)) {
			return "has a condition that does not compare with one number"
		}
		if agents && (c.Operator != "NumberGreaterThan" || c.Operands[0] != "0") {
			return "has a condition other than NumberGreaterThan 0"
		}
	}
	return ""
}

// percentConditions: "a chain of NumericLessThan comparisons", each larger than the one before.
func percentConditions(a *Action) string {
	last := 0
	for _, b := range a.Transitions.Conditions {
		if b.Condition.Operator != "NumberLessThan" || len(b.Condition.Operands) != 1 {
			return "has a condition other than NumberLessThan with one operand"
		}
		n, err := strconv.Atoi(b.Condition.Operands[0])
		if err != nil || n <= last || n > 101 {
			return "has a percentage that does not grow or is over 100"
		}
		last = n
	}
	if last == 0 {
		return "needs a condition"
	}
	return ""
}

// Analytics returns what UpdateContactRecordingBehavior sets for a contact of a channel.
func (a *Action) Analytics(ch center.Channel) center.Analytics {
	var r Recording
	var b AnalyticsBehavior
	_ = json.Unmarshal(a.Parameters["RecordingBehavior"], &r) // absent, or checked
	_ = json.Unmarshal(a.Parameters["AnalyticsBehavior"], &b)
	out := center.Analytics{
		Recorded: some(r.RecordedParticipants), ScreenOfAgent: len(r.ScreenRecordedParticipants) > 0, IVRRecording: r.IVRRecordingBehavior == "Enabled",
		Enabled: b.Enabled == "True",
	}
	if !out.Enabled {
		return out
	}
	out.Language, out.Modes = b.AnalyticsLanguage, some(b.AnalyticsModes)
	if c := b.ChannelConfiguration; c != nil {
		mine := c.Voice
		if ch == center.Chat {
			mine = c.Chat
		}
		if mine != nil {
			out.Modes = some(mine.AnalyticsModes)
		}
	}
	if len(out.Modes) == 0 { // what the console calls post-call analytics is there when no mode is named
		out.Modes = []string{map[bool]string{true: "ContactLens", false: "PostContact"}[ch == center.Chat]}
	}
	if out.Redacts = b.AnalyticsRedactionBehavior == "Enabled"; out.Redacts {
		out.Redaction, out.MaskMode, out.Entities = b.AnalyticsRedactionResults, b.AnalyticsRedactionMaskMode, some(b.AnalyticsRedactionEntities)
	}
	out.Sentiment = b.SentimentConfiguration == nil || b.SentimentConfiguration.Enabled != "False"
	if b.SummaryConfiguration != nil {
		out.SummaryModes = some(b.SummaryConfiguration.SummaryModes)
	}
	return out
}

// some returns a list as a journal gives it back: an empty one is nil.
func some(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}
