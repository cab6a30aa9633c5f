// Package telephony is the port to calls. What carries calls implements Network for those that the center places, and
// hands the center what happens by itself (a call arriving, a customer hanging up) through Submit. It knows nothing of
// contacts but their names; what a call means is the center's to say.
package telephony

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Network places calls and ends them. It is safe for concurrent use.
type Network interface {
	// Dial calls a customer and returns what became of it. It may take as long as the phone rings. Dialling again for
	// a contact that is being dialled joins the call under way; so whoever lost the first answer may ask again. An
	// error means that the network could not even try, and that trying again may help.
	Dial(ctx context.Context, call Call) (Outcome, error)
	// Release ends the call of a contact, ringing or answered. A call that is over, or never was, is released already.
	Release(ctx context.Context, contact center.ContactID) error
}

// Call is a call to be placed.
type Call struct {
	Contact     center.ContactID
	To, From    string        // E.164
	RingTimeout time.Duration // how long the center waits for an answer
}

// Outcome is what became of a call.
type Outcome string

// What can become of a call.
const (
	Answered Outcome = "answered"
	NoAnswer Outcome = "no answer"      // the network gave up
	Busy     Outcome = "busy"           // the called party speaks
	Invalid  Outcome = "invalid number" // no such number
	Blocked  Outcome = "blocked"        // the carrier holds the call for unwanted
	Problem  Outcome = "problem"        // the network broke the call
	Released Outcome = "released"       // the center gave up
)

// Submit hands a command of the network's own accord to one instance: StartInboundCall, HangUp. It returns the step
// that came of it once that is durable, or a *center.Refused.
type Submit func(ctx context.Context, cmd center.Command) (center.Step, error)
