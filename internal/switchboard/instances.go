package switchboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// InstancesMax is how many instances one node holds, deleted ones not counted.
const InstancesMax = 1000

// settleMax is how long the effects of an instance's end may take before its logs go all the same.
const settleMax = 10 * time.Second

// openAtOnce is how many instances are recovered side by side at the start.
const openAtOnce = 4

// InstancesConfig sets Instances up. Engine is required; the other zero values work.
type InstancesConfig struct {
	Engine  storage.Engine
	Clock   clock.Clock // nil: the wall clock
	Logger  *slog.Logger
	Perform func(Info) Performer // who carries out the effects of an instance; nil: nobody
	Owner   string               // see Config.Owner

	// OnOpen is called for every instance, before anybody else can reach it and before its first command or effect of
	// this run: the place to attach readers of its journal and subscribers. An error keeps the instance closed.
	OnOpen func(context.Context, *Handle) error
	// OnClose is called when the instance takes nothing more, before its logs may be dropped: whoever OnOpen attached
	// must have let go of them when it returns.
	OnClose func(context.Context, *Handle)

	// Manual starts no goroutines: Work drives all instances, as simulations do.
	Manual bool

	QueueMax, CheckpointEvery, EffectsMax int // of each switchboard; see Config
}

// Handle is one open instance.
type Handle struct {
	Info        Info
	Switchboard *Switchboard
	Live        *live.View
	Journal     storage.Log // to be read only

	entry    entry
	attached bool               // OnOpen was called, or would have been
	stop     context.CancelFunc // ends Run; nil in manual mode
	done     chan struct{}      // closed when Run has returned
}

// Instances are all contact centers of a node. It is safe for concurrent use, except that in manual mode Work, Create,
// Delete and Close exclude one another.
type Instances struct {
	cfg      InstancesConfig
	log      *slog.Logger
	registry registry
	group    sync.WaitGroup // drops under way
	ctx      context.Context
	stop     context.CancelFunc

	mu      sync.Mutex // guards everything below
	open    map[center.InstanceID]*Handle
	broken  map[center.InstanceID]broken // instances that could not be opened
	infos   map[center.InstanceID]Info   // of open and broken ones
	pending int                          // being created
	closed  bool
}

// broken is an instance that could not be opened.
type broken struct {
	entry entry
	err   error
}

// OpenInstances recovers every instance in the registry and starts them. An instance that cannot be recovered is logged
// and answers with its error; the others go on.
func OpenInstances(ctx context.Context, cfg InstancesConfig) (*Instances, error) {
	if cfg.Engine == nil {
		return nil, errors.New("switchboard: InstancesConfig.Engine is missing")
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	log, err := cfg.Engine.Open(ctx, RegistryLog, storage.Config{Latest: true})
	if err != nil {
		return nil, fmt.Errorf("open the registry of instances: %w", err)
	}
	i := &Instances{
		cfg: cfg, log: cfg.Logger, registry: registry{log: log},
		open: map[center.InstanceID]*Handle{}, broken: map[center.InstanceID]broken{}, infos: map[center.InstanceID]Info{},
	}
	i.ctx, i.stop = context.WithCancel(context.WithoutCancel(ctx))
	all, err := i.registry.all(ctx)
	if err != nil {
		i.stop()
		return nil, err
	}
	i.openAll(ctx, all)
	if err := ctx.Err(); err != nil {
		return nil, errors.Join(err, i.Close(context.WithoutCancel(ctx)))
	}
	return i, nil
}

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

// Get returns an instance by its id or ARN: a *center.Refused when the account has none such in the Region, and an error
// that is ErrFailed (or the storage's) when it could not be opened.
func (i *Instances) Get(account, region, idOrARN string) (*Handle, error) {
	id := idOrARN
	if strings.HasPrefix(id, "arn:") {
		a, err := arn.Parse(id)
		name, ok := strings.CutPrefix(a.Resource, "instance/")
		if err != nil || !ok || a.Service != "connect" || a.Account != account || a.Region != region {
			return nil, notFound(idOrARN)
		}
		id = name
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	info, ok := i.infos[center.InstanceID(id)]
	if !ok || info.Account != account || info.Region != region {
		return nil, notFound(id)
	}
	if b, ok := i.broken[info.ID]; ok {
		return nil, b.err
	}
	return i.open[info.ID], nil
}

func notFound(id string) error {
	return &center.Refused{Reason: center.NotFound, Kind: center.KindInstance, ID: id}
}

// List returns the instances of an account in a Region (each "": of all), oldest first, instances of one moment by id.
func (i *Instances) List(account, region string) []Info {
	i.mu.Lock()
	defer i.mu.Unlock()
	var out []Info
	for _, info := range i.infos {
		if (account == "" || info.Account == account) && (region == "" || info.Region == region) {
			out = append(out, info)
		}
	}
	slices.SortFunc(out, func(a, b Info) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Handles returns all open instances, in the order of List.
func (i *Instances) Handles() []*Handle {
	var out []*Handle
	for _, info := range i.List("", "") {
		i.mu.Lock()
		if h := i.open[info.ID]; h != nil {
			out = append(out, h)
		}
		i.mu.Unlock()
	}
	return out
}

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

// close ends an instance's switchboard and lets its readers go.
func (i *Instances) close(ctx context.Context, h *Handle) {
	if h.stop != nil {
		h.stop()
		<-h.done
	} else if err := h.Switchboard.Close(ctx); err != nil {
		i.log.Error("an instance has ended", "instance", h.Info.ID, "err", err)
	}
	if i.cfg.OnClose != nil && h.attached {
		i.cfg.OnClose(ctx, h)
	}
}

// Work does one round of every instance, in the order of their ids. It reports whether there may be more to do at once.
// Only in manual mode.
func (i *Instances) Work(ctx context.Context) (busy bool, err error) {
	handles := i.Handles()
	slices.SortFunc(handles, func(a, b *Handle) int { return cmp.Compare(a.Info.ID, b.Info.ID) })
	for _, h := range handles {
		b, werr := h.Switchboard.Work(ctx)
		busy = busy || b
		err = errors.Join(err, werr)
	}
	return busy, err
}

// Close stops all instances: commands that wait are finished, checkpoints are written. It returns ctx's error when that
// ends first; stopping goes on then.
func (i *Instances) Close(ctx context.Context) error {
	i.mu.Lock()
	i.closed = true
	handles := make([]*Handle, 0, len(i.open))
	for _, h := range i.open {
		handles = append(handles, h)
	}
	i.mu.Unlock()
	slices.SortFunc(handles, func(a, b *Handle) int { return cmp.Compare(a.Info.ID, b.Info.ID) })
	i.stop()
	if i.cfg.Manual {
		for _, h := range handles {
			i.close(context.WithoutCancel(ctx), h)
		}
		return nil
	}
	all := make(chan struct{})
	go func() {
		defer close(all)
		var group sync.WaitGroup
		for _, h := range handles {
			group.Go(func() { i.close(context.WithoutCancel(ctx), h) })
		}
		group.Wait()
		i.group.Wait()
	}()
	select {
	case <-all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
