package machine

import (
	"encoding/json"

	"github.com/hookswitch/hookswitch/internal/center"
)

// weight returns about how many bytes of text an event holds, so that a step can end before it outgrows its record: a Wake
// that no record takes would come again for ever. Escaping makes texts longer by a factor of 6 at most, for which
// stepBytesMax leaves room.
func weight(e center.Event) int {
	switch e := e.(type) {
	case center.ContactAttributesChanged:
		return textIn(e.Set)
	case center.ContactInitiated:
		n := len(e.Name) + len(e.Description) + textIn(e.Attributes) + textIn(e.Details) + textIn(e.Tags)
		for _, r := range e.References {
			n += len(r.Name) + len(r.Type) + len(r.Value)
		}
		return n
	case center.FlowNoted:
		n := textIn(e.Attributes)
		if e.External != nil {
			n += textIn(e.External.Values)
		}
		for _, s := range [...]*string{e.Input, e.Callback, e.Voice} {
			if s != nil {
				n += len(*s)
			}
		}
		return n
	case center.FlowPlayed:
		return len(e.Text)
	case center.ChatItemAdded:
		return len(e.Content)
	case center.ContactAnalyticsSet, center.ContactCriteriaSet: // rare, and lists of lists
		b, _ := json.Marshal(e) // what cannot be marshalled is refused by center.Encode
		return len(b)
	}
	return 0
}

func textIn(m map[string]string) int {
	n := 0
	for k, v := range m {
		n += len(k) + len(v)
	}
	return n
}
