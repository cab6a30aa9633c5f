package node

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/outbox"
	"github.com/hookswitch/hookswitch/internal/projection/contactrecord"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

const defaultRecordDelay = contactrecord.PublishDelay

// settleLook is how often settle looks again.
const settleLook = 500 * time.Microsecond

// contact is what the operator API shows of a contact.
func (n *Node) contact(ctx context.Context, h *switchboard.Handle, id center.ContactID) (lifecycle.Contact, bool, error) {
	return oneCenter{n, h}.Contact(ctx, id)
}

func (n *Node) lanes(id center.InstanceID) []outbox.LaneStatus {
	r := n.readersOf(id)
	if r == nil {
		return nil
	}
	return r.outbox.Status()
}

// settle returns when all that is due by the clock has been done and told: no timer of a center is due, every reader has
// caught up with its journal, and no document waits for a target that takes it. A lane whose target fails does not
// count: it may fail for long.
func (n *Node) settle(ctx context.Context) error {
	var before uint64
	for round := 0; ; round++ {
		sum, quiet := uint64(0), true
		for _, h := range n.instances.Handles() {
			if _, err := h.Switchboard.Submit(ctx, center.Wake{}); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				continue // it is ending
			}
			place := h.Switchboard.Place()
			sum += place
			r := n.readersOf(h.Info.ID)
			if r == nil {
				continue
			}
			quiet = quiet && r.contacts.Place() > place && n.told(r.outbox, place)
		}
		if quiet && round > 0 && sum == before {
			// What Kinesis does by the clock: metrics of minutes that are over, growth, expiry.
			n.workOnce(ctx, "kinesis", n.kinesis.Work)
			return nil
		}
		before = sum
		if err := clock.Sleep(ctx, clock.System{}, settleLook); err != nil {
			return err
		}
	}
}

// told reports whether an outbox has told everything up to a place, and has nothing to do by now.
func (n *Node) told(o *outbox.Outbox, place uint64) bool {
	for _, l := range o.Status() {
		if l.FailingSince.IsZero() && (l.Place <= place || l.Waiting > 0) {
			return false
		}
	}
	at, ok := o.Deadline()
	return !ok || at.After(n.clock.Now())
}
