package dynamodb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// A transaction is decided by one append to the log of transactions: the records of all its items, table by table, with the
// places of the records that they follow. Then they are stored, one guarded append a table. Locks of the items keep others
// out until that is done. When it cannot be finished (a crash, a storage that fails) it is done at the next start, or before
// anything else touches items: an append whose guard fails then was made before. A decision whose own append had an unknown
// outcome is settled by trying to take its place in the log: who finds it taken carries it out.

// transactionLog is the log of transactions. Records go once they are carried out and their tokens have expired.
const transactionLog = "dynamodb-transactions"

const (
	tokenLife = 10 * time.Minute // for which a token makes a transaction idempotent, as the service documents
	tokensMax = 100_000          // transactions of the last tokenLife that are remembered
	keyDone   = "done"           // records under this key: all transactions before a place were carried out
)

// decision is the record of a transaction.
type decision struct {
	Token   string       `json:",omitempty"` // hash of account, region and token
	Request string       `json:",omitempty"` // hash of what was asked with it
	At      time.Time    // when it was decided
	Tables  []tableWrite `json:",omitempty"`
	Void    bool         `json:",omitempty"` // it is no transaction: it takes the place of one that never came
	Done    uint64       `json:",omitempty"` // under keyDone: all before this place were carried out
}

type tableWrite struct {
	ID    string // of the table
	Items []itemWrite
}

type itemWrite struct {
	Key  string // in storage
	Seq  uint64 // place of the record that this one follows; 0: none
	Data []byte // the record
}

// token is what is remembered of a transaction's token.
type token struct {
	request string
	expires time.Time
}

// transactions is what is known of transactions.
type transactions struct {
	log       storage.Log
	unsettled atomic.Bool // there are some in waiting

	gate sync.RWMutex // held for reading while one is decided and carried out, for writing to note that all are done

	mu      sync.Mutex           // guards everything below
	waiting []*waiting           // decided or perhaps so, but not carried out
	tokens  map[string]token     // by hash
	busy    map[string]time.Time // tokens of transactions under way
	newest  uint64               // place of the newest decision
	noted   uint64               // place up to which it is noted that all are carried out
	first   map[uint64]time.Time // when records that are still in the log were made
}

// waiting is a transaction that is not carried out.
type waiting struct {
	key   string // in the log
	sure  bool   // it was decided; else that has to be found out
	order decision
}

// openTransactions reads the log of transactions and carries out what was cut short.
func (s *Service) openTransactions(ctx context.Context) error {
	log, err := s.storage.Open(ctx, transactionLog, storage.Config{})
	if err != nil {
		return fmt.Errorf("open %s: %w", transactionLog, err)
	}
	tx := &transactions{log: log, tokens: map[string]token{}, busy: map[string]time.Time{}, first: map[uint64]time.Time{}}
	s.transactions = tx
	var done uint64
	byPlace := map[uint64]*waiting{}
	for from := uint64(1); ; {
		recs, err := log.Read(ctx, storage.Range{From: from, MaxBytes: refreshBytes})
		if err != nil {
			return fmt.Errorf("read %s: %w", transactionLog, err)
		}
		if len(recs) == 0 {
			break
		}
		for _, rec := range recs {
			from = rec.Seq + 1
			var d decision
			if err := json.Unmarshal(rec.Data, &d); err != nil {
				return fmt.Errorf("%s at %d: %w", transactionLog, rec.Seq, err)
			}
			tx.first[rec.Seq], tx.newest = d.At, rec.Seq
			switch {
			case rec.Key == keyDone:
				done = max(done, d.Done)
			case !d.Void:
				byPlace[rec.Seq] = &waiting{key: rec.Key, sure: true, order: d}
				tx.remember(d)
			}
		}
	}
	tx.noted = done
	for place, w := range byPlace {
		if place >= done {
			tx.wait(w)
		}
	}
	// What was decided later was decided on what was decided before.
	slices.SortFunc(tx.waiting, func(a, b *waiting) int { return a.order.At.Compare(b.order.At) })
	return s.settle(ctx)
}

// remember keeps a transaction's token for its life.
func (tx *transactions) remember(d decision) {
	if d.Token != "" {
		tx.tokens[d.Token] = token{d.Request, d.At.Add(tokenLife)}
	}
}

// wait has a transaction settled before anything else touches items.
func (tx *transactions) wait(w *waiting) {
	tx.waiting = append(tx.waiting, w)
	tx.unsettled.Store(true)
}

// settle carries out what waits. It is called before items are touched.
func (s *Service) settle(ctx context.Context) error {
	tx := s.transactions
	if !tx.unsettled.Load() {
		return nil
	}
	tx.mu.Lock()
	defer tx.mu.Unlock()
	for len(tx.waiting) > 0 {
		w := tx.waiting[0]
		if !w.sure {
			if err := s.findOut(ctx, w); err != nil {
				return fmt.Errorf("settle a transaction: %w", err)
			}
		}
		if w.sure {
			if err := s.carryOut(ctx, w.order); err != nil {
				return err
			}
		}
		tx.waiting = tx.waiting[1:]
	}
	tx.unsettled.Store(false)
	return nil
}

// findOut settles whether a transaction was decided: it was if its place in the log is taken, by anything but an earlier
// attempt to find out. It is known from then on like one whose outcome was never in doubt: its client comes again with its
// token. Whoever calls holds tx.mu.
func (s *Service) findOut(ctx context.Context, w *waiting) error {
	tx := s.transactions
	void, err := json.Marshal(decision{Void: true, At: s.clock.Now()})
	if err != nil {
		return err
	}
	_, err = tx.log.Append(ctx, storage.Entry{Key: w.key, Data: void, Guard: &storage.Guard{Key: w.key}})
	if !errors.Is(err, storage.ErrConflict) {
		return err
	}
	rec, err := tx.log.Last(ctx, w.key)
	if err != nil {
		return err
	}
	var there decision
	if err := json.Unmarshal(rec.Data, &there); err != nil {
		return fmt.Errorf("%s at %d: %w", transactionLog, rec.Seq, err)
	}
	if w.sure = !there.Void; w.sure {
		tx.know(rec.Seq, w.order)
	}
	return nil
}

// carryOut stores what a decided transaction left unstored.
func (s *Service) carryOut(ctx context.Context, d decision) error {
	for _, tw := range d.Tables {
		t := s.tableByID(tw.ID)
		if t == nil {
			continue // it was deleted
		}
		_, err := t.log.Append(ctx, tw.entries()...)
		t.forget() // whatever came of it: an append before may have stored it and not have said so
		if errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrNotFound) {
			continue // it was stored before, or the table is gone
		}
		if err != nil {
			return fmt.Errorf("carry out a transaction: %w", err)
		}
	}
	return nil
}

func (tw tableWrite) entries() []storage.Entry {
	entries := make([]storage.Entry, len(tw.Items))
	for i, w := range tw.Items {
		entries[i] = storage.Entry{Key: w.Key, Data: w.Data, Guard: &storage.Guard{Key: w.Key, Seq: w.Seq}}
	}
	return entries
}

func (s *Service) tableByID(id string) *table {
	for _, t := range s.allTables() {
		if t.id == id {
			return t
		}
	}
	return nil
}

// decide stores the decision on prepared writes, whose items are locked, and carries it out.
func (s *Service) decide(ctx context.Context, writes []*write, d decision) error {
	tx := s.transactions
	ctx = context.WithoutCancel(ctx) // what has begun is finished, whether or not the client waits
	d.At = s.clock.Now()
	byTable := map[*table][]*write{}
	for _, w := range writes {
		if w.record != nil {
			byTable[w.t] = append(byTable[w.t], w)
		}
	}
	for t, ws := range byTable {
		tw := tableWrite{ID: t.id}
		for _, w := range ws {
			tw.Items = append(tw.Items, itemWrite{w.stored, w.seq, w.record})
		}
		d.Tables = append(d.Tables, tw)
	}
	if len(d.Tables) == 0 {
		return nil // conditions that were only checked
	}
	slices.SortFunc(d.Tables, func(a, b tableWrite) int { return strings.Compare(a.ID, b.ID) })
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	id, err := s.newID()
	if err != nil {
		return err
	}
	key := "t" + id
	seq, err := tx.log.Append(ctx, storage.Entry{Key: key, Data: data, Guard: &storage.Guard{Key: key}})
	switch {
	case errors.Is(err, storage.ErrUnknown):
		tx.mu.Lock()
		defer tx.mu.Unlock()
		tx.wait(&waiting{key: key, order: d})
		return fmt.Errorf("decide a transaction: %w", err)
	case err != nil:
		return fmt.Errorf("decide a transaction: %w", err)
	}
	tx.decided(seq, d)
	for t, ws := range byTable {
		if err := s.commit(ctx, t, ws); err != nil {
			tx.mu.Lock()
			defer tx.mu.Unlock()
			tx.wait(&waiting{key: key, sure: true, order: d})
			return fmt.Errorf("carry out a transaction: %v", err) // whatever it was: the decision stands
		}
	}
	return nil
}

func (tx *transactions) decided(seq uint64, d decision) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.know(seq, d)
}

// know takes a decision at a place of the log over. Whoever calls holds tx.mu.
func (tx *transactions) know(seq uint64, d decision) {
	tx.first[seq], tx.newest = d.At, max(tx.newest, seq)
	tx.remember(d)
}

// noteDone notes in the log that every transaction so far was carried out, and drops those whose tokens have expired. It
// reports whether there was anything to do.
func (s *Service) noteDone(ctx context.Context) (bool, error) {
	if err := s.settle(ctx); err != nil {
		return false, err
	}
	tx := s.transactions
	tx.gate.Lock()
	defer tx.gate.Unlock()
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if len(tx.waiting) > 0 {
		return false, nil
	}
	now := s.clock.Now()
	for key, tok := range tx.tokens {
		if now.After(tok.expires) {
			delete(tx.tokens, key)
		}
	}
	noted := tx.newest >= tx.noted // else the newest record is the note
	if noted {
		if err := tx.note(ctx, now); err != nil {
			return false, err
		}
	}
	keep := tx.newest + 1
	for place, at := range tx.first {
		if now.Sub(at) <= tokenLife {
			keep = min(keep, place)
		}
	}
	old := len(tx.first)
	maps.DeleteFunc(tx.first, func(place uint64, _ time.Time) bool { return place < keep })
	if len(tx.first) == old {
		return noted, nil
	}
	if err := tx.log.Trim(ctx, keep); err != nil {
		return false, fmt.Errorf("trim %s: %w", transactionLog, err)
	}
	return true, nil
}

// note writes into the log that all transactions so far were carried out. Whoever calls holds tx.gate and tx.mu.
func (tx *transactions) note(ctx context.Context, now time.Time) error {
	data, err := json.Marshal(decision{At: now, Done: tx.newest + 1})
	if err != nil {
		return err
	}
	seq, err := tx.log.Append(ctx, storage.Entry{Key: keyDone, Data: data})
	if err != nil {
		return fmt.Errorf("note that transactions are carried out: %w", err)
	}
	tx.noted, tx.newest = seq+1, seq
	tx.first[seq] = now
	return nil
}

// hashed is the hash of texts, in hexadecimal digits.
func hashed(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:])
}
