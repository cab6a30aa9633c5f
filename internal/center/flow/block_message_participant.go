package flow

import (
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// messageParticipant plays a prompt to its end.
func (r *run) messageParticipant(a *language.Action) (next string) {
	words, ok := r.words(a.Text("Text"), a.Text("SSML"))
	if !ok {
		return failed(a, language.NoMatchingError)
	}
	if d := r.say(words); d > 0 {
		return r.wait(a, center.FlowPosition{Wait: center.WaitsForPrompt, Until: r.At.Add(d)})
	}
	return a.Transitions.NextAction
}

// messageParticipantIteratively plays messages over and over, until something else happens to the contact or the loop is
// interrupted. What is played stands in the flow; nothing says so again each time. A loop that nothing interrupts is where
// the flow ends for good: the contact has no place in it to come back to.
func (r *run) messageParticipantIteratively(a *language.Action) (next string) {
	n, ok := a.Integer("InterruptFrequencySeconds")
	if ok {
		return r.wait(a, center.FlowPosition{Wait: center.WaitsWhileLooped, Until: r.At.Add(seconds(n))})
	}
	if r.contact.Position != nil {
		r.Emit(center.FlowMoved{Contact: r.contact.ID})
	}
	return r.finish(Outcome{End: Waits})
}
