package center

import (
	"strconv"
	"time"
)

// EffectID names an effect for as long as the journal lives: the place of its step and its position in it.
type EffectID string

// MakeEffectID returns the name of the n-th effect of the step at a place.
func MakeEffectID(place uint64, n int) EffectID {
	return EffectID(strconv.FormatUint(place, 10) + "/" + strconv.Itoa(n))
}

// An Effect asks something of the world. It is outstanding until a command's stamp closes it, or until the contact it
// is about is over. Whoever carries it out may be asked twice under the same id.
type Effect interface{ isEffect() }

type (
	// DialCustomer calls a customer. The outcome is DialAnswered or DialFailed; the machine gives up by itself after
	// RingTimeout.
	DialCustomer struct {
		Contact     ContactID
		To, From    Endpoint
		RingTimeout time.Duration
	}
	// DialParty calls someone whom an agent brings into a call. The outcome is PartyAnswered or PartyFailed; the machine
	// gives up by itself after RingTimeout.
	DialParty struct {
		Contact     ContactID
		Party       ContactID // names the call
		To, From    Endpoint
		RingTimeout time.Duration
	}
	// ReleaseLine tells the network that the center has ended a call: a customer's, which is named by a contact, or a
	// party's. The outcome is Done.
	ReleaseLine struct{ Contact ContactID }
)

func (DialCustomer) isEffect() {}
func (ReleaseLine) isEffect()  {}
func (DialParty) isEffect()    {}

// ContactOfEffect returns the contact, or the external party, whose end makes the effect pointless, or "" when it must be
// carried out anyway.
func ContactOfEffect(e Effect) ContactID {
	switch e := e.(type) {
	case DialCustomer:
		return e.Contact
	case InvokeFunction:
		return e.Contact
	case DialParty:
		return e.Party
	}
	return ""
}
