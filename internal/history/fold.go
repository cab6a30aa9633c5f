package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// fold is what is made of the journal, as far as it is not only in the database.
type fold struct {
	place    uint64 // every step before it is in
	contacts map[center.ContactID]*openContact
	agents   map[center.AgentID]*agentState

	// Since the last commit:
	dirty       map[center.ContactID]*openContact
	order       []center.ContactID // of dirty: rows are numbered in the order in which contacts came
	dirtyAgents map[center.AgentID]*agentState
	requeued    map[center.ContactID]bool // left its queue for another after it was completed
	changed     map[center.ContactID]bool // changed after it was completed
	offers      [][]any
	times       map[timeKey]*spent
}

// openContact is a contact that is not completed, and what has happened to it that it does not tell any more.
type openContact struct {
	Contact  lifecycle.Contact
	HoldEnd  bool `json:",omitempty"` // its agent's part ended while the customer was on hold
	Out      bool `json:",omitempty"` // its agent left the customer to someone
	External bool `json:",omitempty"` // … outside
	Requeued bool `json:",omitempty"` // it left its queue for another
	Callback bool `json:",omitempty"` // it left its queue for a callback

	labels bool // changed since the last commit
}

func newFold() *fold {
	f := &fold{contacts: map[center.ContactID]*openContact{}, agents: map[center.AgentID]*agentState{}}
	f.written()
	return f
}

// written forgets what is committed.
func (f *fold) written() {
	f.dirty, f.dirtyAgents = map[center.ContactID]*openContact{}, map[center.AgentID]*agentState{}
	f.requeued, f.changed = map[center.ContactID]bool{}, map[center.ContactID]bool{}
	f.order, f.offers, f.times = nil, nil, map[timeKey]*spent{}
}

// step folds a step in.
func (f *fold) step(place uint64, s center.Step) {
	at := s.Stamp.At
	for _, e := range s.Events {
		if id := center.AgentOf(e); id != "" {
			f.agent(at, id, e)
		}
		if id := center.ContactOf(e); id != "" {
			f.contact(at, id, e, s.Events)
		}
	}
}

func (f *fold) contact(at time.Time, id center.ContactID, e center.Event, step []center.Event) {
	c := f.contacts[id]
	if first, ok := e.(center.ContactInitiated); ok {
		c = &openContact{}
		f.contacts[id] = c
		f.continues(first)
	}
	if c == nil {
		c = f.dirty[id] // completed since the last commit
	}
	if c == nil {
		f.changed[id] = true
		return
	}
	f.observe(c, at, e, step)
	c.Contact.Apply(at, e)
	f.touch(id, c)
	if _, done := e.(center.ContactCompleted); done {
		delete(f.contacts, id)
	}
}

// continues notes what becomes of a contact that another goes on with.
func (f *fold) continues(e center.ContactInitiated) {
	p := f.contacts[e.Previous]
	switch {
	case e.Previous == "":
	case e.Method == lifecycle.MethodQueueTransfer && p == nil:
		f.requeued[e.Previous] = true
	case e.Method == lifecycle.MethodQueueTransfer:
		p.Requeued = true
		f.touch(e.Previous, p)
	case e.Method == lifecycle.MethodCallback && p != nil:
		p.Callback = true
		f.touch(e.Previous, p)
	}
}

// observe notes what the contact itself will not tell once the event is folded in.
func (f *fold) observe(c *openContact, at time.Time, e center.Event, step []center.Event) {
	switch e := e.(type) {
	case center.ContactInitiated, center.ContactAttributesChanged:
		c.labels = true
	case center.ContactTransferred:
		c.Out, c.External = true, e.To != nil
	case center.ContactLeft:
		c.HoldEnd = c.Contact.Agent != nil && !c.Contact.Agent.HeldAt.IsZero() && !c.Out
	case center.ContactConnected:
		f.offer(c, at, e.Agent, outcome{answered: true})
	case center.ContactMissed:
		over := slices.ContainsFunc(step, func(o center.Event) bool {
			d, ok := o.(center.ContactDisconnected)
			return ok && d.Contact == e.Contact
		})
		f.offer(c, at, e.Agent, outcome{missed: c.Contact.Method != lifecycle.MethodOutbound, abandoned: over || c.Contact.Over()})
	}
}

// outcome is what becomes of an offer.
type outcome struct{ answered, missed, abandoned bool }

// offer notes an offer that has ended: how long the contact rang at the agent, or an agent's own call at the customer.
func (f *fold) offer(c *openContact, at time.Time, id center.AgentID, o outcome) {
	was := c.Contact.Offer
	if was == nil {
		return
	}
	end := at
	if c.Contact.Callback != nil && !was.AcceptedAt.IsZero() {
		end = was.AcceptedAt // the customer is called from then on
	}
	who := [6]string{}
	if a := f.agents[id]; a != nil {
		who = whoIs(&a.Agent)
	}
	q, own := queueOf(&c.Contact)
	row := []any{at.UnixMilli(), string(id)}
	for _, w := range who {
		row = append(row, w)
	}
	f.offers = append(f.offers, append(row, q, own, string(c.Contact.Channel), c.Contact.Method, subtype(&c.Contact),
		end.Sub(was.At).Milliseconds(), o.answered, o.missed, o.abandoned))
}

// queueOf returns the queue that a contact counts for, and whether it is an agent's own.
func queueOf(c *lifecycle.Contact) (queue string, own bool) {
	switch {
	case c.Queue != nil:
		return c.Queue.Queue.ID, c.Queue.Agent != ""
	case c.Outbound != nil:
		return c.Outbound.ID, false
	}
	return "", false
}

// subtype returns the contact's connect:Subtype; that of calls is always known.
func subtype(c *lifecycle.Contact) string {
	if s := c.Segment["connect:Subtype"].String; s != "" || c.Channel != center.Voice {
		return s
	}
	return "connect:Telephony"
}

// again takes a completed contact in as it stands now.
func (f *fold) again(c lifecycle.Contact) {
	f.touch(c.ID, &openContact{Contact: c, labels: true})
}

// touch notes that a contact is to be written.
func (f *fold) touch(id center.ContactID, c *openContact) {
	if f.dirty[id] == nil {
		f.order = append(f.order, id)
	}
	f.dirty[id] = c
}

// write writes what has changed.
func (f *fold) write(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES ('place', ?) ON CONFLICT DO UPDATE SET v=excluded.v", f.place); err != nil {
		return err
	}
	w := &writer{ctx: ctx, tx: tx, statements: map[string]*sql.Stmt{}}
	for _, id := range f.order {
		f.writeContact(w, id, f.dirty[id])
	}
	for id := range f.requeued {
		w.do("UPDATE contact SET out_queue=1, abandoned=0 WHERE id=?", string(id))
	}
	for _, o := range f.offers {
		w.do("INSERT INTO offer VALUES ("+marks(len(o))+")", o...)
	}
	for k, t := range f.times {
		w.do(`INSERT INTO `+k.table+` VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET online=online+excluded.online,
			unproductive=unproductive+excluded.unproductive, busy=busy+excluded.busy, idle=idle+excluded.idle, error=error+excluded.error`,
			k.bucket, k.agent, k.who[0], k.who[1], k.who[2], k.who[3], k.who[4], k.who[5],
			t.online.Milliseconds(), t.unproductive.Milliseconds(), t.busy.Milliseconds(), t.idle.Milliseconds(), t.error.Milliseconds())
	}
	for id, a := range f.dirtyAgents {
		if f.agents[id] == nil {
			w.do("DELETE FROM agent WHERE id=?", string(id))
			continue
		}
		w.state("agent", string(id), a)
	}
	return w.close()
}

func (f *fold) writeContact(w *writer, id center.ContactID, c *openContact) {
	if f.contacts[id] != nil {
		w.state("open_contact", string(id), c)
	} else {
		w.do("DELETE FROM open_contact WHERE id=?", string(id))
	}
	if f.changed[id] { // only its data can have changed
		w.do("UPDATE contact SET name=? WHERE id=?", c.Contact.Name, string(id))
	} else {
		row := contactRow(c)
		w.do(contactInsert, row...)
	}
	if !c.labels {
		return
	}
	c.labels = false
	w.do("DELETE FROM label WHERE contact=(SELECT n FROM contact WHERE id=?)", string(id))
	put := func(kind, k, v string) {
		if len(v) <= labelMax { // nobody can ask for a longer one
			w.do("INSERT INTO label SELECT n, ?, ?, ? FROM contact WHERE id=?", kind, k, v, string(id))
		}
	}
	for k, v := range c.Contact.Attributes {
		put(labelAttribute, k, v)
	}
	for k, v := range c.Contact.Tags {
		put(labelTag, k, v)
	}
	for k, v := range c.Contact.Segment {
		if v.String != "" {
			put(labelSegment, k, v.String)
		} else if v.Integer != nil {
			put(labelSegment, k, fmt.Sprint(*v.Integer))
		}
	}
}

// labelMax is how many bytes of UTF-8 a value that can be searched for has at most: 256 characters, of tags.
const labelMax = 4 * 256

// Kinds of labels.
const (
	labelAttribute = "a"
	labelTag       = "t"
	labelSegment   = "s"
)

var contactColumns = []string{"id", "channel", "method", "subtype", "reason", "name", "queue", "own", "agent", "profile", "l1", "l2", "l3", "l4", "l5",
	"root", "initiated", "scheduled", "enqueued", "connected", "disconnected", "expires", "completed",
	"waited", "talked", "held", "paused", "wrapped", "holds", "lasted", "resolved", "flowed", "abandoned", "hold_end", "out_agent", "out_external", "out_queue"}

var contactInsert = func() string {
	var set []string
	for _, c := range contactColumns[1:] {
		set = append(set, c+"=excluded."+c)
	}
	return "INSERT INTO contact (" + strings.Join(contactColumns, ",") + ") VALUES (" + marks(len(contactColumns)) + ") ON CONFLICT (id) DO UPDATE SET " + strings.Join(set, ",")
}()

// contactRow is the row of a contact, in the order of contactColumns.
func contactRow(o *openContact) []any {
	c := &o.Contact
	queue, own := queueOf(c)
	row := []any{string(c.ID), string(c.Channel), c.Method, subtype(c), c.DisconnectReason, c.Name, queue, own}
	var who [7]string
	var enqueued, dequeued, connected, left, cleared time.Time
	var held, paused, holds any
	if c.Queue != nil {
		enqueued, dequeued = c.Queue.EnqueuedAt, c.Queue.DequeuedAt
	}
	if h := c.Agent; h != nil {
		who = [7]string{string(h.Agent), h.RoutingProfile.ID}
		for i, g := range h.Hierarchy {
			who[2+i] = g.ID
		}
		connected, left, cleared = h.ConnectedAt, h.LeftAt, h.ClearedAt
		held, paused, holds = int64(h.HeldFor/time.Second), int64(0), h.Holds
		if c.Pauses != nil {
			paused = int64(c.Pauses.ByAgent / time.Second)
		}
	}
	for _, w := range who {
		row = append(row, w)
	}
	root := string(c.Initial)
	if root == "" {
		root = string(c.ID)
	}
	row = append(row, root, millis(c.InitiatedAt), millis(c.ScheduledAt), millis(enqueued), millis(connected), millis(c.DisconnectedAt), millis(c.ExpiresAt))
	row = append(row, flag(!c.CompletedAt.IsZero()))
	talked := seconds(connected, left)
	if talked != nil {
		talked = talked.(int64) - held.(int64) - paused.(int64)
	}
	row = append(row, seconds(enqueued, dequeued), talked, held, paused, seconds(left, cleared), holds)
	resolved := c.DisconnectedAt
	if cleared.After(resolved) {
		resolved = cleared
	}
	row = append(row, seconds(c.InitiatedAt, c.DisconnectedAt), seconds(c.InitiatedAt, resolved), flowed(c, enqueued))
	gone := c.Queue != nil && c.Agent == nil && !c.DisconnectedAt.IsZero()
	return append(row, gone && !o.Requeued && !o.Callback, o.HoldEnd, o.Out && !o.External, o.Out && o.External, o.Requeued)
}

// flowed is how long the contact was in flows before it was queued, or until its end if it never was. Calls that agents
// place begin with no flow.
func flowed(c *lifecycle.Contact, enqueued time.Time) any {
	if c.Method == lifecycle.MethodOutbound || c.Method == lifecycle.MethodMonitor {
		return nil
	}
	if enqueued.IsZero() {
		return seconds(c.ConnectedToSystemAt, c.DisconnectedAt)
	}
	if enqueued.Before(c.ConnectedToSystemAt) {
		return nil
	}
	return seconds(c.ConnectedToSystemAt, enqueued)
}

// millis is a time as the tables have it.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// seconds is the time between two others as contact records have it.
func seconds(from, to time.Time) any {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	return int64(to.Truncate(time.Second).Sub(from.Truncate(time.Second)) / time.Second)
}

func flag(set bool) any {
	if set {
		return 1
	}
	return nil
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// writer writes rows into a transaction; the first error is kept.
type writer struct {
	ctx        context.Context
	tx         *sql.Tx
	statements map[string]*sql.Stmt
	err        error
}

func (w *writer) do(text string, args ...any) {
	if w.err != nil {
		return
	}
	s := w.statements[text]
	if s == nil {
		if s, w.err = w.tx.PrepareContext(w.ctx, text); w.err != nil {
			return
		}
		w.statements[text] = s
	}
	_, w.err = s.ExecContext(w.ctx, args...)
}

func (w *writer) state(table, id string, v any) {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.do("INSERT INTO "+table+" VALUES (?, ?) ON CONFLICT DO UPDATE SET state=excluded.state", id, b)
}

func (w *writer) close() error {
	for _, s := range w.statements {
		s.Close()
	}
	return w.err
}
