package history

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Field is something of a contact that can be asked for.
type Field string

// The fields, by the names of their columns.
const (
	Initiated    Field = "initiated"
	Scheduled    Field = "scheduled"
	Enqueued     Field = "enqueued"
	Connected    Field = "connected" // to an agent
	Disconnected Field = "disconnected"
	Expires      Field = "expires" // to sort by
	Method       Field = "method"
	Channel      Field = "channel"
	Queue        Field = "queue"
	Agent        Field = "agent"
	Profile      Field = "profile"
	Level1       Field = "l1"
	Level2       Field = "l2"
	Level3       Field = "l3"
	Level4       Field = "l4"
	Level5       Field = "l5"
	Subtype      Field = "subtype"
	Reason       Field = "reason" // why it was disconnected
)

// Kind is where a contact has a value by a key.
type Kind string

// The kinds.
const (
	Attribute Kind = labelAttribute
	Tag       Kind = labelTag
	Segment   Kind = labelSegment
)

// Match says how conditions go together.
type Match string

// The ways.
const (
	All  Match = "ALL"
	Any  Match = "ANY"
	None Match = "NONE"
)

// Condition is a question about a contact. The zero Condition holds always.
type Condition struct {
	sql  string
	args []any
}

// In holds when a field has one of some values.
func In[T ~string](f Field, values []T) Condition {
	c := Condition{sql: string(f) + " IN (" + marks(len(values)) + ")"}
	for _, v := range values {
		c.args = append(c.args, string(v))
	}
	return c
}

// Within holds when a time is not before from, and not after to.
func Within(f Field, from, to time.Time) Condition {
	return Condition{sql: string(f) + " BETWEEN ? AND ?", args: []any{from.UnixMilli(), to.UnixMilli()}}
}

// Missing holds when there is no such time.
func Missing(f Field) Condition { return Condition{sql: string(f) + " IS NULL"} }

// Labelled holds when the contact has one of some values under a key; no values ask for the key.
func Labelled(k Kind, key string, values []string) Condition {
	c := Condition{sql: "EXISTS (SELECT 1 FROM label WHERE label.contact=contact.n AND kind=? AND k=?", args: []any{string(k), key}}
	if len(values) > 0 {
		c.sql += " AND v IN (" + marks(len(values)) + ")"
		for _, v := range values {
			c.args = append(c.args, v)
		}
	}
	c.sql += ")"
	return c
}

// NameIs holds when the contact has just this name; NameHas when it contains the text, in any case.
func NameIs(text string) Condition { return Condition{sql: "name=?", args: []any{text}} }

// NameHas holds when the contact's name contains the text, in any case of A to Z.
func NameHas(text string) Condition {
	return Condition{sql: `name LIKE ? ESCAPE '\'`, args: []any{"%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"}}
}

// Together puts conditions together. None of them hold always.
func Together(m Match, all []Condition) Condition {
	var parts []string
	var args []any
	for _, c := range all {
		if c.sql != "" {
			parts, args = append(parts, "("+c.sql+")"), append(args, c.args...)
		}
	}
	if len(parts) == 0 {
		return Condition{}
	}
	word := " AND "
	if m != All {
		word = " OR "
	}
	c := Condition{sql: strings.Join(parts, word), args: args}
	if m == None {
		c.sql = "NOT (" + c.sql + ")"
	}
	return c
}

// Query asks for contacts.
type Query struct {
	By         Field // which time lies in the range
	From, To   time.Time
	Where      Condition
	Sort       Field // "": By
	Descending bool
	After      *Place // the last contact given out; nil: begin
	Limit      int
	Now        time.Time // contacts that are older than ContactMonths then are not found
}

// Place is where a contact stands in the order of a query.
type Place struct {
	Value string // of the field that is sorted by
	N     int64  // orders contacts of one value
}

// Hit is a contact that was found.
type Hit struct {
	ID    center.ContactID
	Place Place
}

// Search returns the next contacts of a query, at most its Limit, and with count how many there are in all.
func (h *History) Search(ctx context.Context, q Query, count bool) (hits []Hit, total int64, err error) {
	where := Together(All, []Condition{Within(q.By, q.From, q.To), {sql: "initiated > ?", args: []any{contactsSince(q.Now)}}, q.Where})
	if count {
		if err := h.db.QueryRowContext(ctx, "SELECT count(*) FROM contact WHERE "+where.sql, where.args...).Scan(&total); err != nil {
			return nil, 0, fmt.Errorf("search contacts: %w", err)
		}
	}
	sort := q.Sort
	if sort == "" {
		sort = q.By
	}
	key, missing := string(sort), any("")
	if sort != Method && sort != Channel {
		missing = int64(-1)
		if sort != q.By {
			key = "COALESCE(" + key + ", -1)"
		}
	}
	order, than := " ASC", ">"
	if q.Descending {
		order, than = " DESC", "<"
	}
	args := where.args
	text := "SELECT id, n, " + key + " FROM contact WHERE " + where.sql
	if q.After != nil {
		after, err := q.After.value(missing)
		if err != nil {
			return nil, 0, err
		}
		text += " AND (" + key + ", n) " + than + " (?, ?)"
		args = append(args, after, q.After.N)
	}
	rows, err := h.db.QueryContext(ctx, text+" ORDER BY "+key+order+", n"+order+" LIMIT ?", append(args, q.Limit)...)
	if err != nil {
		return nil, 0, fmt.Errorf("search contacts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var hit Hit
		if err := rows.Scan(&hit.ID, &hit.Place.N, &hit.Place.Value); err != nil {
			return nil, 0, fmt.Errorf("search contacts: %w", err)
		}
		hits = append(hits, hit)
	}
	return hits, total, rows.Err()
}

// value is the place's value in the type of its field.
func (p *Place) value(like any) (any, error) {
	if _, number := like.(int64); !number {
		return p.Value, nil
	}
	var n int64
	if _, err := fmt.Sscan(p.Value, &n); err != nil {
		return nil, fmt.Errorf("place %q: %w", p.Value, err)
	}
	return n, nil
}

// Chain returns the contacts of a chain in the order in which they came: the root and all that came of it.
func (h *History) Chain(ctx context.Context, root center.ContactID, after int64, limit int) (hits []Hit, err error) {
	rows, err := h.db.QueryContext(ctx, "SELECT id, n FROM contact WHERE root=? AND n>? ORDER BY n LIMIT ?", string(root), after, limit)
	if err != nil {
		return nil, fmt.Errorf("chain of contacts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var hit Hit
		if err := rows.Scan(&hit.ID, &hit.Place.N); err != nil {
			return nil, fmt.Errorf("chain of contacts: %w", err)
		}
		hits = append(hits, hit)
	}
	return hits, rows.Err()
}
