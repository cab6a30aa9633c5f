package dynamodb

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

const (
	expiredAtOnce = 100                      // items deleted in one round, of each table
	expiredAgeMax = 5 * 365 * 24 * time.Hour // items whose time is longer ago than that do not expire, as the service documents
)

// Work does one round of what is to be done in the background, and reports whether there is more: items whose time to live is over
// are deleted, what deleted items left is swept, and transactions that were carried out are forgotten. It is called by one
// goroutine at a time.
func (s *Service) Work(ctx context.Context) (busy bool, err error) {
	var errs []error
	for _, t := range s.allTables() {
		for _, round := range []func(context.Context, *table) (bool, error){s.expire, s.sweepDead} {
			found, err := round(ctx, t)
			if doc, _ := t.description(); doc.Gone {
				continue // whatever went wrong
			}
			busy, errs = busy || found, append(errs, err)
		}
	}
	found, err := s.noteDone(ctx)
	return busy || found, errors.Join(append(errs, err)...)
}

// expire deletes some items whose time is over.
func (s *Service) expire(ctx context.Context, t *table) (bool, error) {
	if doc, _ := t.description(); doc.TTL == "" {
		return false, nil
	}
	if err := s.load(ctx, t); err != nil {
		return false, err
	}
	now := s.clock.Now()
	from, to := max(0, now.Add(-expiredAgeMax).Unix()), now.Unix()+1
	t.mu.RLock()
	ids := t.expiry.list(span{expiryID(from, ""), expiryID(to, "")}, false, expiredAtOnce)
	t.mu.RUnlock()
	for _, entry := range ids {
		id := entry[binary.Size(uint64(0)):]
		w := &write{t: t, id: id, stored: storageKey(id)}
		w.change = func(old item.Item) (item.Item, error) {
			doc, _ := t.description()
			if at, ok := expiryOf(doc.TTL, old); !ok || at < from || at >= to {
				return nil, errUnchanged // it was changed meanwhile
			}
			return nil, nil
		}
		if err := s.do(ctx, t, w); err != nil {
			return false, err
		}
	}
	return len(ids) == expiredAtOnce, nil
}
