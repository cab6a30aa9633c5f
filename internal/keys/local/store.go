package local

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Errors of a root key. Whoever opens the store knows where root keys come from, and says so.
var (
	ErrNoRoot    = errors.New("there are keys, but no root key to unwrap them with")
	ErrWrongRoot = errors.New("the root key is not the one that the keys are wrapped with")
)

// Config sets a Store up.
type Config struct {
	Storage storage.Engine // required
	Clock   clock.Clock    // nil: the wall clock
	Logger  *slog.Logger   // nil: nothing is logged
	Random  io.Reader      // material, ids and nonces; nil: crypto/rand
	// Root wraps all key material: RootBytes bytes. Empty: no key can be made, and none may be there.
	Root []byte
}

// Validate reports everything that is wrong with c.
func (c Config) Validate() error {
	var errs []error
	if c.Storage == nil {
		errs = append(errs, errors.New("keys: Storage is missing"))
	}
	if n := len(c.Root); n != 0 && n != RootBytes {
		errs = append(errs, fmt.Errorf("keys: Root has %d bytes, want %d", n, RootBytes))
	}
	return errors.Join(errs...)
}

const (
	logName     = "keys" // the log of all keys
	keyPrefix   = "key."
	aliasPrefix = "alias."
	rootKey     = "root" // a text sealed under the root key, to know the right one by

	// changeAttemptsMax bounds how often a change of a key is tried again because another one came first.
	changeAttemptsMax = 64
	// refreshBytes is how much of the log is read at once, in bytes.
	refreshBytes = 1 << 20
)

// rootText is what is sealed to know the root key by.
var rootText = []byte("hookswitch")

// Store keeps keys. It is safe for concurrent use and has no goroutines.
type Store struct {
	log     storage.Log
	clock   clock.Clock
	logger  *slog.Logger
	root    []byte
	version atomic.Uint64

	randMu sync.Mutex // guards random
	random io.Reader

	mu      sync.RWMutex // guards everything below
	keys    map[string]*keyState
	aliases map[aliasName]aliasState
	rooted  bool   // the storage knows the root key
	seen    uint64 // place in the log up to which everything is known
}

// aliasState is an alias at one moment.
type aliasState struct {
	key string // id; "": the alias is free
	rev uint64
}

var _ keys.Provider = (*Store)(nil)

// Open returns the store with all keys that were there. ErrNoRoot and ErrWrongRoot mean that they could not be used.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	log, err := cfg.Storage.Open(ctx, logName, storage.Config{Latest: true})
	if err != nil {
		return nil, fmt.Errorf("keys: open %s: %w", logName, err)
	}
	s := &Store{log: log, clock: cfg.Clock, logger: cfg.Logger, root: cfg.Root, random: cfg.Random, keys: map[string]*keyState{}, aliases: map[aliasName]aliasState{}}
	if err := s.refresh(ctx); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return s, nil
}

// Rooted says whether there are keys wrapped under a root key, so that no other one will do.
func Rooted(ctx context.Context, engine storage.Engine) (bool, error) {
	log, err := engine.Open(ctx, logName, storage.Config{Latest: true})
	if err != nil {
		return false, fmt.Errorf("keys: open %s: %w", logName, err)
	}
	_, err = log.Last(ctx, rootKey)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// refresh takes in what others, or an earlier life of this process, wrote.
func (s *Store) refresh(ctx context.Context) error {
	for {
		s.mu.RLock()
		from := s.seen + 1
		s.mu.RUnlock()
		recs, err := s.log.Read(ctx, storage.Range{From: from, MaxBytes: refreshBytes})
		if err != nil {
			return fmt.Errorf("read %s from %d: %w", logName, from, err)
		}
		if len(recs) == 0 {
			return nil
		}
		for _, r := range recs {
			if err := s.take(r); err != nil {
				return fmt.Errorf("%s at %d: %w", logName, r.Seq, err)
			}
		}
		s.mu.Lock()
		s.seen = max(s.seen, recs[len(recs)-1].Seq)
		s.mu.Unlock()
	}
}

// take makes one record known.
func (s *Store) take(r storage.Record) error {
	switch {
	case r.Key == rootKey:
		return s.checkRoot(r.Data)
	case strings.HasPrefix(r.Key, keyPrefix):
		var doc keyDoc
		if err := json.Unmarshal(r.Data, &doc); err != nil {
			return fmt.Errorf("description of a key: %w", err)
		}
		s.apply(newKeyState(doc, r.Seq))
	case strings.HasPrefix(r.Key, aliasPrefix):
		var doc aliasDoc
		if err := json.Unmarshal(r.Data, &doc); err != nil {
			return fmt.Errorf("alias of a key: %w", err)
		}
		s.applyAlias(doc, r.Seq)
	}
	return nil
}

// checkRoot finds out whether the root key is the right one.
func (s *Store) checkRoot(sealed []byte) error {
	if len(s.root) == 0 {
		return ErrNoRoot
	}
	if _, err := unseal(sealed, s.root, forCheck, nil); err != nil {
		return ErrWrongRoot
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rooted = true
	return nil
}

// apply makes a key known, unless a newer description of it is.
func (s *Store) apply(k *keyState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.keys[k.ID]
	if old != nil && old.rev >= k.rev {
		return
	}
	s.keys[k.ID] = k
	if old != nil {
		s.version.Add(1)
	}
}

func (s *Store) applyAlias(doc aliasDoc, rev uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.aliases[doc.alias()].rev < rev {
		s.aliases[doc.alias()] = aliasState{doc.Key, rev}
	}
}

// known returns a key that this process has heard of, or nil.
func (s *Store) known(id string) *keyState {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keys[id]
}

func (s *Store) knownAlias(a aliasName) aliasState {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.aliases[a]
}

// find returns a key that exists, or nil. What is not known here is looked up in storage: another process may have made it.
func (s *Store) find(ctx context.Context, id string) (*keyState, error) {
	k := s.known(id)
	if k == nil {
		if err := s.refresh(ctx); err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		k = s.known(id)
	}
	if k == nil || k.deleted(s.clock.Now()) {
		return nil, nil
	}
	return k, nil
}

// findAlias returns the id of the key that an alias names, or "".
func (s *Store) findAlias(ctx context.Context, a aliasName) (string, error) {
	if st := s.knownAlias(a); st.key != "" {
		return st.key, nil
	}
	if err := s.refresh(ctx); err != nil {
		return "", fmt.Errorf("keys: %w", err)
	}
	return s.knownAlias(a).key, nil
}

// aliasChange is what is to become of an alias that was seen at a place of the log.
type aliasChange struct {
	aliasDoc
	rev uint64
}

// store appends descriptions under guards and makes them known. storage.ErrConflict and storage.ErrUnknown mean: look again.
func (s *Store) store(ctx context.Context, k *keyState, aliases ...aliasChange) error {
	data, err := encode(k.keyDoc)
	if err != nil {
		return err
	}
	entries := []storage.Entry{{Key: keyPrefix + k.ID, Data: data, Guard: &storage.Guard{Key: keyPrefix + k.ID, Seq: k.rev}}}
	for _, a := range aliases {
		if data, err = encode(a.aliasDoc); err != nil {
			return err
		}
		key := a.alias().storageKey()
		entries = append(entries, storage.Entry{Key: key, Data: data, Guard: &storage.Guard{Key: key, Seq: a.rev}})
	}
	last, err := s.log.Append(ctx, entries...)
	if err != nil {
		return err
	}
	first := last - uint64(len(entries)) + 1
	s.apply(newKeyState(k.keyDoc, first))
	for i, a := range aliases {
		s.applyAlias(a.aliasDoc, first+uint64(i)+1)
	}
	return nil
}

func again(err error) bool {
	return errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrUnknown)
}

// establish makes the root key known to the storage, once, before the first key.
func (s *Store) establish(ctx context.Context) error {
	if len(s.root) == 0 {
		return keys.Refuse(keys.InvalidState, "There is no root key to keep keys under: the server was started without one.")
	}
	for range changeAttemptsMax {
		s.mu.RLock()
		rooted := s.rooted
		s.mu.RUnlock()
		if rooted {
			return nil
		}
		s.randMu.Lock()
		sealed, err := seal(s.random, nil, s.root, forCheck, rootText, nil)
		s.randMu.Unlock()
		if err != nil {
			return err
		}
		_, err = s.log.Append(ctx, storage.Entry{Key: rootKey, Data: sealed, Guard: &storage.Guard{Key: rootKey}})
		if err != nil && !again(err) {
			return fmt.Errorf("keys: store the root key's check: %w", err)
		}
		if err := s.refresh(ctx); err != nil {
			return fmt.Errorf("keys: %w", err)
		}
	}
	return errors.New("keys: the root key's check can be neither stored nor read")
}

// Work does one round of what happens by itself: it learns what other processes changed, and erases one key whose deletion is
// due. Busy says that another round at once would find more.
func (s *Store) Work(ctx context.Context) (busy bool, err error) {
	if err := s.refresh(ctx); err != nil {
		return false, fmt.Errorf("keys: %w", err)
	}
	k := s.due(s.clock.Now())
	if k == nil {
		return false, nil
	}
	gone := *k
	gone.Gone, gone.Materials, gone.Aliases, gone.Denials, gone.Grants, gone.Description = true, nil, nil, nil, nil, ""
	var freed []aliasChange
	for _, name := range k.Aliases {
		free := aliasDoc{Account: k.Account, Region: k.Region, Name: name}
		if st := s.knownAlias(free.alias()); st.key == k.ID {
			freed = append(freed, aliasChange{free, st.rev})
		}
	}
	if err := s.store(ctx, &gone, freed...); err != nil && !again(err) {
		return false, fmt.Errorf("keys: delete %s: %w", k.arn, err)
	}
	s.logger.InfoContext(ctx, "a key is deleted", "arn", k.arn)
	return true, nil
}

// due returns a key whose deletion is due, or nil.
func (s *Store) due(now time.Time) *keyState {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range s.keys {
		if !k.Gone && k.deleted(now) {
			return k
		}
	}
	return nil
}

// count returns how many keys there are, the service's own among them.
func (s *Store) count(account, region string) (n int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range s.keys {
		if !k.Gone && k.Account == account && k.Region == region {
			n++
		}
	}
	return n
}

// List returns the keys of an account and a Region in the order of their creation; "" stands for all.
func (s *Store) List(account, region string) []Key {
	now := s.clock.Now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := []Key{}
	for _, k := range s.keys {
		if !k.deleted(now) && (account == "" || k.Account == account) && (region == "" || k.Region == region) {
			all = append(all, k.show())
		}
	}
	slices.SortFunc(all, func(a, b Key) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}
