package flow

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// What it takes to say something (ours): about as fast as people speak, so that a caller who listens waits.
const (
	speechPerCharacter = 66 * time.Millisecond
	speechMax          = 3_000 // characters of one message (service quota of Amazon Polly)
)

// words returns what a Text or SSML says to this contact: references are filled in, and one without a value is silent.
// ok is false when it is too long to be said.
func (r *run) words(text, ssml string) (words string, ok bool) {
	words = r.filled(text + ssml) // one of them is empty
	if ssml != "" {
		words = withoutTags(words)
	}
	return words, utf8.RuneCountInString(words) <= speechMax
}

// filled puts values in the place of the references in a text.
func (r *run) filled(text string) string {
	if !strings.Contains(text, "$.") {
		return text
	}
	var b strings.Builder
	from := 0
	for _, p := range language.PathsIn(text) {
		b.WriteString(text[from:p.From])
		v, _ := r.value(text[p.From:p.To])
		b.WriteString(v)
		from = p.To
	}
	b.WriteString(text[from:])
	return b.String()
}

// withoutTags returns the text between tags.
func withoutTags(s string) string {
	var b strings.Builder
	depth := 0
	for _, c := range s {
		switch {
		case c == '<':
			depth++
		case c == '>' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(c)
		}
	}
	return strings.TrimSpace(b.String())
}

// say plays words to whom the flow is for, and returns how long that takes: no time but on calls.
func (r *run) say(words string) time.Duration {
	if words == "" {
		return 0
	}
	if c := r.contact; c.Chat != nil && r.occasion != center.OnAgentWhisper {
		r.Write(c, words)
		return 0
	}
	r.Emit(center.FlowPlayed{Contact: r.contact.ID, ToAgent: r.occasion == center.OnAgentWhisper, Text: words})
	if r.contact.Channel != center.Voice {
		return 0
	}
	return time.Duration(utf8.RuneCountInString(words)) * speechPerCharacter
}
