package flow

import (
	"maps"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// ReasonFlow is the reason with which a flow ends a contact.
const ReasonFlow = "CONTACT_FLOW_DISCONNECT"

// stepsMax is how many blocks one run passes through. A flow that has not ended by then goes in circles, and the contact
// is disconnected.
const stepsMax = 1000

// Outcome is what a run did: events about the contact, in order, and then either a transfer to Queue or a disconnect.
type Outcome struct {
	Events     []center.Event
	Queue      center.QueueID // transfer to this queue
	Disconnect bool
	Reason     string // of the disconnect
}

// Check refuses the content of a flow that could not be honoured as a whole. The error is a *center.Refused: Invalid, with
// Field "Content" and a Detail that names the action at fault; or Field "Type" for a type of flow that is not supported.
func Check(typ, content string) error {
	_, err := language.Parse(typ, content)
	return err
}

// Run runs a flow for a contact from the beginning to its end. queued tells how many contacts wait in a queue now; nil: none
// do. Neither the directory nor the contact is changed. A flow that does not exist or is not published disconnects.
func Run(d *directory.Directory, at time.Time, id center.FlowID, c *lifecycle.Contact, queued func(center.QueueID) int) Outcome {
	f, ok := d.Flows[id]
	if !ok || f.Status != "PUBLISHED" {
		return Outcome{Disconnect: true, Reason: ReasonFlow}
	}
	doc := language.Decode(f.Content)
	if doc == nil {
		return Outcome{Disconnect: true, Reason: ReasonFlow}
	}
	own := *c // Apply changes the attributes in place
	own.Attributes = maps.Clone(c.Attributes)
	r := &run{directory: d, at: at, contact: &own, queued: queued}
	r.through(doc)
	return r.out
}

// run is one run of a flow.
type run struct {
	directory *directory.Directory
	at        time.Time
	contact   *lifecycle.Contact // a copy, as the run's events have made it
	queued    func(center.QueueID) int
	out       Outcome
	over      bool
}

// through passes from block to block until the flow is over.
func (r *run) through(doc *language.Document) {
	next := doc.StartAction
	for range stepsMax {
		a := doc.Action(next)
		if a == nil {
			break
		}
		if next = r.do(a); r.over {
			return
		}
	}
	r.disconnect()
}

// do carries out one block and returns the identifier of the next. "" leads nowhere: the flow ends there, and the contact
// with it.
func (r *run) do(a *language.Action) (next string) {
	switch a.Type {
	case "UpdateContactTargetQueue":
		return r.updateContactTargetQueue(a)
	case "TransferContactToQueue":
		return r.transferContactToQueue(a)
	case "DisconnectParticipant", "EndFlowExecution":
		return r.disconnect()
	case "MessageParticipant":
		return r.messageParticipant(a)
	case "UpdateContactAttributes":
		return r.updateContactAttributes(a)
	case "UpdateContactRoutingBehavior":
		return r.updateContactRoutingBehavior(a)
	case "Compare":
		return r.compare(a)
	case "CheckHoursOfOperation":
		return r.checkHoursOfOperation(a)
	}
	return "" // not in a flow that was checked
}

// emit records an event, so that the blocks to come see what it did.
func (r *run) emit(e center.Event) {
	r.out.Events = append(r.out.Events, e)
	r.contact.Apply(r.at, e)
}

// failed returns where an error leads: to its own branch, or to the one for any other error.
func failed(a *language.Action, errorType string) (next string) {
	for _, want := range []string{errorType, language.NoMatchingError} {
		for _, b := range a.Transitions.Errors {
			if b.ErrorType == want {
				return b.NextAction
			}
		}
	}
	return ""
}
