package switchboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Create makes a new instance: cmd.Instance needs an ID and an ARN that nobody had before. It returns a *center.Refused
// when the alias is taken, and what Submit returns.
func (i *Instances) Create(ctx context.Context, account, region string, cmd center.CreateInstance) (*Handle, error) {
	if err := i.reserve(); err != nil {
		return nil, err
	}
	defer func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.pending--
	}()
	e, err := i.registry.add(ctx, Info{
		ID: cmd.Instance.ID, ARN: cmd.Instance.ARN, Account: account, Region: region, Alias: cmd.Instance.Alias,
		Status: Creating, CreatedAt: i.cfg.Clock.Now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // from here on it is finished, one way or the other
	h, err := i.openHandle(ctx, e)
	if err != nil {
		i.drop(e)
		return nil, err
	}
	if err := h.byHand(ctx, cmd); err != nil {
		i.abandon(ctx, h)
		return nil, err
	}
	h.Info.CreatedAt = stateOf(h).Directory.Instance.CreatedAt
	h.entry.Info = h.Info
	if err := i.registry.set(ctx, &h.entry, Active); err != nil {
		return nil, errors.Join(err, h.Switchboard.Close(ctx))
	}
	h.Info = h.entry.Info
	return h, i.publish(ctx, h)
}

// reserve keeps room for one more instance.
func (i *Instances) reserve() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return ErrClosed
	}
	if len(i.infos)+i.pending >= InstancesMax {
		return &center.Refused{Reason: center.Limit, Kind: center.KindInstance, Detail: fmt.Sprintf("at most %d instances", InstancesMax)}
	}
	i.pending++
	return nil
}

// byHand steps a command, and carries out what it asks for, while nobody runs the switchboard.
func (h *Handle) byHand(ctx context.Context, cmd center.Command) error {
	var outcome error
	if err := h.Switchboard.Post("", cmd, func(_ Result, err error) { outcome = err }); err != nil {
		return err
	}
	for {
		busy, err := h.Switchboard.Work(ctx)
		if err != nil || !busy {
			return cmp.Or(outcome, err)
		}
	}
}

// abandon forgets an instance that was never created.
func (i *Instances) abandon(ctx context.Context, h *Handle) {
	if err := h.Switchboard.Close(ctx); err != nil {
		i.log.Warn("close an instance that was not created", "instance", h.Info.ID, "err", err)
	}
	i.drop(h.entry)
}
