package language

import (
	"slices"
	"strings"
)

// Namespaces whose paths name what a contact may or may not have.
const (
	attributePath     = "$.Attributes."
	flowAttributePath = "$.FlowAttributes."
	externalPath      = "$.External."
)

// Paths returns the paths of the flow data object that can be referred to, besides those of namespaces.
func Paths() []string {
	return []string{
		"$.Channel", "$.ContactId", "$.InitialContactId", "$.PreviousContactId", "$.RelatedContactId", "$.InitiationMethod", "$.InstanceARN",
		"$.Name", "$.Description", "$.CustomerEndpoint.Address", "$.CustomerEndpoint.Type", "$.SystemEndpoint.Address",
		"$.SystemEndpoint.Type", "$.Queue.Name", "$.Queue.ARN", "$.Queue.OutboundCallerId.Address", "$.Queue.OutboundCallerId.Type",
		"$.Metrics.Queue.Name", "$.Metrics.Queue.ARN", "$.Metrics.Queue.Size", "$.Metrics.Queue.OldestContactAge",
		"$.Metrics.Agents.Online.Count", "$.Metrics.Agents.Available.Count", "$.Metrics.Agents.Staffed.Count",
		"$.StoredCustomerInput", "$.TextToSpeechVoiceId", "$.Agent.ARN", "$.Agent.UserName", "$.Agent.FirstName", "$.Agent.LastName",
	}
}

// IsPath reports whether a value is a reference: as a whole, values are either static or one path.
func IsPath(v string) bool {
	return strings.HasPrefix(v, "$.")
}

// AttributeOf returns the key of the contact attribute that a path names.
func AttributeOf(path string) (key string, ok bool) {
	key, ok = strings.CutPrefix(path, attributePath)
	return key, ok && IsAttributeKey(key)
}

// FlowAttributeOf returns the key of the flow attribute that a path names.
func FlowAttributeOf(path string) (key string, ok bool) {
	key, ok = strings.CutPrefix(path, flowAttributePath)
	return key, ok && IsAttributeKey(key)
}

// ExternalOf returns the key below a function's answer that a path names; members of members follow after a dot.
func ExternalOf(path string) (key string, ok bool) {
	key, ok = strings.CutPrefix(path, externalPath)
	return key, ok && key != "" && !strings.ContainsAny(key, " \t\r\n")
}

// IsAttributeKey reports whether a contact attribute may have a key (documented: "only alphanumeric, dash, and
// underscore characters").
func IsAttributeKey(k string) bool {
	for i := range len(k) {
		if !inKey(k[i]) {
			return false
		}
	}
	return k != "" && len(k) <= attributeKeyMax
}

func inKey(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_'
}

// attributeKeyMax is how long the key of an attribute may be (API model, bytes).
const attributeKeyMax = 32_767

// Span is a part of a text, in bytes.
type Span struct{ From, To int }

// PathsIn returns the references within a text, in order. A dot or dash that ends one is the sentence's.
func PathsIn(text string) []Span {
	var out []Span
	for from := 0; ; {
		i := strings.Index(text[from:], "$.")
		if i < 0 || from+i+2 >= len(text) {
			return out
		}
		start := from + i
		end := start + 2
		for end < len(text) && (inKey(text[end]) || text[end] == '.' || text[end] == '[' || text[end] == ']') {
			end++
		}
		for end > start && (text[end-1] == '.' || text[end-1] == '-') {
			end--
		}
		if c := text[start+2]; end > start+2 && (c < '0' || c > '9') { // not the price of something
			out = append(out, Span{start, end})
		}
		from = max(end, start+2)
	}
}

func knownPath(p string) bool {
	for _, of := range []func(string) (string, bool){AttributeOf, FlowAttributeOf, ExternalOf} {
		if _, ok := of(p); ok {
			return true
		}
	}
	return slices.Contains(Paths(), p)
}
