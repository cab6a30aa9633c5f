package directory

import (
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
)

// claimNumber claims a number. A client token that was used before repeats its answer (Repeated, with the number's id),
// also when the number has been released since; with another number it is refused as a Conflict.
func (q *request) claimNumber(c center.ClaimPhoneNumber) ([]center.Event, error) {
	n := c.Number
	if t, ok := q.Tokens[c.ClientToken]; ok && c.ClientToken != "" && q.stamp.At.Sub(t.At) < center.TokenLife {
		if t.Number != n.Number {
			return nil, &center.Refused{Reason: center.Conflict, Kind: center.KindPhoneNumber, ID: string(t.ID), Field: "ClientToken", Detail: "it was used for another number"}
		}
		return nil, &center.Refused{Reason: center.Repeated, Kind: center.KindPhoneNumber, ID: string(t.ID)}
	}
	n.ID, n.ModifiedAt, n.Moves, n.Tags = "", q.stamp.At, 0, maps.Clone(n.Tags)
	if err := first(q.checkNumber(n), checkTags(n.Tags), text("ClientToken", c.ClientToken, 0, 500)); err != nil {
		return nil, err
	}
	if len(q.Numbers) >= numbersMax {
		return nil, limit(center.KindPhoneNumber, numbersMax)
	}
	if c.ClientToken != "" && len(q.Tokens) >= tokensMax && !q.someTokenLapsed() {
		return nil, limit(center.KindPhoneNumber, tokensMax)
	}
	n.ID = center.PhoneNumberID(q.ids())
	return []center.Event{center.PhoneNumberSaved{Number: n, ClientToken: c.ClientToken}}, nil
}

// someTokenLapsed reports whether remembering another token makes room.
func (q *request) someTokenLapsed() bool {
	for _, t := range q.Tokens {
		if q.stamp.At.Sub(t.At) >= center.TokenLife {
			return true
		}
	}
	return false
}

func (q *request) checkNumber(n center.PhoneNumber) error {
	if !isE164(n.Number) {
		return invalid("PhoneNumber", "must be in E.164 format")
	}
	for _, o := range q.Numbers {
		if o.Number == n.Number && o.ID != n.ID {
			return &center.Refused{Reason: center.Duplicate, Kind: center.KindPhoneNumber, ID: string(o.ID), Field: "PhoneNumber", Detail: "the number is claimed already"}
		}
	}
	if len(n.Country) != 2 || n.Country[0] < 'A' || n.Country[0] > 'Z' || n.Country[1] < 'A' || n.Country[1] > 'Z' {
		return invalid("PhoneNumberCountryCode", "must be a country of ISO 3166-1 alpha-2")
	}
	types := []string{"TOLL_FREE", "DID", "UIFN", "SHARED", "THIRD_PARTY_TF", "THIRD_PARTY_DID", "SHORT_CODE"}
	if !slices.Contains(types, n.Type) {
		return invalid("PhoneNumberType", "%q is no type of phone numbers", n.Type)
	}
	return first(text("PhoneNumberDescription", n.Description, 0, numberTextMax), q.checkNumberFlow(n.Flow))
}

// checkNumberFlow: what a number leads to must be a flow that calls can run.
func (q *request) checkNumberFlow(id center.FlowID) error {
	if id == "" {
		return nil
	}
	f, err := find(q.Flows, center.KindFlow, id)
	if err != nil {
		return err
	}
	if f.Type != "CONTACT_FLOW" {
		return invalid("ContactFlowId", "flow %s is a %s, not a CONTACT_FLOW", f.ID, f.Type)
	}
	if f.Status != FlowPublished {
		return invalid("ContactFlowId", "flow %s is not published", f.ID)
	}
	return nil
}

func (q *request) setNumberFlow(c center.SetPhoneNumberFlow) ([]center.Event, error) {
	n, err := find(q.Numbers, center.KindPhoneNumber, c.ID)
	if err != nil {
		return nil, err
	}
	if err := q.checkNumberFlow(c.Flow); err != nil {
		return nil, err
	}
	n.Flow, n.ModifiedAt = c.Flow, q.stamp.At
	return []center.Event{center.PhoneNumberSaved{Number: n}}, nil
}

func (q *request) updateNumber(c center.UpdatePhoneNumber) ([]center.Event, error) {
	n, err := find(q.Numbers, center.KindPhoneNumber, c.ID)
	if err != nil {
		return nil, err
	}
	set(&n.Description, c.Description)
	if err := text("PhoneNumberDescription", n.Description, 0, numberTextMax); err != nil {
		return nil, err
	}
	n.ModifiedAt = q.stamp.At
	return []center.Event{center.PhoneNumberSaved{Number: n}}, nil
}

// adoptNumber takes over a number of another instance. What is left here of a number that went away and comes back gives
// way to it.
func (q *request) adoptNumber(c center.AdoptPhoneNumber) ([]center.Event, error) {
	n := c.Number
	if n.ID == "" {
		return nil, invalid("PhoneNumberId", "is required")
	}
	have, ok := q.Numbers[n.ID]
	if ok && have.Moves > n.Moves {
		return nil, nil
	}
	n.Flow, n.ModifiedAt, n.Moves, n.Tags = "", q.stamp.At, n.Moves+1, maps.Clone(n.Tags)
	if err := first(q.checkNumber(n), checkTags(n.Tags)); err != nil {
		return nil, err
	}
	if !ok && len(q.Numbers) >= numbersMax {
		return nil, limit(center.KindPhoneNumber, numbersMax)
	}
	return []center.Event{center.PhoneNumberSaved{Number: n}}, nil
}

func (q *request) releaseNumber(c center.ReleasePhoneNumber) ([]center.Event, error) {
	if err := q.CheckRelease(c.ID); err != nil {
		return nil, err
	}
	return []center.Event{center.ResourceDeleted{Kind: center.KindPhoneNumber, ID: string(c.ID)}}, nil
}

// CheckRelease says why a number cannot be released: there is none of that id, or a queue calls out with it
// (ResourceInUseException of ReleasePhoneNumber and UpdatePhoneNumber). The error is a *center.Refused.
func (d *Directory) CheckRelease(id center.PhoneNumberID) error {
	if _, err := find(d.Numbers, center.KindPhoneNumber, id); err != nil {
		return err
	}
	for _, v := range Sorted(d.Queues) {
		if v.Outbound.Number == id {
			return inUse(center.KindPhoneNumber, id, "queue %s calls out with it", v.ID)
		}
	}
	return nil
}
