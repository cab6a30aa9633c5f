package flow

import "github.com/hookswitch/hookswitch/internal/center/flow/language"

// messageParticipant plays a prompt, which no one hears and nothing records.
func (r *run) messageParticipant(a *language.Action) (next string) {
	return a.Transitions.NextAction
}
