package flow

import (
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// AttributesMax is how much the attributes of a contact hold together, keys and values, in bytes of UTF-8 (documented).
const AttributesMax = 32_768

// updateContactAttributes sets attributes, all or none. A path without a value sets the empty string. What would make the
// attributes too large leads to NoMatchingError.
func (r *run) updateContactAttributes(a *language.Action) (next string) {
	given := a.Texts("Attributes")
	set := make(map[string]string, len(given))
	for _, k := range slices.Sorted(maps.Keys(given)) {
		if !language.IsAttributeKey(k) {
			return failed(a, language.NoMatchingError)
		}
		set[k], _ = r.value(given[k])
	}
	after := maps.Clone(r.contact.Attributes)
	if after == nil {
		after = map[string]string{}
	}
	maps.Copy(after, set)
	if len(set) == 0 || AttributesSize(after) > AttributesMax {
		return failed(a, language.NoMatchingError)
	}
	r.Emit(center.ContactAttributesChanged{Contact: r.contact.ID, Set: set})
	return a.Transitions.NextAction
}

// AttributesSize returns how much of AttributesMax attributes take.
func AttributesSize(attributes map[string]string) int {
	n := 0
	for k, v := range attributes {
		n += len(k) + len(v)
	}
	return n
}
