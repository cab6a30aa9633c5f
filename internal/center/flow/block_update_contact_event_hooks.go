package flow

import (
	"maps"
	"reflect"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// updateContactEventHooks sets the flow that runs on an occasion to come.
func (r *run) updateContactEventHooks(a *language.Action) (next string) {
	for occasion, v := range a.Texts("EventHooks") { // there is one
		on := center.FlowOccasion(occasion)
		value, _ := r.value(v)
		f, ok := r.Directory.Flows[center.FlowID(language.ResourceID(value))]
		if !ok || f.Status != directory.FlowPublished || f.Type != language.TypeOn(on) {
			return failed(a, language.NoMatchingError)
		}
		if r.contact.Hook(on) != f.ID {
			r.Emit(center.FlowHooked{Contact: r.contact.ID, Occasion: on, Flow: f.ID})
		}
	}
	return a.Transitions.NextAction
}

// updateFlowAttributes sets attributes that only flows see, all or none.
func (r *run) updateFlowAttributes(a *language.Action) (next string) {
	set := a.FlowAttributes()
	for k, v := range set {
		set[k], _ = r.value(v)
	}
	after := map[string]string{}
	if r.contact.Flows != nil {
		maps.Copy(after, r.contact.Flows.Attributes)
	}
	maps.Copy(after, set)
	if len(set) == 0 || AttributesSize(after) > AttributesMax {
		return failed(a, language.NoMatchingError)
	}
	r.Emit(center.FlowNoted{Contact: r.contact.ID, Attributes: set})
	return a.Transitions.NextAction
}

func (r *run) updateContactTextToSpeechVoice(a *language.Action) (next string) {
	voice, _ := r.value(a.Text("TextToSpeechVoice"))
	r.Emit(center.FlowNoted{Contact: r.contact.ID, Voice: &voice})
	return a.Transitions.NextAction
}

// updateContactRecordingBehavior notes what is to be recorded and analysed, for documents to show.
func (r *run) updateContactRecordingBehavior(a *language.Action) (next string) {
	set := a.Analytics(r.contact.Channel)
	if r.contact.Analytics == nil || !reflect.DeepEqual(*r.contact.Analytics, set) {
		r.Emit(center.ContactAnalyticsSet{Contact: r.contact.ID, Analytics: set})
	}
	return a.Transitions.NextAction
}
