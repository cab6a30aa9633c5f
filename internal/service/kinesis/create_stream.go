package kinesis

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Settings of a new stream that nothing was said about.
const (
	retentionHoursDefault = 24
	maxRecordKiBDefault   = 1024
)

// createStream makes a stream. It is there, CREATING, when this returns.
func (s *Service) createStream(ctx context.Context, in *kinesisapi.CreateStreamInput) (*kinesisapi.CreateStreamOutput, error) {
	c := wire.CallerFrom(ctx)
	now := s.clock.Now()
	key := streamKey{c.Account, c.Region, *in.StreamName}
	if err := s.rates.take(callerAccount(c), "CreateStream", key, now); err != nil {
		return nil, err
	}
	doc, err := s.newStreamDoc(c, in, now)
	if err != nil {
		return nil, err
	}
	release, err := s.reserve(ctx, key, doc.usage(now), now)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := s.storeNew(ctx, key, doc, now); err != nil {
		return nil, err
	}
	return &kinesisapi.CreateStreamOutput{}, nil
}

// newStreamDoc describes the stream that was asked for.
func (s *Service) newStreamDoc(c wire.Caller, in *kinesisapi.CreateStreamInput, now time.Time) (streamDoc, error) {
	key := streamKey{c.Account, c.Region, *in.StreamName}
	doc := streamDoc{
		Partition: partition(c), Account: c.Account, Region: c.Region, Name: key.name,
		Status: statusActive, Created: now.Unix(),
		Retention: retentionHoursDefault, MaxRecordKiB: maxRecordKiBDefault,
	}
	if s.delay > 0 {
		doc.Status, doc.Until = statusCreating, millis(now.Add(s.delay))
	}
	if in.MaxRecordSizeInKiB != nil {
		doc.MaxRecordKiB = *in.MaxRecordSizeInKiB
	}
	shards, err := shardsFor(&doc, in)
	if err != nil {
		return doc, err
	}
	if in.WarmThroughputMiBps != nil {
		if doc.Mode != modeOnDemand {
			return doc, errWarmMode()
		}
		if err := s.checkWarm(callerAccount(c), *in.WarmThroughputMiBps, now); err != nil {
			return doc, err
		}
		doc.Warm = *in.WarmThroughputMiBps
		shards = max(shards, int(doc.Warm))
	}
	if doc.Mode == modeProvisioned && shards > s.limits.in(c.Region).Shards { // before room is made for them
		return doc, errShardLimit(account{c.Account, c.Region}, s.used(account{c.Account, c.Region}, now).shards, s.limits.in(c.Region).Shards, shards)
	}
	if doc.Tags, err = addTags(key, nil, in.Tags); err != nil {
		return doc, err
	}
	if doc.ID, err = s.newID(); err != nil {
		return doc, err
	}
	doc.Shards = initialShards(shards, doc.Created)
	return doc, nil
}

// shardsFor sets the capacity mode and returns how many shards there will be. Who names neither a mode nor a count gets
// an on-demand stream. (Four open shards were seen at the service in 2022 for such a request.)
func shardsFor(doc *streamDoc, in *kinesisapi.CreateStreamInput) (int, error) {
	mode := modeProvisioned
	switch {
	case in.StreamModeDetails != nil:
		mode = *in.StreamModeDetails.StreamMode
	case in.ShardCount == nil:
		mode = modeOnDemand
	}
	doc.Mode = mode
	switch {
	case mode == modeOnDemand && in.ShardCount != nil:
		return 0, validationText("ShardCount cannot be specified for a stream in ON_DEMAND mode.")
	case mode == modeOnDemand:
		return onDemandShards, nil
	case in.ShardCount == nil:
		return 0, validation("Value null at 'shardCount' failed to satisfy constraint: Member must not be null")
	}
	return int(*in.ShardCount), nil
}

// storeNew stores the description of a new stream, unless its name is taken.
func (s *Service) storeNew(ctx context.Context, key streamKey, doc streamDoc, now time.Time) error {
	for range changeAttemptsMax {
		next, rev := doc, uint64(0)
		if err := s.reload(ctx, key); err != nil {
			return err
		}
		if st := s.known(key); st != nil {
			cur := st.state.Load()
			switch {
			case cur.ID == doc.ID:
				return nil // an append of unknown outcome had succeeded
			case cur.status(now) != statusGone:
				return errStreamExists(key)
			}
			next.Shards = slices.Clone(doc.Shards)
			next.succeed(cur)
			rev = cur.rev
		}
		err := s.store(ctx, next, rev)
		// A conflict may be a faster creation, or only the removal of what an earlier stream left: look again.
		if err == nil || !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrUnknown) {
			return err
		}
	}
	return errTooManyChanges(key)
}

// succeed makes doc the next incarnation of a stream that is gone. Its logs are still to be removed, and sequence
// numbers must tell the two apart: they carry the creation of the shard in seconds.
func (doc *streamDoc) succeed(gone *streamState) {
	doc.Drops = append(doc.Drops, gone.Drops...)
	if n := gone.logCount(); n > 0 {
		doc.Drops = append(doc.Drops, dropDoc{ID: gone.ID, Logs: n, At: gone.Until})
	}
	doc.NewestConsumer = gone.NewestConsumer
	for i := range gone.Consumers {
		doc.NewestConsumer = max(doc.NewestConsumer, gone.Consumers[i].Created)
	}
	doc.newest(gone.Newest)
	for _, sh := range gone.Shards {
		doc.newest(sh.Created)
	}
}

// newest moves the creation of the shards behind that of an earlier incarnation's.
func (doc *streamDoc) newest(created int64) {
	doc.Newest = max(doc.Newest, created)
	for i := range doc.Shards {
		doc.Shards[i].Created = max(doc.Shards[i].Created, created+1)
	}
}

// usage is what the stream counts for in the account's limits.
func (doc *streamDoc) usage(now time.Time) (u usage) {
	if doc.Status == statusCreating && millis(now) < doc.Until {
		u.creating = 1
	}
	if doc.Mode == modeOnDemand {
		u.onDemand = 1
		return u
	}
	for i := range doc.Shards {
		if doc.Shards[i].Closed == 0 {
			u.shards++
		}
	}
	return u
}

// used sums up what an account uses.
func (s *Service) used(a account, now time.Time) usage {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.usedLocked(a, now)
}

// usedLocked is used with mu held.
func (s *Service) usedLocked(a account, now time.Time) usage {
	sum := s.reserved[a]
	for key, st := range s.streams {
		if key.account != a.id || key.region != a.region {
			continue
		}
		if state := st.state.Load(); state.status(now) != statusGone {
			sum = sum.plus(state.usage(now))
		}
	}
	return sum
}

// reserve takes part of an account's limits for a creation under way, or refuses. release gives it back: the stream
// counts for itself once it is there.
func (s *Service) reserve(ctx context.Context, key streamKey, more usage, now time.Time) (release func(), err error) {
	// That a name is taken is said before that a limit is reached.
	if st, err := s.stream(ctx, key, now); err != nil {
		return nil, err
	} else if st != nil {
		return nil, errStreamExists(key)
	}
	return s.claim(account{key.account, key.region}, more, now)
}

// claim takes part of an account's limits for a change under way, or refuses.
func (s *Service) claim(a account, more usage, now time.Time) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usedLocked(a, now).check(more, s.limits.in(a.region), a); err != nil {
		return nil, err
	}
	s.reserved[a] = s.reserved[a].plus(more)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		left := s.reserved[a].plus(usage{-more.shards, -more.onDemand, -more.creating})
		if left == (usage{}) {
			delete(s.reserved, a)
		} else {
			s.reserved[a] = left
		}
	}, nil
}

func partition(c wire.Caller) string {
	if c.Partition == "" {
		return "aws"
	}
	return c.Partition
}
