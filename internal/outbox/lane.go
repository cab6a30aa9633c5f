package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// projection is what makes a lane's documents, one key at a time. It keeps nothing between calls.
type projection[T any] interface {
	traits() traits[T]
	// fold folds what a step says about one key into its row. Known is false when there was no row; keep is false when
	// there shall be none. Nothing is published while told is false: then docs do not matter.
	fold(s scene, row *T, known, told bool, stamp center.Stamp, events []center.Event) (docs []doc, keep bool)
	// due returns when the row is next due by time alone.
	due(s scene, row *T) (time.Time, bool)
	// release does what was due, now that the time is limit.
	release(s scene, row *T, told bool, d *due, limit time.Time) []doc
}

// traits are how a projection's rows are, and how it wants its lane to be.
type traits[T any] struct {
	prefix  string                           // of the rows' keys
	keyOf   func(center.Event) string        // the key that an event is about; empty: none
	clone   func(*T) *T                      // a copy that folding may change
	encode  func(*T) ([]byte, error)         // for storage
	decode  func([]byte) (*T, error)         // from storage
	expired func(row *T, now time.Time) bool // the row is of no use any more; nil: never
	starts  func(center.Event) bool          // events after which a row may be due, to find them in the journal
	few     bool                             // rows are few: who is due is found by reading them all
	silent  bool                             // nothing is due while there is no association
	publish bool                             // published whether or not there is an association
}

// scene is where the lane's documents play.
type scene struct {
	inst  center.Instance
	key   []byte
	since time.Time // when the association came
}

// position is how far a lane has come. It is committed with the rows.
type position struct {
	Place    uint64          // every step before it is folded
	Keys     int             `json:",omitempty"` // and so many keys of the step at it
	Round    uint64          // counts commits: no two positions are the same
	LowWater uint64          `json:",omitempty"` // no row is due because of an event before this place
	Horizon  time.Time       `json:",omitzero"`  // all that was due by then comes before the step at Place
	Instance center.Instance // as of Place
	Key      []byte          `json:",omitempty"`
	Target   string          `json:",omitempty"` // of the association, as of Place; empty: none
	Since    time.Time       `json:",omitzero"`  // when there was none before
}

func (p *position) scene() scene { return scene{p.Instance, p.Key, p.Since} }

// batch is one round's work: made in one go, then delivered, then committed.
type batch[T any] struct {
	changed map[string]*T
	docs    []doc
	bytes   int
	next    position
}

func (b *batch[T]) full() bool {
	return len(b.changed) >= journal.RowsMax || len(b.docs) >= docsMax || b.bytes >= docsBytesMax
}

// lane is one kind of document on its way to one place. All but status is for one goroutine.
type lane[T any] struct {
	cfg      *Config
	kind     string
	resource center.ResourceType // whose association counts; empty: there is no target
	proj     projection[T]
	traits   traits[T]
	log      *slog.Logger
	rand     *rand.Rand

	rows     *journal.Rows[T]
	at       position // folded, delivered; committed but for quiet places
	durable  uint64   // Place of the committed position
	dues     dues
	batch    *batch[T]
	tries    int
	retryAt  time.Time
	tried    string // target of the last try
	ahead    ahead
	trimNext time.Time

	mu   sync.Mutex // guards what is below
	stat LaneStatus
	wait time.Time // what deadline answers
}

func newLane[T any](cfg *Config, name, kind string, resource center.ResourceType, proj projection[T]) *lane[T] {
	return &lane[T]{
		cfg: cfg, kind: kind, resource: resource, proj: proj, traits: proj.traits(), stat: LaneStatus{Lane: name},
		log:  cfg.Logger.With("instance", string(cfg.Instance), "lane", name),
		rand: rand.New(rand.NewPCG(cfg.Rand.Uint64(), cfg.Rand.Uint64())),
	}
}

// open reads what was committed and finds out who is due.
func (l *lane[T]) open(ctx context.Context) error {
	rowLog, err := l.cfg.Engine.Open(ctx, LogName(l.cfg.Instance, l.stat.Lane), storage.Config{Latest: true})
	if err != nil {
		return fmt.Errorf("open lane %s: %w", l.stat.Lane, err)
	}
	rows, pos, err := journal.OpenRows(ctx, journal.RowsConfig[T]{Log: rowLog, Prefix: l.traits.prefix, Encode: l.traits.encode, Decode: l.traits.decode, Cache: l.cfg.Cache})
	if err != nil {
		return fmt.Errorf("open lane %s: %w", l.stat.Lane, err)
	}
	at := position{Place: 1}
	if pos != nil {
		if err := json.Unmarshal(pos, &at); err != nil {
			return fmt.Errorf("position of lane %s: %w", l.stat.Lane, err)
		}
	}
	l.rows, l.at, l.durable = rows, at, at.Place
	l.batch, l.dues, l.ahead, l.tries, l.retryAt = nil, dues{}, ahead{}, 0, time.Time{}
	if l.traits.few {
		err = rows.Each(ctx, func(id string, row *T) error {
			l.plan(&l.at, id, row, 0)
			return nil
		})
	} else if l.traits.starts != nil {
		err = l.rescan(ctx)
	}
	if err != nil {
		return fmt.Errorf("open lane %s: %w", l.stat.Lane, err)
	}
	l.note()
	return nil
}

// rescan finds who is due in the part of the journal in which that can have come about.
func (l *lane[T]) rescan(ctx context.Context) error {
	end := l.at.Place
	if l.at.Keys > 0 {
		end++
	}
	for from := max(l.at.LowWater, 1); from < end; {
		entries, next, err := l.cfg.Journal.Read(ctx, from, stepsMax)
		if err != nil {
			return err
		}
		if next == from {
			return nil
		}
		for _, e := range entries {
			if e.Place >= end {
				return nil
			}
			for _, ev := range e.Step.Events {
				if !l.traits.starts(ev) {
					continue
				}
				id := l.traits.keyOf(ev)
				row, err := l.rows.Get(ctx, id)
				if err != nil {
					return err
				}
				if row != nil {
					l.plan(&l.at, id, row, e.Place)
				}
			}
		}
		from = next
	}
	return nil
}

// plan notes when a row is due.
func (l *lane[T]) plan(at *position, id string, row *T, place uint64) {
	when, ok := l.proj.due(at.scene(), row)
	if !ok {
		l.dues.remove(id)
		return
	}
	if it, known := l.dues.byID[id]; known && it.at.Equal(when) {
		return // what came first made it due
	}
	l.dues.set(id, when, place)
}

// work does one round.
func (l *lane[T]) work(ctx context.Context) (busy bool, err error) {
	defer l.note()
	if l.batch == nil {
		if err := l.trim(ctx); err != nil {
			return false, err
		}
		if l.batch, err = l.build(ctx); l.batch == nil || err != nil {
			if err != nil { // what was folded halfway is void
				l.batch = nil
				err = errors.Join(err, l.open(ctx))
			}
			return false, err
		}
	}
	if len(l.batch.docs) > 0 {
		if done, err := l.deliver(ctx); !done || err != nil {
			return false, err
		}
	}
	return true, l.commit(ctx)
}

// build makes the next batch; nil: there is nothing to do.
func (l *lane[T]) build(ctx context.Context) (*batch[T], error) {
	now := l.cfg.Clock.Now() // before the journal is read: what is not in it yet was not stamped before now
	b := &batch[T]{changed: map[string]*T{}, next: l.at}
	if l.ripe(&b.next, func(at time.Time) bool { return !at.After(b.next.Horizon) }) {
		return b, l.releaseUntil(ctx, b, b.next.Horizon)
	}
	entries, next, err := l.cfg.Journal.Read(ctx, l.at.Place, stepsMax)
	if err != nil {
		return nil, err
	}
	if next == l.at.Place {
		if !l.ripe(&b.next, func(at time.Time) bool { return !at.After(now) }) {
			return nil, nil
		}
		b.next.Horizon = now // committed by itself, before anything that follows from it is seen
		return b, nil
	}
	for _, e := range entries {
		if e.Place != b.next.Place {
			b.next.Place, b.next.Keys = e.Place, 0
		}
		done, err := l.step(ctx, b, e)
		if !done || err != nil {
			return b, err
		}
		b.next.Place, b.next.Keys = e.Place+1, 0
	}
	b.next.Place, b.next.Keys = next, 0
	return b, nil
}

// ripe reports whether someone is due who may be released.
func (l *lane[T]) ripe(at *position, by func(time.Time) bool) bool {
	if l.traits.silent && at.Target == "" {
		return false
	}
	d := l.dues.first()
	return d != nil && by(d.at)
}

// releaseUntil releases whoever is due by a time, as long as the batch has room.
func (l *lane[T]) releaseUntil(ctx context.Context, b *batch[T], limit time.Time) error {
	for !b.full() && l.ripe(&b.next, func(at time.Time) bool { return !at.After(limit) }) {
		if err := l.release(ctx, b, limit); err != nil {
			return err
		}
	}
	return nil
}

func (l *lane[T]) release(ctx context.Context, b *batch[T], limit time.Time) error {
	d := *l.dues.first()
	row, known, err := l.row(ctx, b, d.id)
	if err != nil {
		return err
	}
	if !known {
		l.dues.remove(d.id)
		return nil
	}
	b.add(l.proj.release(b.next.scene(), row, b.next.Target != "", &d, limit))
	b.changed[d.id] = row
	l.plan(&b.next, d.id, row, d.place)
	return nil
}

// step folds one step into the batch. It is not done when the batch is full before its end.
func (l *lane[T]) step(ctx context.Context, b *batch[T], e journal.Entry) (done bool, err error) {
	stamp := e.Step.Stamp
	stamp.Place = e.Place
	for b.next.Keys == 0 && l.ripe(&b.next, func(at time.Time) bool { return at.Before(stamp.At) }) {
		if b.full() {
			return false, nil
		}
		if err := l.release(ctx, b, stamp.At); err != nil {
			return false, err
		}
	}
	if b.full() {
		return false, nil
	}
	if b.next.Keys == 0 {
		l.heed(b, stamp.At, e.Step.Events)
	}
	groups := journal.Split(e.Step, l.traits.keyOf)
	for ; b.next.Keys < len(groups); b.next.Keys++ {
		if b.full() {
			return false, nil
		}
		g := &groups[b.next.Keys]
		row, known, err := l.row(ctx, b, g.Key)
		if err != nil {
			return false, err
		}
		told := b.next.Target != "" || l.traits.publish
		docs, keep := l.proj.fold(b.next.scene(), row, known, told, stamp, g.Events)
		if !keep {
			continue
		}
		b.changed[g.Key] = row
		l.plan(&b.next, g.Key, row, e.Place)
		if told {
			b.add(docs)
		}
	}
	return true, nil
}

// heed takes in what a step says about the instance as a whole.
func (l *lane[T]) heed(b *batch[T], at time.Time, events []center.Event) {
	for _, e := range events {
		if e, ok := e.(center.InstanceSaved); ok {
			b.next.Instance = e.Instance
			if e.Key != nil {
				b.next.Key = e.Key
			}
		}
	}
	if l.resource == "" {
		return
	}
	before := b.next.Target
	b.next.Target = targetAfter(before, l.resource, events)
	if before == "" && b.next.Target != "" {
		b.next.Since = at
		if l.traits.silent { // what was due before the association came is not made up for
			l.dues.notBefore(at.Add(heartbeatAfter))
		}
	}
}

// row returns the batch's own copy of a row, or a new one that is not known yet.
func (l *lane[T]) row(ctx context.Context, b *batch[T], id string) (row *T, known bool, err error) {
	if row, ok := b.changed[id]; ok {
		return row, true, nil
	}
	row, err = l.rows.Get(ctx, id)
	if err != nil {
		return nil, false, err
	}
	if row == nil {
		return new(T), false, nil
	}
	return l.traits.clone(row), true, nil
}

func (b *batch[T]) add(docs []doc) {
	for i := range docs {
		b.bytes += len(docs[i].item.Data)
	}
	b.docs = append(b.docs, docs...)
}

// commit ends the batch.
func (l *lane[T]) commit(ctx context.Context) error {
	b := l.batch
	if len(b.changed) == 0 && b.next.Horizon.Equal(l.at.Horizon) && b.next.Target == l.at.Target && b.next.Place-l.durable < quietPlacesMax {
		l.at, l.batch = b.next, nil // nothing is lost if this is read again
		return nil
	}
	b.next.Round = l.at.Round + 1
	b.next.LowWater = b.next.Place
	if l.traits.starts != nil {
		for _, d := range l.dues.items {
			b.next.LowWater = min(b.next.LowWater, d.place)
		}
	}
	pos, err := json.Marshal(&b.next)
	if err != nil {
		return fmt.Errorf("encode the position: %w", err)
	}
	err = l.rows.Commit(ctx, b.changed, pos)
	if errors.Is(err, storage.ErrConflict) {
		l.log.Warn("someone else moved the lane on; reading it again", "err", err)
		return l.open(ctx)
	}
	if err != nil {
		return err
	}
	l.at, l.durable, l.batch = b.next, b.next.Place, nil
	return nil
}

func (l *lane[T]) trim(ctx context.Context) error {
	now := l.cfg.Clock.Now()
	if now.Before(l.trimNext) || l.traits.expired == nil {
		return nil
	}
	l.trimNext = now.Add(trimEvery)
	n, err := l.rows.TrimHead(ctx, trimMax, func(row *T) bool { return l.traits.expired(row, now) })
	if n == trimMax {
		l.trimNext = now
	}
	return err
}

func (l *lane[T]) deadline() (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wait, !l.wait.IsZero()
}

func (l *lane[T]) status() LaneStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stat
}

// note makes visible how the lane stands.
func (l *lane[T]) note() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stat.Place, l.stat.Waiting, l.wait = l.at.Place, 0, time.Time{}
	if l.batch != nil {
		l.stat.Waiting, l.wait = len(l.batch.docs), l.retryAt
	} else if d := l.dues.first(); d != nil && l.ripe(&l.at, func(time.Time) bool { return true }) {
		l.wait = d.at
	}
}
