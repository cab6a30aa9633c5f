package switchboard

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// openAll opens what the registry holds: a few at a time, or in manual mode one after another.
func (i *Instances) openAll(ctx context.Context, all []entry) {
	var group sync.WaitGroup
	room := make(chan struct{}, openAtOnce)
	for _, e := range all {
		if i.cfg.Manual {
			i.reopen(ctx, e)
			continue
		}
		room <- struct{}{}
		group.Go(func() {
			defer func() { <-room }()
			i.reopen(ctx, e)
		})
	}
	group.Wait()
}

// reopen brings back one instance, or finishes what a stop interrupted: a creation nobody was told of, or a deletion.
func (i *Instances) reopen(ctx context.Context, e entry) {
	if e.Status == Deleting {
		i.aside(func() { i.drop(e) })
		return
	}
	h, err := i.openHandle(ctx, e)
	if err == nil && h.created() && e.Status == Creating {
		err = i.registry.set(ctx, &h.entry, Active)
		h.Info = h.entry.Info
	}
	switch {
	case err != nil:
		i.log.Error("an instance cannot be opened", "instance", e.ID, "err", err)
		i.giveUp(e, err)
	case !h.created(), h.deleted():
		i.freeAlias(ctx, &h.entry)
		i.aside(func() { i.abandon(context.WithoutCancel(ctx), h) })
	default:
		if err := i.publish(ctx, h); err != nil {
			i.log.Error("an instance cannot be opened", "instance", e.ID, "err", err)
		}
	}
}

// giveUp keeps in mind that an instance cannot be opened.
func (i *Instances) giveUp(e entry, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.broken[e.ID], i.infos[e.ID] = broken{e, err}, e.Info
}

// aside does something that nobody waits for: in the background, or at once in manual mode.
func (i *Instances) aside(f func()) {
	if i.cfg.Manual {
		f()
		return
	}
	i.group.Go(f)
}

func (h *Handle) created() bool { return stateOf(h).Directory.Instance.ID != "" }
func (h *Handle) deleted() bool { return stateOf(h).Directory.Deleted }

// stateOf is for whoever owns the machine: nobody runs it.
func stateOf(h *Handle) *machine.State { return h.Switchboard.State() }

// openHandle recovers an instance's machine.
func (i *Instances) openHandle(ctx context.Context, e entry) (*Handle, error) {
	journal, err := i.cfg.Engine.Open(ctx, JournalName(e.ID), storage.Config{})
	if err != nil {
		return nil, fmt.Errorf("open the journal of instance %s: %w", e.ID, err)
	}
	snapshots, err := i.cfg.Engine.Open(ctx, SnapshotsName(e.ID), storage.Config{Latest: true})
	if err != nil {
		return nil, fmt.Errorf("open the checkpoints of instance %s: %w", e.ID, err)
	}
	cfg := Config{
		Log: journal, Snapshots: snapshots, Clock: i.cfg.Clock, Logger: i.log.With("instance", e.ID), Owner: i.cfg.Owner,
		QueueMax: i.cfg.QueueMax, CheckpointEvery: i.cfg.CheckpointEvery, EffectsMax: i.cfg.EffectsMax,
	}
	if i.cfg.Perform != nil {
		cfg.Perform = i.cfg.Perform(e.Info)
	}
	sb, err := Open(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open instance %s: %w", e.ID, err)
	}
	s := sb.State()
	h := &Handle{
		Info: e.Info, Switchboard: sb, Journal: journal, entry: e,
		Live: live.New(sb.Place(), s.Directory, s.Agents, s.Contacts),
	}
	sb.Subscribe(h.Live.Apply)
	return h, nil
}

// publish lets everyone reach an instance and starts it.
func (i *Instances) publish(ctx context.Context, h *Handle) error {
	if i.cfg.OnOpen != nil {
		if err := i.cfg.OnOpen(ctx, h); err != nil {
			i.giveUp(h.entry, err)
			return errors.Join(err, h.Switchboard.Close(ctx))
		}
	}
	h.attached = true
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return errors.Join(ErrClosed, h.Switchboard.Close(ctx))
	}
	if !i.cfg.Manual {
		var run context.Context
		run, h.stop = context.WithCancel(i.ctx)
		h.done = make(chan struct{})
		go func() {
			defer close(h.done)
			if err := h.Switchboard.Run(run); err != nil {
				i.log.Error("an instance has ended", "instance", h.Info.ID, "err", err)
			}
		}()
	}
	i.open[h.Info.ID], i.infos[h.Info.ID] = h, h.Info
	return nil
}
