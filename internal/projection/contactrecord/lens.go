package contactrecord

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/projection/document"
)

// appendLens appends the setting of Contact Lens, or null: only a flow that enables it leaves one (documented).
func appendLens(b []byte, c *lifecycle.Contact) []byte {
	a := c.Analytics
	if a == nil || !a.Enabled {
		return append(b, "null"...)
	}
	b = append(b, `{"ConversationalAnalytics":{"Configuration":{"ChannelConfiguration":{"AnalyticsModes":`...)
	b = document.AppendStrings(b, a.Modes)
	b = append(b, `},"Enabled":true,"LanguageLocale":`...)
	b = document.AppendString(b, a.Language)
	b = append(b, `,"RedactionConfiguration":`...)
	b = appendRedaction(b, a)
	b = append(b, `,"SentimentConfiguration":{"Behavior":`...)
	b = append(b, behavior(a.Sentiment)...)
	b = append(b, `},"SummaryConfiguration":`...)
	if len(a.SummaryModes) == 0 {
		b = append(b, "null"...)
	} else {
		b = append(b, `{"SummaryModes":`...)
		b = document.AppendStrings(b, a.SummaryModes)
		b = append(b, '}')
	}
	return append(b, "}}}"...)
}

func appendRedaction(b []byte, a *center.Analytics) []byte {
	policy := "None"
	if a.Redacts {
		policy = a.Redaction
	}
	b = append(b, `{"Behavior":`...)
	b = append(b, behavior(a.Redacts)...)
	b = append(b, `,"Entities":`...)
	b = document.AppendStrings(b, a.Entities)
	b = append(b, `,"MaskMode":`...)
	b = document.AppendStringOrNull(b, a.MaskMode)
	b = append(b, `,"Policy":`...)
	b = document.AppendString(b, policy)
	return append(b, '}')
}

func behavior(on bool) string {
	if on {
		return `"Enable"`
	}
	return `"Disable"`
}
