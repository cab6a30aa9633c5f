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

	// OnOpen is called for every instance before anybody else can reach it: the place to attach readers of its journal
	// and subscribers. No command or effect of this run comes before it, except the creation of a new instance, which
	// readers find in the journal. An error keeps the instance closed.
	OnOpen func(context.Context, *Handle) error
	// OnClose is called when the instance takes nothing more, before its logs may be dropped: whoever OnOpen attached
	// must have let go of them when it returns.
	OnClose func(context.Context, *Handle)

	// Manual starts no goroutines: Work drives all instances, as simulations do. Commands are posted then: Submit would
	// wait for a round that its own goroutine has to do.
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
