package switchboard

import (
	"context"
	"errors"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Delete ends an instance: its end is in the journal when it returns, and nobody finds it any more. Its logs are dropped
// in the background, also after a restart. An instance that has failed can be deleted as well.
func (i *Instances) Delete(ctx context.Context, account, region, idOrARN string) error {
	h, err := i.Get(account, region, idOrARN)
	if err != nil {
		return i.deleteBroken(account, region, idOrARN, err)
	}
	if i.cfg.Manual {
		err = h.byHand(ctx, center.DeleteInstance{})
	} else {
		_, err = h.Switchboard.Submit(ctx, center.DeleteInstance{})
	}
	var refused *center.Refused
	if errors.As(err, &refused) && refused.Reason == center.Deleted {
		return notFound(idOrARN) // someone else was faster
	}
	if err != nil && !errors.Is(err, ErrFailed) {
		return err
	}
	if !i.forget(h.Info.ID) {
		return nil // all are closing, and the next start goes on; or someone else was faster
	}
	i.freeAlias(ctx, &h.entry)
	i.rest(func() {
		i.settle(h)
		i.close(context.WithoutCancel(ctx), h)
		if i.ctx.Err() == nil {
			i.drop(h.entry)
		}
	})
	return nil
}

// freeAlias notes that an instance is being deleted, so that others can have its alias at once.
func (i *Instances) freeAlias(ctx context.Context, e *entry) {
	if err := i.registry.set(context.WithoutCancel(ctx), e, Deleting); err != nil {
		i.log.Warn("the alias of a deleted instance stays taken until its logs are dropped", "instance", e.ID, "err", err)
	}
}

// deleteBroken deletes an instance that could not be opened; its end does not come into its journal.
func (i *Instances) deleteBroken(account, region, idOrARN string, why error) error {
	var refused *center.Refused
	if errors.As(why, &refused) {
		return why
	}
	for _, info := range i.List(account, region) {
		if string(info.ID) != idOrARN && info.ARN != idOrARN {
			continue
		}
		i.mu.Lock()
		b, ok := i.broken[info.ID]
		i.mu.Unlock()
		if ok && i.forget(info.ID) {
			i.freeAlias(context.Background(), &b.entry)
			i.rest(func() { i.drop(b.entry) })
			return nil
		}
	}
	return notFound(idOrARN)
}

// forget takes an instance out of everybody's sight. It returns false when the instance is not there, or when all are
// closing; otherwise rest must follow, which Close waits for.
func (i *Instances) forget(id center.InstanceID) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, ok := i.infos[id]; !ok || i.closed {
		return false
	}
	delete(i.open, id)
	delete(i.broken, id)
	delete(i.infos, id)
	i.group.Add(1)
	return true
}

// rest does what is left to do after forget: in the background, or at once in manual mode.
func (i *Instances) rest(f func()) {
	if i.cfg.Manual {
		defer i.group.Done()
		f()
		return
	}
	go func() {
		defer i.group.Done()
		f()
	}()
}

// settle waits until the effects of an instance's end have been carried out: lines that are released.
func (i *Instances) settle(h *Handle) {
	if i.cfg.Manual || i.cfg.Perform == nil {
		return
	}
	woken, stop := i.cfg.Clock.WakeAt(i.cfg.Clock.Now().Add(settleMax))
	defer stop()
	for {
		quiet, changed := h.Switchboard.hands.quiet()
		if quiet {
			return
		}
		select {
		case <-changed:
		case <-woken:
			return
		case <-h.done:
			return
		case <-i.ctx.Done():
			return
		}
	}
}

// drop drops an instance's logs, the journal last: as long as it is there, the next start knows what to do.
func (i *Instances) drop(e entry) {
	ctx := context.WithoutCancel(i.ctx)
	err := func() error {
		if e.Status != Deleting {
			if err := i.registry.set(ctx, &e, Deleting); err != nil {
				return err
			}
		}
		for _, prefix := range append(logsOf(e.ID), JournalName(e.ID)) {
			names, err := i.cfg.Engine.Names(ctx, prefix)
			if err != nil {
				return err
			}
			for _, name := range names {
				if name != prefix && !strings.HasSuffix(prefix, "-") {
					continue
				}
				if err := i.cfg.Engine.Drop(ctx, name); err != nil && !errors.Is(err, storage.ErrNotFound) {
					return err
				}
			}
		}
		return i.registry.set(ctx, &e, Deleted)
	}()
	if err != nil {
		i.log.Error("the logs of a deleted instance remain; the next start drops them", "instance", e.ID, "err", err)
	}
}
