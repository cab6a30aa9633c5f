// Package contactstore keeps every contact of an instance as it stands: one row a contact, made from the journal by a
// follower of its own, which no delivery ever holds up. DescribeContact and the like read it, and attributes of contacts
// that the machine has let go of are changed through it.
//
// A contact can be read for 24 months from its initiation, as AWS keeps it. On that day it is hidden at once. Its row goes
// away later: rows are trimmed from the head of their log, where those stand that were written longest ago, up to the first
// that can still be read. A maximum age on the log would not do: it would also take the position of an instance in which
// nothing happens any more, and then the whole journal would be told again.
package contactstore

import (
	"context"
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
	"github.com/hookswitch/hookswitch/internal/storage"
)

// RetentionMonths is how long a contact can be read, in months from its initiation.
const RetentionMonths = 24

// Bounds of the work.
const (
	stepsMax  = 500       // steps read in one round
	trimMax   = 1000      // rows removed at once
	trimEvery = time.Hour // between looks for rows to remove
	retry     = time.Second
)

// ErrNotFound means that there is no such contact, or none that can still be read.
var ErrNotFound = errors.New("no such contact")

// LogName returns the name of the log with the contacts of an instance.
func LogName(id center.InstanceID) string { return "contacts-" + storage.EscapeName(string(id)) }

// Expired reports whether a contact that was initiated then can no longer be read now.
func Expired(initiated, now time.Time) bool {
	return !initiated.AddDate(0, RetentionMonths, 0).After(now)
}

// Config sets a store up.
type Config struct {
	Instance center.InstanceID
	Engine   storage.Engine  // where the rows are; required
	Journal  *journal.Reader // required
	Clock    clock.Clock     // nil: the wall clock
	Logger   *slog.Logger    // nil: none
	Cache    int             // contacts kept decoded; 0: journal.CacheRowsUsual
}

// Store is the contacts of one instance. Reading is safe for concurrent use; Work and Run are for one goroutine.
type Store struct {
	cfg    Config
	log    *slog.Logger
	rowLog storage.Log

	at       position // what is committed
	trimNext time.Time
	working  map[string]*lifecycle.Contact

	progress journal.Progress

	mu   sync.Mutex // guards rows
	rows *journal.Rows[lifecycle.Contact]
}

// position is where the store has read up to.
type position struct {
	Place uint64 // every step before it is in
	Keys  int    `json:",omitempty"` // and so many contacts of the step at it
}

// Open returns the store as it was left.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	rowLog, err := cfg.Engine.Open(ctx, LogName(cfg.Instance), storage.Config{Latest: true})
	if err != nil {
		return nil, fmt.Errorf("open contacts of %s: %w", cfg.Instance, err)
	}
	s := &Store{cfg: cfg, rowLog: rowLog, log: cfg.Logger.With("instance", string(cfg.Instance))}
	return s, s.load(ctx)
}

func (s *Store) load(ctx context.Context) error {
	rows, pos, err := journal.OpenRows(ctx, journal.RowsConfig[lifecycle.Contact]{
		Log: s.rowLog, Prefix: "contact.", Encode: encode, Decode: decode, Cache: s.cfg.Cache,
	})
	if err != nil {
		return fmt.Errorf("open contacts of %s: %w", s.cfg.Instance, err)
	}
	at := position{Place: 1}
	if pos != nil {
		if err := json.Unmarshal(pos, &at); err != nil {
			return fmt.Errorf("position of the contacts of %s: %w", s.cfg.Instance, err)
		}
	}
	s.at = at
	s.mu.Lock()
	s.rows = rows
	s.mu.Unlock()
	s.progress.Reach(at.Place)
	return nil
}

func encode(c *lifecycle.Contact) ([]byte, error) { return json.Marshal(c) }

func decode(b []byte) (*lifecycle.Contact, error) {
	c := new(lifecycle.Contact)
	return c, json.Unmarshal(b, c)
}

// Get returns a contact as of the last step that was worked in. What it holds may be shared: do not change it.
func (s *Store) Get(ctx context.Context, id center.ContactID) (lifecycle.Contact, error) {
	s.mu.Lock()
	rows := s.rows
	s.mu.Unlock()
	c, err := rows.Get(ctx, string(id))
	if err != nil {
		return lifecycle.Contact{}, err
	}
	if c == nil || Expired(c.InitiatedAt, s.cfg.Clock.Now()) {
		return lifecycle.Contact{}, ErrNotFound
	}
	return *c, nil
}

// Place returns the place in the journal up to which, without it, everything is in.
func (s *Store) Place() uint64 { return s.progress.Place() }

// WaitFor returns when the step at a place is in, so that whoever made it reads what it did; or with ctx's error.
func (s *Store) WaitFor(ctx context.Context, place uint64) error {
	return s.progress.WaitFor(ctx, place)
}

// Work does one round: it folds steps that are new into their contacts and commits them with the position. It reports
// whether there may be more to do.
func (s *Store) Work(ctx context.Context) (busy bool, err error) {
	entries, next, err := s.cfg.Journal.Read(ctx, s.at.Place, stepsMax)
	if err != nil {
		return false, err
	}
	if err := s.trim(ctx); err != nil || next == s.at.Place {
		return false, err
	}
	at, err := s.fold(ctx, entries, next)
	if err != nil {
		return false, err
	}
	pos, err := json.Marshal(at)
	if err != nil {
		return false, fmt.Errorf("encode the position: %w", err)
	}
	err = s.rows.Commit(ctx, s.working, pos)
	if errors.Is(err, storage.ErrConflict) {
		s.log.Warn("someone else moved the contacts on; reading them again", "err", err)
		return true, s.load(ctx)
	}
	if err != nil {
		return false, err
	}
	s.at = at
	s.progress.Reach(at.Place)
	return true, nil
}

// fold works entries into s.working, as many as fit into one commit, and returns the position after them.
func (s *Store) fold(ctx context.Context, entries []journal.Entry, next uint64) (position, error) {
	s.working = make(map[string]*lifecycle.Contact)
	at := s.at
	for _, e := range entries {
		groups := journal.Split(e.Step, func(e center.Event) string { return string(center.ContactOf(e)) })
		if e.Place != at.Place {
			at = position{Place: e.Place}
		}
		for ; at.Keys < len(groups); at.Keys++ {
			g := &groups[at.Keys]
			c := s.working[g.Key]
			if c == nil {
				if len(s.working) == journal.RowsMax {
					return at, nil
				}
				old, err := s.rows.Get(ctx, g.Key)
				if err != nil {
					return at, err
				}
				if old == nil && !begins(g.Events) {
					continue // its row is gone: it is too old for anyone to read
				}
				c = new(lifecycle.Contact)
				if old != nil {
					*c = old.Clone()
				}
				s.working[g.Key] = c
			}
			for _, ev := range g.Events {
				c.Apply(e.Step.Stamp.At, ev)
			}
		}
		at = position{Place: e.Place + 1}
	}
	return position{Place: next}, nil
}

// begins reports whether the events tell a contact's life from its start.
func begins(events []center.Event) bool {
	_, ok := events[0].(center.ContactInitiated)
	return ok
}

func (s *Store) trim(ctx context.Context) error {
	now := s.cfg.Clock.Now()
	if now.Before(s.trimNext) {
		return nil
	}
	s.trimNext = now.Add(trimEvery)
	n, err := s.rows.TrimHead(ctx, trimMax, func(c *lifecycle.Contact) bool { return Expired(c.InitiatedAt, now) })
	if n == trimMax {
		s.trimNext = now
	}
	return err
}

// Run works until ctx ends.
func (s *Store) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		more := s.cfg.Journal.Wait()
		busy, err := s.Work(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Error("contacts cannot be stored", "err", err)
			if clock.Sleep(ctx, s.cfg.Clock, retry) != nil {
				return ctx.Err()
			}
			continue
		}
		if busy {
			continue
		}
		woken, stop := s.cfg.Clock.WakeAt(s.trimNext)
		select {
		case <-ctx.Done():
		case <-more:
		case <-woken:
		}
		stop()
	}
	return ctx.Err()
}
