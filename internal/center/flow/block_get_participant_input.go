package flow

import (
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// timedOut is what is stored of a customer who enters nothing (administrator guide, "Store customer input").
const timedOut = "Timeout"

// getParticipantInput asks, and waits for keys or, outside of calls, for words. The time to begin counts from the end of
// the prompt; a key ends the prompt.
func (r *run) getParticipantInput(a *language.Action) (next string) {
	words, ok := r.words(a.Text("Text"), a.Text("SSML"))
	if !ok || r.contact.Channel == center.Task {
		return failed(a, language.NoMatchingError)
	}
	d := r.say(words)
	return r.wait(a, center.FlowPosition{Wait: center.WaitsForInput, Until: r.At.Add(d + seconds(a.Input().Timeout))})
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// entered goes on with what the customer has entered, or without.
func (r *run) entered(a *language.Action, p *center.FlowPosition, why Cause) (next string) {
	in := a.Input()
	e, ok := why.(Entered)
	switch {
	case !ok && !in.Store:
		return failed(a, language.InputTimeLimitExceeded)
	case !ok && p.Keys == "":
		if next, ok := onError(a, language.InputTimeLimitExceeded); ok {
			return next
		}
		return r.stored(a, timedOut)
	case !ok:
		return r.complete(a, in, p.Keys)
	case e.Text != "" && in.Store:
		return r.complete(a, in, e.Text)
	case e.Text != "":
		return choose(a, e.Text)
	case !in.Store:
		return choose(a, e.Keys[:1]) // a menu takes one key
	}
	keys := p.Keys
	for _, k := range e.Keys {
		keys += string(k)
		if rest, ends := strings.CutSuffix(keys, in.Terminator); ends {
			return r.complete(a, in, rest)
		}
		if len(keys) >= in.MaxKeys {
			return r.complete(a, in, keys)
		}
	}
	return r.wait(a, center.FlowPosition{Wait: center.WaitsForInput, Until: r.At.Add(seconds(in.Interdigit)), Keys: keys})
}

func choose(a *language.Action, input string) (next string) {
	if next, ok := chosen(a, input); ok {
		return next
	}
	return failed(a, language.NoMatchingCondition)
}

// complete stores an input that is whole, if it is valid.
func (r *run) complete(a *language.Action, in language.Input, input string) (next string) {
	if in.Phone != "" {
		number := "+" + strings.TrimPrefix(input, "+")
		if in.Phone == "Local" {
			number = "+" + strings.TrimPrefix(in.Country, "+") + input
		}
		if !center.IsPhoneNumber(number) {
			return failed(a, language.InvalidPhoneNumber)
		}
		input = number
	}
	return r.stored(a, input)
}

func (r *run) stored(a *language.Action, input string) (next string) {
	r.Emit(center.FlowNoted{Contact: r.contact.ID, Input: &input})
	return a.Transitions.NextAction
}
