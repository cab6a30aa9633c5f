package lifecycle

import (
	"maps"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Initiation methods of contacts that flows create.
const (
	MethodCallback      = "CALLBACK"
	MethodQueueTransfer = "QUEUE_TRANSFER"
	MethodDisconnect    = "DISCONNECT"
)

// applyFlow folds what flows do to a contact; false: the event is none of these.
func (c *Contact) applyFlow(at time.Time, e center.Event) bool {
	switch e := e.(type) {
	case center.FlowMoved:
		c.Position = e.To
	case center.FlowPlayed:
		if !e.ToAgent {
			c.Said = e.Text
		}
	case center.FlowNoted:
		c.note(e)
	case center.FlowHooked:
		f := c.flows()
		if f.Hooks == nil {
			f.Hooks = map[center.FlowOccasion]center.FlowID{}
		}
		f.Hooks[e.Occasion] = e.Flow
	case center.ContactAnalyticsSet:
		c.Analytics = &e.Analytics
	case center.ContactLinked:
		c.Next = e.Next
	case center.ContactAccepted:
		o := *c.Offer
		o.AcceptedAt = at
		c.Offer, c.Position = &o, nil
		if c.Callback != nil {
			c.dequeue(at) // the customer is called from now on
		}
	case center.ContactDialled:
		c.RingUntil, c.Position = e.Until, nil
	default:
		return false
	}
	return true
}

func (c *Contact) flows() *FlowData {
	if c.Flows == nil {
		c.Flows = &FlowData{}
	}
	return c.Flows
}

func (c *Contact) note(e center.FlowNoted) {
	f := c.flows()
	if e.Input != nil {
		f.Input = *e.Input
	}
	if e.External != nil {
		f.External = orNil(e.External.Values)
	}
	if e.Metrics != nil {
		f.Metrics = orNil(e.Metrics.Values)
	}
	if len(e.Attributes) > 0 {
		if f.Attributes == nil {
			f.Attributes = make(map[string]string, len(e.Attributes))
		}
		maps.Copy(f.Attributes, e.Attributes)
	}
	if e.Callback != nil {
		f.Callback = *e.Callback
	}
	if e.Voice != nil {
		f.Voice = *e.Voice
	}
}

// orNil returns a map that is as a journal gives it back: empty ones are nil.
func orNil(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Hook returns the flow that was set for an occasion, or "".
func (c *Contact) Hook(o center.FlowOccasion) center.FlowID {
	if c.Flows == nil {
		return ""
	}
	return c.Flows.Hooks[o]
}

// OnLine reports whether a customer is connected, or being called.
func (c *Contact) OnLine() bool {
	return !c.Over() && c.Channel == center.Voice && (!c.ConnectedToSystemAt.IsZero() || !c.RingUntil.IsZero())
}
