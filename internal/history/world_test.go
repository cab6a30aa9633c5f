package history

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/contactstore"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/simulate"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

// lived is a simulated day as others see it: the journal, and what was published.
type lived struct {
	steps     [][]byte
	documents []simulate.Document
	summary   simulate.Summary
	end       time.Time
}

func live(t testing.TB, cfg simulate.Config) *lived {
	t.Helper()
	d := &lived{}
	cfg.CheckEvery = 1e6
	cfg.Step = func(_ center.Step, record []byte) { d.steps = append(d.steps, record) }
	cfg.Document = func(doc simulate.Document) {
		if doc.Kind != simulate.ContactEvent {
			d.documents = append(d.documents, doc)
		}
	}
	s, err := simulate.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if d.summary, err = s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.end = s.Now()
	return d
}

func morning(seed uint64) simulate.Config {
	return simulate.Config{Seed: seed, Agents: 20, Queues: 3, ContactsPerHour: 300, Duration: 3 * time.Hour, TaskShare: 0.2, DialShare: 0.1,
		Break: 40 * time.Minute, BreakFor: 4 * time.Minute, Miss: 0.1, Reject: 0.05, Patience: time.Minute}
}

// world is a history over a journal in memory.
type world struct {
	t        testing.TB
	clock    *clock.Virtual
	log      storage.Log
	journal  *journal.Reader
	contacts *contactstore.Store
	file     string
	*History
}

func newWorld(t testing.TB, start time.Time) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual(start), file: filepath.Join(t.TempDir(), "h", "history.db")}
	engine := memory.New(memory.Config{Clock: w.clock})
	var err error
	if w.log, err = engine.Open(t.Context(), "cc-i", storage.Config{}); err != nil {
		t.Fatal(err)
	}
	w.journal = journal.New(journal.Config{Log: w.log})
	if w.contacts, err = contactstore.Open(t.Context(), contactstore.Config{Instance: "i", Engine: engine, Journal: w.journal, Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	w.open()
	t.Cleanup(func() { w.Close() })
	return w
}

func (w *world) open() {
	w.t.Helper()
	h, err := Open(w.t.Context(), Config{File: w.file, Journal: w.journal, Contacts: w.contacts, Clock: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	w.History = h
}

func (w *world) reopen() {
	w.t.Helper()
	if err := w.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

// add writes steps into the journal.
func (w *world) add(steps ...[]byte) {
	w.t.Helper()
	for len(steps) > 0 {
		n := min(len(steps), 500)
		entries := make([]storage.Entry, n)
		for i, s := range steps[:n] {
			entries[i] = storage.Entry{Key: journal.StepKey, Data: s}
		}
		if _, err := w.log.Append(w.t.Context(), entries...); err != nil {
			w.t.Fatal(err)
		}
		steps = steps[n:]
	}
}

// tell writes a step of events at a time.
func (w *world) tell(at time.Time, events ...center.Event) {
	w.t.Helper()
	_, last, err := w.log.Bounds(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := center.Encode(center.Step{Stamp: center.Stamp{At: at, Place: last + 1}, Events: events})
	if err != nil {
		w.t.Fatal(err)
	}
	w.add(b)
	if at.After(w.clock.Now()) {
		if err := w.clock.Set(at); err != nil {
			w.t.Fatal(err)
		}
	}
}

// follow works until all is in.
func (w *world) follow() {
	w.t.Helper()
	for _, work := range []func(context.Context) (bool, error){w.contacts.Work, w.Work} {
		for busy := true; busy; {
			var err error
			if busy, err = work(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// dump is all that the database says, but for the order in which rows came in.
func (w *world) dump() map[string][]string {
	w.t.Helper()
	out := map[string][]string{}
	for table, what := range map[string]string{
		"contact": "*", "open_contact": "*", "agent": "id", "offer": "*", "agent_time": "*", "agent_day": "*",
		"label": "(SELECT id FROM contact WHERE n=contact), kind, k, v", "meta": "*",
	} {
		rows, err := w.db.QueryContext(w.t.Context(), "SELECT "+what+" FROM "+table)
		if err != nil {
			w.t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			row := make([]any, len(names))
			for i := range row {
				row[i] = new([]byte)
			}
			if err := rows.Scan(row...); err != nil {
				w.t.Fatal(err)
			}
			line := ""
			for i := range row {
				if names[i] != "n" {
					line += string(*row[i].(*[]byte)) + "|"
				}
			}
			out[table] = append(out[table], line)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			w.t.Fatal(err)
		}
	}
	return out
}
