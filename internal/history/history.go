// Package history is what has been, made to be asked: the contacts of an instance by time, agent, queue and attribute, and
// what they and their agents add up to. It is a local SQLite database that a follower of its own makes from the journal,
// each step exactly once: rows and position are committed together. Delete the file, and it comes back.
//
// How long something lasted is what contact records show: differences of whole seconds. Numbers of contacts count when the
// record of a contact is final, at the time that the metric names; agents' time counts when it is spent.
package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/journal"
)

// How long things are kept.
const (
	ContactMonths = 24  // contacts, from their initiation
	MetricDays    = 100 // offers and agents' time; who asks for metrics gets at most 3 months
)

// Bounds of the work.
const (
	stepsMax  = 1000      // steps in one round, and in one transaction
	trimMax   = 2000      // rows of a table removed at once
	trimEvery = time.Hour // between looks for rows to remove
	retry     = time.Second
)

// Contacts is where a contact can be read as it stands, once a step is in: contactstore.Store.
type Contacts interface {
	WaitFor(ctx context.Context, place uint64) error
	Get(ctx context.Context, id center.ContactID) (lifecycle.Contact, error)
}

// Config sets a history up.
type Config struct {
	File     string          // of the database; "": in memory, made anew each time
	Journal  *journal.Reader // required
	Contacts Contacts        // asked about contacts that change after they were completed; required
	Clock    clock.Clock     // nil: the wall clock
	Logger   *slog.Logger    // nil: none
}

// History is safe for concurrent use; Work and Run are for one goroutine.
type History struct {
	cfg      Config
	log      *slog.Logger
	db       *sql.DB
	progress journal.Progress
	trimNext time.Time

	mu   sync.Mutex // guards what is below, and is held while it is committed
	fold *fold
}

// Open returns the history as it was left. A database that cannot be read is made anew. Close it.
func Open(ctx context.Context, cfg Config) (*History, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	db, err := open(ctx, cfg.File)
	if err != nil {
		return nil, fmt.Errorf("open history %s: %w", cfg.File, err)
	}
	h := &History{cfg: cfg, log: cfg.Logger, db: db}
	if err := h.load(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open history %s: %w", cfg.File, err)
	}
	return h, nil
}

// Close closes the database. No other method may run.
func (h *History) Close() error { return h.db.Close() }

// Remove deletes the database of an instance that is gone.
func Remove(file string) error { return remove(file) }

// load reads what is committed: the position, open contacts, agents.
func (h *History) load(ctx context.Context) error {
	f := newFold()
	err := h.db.QueryRowContext(ctx, "SELECT v FROM meta WHERE k='place'").Scan(&f.place)
	if errors.Is(err, sql.ErrNoRows) {
		f.place, err = 1, nil
	}
	if err != nil {
		return err
	}
	if err := loadStates(ctx, h.db, "open_contact", func(id string) any {
		c := &openContact{}
		f.contacts[center.ContactID(id)] = c
		return c
	}); err != nil {
		return err
	}
	if err := loadStates(ctx, h.db, "agent", func(id string) any {
		a := &agentState{}
		f.agents[center.AgentID(id)] = a
		return a
	}); err != nil {
		return err
	}
	h.mu.Lock()
	h.fold = f
	h.mu.Unlock()
	h.progress.Reach(f.place)
	return nil
}

func loadStates(ctx context.Context, db *sql.DB, table string, into func(id string) any) error {
	rows, err := db.QueryContext(ctx, "SELECT id, state FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var state []byte
		if err := rows.Scan(&id, &state); err != nil {
			return err
		}
		if err := json.Unmarshal(state, into(id)); err != nil {
			return fmt.Errorf("%s %s: %w", table, id, err)
		}
	}
	return rows.Err()
}

// Place returns the place in the journal up to which, without it, everything is in.
func (h *History) Place() uint64 { return h.progress.Place() }

// WaitFor returns when the step at a place is in, or with ctx's error.
func (h *History) WaitFor(ctx context.Context, place uint64) error {
	return h.progress.WaitFor(ctx, place)
}

// Work does one round: it folds steps that are new in and commits what came of them with the position. It reports whether
// there may be more to do.
func (h *History) Work(ctx context.Context) (busy bool, err error) {
	if err := h.trim(ctx); err != nil {
		return false, err
	}
	from := h.Place()
	entries, next, err := h.cfg.Journal.Read(ctx, from, stepsMax)
	if err != nil || next == from {
		return false, err
	}
	h.mu.Lock()
	for _, e := range entries {
		h.fold.step(e.Place, e.Step)
	}
	h.fold.place = next
	changed := h.fold.changed
	h.mu.Unlock()
	late, err := h.read(ctx, changed, next-1)
	if err == nil {
		h.mu.Lock()
		for _, c := range late {
			h.fold.again(c)
		}
		err = h.commit(ctx)
		h.mu.Unlock()
	}
	if err != nil {
		// What is in memory is ahead of what is committed.
		return false, errors.Join(err, h.load(context.WithoutCancel(ctx)))
	}
	h.progress.Reach(next)
	return true, nil
}

// read returns completed contacts that have changed as they stand.
func (h *History) read(ctx context.Context, ids map[center.ContactID]bool, place uint64) (all []lifecycle.Contact, err error) {
	for id := range ids {
		if err := h.cfg.Contacts.WaitFor(ctx, place); err != nil {
			return nil, err
		}
		c, err := h.cfg.Contacts.Get(ctx, id)
		if err != nil {
			h.log.Debug("a contact that changed is not kept any more", "contact", string(id), "err", err)
			continue
		}
		all = append(all, c)
	}
	return all, nil
}

// commit writes what has changed since the last commit. mu is held.
func (h *History) commit(ctx context.Context) error {
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := h.fold.write(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	h.fold.written()
	return nil
}

// settle counts the time that agents have spent up to now, so that it can be asked for. A step that was taken before now
// and comes in later counts from now on.
func (h *History) settle(ctx context.Context, now time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, a := range h.fold.agents {
		h.fold.spend(id, a, now)
	}
	if err := h.commit(ctx); err != nil {
		return fmt.Errorf("agents' time: %w", err)
	}
	return nil
}

// trim removes what is kept no longer, a bounded part at a time.
func (h *History) trim(ctx context.Context) error {
	now := h.cfg.Clock.Now()
	if now.Before(h.trimNext) {
		return nil
	}
	h.trimNext = now.Add(trimEvery)
	old, metric := contactsSince(now), now.AddDate(0, 0, -MetricDays).UnixMilli()
	for _, q := range []struct {
		text   string
		before int64
	}{
		{"DELETE FROM label WHERE contact IN (SELECT n FROM contact WHERE initiated <= ? ORDER BY initiated LIMIT ?)", old},
		{"DELETE FROM contact WHERE n IN (SELECT n FROM contact WHERE initiated <= ? ORDER BY initiated LIMIT ?)", old},
		{"DELETE FROM offer WHERE rowid IN (SELECT rowid FROM offer WHERE ended < ? ORDER BY ended LIMIT ?)", metric},
		{"DELETE FROM agent_time WHERE (bucket, agent) IN (SELECT bucket, agent FROM agent_time WHERE bucket < ? ORDER BY bucket LIMIT ?)", metric},
		{"DELETE FROM agent_day WHERE (bucket, agent) IN (SELECT bucket, agent FROM agent_day WHERE bucket < ? ORDER BY bucket LIMIT ?)", metric},
	} {
		r, err := h.db.ExecContext(ctx, q.text, q.before, trimMax)
		if err != nil {
			return fmt.Errorf("trim history: %w", err)
		}
		if n, _ := r.RowsAffected(); n >= trimMax {
			h.trimNext = now // there is more
		}
	}
	return nil
}

// contactsSince returns after when a contact must have been initiated to be found now.
func contactsSince(now time.Time) int64 { return now.AddDate(0, -ContactMonths, 0).UnixMilli() }

// Run works until ctx ends.
func (h *History) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		more := h.cfg.Journal.Wait()
		busy, err := h.Work(ctx)
		if err != nil && ctx.Err() == nil {
			h.log.Error("history cannot be kept", "err", err)
			if clock.Sleep(ctx, h.cfg.Clock, retry) != nil {
				return ctx.Err()
			}
			continue
		}
		if busy {
			continue
		}
		woken, stop := h.cfg.Clock.WakeAt(h.trimNext)
		select {
		case <-ctx.Done():
		case <-more:
		case <-woken:
		}
		stop()
	}
	return ctx.Err()
}
