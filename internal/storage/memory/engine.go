// Package memory is the storage engine for tests, simulations and `serve --memory`: everything lives in the process,
// on a simulated disk that can be made to fail and that survives a simulated crash.
package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Config sets an engine up. The zero value is an engine on the wall clock with a disk of its own.
type Config struct {
	Clock clock.Clock // stamps records and expires them; nil: the wall clock
	Disk  *Disk       // where the logs are; nil: a new, empty disk
}

// Engine is a storage.Engine in memory. It has no goroutines: expired records go away when their log is used.
type Engine struct {
	clock clock.Clock
	disk  *Disk
	gone  chan struct{} // closed when the engine was closed or crashed
}

// New opens the disk. An engine that had it open is ended as by a crash that loses what it had not acknowledged.
func New(cfg Config) *Engine {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Disk == nil {
		cfg.Disk = new(Disk)
	}
	d := cfg.Disk
	d.mu.Lock()
	defer d.mu.Unlock()
	d.release()
	e := &Engine{clock: cfg.Clock, disk: d, gone: make(chan struct{})}
	d.user = e
	if d.logs == nil {
		d.logs = map[string]*log{}
	}
	return e
}

// Disk returns the disk the engine has open.
func (e *Engine) Disk() *Disk { return e.disk }

// Healthy returns ErrFailed once the disk failed a write.
func (e *Engine) Healthy() error {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if e.disk.user == e && e.disk.failed {
		return storage.ErrFailed
	}
	return nil
}

// usable returns why the engine may not be used. disk.mu is held.
func (e *Engine) usable(ctx context.Context) error {
	if e.disk.user != e {
		return storage.ErrClosed
	}
	return ctx.Err()
}

// Open implements storage.Engine.
func (e *Engine) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	if err := storage.CheckName(name); err != nil {
		return nil, err
	}
	if err := storage.CheckConfig(cfg); err != nil {
		return nil, err
	}
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if err := e.usable(ctx); err != nil {
		return nil, err
	}
	l := e.disk.logs[name]
	if l == nil {
		l = &log{disk: e.disk, cfg: cfg, next: 1, first: 1, keys: map[string]*chain{}}
		e.disk.logs[name] = l
	}
	if l.cfg.Latest != cfg.Latest {
		return nil, fmt.Errorf("%w: log %q exists with Latest %t", storage.ErrConfig, name, l.cfg.Latest)
	}
	l.expire(e.clock.Now()) // what the former age made go away does not come back
	l.cfg = cfg
	if l.handle == nil || l.handle.e != e {
		l.handle = &handle{e: e, l: l}
	}
	return l.handle, nil
}

// Names implements storage.Engine.
func (e *Engine) Names(ctx context.Context, prefix string) ([]string, error) {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if err := e.usable(ctx); err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(e.disk.logs))
	return slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, prefix) }), nil
}

// Drop implements storage.Engine.
func (e *Engine) Drop(ctx context.Context, name string) error {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if err := e.usable(ctx); err != nil {
		return err
	}
	l := e.disk.logs[name]
	if l == nil {
		return fmt.Errorf("%w: log %q", storage.ErrNotFound, name)
	}
	delete(e.disk.logs, name)
	l.trim(l.next)
	l.dropped = true
	l.wakeAll()
	return nil
}

// Close implements storage.Engine. What is on the disk stays there.
func (e *Engine) Close() error {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if e.disk.user != e {
		return storage.ErrClosed
	}
	e.disk.release()
	return nil
}
