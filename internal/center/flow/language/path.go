package language

import (
	"slices"
	"strings"
)

// attributePath begins the path of a contact attribute.
const attributePath = "$.Attributes."

// Paths returns the paths of the flow data object that can be referred to, besides those of attributes.
func Paths() []string {
	return []string{
		"$.Channel", "$.ContactId", "$.InitialContactId", "$.PreviousContactId", "$.RelatedContactId", "$.InitiationMethod", "$.InstanceARN",
		"$.Name", "$.Description", "$.CustomerEndpoint.Address", "$.CustomerEndpoint.Type", "$.SystemEndpoint.Address",
		"$.SystemEndpoint.Type", "$.Queue.Name", "$.Queue.ARN",
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

// IsAttributeKey reports whether a contact attribute may have a key (documented: "only alphanumeric, dash, and
// underscore characters").
func IsAttributeKey(k string) bool {
	for i := range len(k) {
		c := k[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_') {
			return false
		}
	}
	return k != "" && len(k) <= attributeKeyMax
}

// attributeKeyMax is how long the key of an attribute may be (API model, bytes).
const attributeKeyMax = 32_767

func knownPath(p string) bool {
	if _, ok := AttributeOf(p); ok {
		return true
	}
	return slices.Contains(Paths(), p)
}
