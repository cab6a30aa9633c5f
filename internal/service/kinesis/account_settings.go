package kinesis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// commitmentLeast is how long a commitment to a minimum throughput holds at least. (From the API's documentation.)
const commitmentLeast = 24 * time.Hour

// The states of the commitment.
const (
	commitmentEnabled  = "ENABLED"
	commitmentDisabled = "DISABLED"
	commitmentEnding   = "ENABLED_UNTIL_EARLIEST_ALLOWED_END"
)

// accountDoc is the durable settings of an account in a region: one record of the metadata log.
type accountDoc struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	// Committed is when the present or last commitment to a minimum throughput began, and Ended when it ends or ended,
	// in milliseconds; 0: not yet.
	Committed int64 `json:"committed,omitempty"`
	Ended     int64 `json:"ended,omitempty"`
}

// accountState is an account's settings as they are in the metadata log at rev.
type accountState struct {
	accountDoc
	rev uint64
}

const accountKeys = "account"

// storageKey returns the key of the account's settings in the metadata log.
func (a account) storageKey() string {
	key := accountKeys + "." + a.id + "." + a.region
	if storage.CheckKey(key) == nil {
		return key
	}
	sum := sha256.Sum256([]byte(a.id + "\x00" + a.region))
	return accountKeys + "-hashed." + hex.EncodeToString(sum[:])
}

// earliestEnd is when the commitment may end, in milliseconds.
func (d *accountDoc) earliestEnd() int64 { return d.Committed + commitmentLeast.Milliseconds() }

func (d *accountDoc) commitment(now time.Time) string {
	switch {
	case d.Committed == 0, d.Ended > 0 && millis(now) >= d.Ended:
		return commitmentDisabled
	case d.Ended > 0:
		return commitmentEnding
	}
	return commitmentEnabled
}

func (d *accountDoc) out(now time.Time) *kinesisapi.MinimumThroughputBillingCommitmentOutput {
	status := d.commitment(now)
	out := &kinesisapi.MinimumThroughputBillingCommitmentOutput{Status: &status}
	if d.Committed == 0 {
		return out
	}
	out.StartedAt = new(fromMillis(d.Committed))
	if status == commitmentDisabled {
		out.EndedAt = new(fromMillis(d.Ended))
	} else {
		out.EarliestAllowedEndAt = new(fromMillis(d.earliestEnd()))
	}
	return out
}

// committed says whether an account has committed itself to a minimum throughput.
func (s *Service) committed(a account, now time.Time) bool {
	cur := s.account(a)
	return cur.commitment(now) != commitmentDisabled
}

// account returns an account's settings.
func (s *Service) account(a account) accountState {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if cur, ok := s.accounts[a]; ok {
		return cur
	}
	return accountState{accountDoc: accountDoc{Account: a.id, Region: a.region}}
}

// takeAccount makes settings from the metadata log known, unless newer ones are.
func (s *Service) takeAccount(r storage.Record) error {
	var doc accountDoc
	if err := json.Unmarshal(r.Data, &doc); err != nil {
		return fmt.Errorf("settings of an account: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := account{doc.Account, doc.Region}
	if s.accounts[a].rev < r.Seq {
		s.accounts[a] = accountState{doc, r.Seq}
	}
	return nil
}

// changeAccount replaces an account's settings, as another process may have changed them, by what fn makes of them, and
// returns them.
func (s *Service) changeAccount(ctx context.Context, a account, fn func(*accountDoc)) (accountDoc, error) {
	key := a.storageKey()
	for range changeAttemptsMax {
		rec, err := s.meta.Last(ctx, key)
		if err == nil {
			err = s.takeAccount(rec)
		}
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return accountDoc{}, fmt.Errorf("read the settings of account %s: %w", a.id, err)
		}
		cur := s.account(a)
		doc := cur.accountDoc
		if fn(&doc); doc == cur.accountDoc {
			return doc, nil
		}
		data, err := json.Marshal(doc)
		if err != nil {
			return doc, err
		}
		rev, err := s.meta.Append(ctx, storage.Entry{Key: key, Data: data, Guard: &storage.Guard{Key: key, Seq: cur.rev}})
		if err == nil {
			return doc, s.takeAccount(storage.Record{Key: key, Data: data, Seq: rev})
		}
		if !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrUnknown) {
			return doc, fmt.Errorf("store the settings of account %s: %w", a.id, err)
		}
	}
	return accountDoc{}, limitExceeded("Rate exceeded for account " + a.id + ".")
}

func callerAccount(c wire.Caller) account { return account{c.Account, c.Region} }
