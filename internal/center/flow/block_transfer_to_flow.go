package flow

import (
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// transferToFlow goes on at the beginning of another flow of a kind that contacts run through.
func (r *run) transferToFlow(a *language.Action) (next string) {
	value, _ := r.value(a.Text("ContactFlowId"))
	f, ok := r.Directory.Flows[center.FlowID(language.ResourceID(value))]
	if !ok || f.Status != directory.FlowPublished || !slices.Contains([]string{"CONTACT_FLOW", "AGENT_TRANSFER", "QUEUE_TRANSFER"}, f.Type) || !r.enter(f.ID, f.Content) {
		return failed(a, language.NoMatchingError)
	}
	r.loops = nil
	return r.text.doc.StartAction
}

// invokeFlowModule goes on in a module, which comes back.
func (r *run) invokeFlowModule(a *language.Action) (next string) {
	value, _ := r.value(a.Text("FlowModuleId"))
	m, ok := r.Directory.Modules[center.FlowID(language.ResourceID(value))]
	back := center.FlowCaller{Flow: r.flow, Content: r.text.digest, Block: a.Identifier, Loops: r.loops}
	if !ok || m.Status != directory.FlowPublished || !r.enter(m.ID, m.Content) {
		return failed(a, language.NoMatchingError)
	}
	r.callers, r.loops = append(slices.Clone(r.callers), back), nil
	return r.text.doc.StartAction
}

// endFlowModuleExecution comes back to the flow that invoked the module.
func (r *run) endFlowModuleExecution() (next string) {
	last := len(r.callers) - 1
	if last < 0 {
		return ""
	}
	back := r.callers[last]
	if !r.reenter(back.Flow, back.Content) {
		return ""
	}
	r.callers, r.loops = slices.Clone(r.callers[:last]), maps.Clone(back.Loops)
	if last == 0 {
		r.callers = nil
	}
	if a := r.text.doc.Action(back.Block); a != nil {
		return a.Transitions.NextAction
	}
	return ""
}
