// Package outbox tells the world what happened in an instance. It reads the journal, folds it into documents, and delivers
// each to the stream that is associated with its kind: contact records, agent events and contact events, each in a lane of
// its own with its own position, so that one stuck stream holds up only itself.
//
// What it promises: a document is made of every fact that happened while the association existed, and of none before or
// after; it is delivered at least once, a repeat has the same bytes, and documents with the same key are never delivered
// out of order. A crash at any point loses none and invents none: rows and position are committed together after
// delivery, and what was not committed is folded and delivered again. What time alone brings (heartbeats, the delay of
// contact records) is decided by the clock once, and that decision is committed before it is acted on.
//
// What it does not promise: that a document arrives whose stream refuses it, or has not taken it for RetryFor. It is
// dropped then, counted, and named in the log.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/projection/contactrecord"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Bounds of the work.
const (
	RetryFor       = 24 * time.Hour         // how long one document is tried again
	RetryMin       = 100 * time.Millisecond // between tries at first; doubled from try to try
	RetryMax       = 30 * time.Second       // between tries at most
	DeliverItems   = 500                    // documents in one delivery, as PutRecords takes them
	DeliverBytes   = 5 << 20                // of documents and keys in one delivery
	stepsMax       = 500                    // steps read in one round
	docsMax        = 500                    // documents made in one round
	docsBytesMax   = 5 << 20                // of documents made in one round
	quietPlacesMax = 1000                   // places that a lane passes by without committing its position
	trimMax        = 1000                   // rows removed at once
	trimEvery      = time.Hour              // between looks for rows to remove
	// HeartbeatCatchUp is how far back heartbeats reach that time has passed over, as when the clock was moved on or the
	// server was down: older ones are left out.
	HeartbeatCatchUp = time.Hour
)

// Deliverer is how documents reach their target; courier.Exchange is one.
type Deliverer interface {
	Deliver(ctx context.Context, to arn.ARN, items []courier.Item) (failed []courier.Failure, err error)
}

// Config sets an Outbox up.
type Config struct {
	Instance center.InstanceID
	Journal  *journal.Reader // required
	Engine   storage.Engine  // where the lanes keep their rows and positions; required
	Exchange Deliverer       // required
	Feed     *Feed           // also gets what is published; nil: none
	Clock    clock.Clock     // nil: the wall clock
	Logger   *slog.Logger    // nil: none
	Rand     *rand.Rand      // jitter of retries; nil: seeded with the instance's id. Used by New only
	// RecordDelay is the time from a contact's completion to the publication of its record; 0: contactrecord.PublishDelay,
	// negative: at once.
	RecordDelay time.Duration
	// Association returns the ARN that documents of a resource type go to as things stand; false: none. Nil: as they stood
	// at the step that the lane has come to.
	Association func(center.ResourceType) (target string, ok bool)
	Cache       int // rows that each lane keeps decoded; 0: journal.CacheRowsUsual
}

// worker is a lane, whatever its rows are.
type worker interface {
	open(ctx context.Context) error
	work(ctx context.Context) (busy bool, err error)
	deadline() (time.Time, bool)
	status() LaneStatus
}

// Outbox is the lanes of one instance.
type Outbox struct {
	cfg   Config
	lanes []worker
}

// The names of the lanes.
const (
	LaneContactRecords = "contact-records"
	LaneAgentEvents    = "agent-events"
	LaneContactEvents  = "contact-events"
)

// LogName returns the name of the log of a lane.
func LogName(id center.InstanceID, lane string) string {
	return "lane-" + storage.EscapeName(string(id)) + "-" + lane
}

// Open returns the outbox of an instance as it was left.
func Open(ctx context.Context, cfg Config) (*Outbox, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Feed == nil {
		cfg.Feed = new(Feed)
	}
	if cfg.RecordDelay == 0 {
		cfg.RecordDelay = contactrecord.PublishDelay
	}
	if cfg.Rand == nil {
		h := fnv.New64a()
		h.Write([]byte(cfg.Instance))
		cfg.Rand = rand.New(rand.NewPCG(h.Sum64(), 0))
	}
	o := &Outbox{cfg: cfg}
	o.lanes = []worker{
		newLane(&o.cfg, LaneContactRecords, KindContactRecord, center.ContactTraceRecords, records{max(cfg.RecordDelay, 0)}),
		newLane(&o.cfg, LaneAgentEvents, KindAgentEvent, center.AgentEvents, agents{}),
		newLane(&o.cfg, LaneContactEvents, KindContactEvent, "", contacts{}),
	}
	for _, l := range o.lanes {
		if err := l.open(ctx); err != nil {
			return nil, fmt.Errorf("outbox of %s: %w", cfg.Instance, err)
		}
	}
	return o, nil
}

// Work does one round of every lane, one after the other, and reports whether there may be more to do at once. That a
// target takes nothing is not an error: it is tried again when Deadline comes.
func (o *Outbox) Work(ctx context.Context) (busy bool, err error) {
	for _, l := range o.lanes {
		b, e := l.work(ctx)
		busy = busy || b
		err = errors.Join(err, e)
	}
	return busy, err
}

// Deadline returns when time alone gives the outbox something to do.
func (o *Outbox) Deadline() (time.Time, bool) {
	var first time.Time
	for _, l := range o.lanes {
		if at, ok := l.deadline(); ok && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first, !first.IsZero()
}

// Run works until ctx ends, each lane on a goroutine of its own. The Journal must be told of new steps (its Publish or
// Run).
func (o *Outbox) Run(ctx context.Context) error {
	var group sync.WaitGroup
	for _, l := range o.lanes {
		group.Go(func() { o.run(ctx, l) })
	}
	group.Wait()
	return ctx.Err()
}

func (o *Outbox) run(ctx context.Context, l worker) {
	for tries := 0; ctx.Err() == nil; {
		more := o.cfg.Journal.Wait()
		busy, err := l.work(ctx)
		if err != nil {
			if ctx.Err() == nil {
				o.cfg.Logger.Error("a lane does not get on", "instance", string(o.cfg.Instance), "lane", l.status().Lane, "err", err)
			}
			if clock.Sleep(ctx, o.cfg.Clock, pause(tries)) != nil {
				return
			}
			tries++
			continue
		}
		tries = 0
		if busy {
			continue
		}
		var due <-chan struct{}
		stop := func() {}
		if at, ok := l.deadline(); ok {
			due, stop = o.cfg.Clock.WakeAt(at)
		}
		select {
		case <-ctx.Done():
		case <-more:
		case <-due:
		}
		stop()
	}
}

// pause is how long to wait after so many tries, without jitter.
func pause(tries int) time.Duration {
	if tries > 16 {
		return RetryMax
	}
	return min(RetryMin<<tries, RetryMax)
}

// LaneStatus is how a lane stands.
type LaneStatus struct {
	Lane         string
	Place        uint64    // every step before it is told
	Target       string    // ARN that was delivered to last
	Waiting      int       // documents that wait for their target
	FailingSince time.Time // zero: the target takes what it gets
	LastError    string    // of the target, while it fails
	Published    uint64    // documents since the start
	Repeated     uint64    // tries that failed, of documents, since the start
	Dropped      uint64    // documents that were given up since the start
	Unwanted     uint64    // documents whose association was gone when they were to be delivered
}

// Status returns how the lanes stand. It is safe for concurrent use.
func (o *Outbox) Status() []LaneStatus {
	all := make([]LaneStatus, len(o.lanes))
	for i, l := range o.lanes {
		all[i] = l.status()
	}
	return all
}
