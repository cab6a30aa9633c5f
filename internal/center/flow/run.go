package flow

import (
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// ReasonFlow is the reason with which a flow ends a contact.
const ReasonFlow = "CONTACT_FLOW_DISCONNECT"

// stepsMax is how many blocks are passed through without waiting. A flow that has not come to rest by then, or before its
// step has grown too large for a journal (Scene.Spent), goes in circles, and is over.
const stepsMax = 1000

// Scene is what a run sees of the center, and how it acts on it.
type Scene struct {
	Directory *directory.Directory
	At        time.Time
	Flows     *Cache                                        // of parsed flows; nil: each is parsed anew
	Pinned    func(digest string) (content string, ok bool) // contents that contacts stand in and that are no longer published
	Queued    func(center.QueueID) int                      // how many contacts are in a queue now; nil: none are
	Metric    func(typ string, q center.QueueID) int        // real-time metrics of a queue, see language.MetricTypes
	Takes     func(center.AgentID, center.Channel) bool     // the agent could be offered a contact now; nil: it could
	Full      func() bool                                   // no new contact can be opened; nil: one can
	Spent     func() bool                                   // the step has no room for more; nil: it has
	Shared    func(*lifecycle.Contact) bool                 // someone else talks on the contact's line; nil: nobody does
	NewID     func() string                                 // the step's next identity
	Write     func(c *lifecycle.Contact, text string)       // adds a message to the transcript of a chat
	Emit      func(center.Event)                            // makes an event true, for the contact that runs too
	Ask       func(center.Effect) center.EffectID
}

// End is how a run came to rest.
type End int

// The ends.
const (
	Waits       End = iota // at the contact's Position
	Queues                 // transfer to Outcome.Queue
	Moves                  // leave the queue for Outcome.Queue, as a new contact
	Disconnects            // end the contact, with ReasonFlow
	Ends                   // the flow is over, the contact is not
)

// Outcome is what a run came to.
type Outcome struct {
	End   End
	Queue center.QueueID
}

// A Cause is why a contact that waits in a flow goes on.
type Cause interface{ isCause() }

// The causes.
type (
	Elapsed  struct{}                    // Position.Until has come
	Entered  struct{ Keys, Text string } // the customer has entered something
	Answered struct {                    // the function has
		Failed   bool
		Response string
	}
)

func (Elapsed) isCause()  {}
func (Entered) isCause()  {}
func (Answered) isCause() {}

// Check refuses the content of a flow that could not be honoured as a whole. The error is a *center.Refused: Invalid, with
// Field "Content" and a Detail that names the action at fault; or Field "Type" for a type of flow that is not supported.
func Check(typ, content string) error {
	_, err := language.Parse(typ, content)
	return err
}

// Begin runs a flow for a contact until it waits or is over. A flow that does not exist or is not published is over at once.
func Begin(s Scene, c *lifecycle.Contact, on center.FlowOccasion, id center.FlowID) Outcome {
	r := &run{Scene: s, contact: c, occasion: on}
	f, ok := s.Directory.Flows[id]
	if !ok || f.Status != directory.FlowPublished || !r.enter(id, f.Content) {
		return r.end()
	}
	return r.through(r.text.doc.StartAction)
}

// Resume goes on with the flow that a contact stands in.
func Resume(s Scene, c *lifecycle.Contact, why Cause) Outcome {
	p := c.Position
	r := &run{Scene: s, contact: c, occasion: p.Occasion, callers: p.Callers, loops: maps.Clone(p.Loops)}
	if !r.reenter(p.Flow, p.Content) {
		return r.end()
	}
	a := r.text.doc.Action(p.Block)
	if a == nil {
		return r.end()
	}
	next := r.resume(a, p, why)
	if r.over {
		return r.out
	}
	return r.through(next)
}

// run is one run of a flow.
type run struct {
	Scene
	contact  *lifecycle.Contact
	occasion center.FlowOccasion
	flow     center.FlowID
	text     *text // what runs
	loops    map[string]int
	callers  []center.FlowCaller // never changed in place: a position holds it
	out      Outcome
	over     bool
}

// enter makes a content the one that runs.
func (r *run) enter(id center.FlowID, content string) bool {
	t := r.Flows.read(id, content)
	if t != nil {
		r.flow, r.text = id, t
	}
	return t != nil
}

// reenter goes back to a content by its digest: the flow has it still, or it is pinned.
func (r *run) reenter(id center.FlowID, digest string) bool {
	content, ok := r.Directory.Flows[id].Content, true
	if m, isModule := r.Directory.Modules[id]; isModule {
		content = m.Content
	}
	if r.enter(id, content) && r.text.digest == digest {
		return true
	}
	if content, ok = r.Pinned(digest); !ok {
		return false
	}
	return r.enter(id, content)
}

// through passes from block to block until the flow waits or is over.
func (r *run) through(next string) Outcome {
	for range stepsMax {
		a := r.text.doc.Action(next)
		if a == nil || r.Spent != nil && r.Spent() {
			break
		}
		if next = r.do(a); r.over {
			return r.out
		}
	}
	return r.end()
}

// end ends the flow: before the contact is in a queue that ends the contact as well (documented for EndFlowExecution).
func (r *run) end() Outcome {
	if r.occasion == center.OwnFlow {
		r.finish(Outcome{End: Disconnects})
	} else {
		r.finish(Outcome{End: Ends})
	}
	return r.out
}

func (r *run) finish(o Outcome) (next string) {
	r.out, r.over = o, true
	return ""
}

// wait lets the contact stand at a block until a time (zero: for as long as it takes), or what else p says.
func (r *run) wait(a *language.Action, p center.FlowPosition) (next string) {
	if r.occasion == center.OnAgentHold { // nothing more follows there
		return r.finish(Outcome{End: Ends})
	}
	p.Occasion, p.Flow, p.Content, p.Block, p.Loops, p.Callers = r.occasion, r.flow, r.text.digest, a.Identifier, r.loops, r.callers
	r.Emit(center.FlowMoved{Contact: r.contact.ID, To: &p})
	return r.finish(Outcome{End: Waits})
}

// do carries out one block and returns the identifier of the next. "" leads nowhere: the flow ends there.
func (r *run) do(a *language.Action) (next string) {
	switch a.Type {
	case "UpdateContactTargetQueue":
		return r.updateContactTargetQueue(a)
	case "TransferContactToQueue", "TransferContactToAgent":
		return r.transferContactToQueue(a)
	case "DequeueContactAndTransferToQueue":
		return r.dequeueContactAndTransferToQueue(a)
	case "DisconnectParticipant":
		return r.finish(Outcome{End: Disconnects})
	case "EndFlowExecution":
		r.end()
		return ""
	case "MessageParticipant":
		return r.messageParticipant(a)
	case "MessageParticipantIteratively":
		return r.messageParticipantIteratively(a)
	case "GetParticipantInput":
		return r.getParticipantInput(a)
	case "UpdateContactAttributes":
		return r.updateContactAttributes(a)
	case "UpdateFlowAttributes":
		return r.updateFlowAttributes(a)
	case "UpdateContactRoutingBehavior":
		return r.updateContactRoutingBehavior(a)
	case "UpdateContactRoutingCriteria":
		return r.updateContactRoutingCriteria(a)
	case "UpdateContactEventHooks":
		return r.updateContactEventHooks(a)
	case "UpdateContactRecordingBehavior":
		return r.updateContactRecordingBehavior(a)
	case "UpdateContactTextToSpeechVoice":
		return r.updateContactTextToSpeechVoice(a)
	case "UpdateFlowLoggingBehavior":
		return a.Transitions.NextAction
	}
	return r.decide(a)
}

// decide carries out the blocks that branch, wait or go elsewhere.
func (r *run) decide(a *language.Action) (next string) {
	switch a.Type {
	case "UpdateContactCallbackNumber":
		return r.updateContactCallbackNumber(a)
	case "CreateCallbackContact":
		return r.createCallbackContact(a)
	case "InvokeLambdaFunction":
		return r.invokeLambdaFunction(a)
	case "InvokeFlowModule":
		return r.invokeFlowModule(a)
	case "EndFlowModuleExecution":
		return r.endFlowModuleExecution()
	case "TransferToFlow":
		return r.transferToFlow(a)
	case "Compare":
		return r.compare(a)
	case "CheckHoursOfOperation":
		return r.checkHoursOfOperation(a)
	case "CheckMetricData":
		return r.checkMetricData(a)
	case "GetMetricData":
		return r.getMetricData(a)
	case "DistributeByPercentage":
		return r.distributeByPercentage(a)
	case "Loop":
		return r.loop(a)
	case "Wait":
		return r.waitBlock(a)
	}
	return "" // not in a flow that was checked
}

// resume goes on after a wait.
func (r *run) resume(a *language.Action, p *center.FlowPosition, why Cause) (next string) {
	switch a.Type {
	case "GetParticipantInput":
		return r.entered(a, p, why)
	case "InvokeLambdaFunction":
		return r.answered(a, why)
	case "MessageParticipantIteratively":
		return branch(a, language.MessagesInterrupted)
	case "Wait":
		return branch(a, language.WaitCompleted)
	}
	return a.Transitions.NextAction
}

// failed returns where an error leads: to its own branch, or to the one for any other error.
func failed(a *language.Action, errorType string) (next string) {
	next, ok := onError(a, errorType)
	if !ok {
		next, _ = onError(a, language.NoMatchingError)
	}
	return next
}

func onError(a *language.Action, errorType string) (next string, ok bool) {
	i := slices.IndexFunc(a.Transitions.Errors, func(b language.ErrorBranch) bool { return b.ErrorType == errorType })
	if i < 0 {
		return "", false
	}
	return a.Transitions.Errors[i].NextAction, true
}

// branch returns where a result leads: to the branch of its condition, or on.
func branch(a *language.Action, result string) (next string) {
	if next, ok := chosen(a, result); ok {
		return next
	}
	return a.Transitions.NextAction
}

// chosen returns the branch of the first condition that a result meets.
func chosen(a *language.Action, result string) (next string, ok bool) {
	for _, b := range a.Transitions.Conditions {
		if len(b.Condition.Operands) == 1 && meets(result, b.Condition.Operator, b.Condition.Operands[0]) {
			return b.NextAction, true
		}
	}
	return "", false
}

// Silent reports whether a flow ends as soon as it begins, so that running it would do nothing. One that does not exist,
// or is not published, is.
func Silent(s Scene, id center.FlowID) bool {
	f, ok := s.Directory.Flows[id]
	if !ok || f.Status != directory.FlowPublished {
		return true
	}
	t := s.Flows.read(id, f.Content)
	if t == nil {
		return true
	}
	a := t.doc.Action(t.doc.StartAction)
	return a == nil || a.Type == "EndFlowExecution"
}
