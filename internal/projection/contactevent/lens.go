package contactevent

import (
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/projection/document"
)

// appendLens appends the setting of Contact Lens as a member, if a flow has enabled it.
func appendLens(b []byte, c *lifecycle.Contact) []byte {
	a := c.Analytics
	if a == nil || !a.Enabled {
		return b
	}
	b = append(b, `,"contactLens":{"conversationalAnalytics":{"configuration":{"enabled":true,"channelConfiguration":{"analyticsModes":`...)
	b = document.AppendStrings(b, a.Modes)
	b = append(b, `},"languageLocale":`...)
	b = document.AppendString(b, a.Language)
	if a.Redacts {
		b = append(b, `,"redactionConfiguration":{"behavior":"Enable"`...)
		b = appendMember(b, `,"policy":`, a.Redaction)
		b = append(b, `,"entities":`...)
		b = document.AppendStrings(b, a.Entities)
		b = appendMember(b, `,"maskMode":`, a.MaskMode)
		b = append(b, '}')
	}
	return append(b, "}}}"...)
}
