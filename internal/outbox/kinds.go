package outbox

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/projection/agentevent"
	"github.com/hookswitch/hookswitch/internal/projection/contactevent"
	"github.com/hookswitch/hookswitch/internal/projection/contactrecord"
)

// rowMonths is how long the row of a contact is of use, in months from its initiation: no one can change it later.
const rowMonths = 24

const heartbeatAfter = agentevent.HeartbeatAfter

func contactKey(e center.Event) string { return string(center.ContactOf(e)) }

func begins(events []center.Event) bool {
	_, ok := events[0].(center.ContactInitiated)
	return ok
}

func tooOld(initiated, now time.Time) bool { return !initiated.AddDate(0, rowMonths, 0).After(now) }

// recordRow is what is kept of a contact whose record is or may be published.
type recordRow struct {
	Contact lifecycle.Contact
	Due     time.Time `json:",omitzero"` // when its first version is due; zero: it is not
	Version time.Time `json:",omitzero"` // LastUpdateTimestamp of its newest version
}

// records makes contact records: one when a contact was completed and the delay is over, and one at once whenever its
// attributes, references or tags change after that. The contact must have been completed, or changed, while there was an association.
type records struct{ delay time.Duration }

func (records) traits() traits[recordRow] {
	return traits[recordRow]{
		prefix: "contact.", keyOf: contactKey, encode: encodeJSON[recordRow], decode: decodeJSON[recordRow],
		clone: func(r *recordRow) *recordRow {
			c := *r
			c.Contact = r.Contact.Clone()
			return &c
		},
		expired: func(r *recordRow, now time.Time) bool { return tooOld(r.Contact.InitiatedAt, now) },
		starts:  func(e center.Event) bool { _, ok := e.(center.ContactCompleted); return ok },
	}
}

func (p records) fold(s scene, r *recordRow, known, told bool, stamp center.Stamp, events []center.Event) ([]doc, bool) {
	if !known && !begins(events) {
		return nil, false // its row is gone: no one can read or change the contact any more
	}
	completed, changed := false, false
	for _, e := range events {
		over := !r.Contact.CompletedAt.IsZero()
		r.Contact.Apply(stamp.At, e)
		switch e := e.(type) {
		case center.ContactCompleted:
			completed = true
		case center.ContactAttributesChanged:
			changed = changed || over
		case center.ContactDataChanged: // records have neither name nor description
			changed = changed || over && len(e.References)+len(e.SetTags)+len(e.RemoveTags) > 0
		}
	}
	switch {
	case !told:
		return nil, true
	case completed && p.delay > 0:
		r.Due = stamp.At.Add(p.delay)
		return nil, true
	case completed, changed && r.Due.IsZero():
		return []doc{r.publish(s, stamp.At, stamp.Place)}, true
	}
	return nil, true
}

func (records) due(_ scene, r *recordRow) (time.Time, bool) { return r.Due, !r.Due.IsZero() }

func (records) release(s scene, r *recordRow, told bool, d *due, _ time.Time) []doc {
	at := r.Due
	r.Due = time.Time{}
	if !told {
		return nil
	}
	return []doc{r.publish(s, at, d.place)}
}

// publish makes the next version of the record.
func (r *recordRow) publish(s scene, at time.Time, place uint64) doc {
	at = at.Truncate(time.Second)
	if first := r.Version.Add(time.Second); !r.Version.IsZero() && at.Before(first) {
		at = first
	}
	r.Version = at
	id := string(r.Contact.ID)
	return doc{time: at, place: place, item: courier.Item{
		ID: id + "/" + strconv.FormatInt(at.Unix(), 10), Key: id, Lineage: lineage(s.inst, place),
		Data: contactrecord.Render(s.inst, r.Contact, at),
	}}
}

// agents makes agent events and heartbeats.
type agents struct{}

func (agents) traits() traits[agentevent.Row] {
	return traits[agentevent.Row]{
		prefix: "agent.", keyOf: func(e center.Event) string { return string(center.AgentOf(e)) },
		encode: (*agentevent.Row).Encode,
		decode: func(b []byte) (*agentevent.Row, error) {
			r, err := agentevent.DecodeRow(b)
			return &r, err
		},
		clone: func(r *agentevent.Row) *agentevent.Row {
			c := *r // Fold copies what it changes inside
			return &c
		},
		few: true, silent: true,
	}
}

func (agents) fold(s scene, r *agentevent.Row, known, _ bool, stamp center.Stamp, events []center.Event) ([]doc, bool) {
	if _, configured := events[0].(center.AgentConfigured); !known && !configured {
		return nil, false // an agent that no one configured
	}
	var out []agentevent.Document
	*r, out = agentevent.Fold(s.inst, s.key, *r, stamp, events)
	return agentDocs(s, out, stamp.Place), true
}

func (agents) due(s scene, r *agentevent.Row) (time.Time, bool) {
	return agentevent.HeartbeatDue(r, s.since)
}

func (agents) release(s scene, r *agentevent.Row, _ bool, d *due, limit time.Time) []doc {
	at := d.at
	if behind := limit.Sub(at); behind > HeartbeatCatchUp {
		missed := (behind - HeartbeatCatchUp + heartbeatAfter - 1) / heartbeatAfter
		at = at.Add(missed * heartbeatAfter)
	}
	if !r.Agent.LoggedIn && at.After(r.LoggedOutAt.Add(agentevent.HeartbeatTail)) {
		r.Last = r.LoggedOutAt.Add(agentevent.HeartbeatTail) // the last was due in what is left out
		return nil
	}
	var out []agentevent.Document
	*r, out = agentevent.Tick(s.inst, s.key, *r, at)
	return agentDocs(s, out, 0)
}

func agentDocs(s scene, out []agentevent.Document, place uint64) []doc {
	docs := make([]doc, len(out))
	for i := range out {
		docs[i] = doc{time: out[i].Time, place: place, item: courier.Item{
			ID: out[i].ID, Key: out[i].Key, Lineage: lineage(s.inst, place), Data: out[i].Data,
		}}
	}
	return docs
}

// contacts makes contact events.
type contacts struct{}

func (contacts) traits() traits[lifecycle.Contact] {
	return traits[lifecycle.Contact]{
		prefix: "contact.", keyOf: contactKey, encode: encodeJSON[lifecycle.Contact], decode: decodeJSON[lifecycle.Contact],
		clone: func(c *lifecycle.Contact) *lifecycle.Contact {
			n := c.Clone()
			return &n
		},
		expired: func(c *lifecycle.Contact, now time.Time) bool { return tooOld(c.InitiatedAt, now) },
		publish: true,
	}
}

func (contacts) fold(s scene, c *lifecycle.Contact, known, _ bool, stamp center.Stamp, events []center.Event) ([]doc, bool) {
	if !known && !begins(events) {
		return nil, false
	}
	out := contactevent.Fold(s.inst, s.key, c, stamp, events)
	docs := make([]doc, len(out))
	for i := range out {
		docs[i] = doc{time: out[i].Time, place: stamp.Place, item: courier.Item{
			ID: out[i].ID, Key: string(out[i].Contact), Lineage: lineage(s.inst, stamp.Place), Data: out[i].Data,
		}}
	}
	return docs, true
}

func (contacts) due(scene, *lifecycle.Contact) (time.Time, bool) { return time.Time{}, false }
func (contacts) release(scene, *lifecycle.Contact, bool, *due, time.Time) []doc {
	return nil
}
func encodeJSON[T any](v *T) ([]byte, error) { return json.Marshal(v) }

func decodeJSON[T any](b []byte) (*T, error) {
	v := new(T)
	return v, json.Unmarshal(b, v)
}
