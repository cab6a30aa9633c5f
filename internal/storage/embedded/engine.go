// Package embedded is the default storage engine: one directory, one process, Pebble underneath. Appends that arrive
// together share one fsync, whatever logs they go to.
package embedded

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Config sets an engine up. Only Dir is needed.
type Config struct {
	Dir    string       // created if missing; used by one engine at a time
	Clock  clock.Clock  // stamps records and expires them; nil: the wall clock
	Logger *slog.Logger // nil: silence
	FS     vfs.FS       // nil: the operating system's

	// Fatal is called when Pebble cannot go on, and must not return: it ends the process. nil: os.Exit(1) after the
	// error was logged.
	Fatal func(error)
}

// Engine is a storage.Engine in a directory.
type Engine struct {
	clock  clock.Clock
	db     *pebble.DB
	lock   *pebble.Lock
	health *health
	syncs  chan *commit  // appends that wait for the disk, in the order of the write-ahead log
	synced chan struct{} // closed when the syncer has ended
	stop   context.CancelFunc
	kick   chan struct{} // has a value when the expirer should look at its logs again
	idle   chan struct{} // closed when the expirer has ended

	users  sync.RWMutex // read-held by every call, so that Close can wait for them
	closed bool         // guarded by users

	mu   sync.Mutex // guards logs; taken before a log's own locks
	logs map[string]*log
}

// syncQueue is how many appends may wait for the disk at once. Pebble's own limit is one less.
const syncQueue = 4096

// Open opens or creates the directory. It returns ErrInUse if another process has it, ErrFormat if this version cannot
// read it.
func Open(cfg Config) (*Engine, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.FS == nil {
		cfg.FS = vfs.Default
	}
	if cfg.Fatal == nil {
		cfg.Fatal = func(error) { os.Exit(1) }
	}
	lock, err := lockDir(cfg.FS, cfg.Dir)
	if err != nil {
		return nil, err
	}
	fresh, err := checkFormat(cfg.FS, cfg.Dir)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	h := &health{log: cfg.Logger, fatal: cfg.Fatal, failed: make(chan struct{}), opening: make(chan error, 1)}
	db, err := openPebble(cfg.Dir, options(cfg.FS, lock, h), h)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("storage: open %s: %w", cfg.Dir, err), lock.Close())
	}
	if fresh {
		if err := created(cfg.FS, cfg.Dir); err != nil {
			return nil, errors.Join(err, db.Close(), lock.Close())
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	e := &Engine{
		clock: cfg.Clock, db: db, lock: lock, health: h, logs: map[string]*log{}, stop: stop,
		syncs: make(chan *commit, syncQueue), synced: make(chan struct{}),
		kick: make(chan struct{}, 1), idle: make(chan struct{}),
	}
	go e.syncer()
	go e.expirer(ctx)
	return e, nil
}

// openPebble is pebble.Open, which panics where a write fails on the way, and which does not return while what its log
// holds cannot be flushed, as on a full disk: it tries again at once, for ever. The first failure ends the waiting here;
// what it leaves behind sleeps, and holds what it has until the process ends.
func openPebble(dir string, o *pebble.Options, h *health) (*pebble.DB, error) {
	type opened struct {
		db  *pebble.DB
		err error
	}
	done := make(chan opened, 1)
	go func() {
		d := opened{err: errors.New("pebble: the disk failed a write")} // unless it returns: Config.Fatal may end the goroutine
		defer func() {
			if p := recover(); p != nil {
				d.err = fmt.Errorf("pebble: %v", p)
			}
			done <- d
		}()
		d.db, d.err = pebble.Open(dir, o)
	}()
	select {
	case d := <-done:
		if err := h.opened(); err != nil {
			return nil, err
		}
		return d.db, d.err
	case err := <-h.opening:
		return nil, fmt.Errorf("write out what its log holds: %w", err)
	}
}

// Healthy returns nil while everything works: ErrFailed once the disk failed a write (the engine then refuses writes
// and must be opened anew), or what else is wrong (damaged data; a background flush that fails).
func (e *Engine) Healthy() error { return e.health.err() }

// Failed returns a channel that is closed once the engine refuses all writes. The process should end then.
func (e *Engine) Failed() <-chan struct{} { return e.health.failed }

// Close implements storage.Engine.
func (e *Engine) Close() error {
	e.stop()
	<-e.idle
	e.users.Lock()
	defer e.users.Unlock()
	if e.closed {
		return storage.ErrClosed
	}
	e.closed = true
	close(e.syncs)
	<-e.synced
	for _, l := range e.logs {
		l.mark.wakeAll()
	}
	return errors.Join(e.db.Close(), e.lock.Close())
}

// enter begins a call; leave ends it. Calls do not nest: Close would come between.
func (e *Engine) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.users.RLock()
	if e.closed {
		e.users.RUnlock()
		return storage.ErrClosed
	}
	return nil
}

func (e *Engine) leave() { e.users.RUnlock() }

// meta is what is stored about a log.
type meta struct {
	ID     uint32 // never reused
	Floor  uint64 // everything before it was trimmed
	Clock  int64  // a time, in Unix nanoseconds, that new records are not stamped before
	MaxAge int64  // nanoseconds
	Latest bool
}

// Open implements storage.Engine.
func (e *Engine) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	if err := errors.Join(storage.CheckName(name), storage.CheckConfig(cfg)); err != nil {
		return nil, err
	}
	if err := e.enter(ctx); err != nil {
		return nil, err
	}
	defer e.leave()
	e.mu.Lock()
	l, err := e.find(name, &cfg)
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if l.latest != cfg.Latest {
		return nil, fmt.Errorf("%w: log %q exists with Latest %t", storage.ErrConfig, name, l.latest)
	}
	if err := l.setMaxAge(cfg.MaxAge); err != nil {
		return nil, err
	}
	select {
	case e.kick <- struct{}{}:
	default:
	}
	return l, nil
}

// find returns a log. If it does not exist, it is created as cfg says, or ErrNotFound for a nil cfg. mu is held.
func (e *Engine) find(name string, cfg *storage.Config) (*log, error) {
	if l := e.logs[name]; l != nil {
		return l, nil
	}
	var m meta
	v, c, err := e.db.Get(metaKey(name))
	switch {
	case err == nil:
		err = json.Unmarshal(v, &m)
		if err = errors.Join(err, c.Close()); err != nil {
			return nil, fmt.Errorf("storage: log %q: %w", name, err)
		}
	case errors.Is(err, pebble.ErrNotFound) && cfg != nil:
		if m, err = e.create(name, *cfg); err != nil {
			return nil, err
		}
	case errors.Is(err, pebble.ErrNotFound):
		return nil, fmt.Errorf("%w: log %q", storage.ErrNotFound, name)
	default:
		return nil, fmt.Errorf("storage: log %q: %w", name, err)
	}
	l, err := e.load(name, m)
	if err != nil {
		return nil, fmt.Errorf("storage: log %q: %w", name, err)
	}
	e.logs[name] = l
	return l, nil
}

// create stores a new log. mu is held.
func (e *Engine) create(name string, cfg storage.Config) (meta, error) {
	m := meta{ID: 1, Floor: 1, MaxAge: int64(cfg.MaxAge), Latest: cfg.Latest}
	v, c, err := e.db.Get([]byte{kindID})
	if err == nil {
		if len(v) == 4 {
			m.ID = binary.BigEndian.Uint32(v) + 1
		} else {
			err = errLayout
		}
		err = errors.Join(err, c.Close())
	} else if errors.Is(err, pebble.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return m, fmt.Errorf("storage: log %q: %w", name, err)
	}
	b := e.db.NewBatch()
	b.Set([]byte{kindID}, binary.BigEndian.AppendUint32(nil, m.ID), nil)
	b.Set(metaKey(name), m.encode(), nil)
	return m, e.commit(b)
}

func (m meta) encode() []byte {
	v, err := json.Marshal(m)
	if err != nil {
		panic(err) // numbers and a boolean
	}
	return v
}

// commit makes a batch durable and closes it. Appends have a faster way.
func (e *Engine) commit(b *pebble.Batch) error {
	if err := e.health.failure(); err != nil {
		b.Close()
		return err
	}
	err := e.db.ApplyNoSyncWait(b, pebble.Sync)
	if err == nil {
		err = b.SyncWait()
	}
	if err != nil {
		e.health.fail(err)
		return fmt.Errorf("%w: %w", storage.ErrUnknown, err)
	}
	return b.Close()
}

// Names implements storage.Engine.
func (e *Engine) Names(ctx context.Context, prefix string) ([]string, error) {
	if err := e.enter(ctx); err != nil {
		return nil, err
	}
	defer e.leave()
	lower := metaKey(prefix)
	upper := slices.Clone(lower)
	upper = append(upper, 0xff) // names are ASCII
	it, err := e.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	var names []string
	for ok := it.First(); ok; ok = it.Next() {
		names = append(names, string(it.Key()[1:]))
	}
	if err := it.Close(); err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	return names, nil
}

// Drop implements storage.Engine. Readers under way finish with what they see.
func (e *Engine) Drop(ctx context.Context, name string) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	defer e.leave()
	e.mu.Lock()
	defer e.mu.Unlock()
	l, err := e.find(name, nil)
	if err != nil {
		return err
	}
	l.dropped.Store(true) // a trim under way gives up
	l.trimming.Lock()
	defer l.trimming.Unlock()
	l.mu.Lock() // and no append is being written
	defer l.mu.Unlock()
	b := e.db.NewBatch()
	b.Delete(metaKey(name), nil)
	for _, kind := range []byte{kindSeq, kindRec} {
		all := space(kind, l.id)
		b.DeleteRange(all.LowerBound, all.UpperBound, nil)
	}
	err = e.commit(b)
	delete(e.logs, name)
	l.mark.wakeAll()
	return err
}
