package node

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/contactstore"
	"github.com/hookswitch/hookswitch/internal/history"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/outbox"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/service/connect"
	"github.com/hookswitch/hookswitch/internal/service/participant"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// clockSlack is how far the clock may be behind the newest step of a journal before that is worth a word.
const clockSlack = time.Second

// readers are what follows the journal of one instance.
type readers struct {
	journal  *journal.Reader
	contacts *contactstore.Store
	history  *history.History
	outbox   *outbox.Outbox
	run      context.Context // while they follow it
	stop     context.CancelFunc
	group    sync.WaitGroup
}

// attach opens the readers of an instance and starts them. It is the hook of switchboard.Instances.
func (n *Node) attach(ctx context.Context, h *switchboard.Handle) error {
	id := h.Info.ID
	r := &readers{journal: journal.New(journal.Config{Log: h.Journal})}
	var err error
	if r.contacts, err = contactstore.Open(ctx, contactstore.Config{
		Instance: id, Engine: n.engine, Journal: r.journal, Clock: n.clock, Logger: n.log,
	}); err != nil {
		return fmt.Errorf("contact store of %s: %w", id, err)
	}
	if r.outbox, err = outbox.Open(ctx, outbox.Config{
		Instance: id, Journal: r.journal, Engine: n.engine, Exchange: n.exchange, Feed: n.feed, Clock: n.clock, Logger: n.log,
		RecordDelay: n.cfg.recordDelay(), Association: association(h.Live),
	}); err != nil {
		return fmt.Errorf("outbox of %s: %w", id, err)
	}
	if r.history, err = history.Open(ctx, history.Config{
		File: n.historyFile(id), Journal: r.journal, Contacts: r.contacts, Clock: n.clock, Logger: n.log.With("instance", string(id)),
	}); err != nil {
		return fmt.Errorf("history of %s: %w", id, err)
	}
	if last, now := h.Switchboard.State().At, n.clock.Now(); last.Sub(now) > clockSlack {
		n.log.Warn("the clock is behind the journal: time stands still for the instance until it gets there", "instance", string(id), "now", now, "journal", last)
	}
	h.Switchboard.Subscribe(r.journal.Publish)
	run, stop := context.WithCancel(n.background)
	r.run, r.stop = run, stop
	n.mu.Lock()
	n.readers[id] = r
	n.mu.Unlock()
	n.follow(run, &r.group, id, "contact store", r.contacts.Run)
	n.follow(run, &r.group, id, "outbox", r.outbox.Run)
	n.follow(run, &r.group, id, "history", r.history.Run)
	return nil
}

// historyFile is where the history of an instance is; "" when nothing is to be kept.
func (n *Node) historyFile(id center.InstanceID) string {
	if n.cfg.Memory || n.cfg.Engine != nil {
		return ""
	}
	return filepath.Join(or(n.cfg.Data, DefaultData), "views", "history-"+storage.EscapeName(string(id))+".db")
}

// follow runs a reader until its context ends. A reader that fails on the way is started again by itself inside; one
// that returns early has met something that only a restart can mend.
func (n *Node) follow(ctx context.Context, group *sync.WaitGroup, id center.InstanceID, what string, run func(context.Context) error) {
	group.Go(func() {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			n.log.Error("a reader of the journal has ended", "instance", string(id), "reader", what, "err", err)
		}
	})
}

// detach ends the readers of an instance. It is the hook of switchboard.Instances.
func (n *Node) detach(_ context.Context, h *switchboard.Handle) {
	n.mu.Lock()
	r := n.readers[h.Info.ID]
	delete(n.readers, h.Info.ID)
	n.mu.Unlock()
	if r != nil {
		r.stop()
		r.group.Wait()
		if err := r.history.Close(); err != nil {
			n.log.Warn("a history does not close", "instance", string(h.Info.ID), "err", err)
		}
	}
}

// association looks up where documents of a kind go as things stand.
func association(v *live.View) func(center.ResourceType) (string, bool) {
	return func(kind center.ResourceType) (target string, ok bool) {
		v.Directory(func(d *directory.Directory) {
			a, found := d.Associations[kind]
			target, ok = a.Target(), found
		})
		return target, ok && target != ""
	}
}

func (n *Node) readersOf(id center.InstanceID) *readers {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.readers[id]
}

// centers shows the node's instances to the Connect API.
type centers struct{ n *Node }

func (c centers) Create(ctx context.Context, account, region string, cmd center.CreateInstance) error {
	_, err := c.n.instances.Create(ctx, account, region, cmd)
	return err
}

func (c centers) Find(account, region string, id center.InstanceID) (connect.Center, error) {
	h, err := c.n.instances.Get(account, region, string(id))
	if err != nil {
		return nil, err
	}
	return oneCenter{c.n, h}, nil
}

// chats is Find for the service of participants of chats.
func (c centers) chats(account, region string, id center.InstanceID) (participant.Center, error) {
	h, err := c.n.instances.Get(account, region, string(id))
	if err != nil {
		return nil, err
	}
	return oneCenter{c.n, h}, nil
}

func (c centers) List(account, region string) []connect.Center {
	var all []connect.Center
	for _, info := range c.n.instances.List(account, region) {
		if one, err := c.Find(info.Account, info.Region, info.ID); err == nil {
			all = append(all, one)
		}
	}
	return all
}

func (c centers) Delete(ctx context.Context, account, region string, id center.InstanceID) error {
	err := c.n.instances.Delete(ctx, account, region, string(id))
	if file := c.n.historyFile(id); err == nil && file != "" {
		if err := history.Remove(file); err != nil {
			c.n.log.Warn("the history of a deleted instance is left", "instance", string(id), "err", err)
		}
	}
	return err
}

// oneCenter is an instance with its readers.
type oneCenter struct {
	n *Node
	h *switchboard.Handle
}

func (c oneCenter) Submit(ctx context.Context, cmd center.Command) (center.Step, error) {
	r, err := c.h.Switchboard.Submit(ctx, cmd)
	return r.Step, err
}

func (c oneCenter) View() *live.View { return c.h.Live }

// Step reads one step of the journal.
func (c oneCenter) Step(ctx context.Context, place uint64) (center.Step, error) {
	r := c.n.readersOf(c.h.Info.ID)
	if r == nil {
		return center.Step{}, switchboard.ErrClosed
	}
	entries, _, err := r.journal.Read(ctx, place, 1)
	if err == nil && (len(entries) == 0 || entries[0].Place != place) {
		err = fmt.Errorf("the journal of %s has no step at %d", c.h.Info.ID, place)
	}
	if err != nil {
		return center.Step{}, err
	}
	return entries[0].Step, nil
}

// Contact looks among the open contacts first, which need no wait, and then among all that were.
func (c oneCenter) Contact(ctx context.Context, id center.ContactID) (lifecycle.Contact, bool, error) {
	if contact, ok := c.h.Live.Contact(id); ok {
		return contact, true, nil
	}
	r, err := c.caughtUp(ctx, func(r *readers) follower { return r.contacts })
	if err != nil {
		return lifecycle.Contact{}, false, err
	}
	contact, err := r.contacts.Get(ctx, id)
	if errors.Is(err, contactstore.ErrNotFound) {
		return lifecycle.Contact{}, false, nil
	}
	return contact, err == nil, err
}

// History returns what has been, caught up with every step that was acknowledged before the call.
func (c oneCenter) History(ctx context.Context) (*history.History, error) {
	r, err := c.caughtUp(ctx, func(r *readers) follower { return r.history })
	if err != nil {
		return nil, err
	}
	return r.history, nil
}

// follower is a reader that can be waited for.
type follower interface {
	WaitFor(ctx context.Context, place uint64) error
}

// caughtUp waits for one of the instance's readers.
func (c oneCenter) caughtUp(ctx context.Context, which func(*readers) follower) (*readers, error) {
	r := c.n.readersOf(c.h.Info.ID)
	if r == nil {
		return nil, switchboard.ErrClosed
	}
	ctx, cancel := context.WithTimeout(ctx, contactWait)
	defer cancel()
	defer context.AfterFunc(r.run, cancel)() // nothing comes any more when the instance is deleted meanwhile
	if err := which(r).WaitFor(ctx, c.h.Live.Place()); err != nil {
		return nil, fmt.Errorf("a reader of %s is behind its journal: %w", c.h.Info.ID, err)
	}
	return r, nil
}
