package switchboard

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Keys of an instance's journal.
const (
	OwnerKey = "owner" // who writes from here on: the record's sequence number is the owner's epoch
	StepKey  = "step"  // a step, as center.Encode writes it
)

// Defaults and bounds.
const (
	QueueMax        = 8192             // commands that wait for the owner
	BatchMax        = storage.MaxBatch // steps in one append
	BatchBytesMax   = 8 << 20          // bytes of steps in one append, save that the last step may exceed it
	CheckpointEvery = 20_000           // steps between checkpoints
	EffectsMax      = 1024             // effects being carried out at once; others wait
	AttemptsMax     = 8                // tries of one effect; then it rests until the instance is opened again
	RetryFirst      = 200 * time.Millisecond
	RetryMax        = 30 * time.Second // between two tries of an effect
	wakesMax        = 2 * BatchMax     // Wake commands in one batch, journalled or not
	wakePanicsMax   = 3                // panics on Wake in a row before the instance has failed: its timers are dead
	stuckFor        = time.Second      // until a deadline is looked at again that a Wake did not move
	recoverEvery    = time.Second      // between two attempts to recover from a journal that cannot be read
)

// Performer carries out an effect and returns the command that says what came of it. It may be asked again under the
// same id. An error means: try again. A nil command means that the answer comes later, by Answer or Post. When ctx
// ends the outcome no longer matters.
type Performer func(ctx context.Context, id center.EffectID, e center.Effect) (center.Command, error)

// Config sets a switchboard up. Log is required; the other zero values work.
type Config struct {
	Log       storage.Log // the journal
	Snapshots storage.Log // a Latest log for checkpoints; nil: none are kept
	Clock     clock.Clock // nil: the wall clock
	Logger    *slog.Logger
	Perform   Performer                   // nil: effects stay outstanding
	Subscribe []func(uint64, center.Step) // called in order, with the journal place of each step, by the owner: must not block or submit
	Owner     string                      // names this process among all that might own the journal, in one word; "": "node"

	QueueMax        int // commands that wait; 0: QueueMax
	CheckpointEvery int // steps between checkpoints; 0: CheckpointEvery
	EffectsMax      int // effects carried out at once; 0: EffectsMax

	build func(checkpoint []byte) (automaton, error) // tests put a machine in between; nil: the real one
}

// automaton is what the switchboard needs of a machine.
type automaton interface {
	Step(center.Stamp, center.Command) (center.Step, error)
	Apply(center.Step)
	Outstanding() []machine.Outstanding
	Deadline() (time.Time, bool)
	Checkpoint() ([]byte, error)
	State() *machine.State
}

// Result is what came of a command.
type Result struct {
	Step center.Step // empty when nothing changed; its Stamp.Place is the place in the journal otherwise
}

// Switchboard owns one machine. Submit, Post, Answer, Place, ReadSteps and StateBefore are safe for concurrent use.
type Switchboard struct {
	cfg   Config
	log   *slog.Logger
	queue *queue
	place atomic.Uint64 // of the newest step that subscribers have seen
	ended atomic.Pointer[error]

	// Owner only: between Open and Run whoever opened, then Run or whoever calls Work.
	m          automaton  // nil: to be recovered
	waiting    []*request // taken from the queue, not yet stepped
	epoch      uint64     // sequence number of our owner record
	claimed    uint64     // 1 + the epoch after which we tried to write an owner record, if we do not know whether we did
	refence    bool       // an append may still arrive: fence it off before reading
	next       uint64     // place of the next step
	at         time.Time  // of the newest stamp
	published  uint64
	checked    uint64 // place of the newest checkpoint or attempt at one
	stuck      time.Time
	wakePanics int
	retryAt    time.Time // when recovery is tried again
	subscribe  []func(uint64, center.Step)

	hands   hands
	group   sync.WaitGroup // goroutines of Run: effects and checkpoints
	writing atomic.Bool    // a checkpoint is being written
}

func (c Config) withDefaults() (Config, error) {
	if c.Log == nil {
		return c, errors.New("switchboard: Config.Log is missing")
	}
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Owner == "" {
		c.Owner = "node"
	}
	for _, d := range []struct {
		v       *int
		usually int
	}{{&c.QueueMax, QueueMax}, {&c.CheckpointEvery, CheckpointEvery}, {&c.EffectsMax, EffectsMax}} {
		if *d.v <= 0 {
			*d.v = d.usually
		}
	}
	if c.build == nil {
		c.build = func(checkpoint []byte) (automaton, error) {
			if checkpoint == nil {
				return machine.New(), nil
			}
			return machine.Restore(checkpoint)
		}
	}
	return c, nil
}

// Open takes the journal over from whoever owned it and recovers the machine. It returns ErrFenced when someone else
// takes it over at the same time, and ErrFailed when the journal cannot be folded; other errors come from the storage.
func Open(ctx context.Context, cfg Config) (*Switchboard, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Switchboard{
		cfg: cfg, log: cfg.Logger, queue: newQueue(cfg.QueueMax),
		subscribe: append([]func(uint64, center.Step){}, cfg.Subscribe...),
	}
	s.hands.byID, s.hands.byContact = map[center.EffectID]*hand{}, map[center.ContactID]*hand{}
	if err := s.takeOver(ctx); err != nil {
		return nil, err
	}
	if err := s.recover(ctx, true); err != nil {
		return nil, err
	}
	s.handOutAll()
	return s, nil
}

// Subscribe adds a subscriber. It is called before Run or the first Work.
func (s *Switchboard) Subscribe(f func(place uint64, step center.Step)) {
	s.subscribe = append(s.subscribe, f)
}

// State returns the machine's own state, between Open and Run, or between two calls of Work: it must not be kept or
// changed. It is nil while the machine must be recovered.
func (s *Switchboard) State() *machine.State {
	if s.m == nil {
		return nil
	}
	return s.m.State()
}

// Place returns the journal place of the newest committed step that subscribers have seen.
func (s *Switchboard) Place() uint64 { return s.place.Load() }

// Err returns nil while the switchboard works, and why it ended otherwise: ErrFenced, ErrFailed or ErrClosed.
func (s *Switchboard) Err() error {
	if e := s.ended.Load(); e != nil {
		return *e
	}
	return nil
}

// Submit hands a command to the machine and returns after its step is durable and published. It returns
// *center.Refused, one of this package's errors, or ctx's error; in the last case the command may still be done.
func (s *Switchboard) Submit(ctx context.Context, cmd center.Command) (Result, error) {
	return s.Answer(ctx, "", cmd)
}

// Answer is Submit for the outcome of an effect. Answering a closed effect changes nothing.
func (s *Switchboard) Answer(ctx context.Context, closes center.EffectID, cmd center.Command) (Result, error) {
	type answer struct {
		res Result
		err error
	}
	got := make(chan answer, 1)
	r := &request{ctx: ctx, cmd: cmd, closes: closes, reply: func(res Result, err error) { got <- answer{res, err} }}
	if err := s.queue.put(r, false); err != nil {
		return Result{}, s.because(err)
	}
	select {
	case a := <-got:
		return a.res, a.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// Post is Answer without waiting: reply is called once by the owner, later, with what Answer would return. It must not
// block; it may Post. An error means that the command was not taken and reply is not called.
func (s *Switchboard) Post(closes center.EffectID, cmd center.Command, reply func(Result, error)) error {
	if reply == nil {
		reply = func(Result, error) {}
	}
	return s.because(s.queue.put(&request{ctx: context.Background(), cmd: cmd, closes: closes, reply: reply}, false))
}

// because says why a closed queue is closed.
func (s *Switchboard) because(err error) error {
	if errors.Is(err, ErrClosed) {
		if e := s.Err(); e != nil {
			return e
		}
	}
	return err
}

// end makes the switchboard refuse everything from now on. Only the owner calls it.
func (s *Switchboard) end(why error) {
	s.ended.CompareAndSwap(nil, &why)
	for _, r := range append(s.waiting, s.queue.close()...) {
		r.reply(Result{}, why)
	}
	s.waiting = nil
}
