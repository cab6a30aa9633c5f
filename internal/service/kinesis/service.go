package kinesis

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/metric"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Config sets a service up. Storage is required; everything else has a working zero value.
type Config struct {
	Storage storage.Engine
	Clock   clock.Clock  // nil: the wall clock
	Logger  *slog.Logger // nil: nothing is logged
	Rand    io.Reader    // stream incarnations and the secret that seals iterators; nil: crypto/rand
	Limits  Limits
	// Keys keeps the keys that records are encrypted under; nil: there are none, and StartStreamEncryption is refused.
	Keys keys.Provider
	// TransitionDelay is how long a stream is CREATING and DELETING. 0: not at all, so that a put right after
	// CreateStream works. The real service takes seconds.
	TransitionDelay time.Duration
	// Throttle limits how fast shards are written and read and operations are called, as the real service does. Off, none
	// of it is counted.
	Throttle bool
	// Metrics is given what was counted, minute by minute: AWS/Kinesis of CloudWatch. nil: nothing is counted, and
	// shard-level metrics are refused.
	Metrics metric.Sink
	// TrimInterval is how often expired records are looked for; they are hidden the moment they expire. 0: a minute.
	TrimInterval time.Duration
}

// Validate reports everything that is wrong with c.
func (c Config) Validate() error {
	var errs []error
	if c.Storage == nil {
		errs = append(errs, errors.New("kinesis: Storage is missing"))
	}
	if c.TransitionDelay < 0 {
		errs = append(errs, errors.New("kinesis: TransitionDelay is negative"))
	}
	if c.TrimInterval < 0 {
		errs = append(errs, errors.New("kinesis: TrimInterval is negative"))
	}
	return errors.Join(append(errs, c.Limits.validate()...)...)
}

// Operations lists what the service serves.
func (s *Service) Operations() []wire.Operation {
	return []wire.Operation{
		kinesisapi.AddTagsToStream(s.addTagsToStream),
		kinesisapi.CreateStream(s.createStream),
		kinesisapi.DecreaseStreamRetentionPeriod(s.decreaseStreamRetentionPeriod),
		kinesisapi.DeleteResourcePolicy(s.deleteResourcePolicy),
		kinesisapi.DeleteStream(s.deleteStream),
		kinesisapi.DeregisterStreamConsumer(s.deregisterStreamConsumer),
		kinesisapi.DescribeAccountSettings(s.describeAccountSettings),
		kinesisapi.DescribeLimits(s.describeLimits),
		kinesisapi.DescribeStream(s.describeStream),
		kinesisapi.DescribeStreamConsumer(s.describeStreamConsumer),
		kinesisapi.DescribeStreamSummary(s.describeStreamSummary),
		kinesisapi.DisableEnhancedMonitoring(s.disableEnhancedMonitoring),
		kinesisapi.EnableEnhancedMonitoring(s.enableEnhancedMonitoring),
		kinesisapi.GetRecords(s.getRecords),
		kinesisapi.GetResourcePolicy(s.getResourcePolicy),
		kinesisapi.GetShardIterator(s.getShardIterator),
		kinesisapi.IncreaseStreamRetentionPeriod(s.increaseStreamRetentionPeriod),
		kinesisapi.ListShards(s.listShards),
		kinesisapi.ListStreamConsumers(s.listStreamConsumers),
		kinesisapi.ListStreams(s.listStreams),
		kinesisapi.ListTagsForResource(s.listTagsForResource),
		kinesisapi.ListTagsForStream(s.listTagsForStream),
		kinesisapi.MergeShards(s.mergeShards),
		kinesisapi.PutRecord(s.putRecord),
		kinesisapi.PutRecords(s.putRecords),
		kinesisapi.PutResourcePolicy(s.putResourcePolicy),
		kinesisapi.RegisterStreamConsumer(s.registerStreamConsumer),
		kinesisapi.RemoveTagsFromStream(s.removeTagsFromStream),
		kinesisapi.SplitShard(s.splitShard),
		kinesisapi.StartStreamEncryption(s.startStreamEncryption),
		kinesisapi.StopStreamEncryption(s.stopStreamEncryption),
		kinesisapi.SubscribeToShard(s.subscribeToShard),
		kinesisapi.TagResource(s.tagResource),
		kinesisapi.UntagResource(s.untagResource),
		kinesisapi.UpdateAccountSettings(s.updateAccountSettings),
		kinesisapi.UpdateMaxRecordSize(s.updateMaxRecordSize),
		kinesisapi.UpdateShardCount(s.updateShardCount),
		kinesisapi.UpdateStreamMode(s.updateStreamMode),
		kinesisapi.UpdateStreamWarmThroughput(s.updateStreamWarmThroughput),
	}
}

// metaLog is the log of the descriptions of streams and of the secret that seals tokens.
const metaLog = "kinesis"

// changeAttemptsMax bounds how often a change of a stream is tried again because another one came first.
const changeAttemptsMax = 64

// refreshBytes is how much of the metadata log is read at once, in bytes.
const refreshBytes = 8 << 20

// Service serves the Kinesis API. It is safe for concurrent use. It has no goroutines of its own but those that follow
// shards for subscriptions, which end with them.
type Service struct {
	storage storage.Engine
	meta    storage.Log
	clock   clock.Clock
	log     *slog.Logger
	limits  Limits
	delay   time.Duration
	keys    keys.Provider
	tokens  *sealer
	trims   trimmer
	fanout  fanout
	rates   *rates // nil: rates are not limited
	metrics metric.Sink
	reports reporter
	growth  grower

	randMu sync.Mutex // guards rand
	rand   io.Reader

	mu       sync.RWMutex // guards everything below
	streams  map[streamKey]*stream
	byID     map[string]*stream
	reserved map[account]usage // by creations under way
	accounts map[account]accountState
	seen     uint64 // place in the metadata log up to which everything is known
}

// account is one account in one region: what limits are counted for.
type account struct{ id, region string }

// New opens the service on its storage: all streams that were there are there again.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.TrimInterval == 0 {
		cfg.TrimInterval = time.Minute
	}
	if cfg.Keys == nil {
		cfg.Keys = keys.None{}
	}
	meta, err := cfg.Storage.Open(ctx, metaLog, storage.Config{Latest: true})
	if err != nil {
		return nil, fmt.Errorf("kinesis: open %s: %w", metaLog, err)
	}
	tokens, err := newSealer(ctx, meta, cfg.Rand)
	if err != nil {
		return nil, fmt.Errorf("kinesis: %w", err)
	}
	s := &Service{
		storage: cfg.Storage, meta: meta, clock: cfg.Clock, log: cfg.Logger, limits: cfg.Limits, delay: cfg.TransitionDelay,
		keys: cfg.Keys, metrics: cfg.Metrics, tokens: tokens, rand: cfg.Rand, trims: trimmer{every: cfg.TrimInterval},
		streams: map[streamKey]*stream{}, byID: map[string]*stream{}, reserved: map[account]usage{}, accounts: map[account]accountState{},
	}
	s.growth.last = s.clock.Now()
	if cfg.Throttle {
		s.rates = &rates{left: map[rateKey]bucket{}}
	}
	if err := s.refresh(ctx); err != nil {
		return nil, fmt.Errorf("kinesis: %w", err)
	}
	return s, nil
}

// refresh takes in what others, or an earlier life of this process, wrote to the metadata log.
func (s *Service) refresh(ctx context.Context) error {
	for {
		s.mu.RLock()
		from := s.seen + 1
		s.mu.RUnlock()
		recs, err := s.meta.Read(ctx, storage.Range{From: from, MaxBytes: refreshBytes})
		if err != nil {
			return fmt.Errorf("read %s from %d: %w", metaLog, from, err)
		}
		if len(recs) == 0 {
			return nil
		}
		for _, r := range recs {
			if err := s.take(r); err != nil {
				return err
			}
		}
		s.mu.Lock()
		s.seen = max(s.seen, recs[len(recs)-1].Seq)
		s.mu.Unlock()
	}
}

// take makes one record of the metadata log known.
func (s *Service) take(r storage.Record) error {
	if strings.HasPrefix(r.Key, accountKeys) {
		return s.takeAccount(r)
	}
	if !strings.HasPrefix(r.Key, "stream") {
		return nil
	}
	doc, err := decodeStreamDoc(r.Data)
	if err != nil {
		return fmt.Errorf("%s at %d: %w", metaLog, r.Seq, err)
	}
	s.apply(doc, r.Seq)
	return nil
}

// apply makes a description the state of its stream, unless a newer one is known.
func (s *Service) apply(doc streamDoc, rev uint64) {
	key := streamKey{doc.Account, doc.Region, doc.Name}
	var old *streamState
	if st := s.known(key); st != nil {
		old = st.state.Load()
	}
	for {
		if old != nil && old.rev >= rev {
			return
		}
		// A large stream takes a moment, so this is not done under the lock that every request takes.
		next := s.newStreamState(doc, rev, old)
		cur, done := s.replace(key, old, next)
		if done {
			return
		}
		old = cur
	}
}

// replace makes next the state of a stream if that is still old (nil: there is no such stream), and returns the state
// that it found.
func (s *Service) replace(key streamKey, old, next *streamState) (cur *streamState, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.streams[key]
	if st == nil {
		st = &stream{key: key}
		s.streams[key] = st
	}
	if cur = st.state.Load(); cur != old {
		return cur, false
	}
	st.state.Store(next)
	if old != nil && old.ID != next.ID {
		old.logs.close()
		delete(s.byID, old.ID)
	}
	s.byID[next.ID] = st
	if old != nil {
		s.fanout.changed(old.ID)
	}
	return cur, true
}

// known returns a stream that this process has heard of, or nil.
func (s *Service) known(key streamKey) *stream {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.streams[key]
}

// stream returns a stream that exists, or nil when there is none. What is not known here is looked up in storage: another
// process may have made it.
func (s *Service) stream(ctx context.Context, key streamKey, now time.Time) (*stream, error) {
	st := s.known(key)
	if st != nil && st.state.Load().status(now) != statusGone {
		return st, nil
	}
	if err := s.reload(ctx, key); err != nil {
		return nil, err
	}
	if st = s.known(key); st == nil || st.state.Load().status(now) == statusGone {
		return nil, nil
	}
	return st, nil
}

// reload reads the newest description of a stream; that there is none is no error.
func (s *Service) reload(ctx context.Context, key streamKey) error {
	rec, err := s.meta.Last(ctx, key.storageKey())
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the description of %s: %w", key.name, err)
	}
	return s.take(rec)
}

// errNoChange, returned by the function given to change, ends it without an error.
var errNoChange = errors.New("nothing to change")

// change replaces the description of a stream by what fn makes of the state it has, as often as it takes until no other
// change comes between. fn may be called several times; an error of fn ends the change.
func (s *Service) change(ctx context.Context, st *stream, fn func(*streamState) (streamDoc, error)) error {
	for range changeAttemptsMax {
		cur := st.state.Load()
		doc, err := fn(cur)
		if errors.Is(err, errNoChange) {
			return nil
		}
		if err != nil {
			return err
		}
		err = s.store(ctx, doc, cur.rev)
		if err == nil {
			return nil
		}
		// After ErrUnknown the change may be there already. All changes are such that making them again does no harm.
		if !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrUnknown) {
			return fmt.Errorf("store the description of %s: %w", st.key.name, err)
		}
		if err := s.reload(ctx, st.key); err != nil {
			return err
		}
	}
	return errTooManyChanges(st.key)
}

// store appends a description if the newest one is still at rev, and makes it the state of its stream.
func (s *Service) store(ctx context.Context, doc streamDoc, rev uint64) error {
	key := streamKey{doc.Account, doc.Region, doc.Name}.storageKey()
	data, err := encodeStreamDoc(doc)
	if err != nil {
		return err
	}
	last, err := s.meta.Append(ctx, storage.Entry{Key: key, Data: data, Guard: &storage.Guard{Key: key, Seq: rev}})
	if err != nil {
		return err
	}
	s.apply(doc, last)
	return nil
}

// newID returns a fresh incarnation: 20 characters of [a-z2-7], as the first part of a real StreamId has.
func (s *Service) newID() (string, error) {
	var b [13]byte
	s.randMu.Lock()
	defer s.randMu.Unlock()
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))[:20], nil
}
