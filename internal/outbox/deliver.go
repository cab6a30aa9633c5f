package outbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/courier"
)

// doc is a document on its way.
type doc struct {
	item     courier.Item
	time     time.Time // of what it tells
	place    uint64    // of the step that it comes from; 0: time alone brought it
	failedAt time.Time // when it was not taken first
}

// lineage names the fact that a document comes from.
func lineage(inst center.Instance, place uint64) string {
	return string(inst.ID) + "/" + strconv.FormatUint(place, 10)
}

// target returns where the lane's documents go as things stand. That there is no association any more is only believed
// when the journal says so: a view of it may be a moment behind.
func (l *lane[T]) target(ctx context.Context) (string, bool, error) {
	if l.cfg.Association != nil {
		if target, ok := l.cfg.Association(l.resource); ok {
			return target, true, nil
		}
	}
	if l.ahead.place < l.batch.next.Place {
		l.ahead = ahead{l.batch.next.Place, l.batch.next.Target}
	}
	for {
		entries, next, err := l.cfg.Journal.Read(ctx, l.ahead.place, stepsMax)
		if err != nil {
			return "", false, err
		}
		for _, e := range entries {
			l.ahead.target = targetAfter(l.ahead.target, l.resource, e.Step.Events)
		}
		if next == l.ahead.place {
			return l.ahead.target, l.ahead.target != "", nil
		}
		l.ahead.place = next
	}
}

// ahead is how far the journal was read for the association alone, and what it was there.
type ahead struct {
	place  uint64
	target string
}

// targetAfter returns the target of a resource type after the events, if it was target before.
func targetAfter(target string, resource center.ResourceType, events []center.Event) string {
	for _, e := range events {
		switch e := e.(type) {
		case center.InstanceDeleted:
			target = ""
		case center.StorageAssociated:
			if e.Association.Resource == resource {
				target = e.Association.Target()
			}
		case center.StorageDisassociated:
			if e.Resource == resource {
				target = ""
			}
		}
	}
	return target
}

// Sender is the principal that documents are delivered as. (The real service delivers as a role of its own that is linked to
// the instance.)
const Sender = "connect.amazonaws.com"

// deliver sends the documents of the batch, and reports whether none is left. Documents with one key go one after the
// other: none leaves before the one in front of it was taken or dropped.
func (l *lane[T]) deliver(ctx context.Context) (done bool, err error) {
	b := l.batch
	if l.resource == "" {
		l.publish(b.docs, "")
		b.docs = nil
		return true, nil
	}
	now := l.cfg.Clock.Now()
	target, ok, err := l.target(ctx)
	if err != nil {
		return false, err
	}
	if !ok {
		l.count(func(s *LaneStatus) { s.Unwanted += uint64(len(b.docs)) })
		b.docs, l.tries, l.retryAt = nil, 0, time.Time{}
		return true, nil
	}
	if target == l.tried && now.Before(l.retryAt) {
		return false, nil
	}
	l.tried = target
	failure := l.waves(ctx, target, now)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if len(b.docs) == 0 {
		if l.tries > 0 {
			l.log.Info("the target takes documents again", "target", target)
		}
		l.tries, l.retryAt = 0, time.Time{}
		l.count(func(s *LaneStatus) { s.FailingSince, s.LastError = time.Time{}, "" })
		return true, nil
	}
	if l.tries == 0 {
		l.log.Warn("a target does not take documents; trying again", "target", target, "documents", len(b.docs), "err", failure)
	}
	wait := pause(l.tries)
	l.retryAt = now.Add(wait/2 + time.Duration(l.rand.Int64N(int64(wait/2)+1)))
	l.tries++
	l.count(func(s *LaneStatus) {
		s.LastError = failure.Error()
		if s.FailingSince.IsZero() {
			s.FailingSince = now
		}
	})
	return false, nil
}

// waves sends wave after wave, until all documents are gone or nothing more can be sent. It returns the last failure.
func (l *lane[T]) waves(ctx context.Context, target string, now time.Time) (failure error) {
	b := l.batch
	to, err := arn.Parse(target)
	if err != nil { // no one checked it before it was associated
		err = fmt.Errorf("%w: %w", courier.ErrNoSuchTarget, err)
	}
	stuck := map[string]bool{} // keys that have to wait
	for len(b.docs) > 0 && ctx.Err() == nil {
		wave, indices := l.wave(stuck)
		if len(wave) == 0 {
			break
		}
		var failed []courier.Failure
		waveErr := err
		if waveErr == nil {
			failed, waveErr = l.cfg.Exchange.Deliver(courier.WithSender(ctx, Sender), to, wave)
		}
		if ctx.Err() != nil {
			return ctx.Err() // whatever was taken will come once more
		}
		errs := make([]error, len(wave))
		for _, f := range failed {
			if f.Index >= 0 && f.Index < len(errs) {
				errs[f.Index] = f.Err
				if f.Err == nil {
					errs[f.Index] = errors.New("not taken")
				}
			}
		}
		last := l.settle(indices, errs, waveErr, target, now, stuck)
		if last != nil {
			failure = last
		}
		if waveErr != nil && !errors.Is(waveErr, courier.ErrRefused) {
			break // no one is there to take the rest
		}
	}
	return failure
}

// wave returns the documents that can leave now: of each key that need not wait the first, as many as one delivery holds.
func (l *lane[T]) wave(stuck map[string]bool) (items []courier.Item, indices []int) {
	taken := make(map[string]bool, len(stuck))
	bytes := 0
	for i := range l.batch.docs {
		it := &l.batch.docs[i].item
		if stuck[it.Key] || taken[it.Key] {
			continue
		}
		size := len(it.Data) + len(it.Key)
		if len(items) == DeliverItems || len(items) > 0 && bytes+size > DeliverBytes {
			break
		}
		taken[it.Key] = true
		bytes += size
		items = append(items, *it)
		indices = append(indices, i)
	}
	return items, indices
}

// settle takes those out of the batch that were taken, or that are given up, and returns why the last one was not taken.
func (l *lane[T]) settle(indices []int, errs []error, waveErr error, target string, now time.Time, stuck map[string]bool) (failure error) {
	b := l.batch
	var published []doc
	gone := make(map[int]bool, len(indices))
	var repeated, dropped uint64
	for n, i := range indices {
		d := &b.docs[i]
		err := errs[n]
		if waveErr != nil {
			err = waveErr
		}
		if err == nil {
			published = append(published, *d)
			gone[i] = true
			continue
		}
		failure = err
		if d.failedAt.IsZero() {
			d.failedAt = now
		}
		if errors.Is(err, courier.ErrRefused) || now.Sub(d.failedAt) >= RetryFor {
			l.log.Warn("a document is dropped", "target", target, "id", d.item.ID, "lineage", d.item.Lineage, "err", err)
			gone[i] = true
			dropped++
			continue
		}
		repeated++
		stuck[d.item.Key] = true
	}
	left := b.docs[:0]
	for i := range b.docs {
		if !gone[i] {
			left = append(left, b.docs[i])
		}
	}
	clear(b.docs[len(left):])
	b.docs = left
	l.count(func(s *LaneStatus) { s.Repeated += repeated; s.Dropped += dropped })
	l.publish(published, target)
	return failure
}

// publish tells the feed what is out.
func (l *lane[T]) publish(docs []doc, target string) {
	items := make([]Item, len(docs))
	for i := range docs {
		d := &docs[i]
		items[i] = Item{
			Kind: l.kind, Instance: l.cfg.Instance, Key: d.item.Key, ID: d.item.ID, Time: d.time, Place: d.place,
			Target: target, Document: d.item.Data,
		}
	}
	l.cfg.Feed.Publish(items...)
	l.count(func(s *LaneStatus) {
		s.Published += uint64(len(docs))
		s.Target = target
	})
}

func (l *lane[T]) count(f func(*LaneStatus)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.stat)
}
