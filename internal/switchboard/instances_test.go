package switchboard

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

const (
	account = "000000000000"
	region  = "us-east-1"
)

// estate is a node's instances on a simulated disk.
type estate struct {
	t      *testing.T
	clock  *clock.Virtual
	disk   *memory.Disk
	engine *memory.Engine
	all    *Instances
}

func newEstate(t *testing.T, change func(*InstancesConfig)) *estate {
	e := &estate{t: t, clock: clock.NewVirtual(start), disk: new(memory.Disk)}
	e.start(change)
	t.Cleanup(func() { _ = e.all.Close(context.Background()) })
	return e
}

// start opens everything, as after a crash when it was open before.
func (e *estate) start(change func(*InstancesConfig)) {
	e.t.Helper()
	e.engine = memory.New(memory.Config{Clock: e.clock, Disk: e.disk})
	cfg := InstancesConfig{Engine: e.engine, Clock: e.clock}
	if change != nil {
		change(&cfg)
	}
	var err error
	if e.all, err = OpenInstances(e.t.Context(), cfg); err != nil {
		e.t.Fatalf("OpenInstances: %v", err)
	}
}

func (e *estate) restart(change func(*InstancesConfig)) {
	e.t.Helper()
	if err := e.all.Close(context.Background()); err != nil {
		e.t.Fatal(err)
	}
	e.start(change)
}

// make creates the n-th instance.
func (e *estate) make(n int) *Handle {
	e.t.Helper()
	h, err := e.all.Create(e.t.Context(), account, region, nth(n))
	if err != nil {
		e.t.Fatalf("Create: %v", err)
	}
	return h
}

func nth(n int) center.CreateInstance {
	c := instance()
	c.Instance.ID = center.InstanceID(fmt.Sprintf("12345678-1234-4234-8234-%012d", n))
	c.Instance.Alias = fmt.Sprintf("bench-%d", n)
	c.Instance.ARN = "arn:aws:connect:us-east-1:000000000000:instance/" + string(c.Instance.ID)
	return c
}

func refusedFor(err error) center.Reason {
	var r *center.Refused
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

func TestInstancesAreFoundAgainAfterARestart(t *testing.T) {
	e := newEstate(t, nil)
	h := e.make(1)
	e.make(2)
	if _, err := h.Switchboard.Submit(t.Context(), center.SetInstanceAttribute{Type: "EARLY_MEDIA", Value: "false"}); err != nil {
		t.Fatal(err)
	}
	h.Live.Directory(func(d *directory.Directory) {
		if d.Instance.Attributes["EARLY_MEDIA"] != "false" {
			t.Error("live does not show what was just written")
		}
	})
	for round := range 2 {
		for _, name := range []string{string(h.Info.ID), h.Info.ARN} {
			g, err := e.all.Get(account, region, name)
			if err != nil || g.Info.ID != h.Info.ID || g.Info.Status != Active || g.Info.Alias != "bench-1" {
				t.Fatalf("round %d: Get(%q) = %+v, %v", round, name, g, err)
			}
			g.Live.Directory(func(d *directory.Directory) {
				if d.Instance.ID != h.Info.ID || d.Instance.Attributes["EARLY_MEDIA"] != "false" || len(d.Queues) == 0 {
					t.Errorf("round %d: live shows %+v", round, d.Instance)
				}
			})
		}
		for _, other := range [][3]string{
			{"111111111111", region, string(h.Info.ID)}, {account, "eu-west-1", string(h.Info.ID)}, {account, region, "nobody"},
			{account, region, strings.Replace(h.Info.ARN, account, "111111111111", 1)}, {account, region, "arn:aws:connect"},
			{account, region, strings.Replace(h.Info.ARN, "instance/", "queue/", 1)},
		} {
			if _, err := e.all.Get(other[0], other[1], other[2]); refusedFor(err) != center.NotFound {
				t.Errorf("Get(%q) = %v, want not found", other, err)
			}
		}
		var ids []string
		for _, i := range e.all.List(account, region) {
			ids = append(ids, i.Alias)
		}
		if !slices.Equal(ids, []string{"bench-1", "bench-2"}) || len(e.all.List("111111111111", region)) != 0 {
			t.Errorf("round %d: List = %v", round, ids)
		}
		e.restart(nil)
	}
}

func TestAnAliasBelongsToOneInstanceInAll(t *testing.T) {
	e := newEstate(t, nil)
	e.make(1)
	c := nth(2)
	c.Instance.Alias = "Bench-1"
	for _, where := range [][2]string{{account, region}, {"111111111111", "eu-west-1"}} {
		if _, err := e.all.Create(t.Context(), where[0], where[1], c); refusedFor(err) != center.Duplicate {
			t.Errorf("Create with a taken alias in %v = %v, want duplicate", where, err)
		}
	}
	if err := e.all.Delete(t.Context(), account, region, string(nth(1).Instance.ID)); err != nil {
		t.Fatal(err)
	}
	e.restart(nil) // the alias is free once the logs are gone
	if _, err := e.all.Create(t.Context(), account, region, c); err != nil {
		t.Errorf("Create with the alias of a deleted instance: %v", err)
	}
	none := nth(3)
	none.Instance.Alias = ""
	if _, err := e.all.Create(t.Context(), account, region, none); err != nil {
		t.Errorf("Create without an alias: %v", err)
	}
}

func TestARefusedInstanceLeavesNothingBehind(t *testing.T) {
	e := newEstate(t, nil)
	c := nth(1)
	c.Instance.IdentityManagement = "NONE"
	if _, err := e.all.Create(t.Context(), account, region, c); refusedFor(err) != center.Invalid {
		t.Fatalf("Create = %v, want invalid", err)
	}
	if got := e.all.List("", ""); len(got) != 0 {
		t.Errorf("List = %v", got)
	}
	e.wantNoLogsOf(c.Instance.ID)
	if _, err := e.all.Create(t.Context(), account, region, withAlias(nth(2), c.Instance.Alias)); err != nil {
		t.Errorf("its alias is not free again: %v", err)
	}
}

func withAlias(c center.CreateInstance, alias string) center.CreateInstance {
	c.Instance.Alias = alias
	return c
}

func (e *estate) wantNoLogsOf(id center.InstanceID) {
	e.t.Helper()
	names, err := e.engine.Names(e.t.Context(), "")
	if err != nil {
		e.t.Fatal(err)
	}
	for _, n := range names {
		if strings.Contains(n, string(id)) {
			e.t.Errorf("log %s is still there", n)
		}
	}
}

func TestDeleteDropsAllLogsOfTheInstanceAndNoOthers(t *testing.T) {
	var closed []center.InstanceID
	e := newEstate(t, func(c *InstancesConfig) {
		c.Manual = true
		c.OnClose = func(_ context.Context, h *Handle) { closed = append(closed, h.Info.ID) }
	})
	h, other := e.make(1), e.make(2)
	for _, name := range []string{"contacts-", "lane-"} {
		for _, id := range []center.InstanceID{h.Info.ID, other.Info.ID} {
			suffix := map[string]string{"contacts-": "", "lane-": "-agent-events"}[name]
			if _, err := e.engine.Open(t.Context(), name+string(id)+suffix, storage.Config{Latest: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := e.all.Delete(t.Context(), account, region, h.Info.ARN); err != nil {
		t.Fatal(err)
	}
	if err := e.all.Delete(t.Context(), account, region, h.Info.ARN); refusedFor(err) != center.NotFound {
		t.Errorf("deleting again = %v, want not found", err)
	}
	if !slices.Equal(closed, []center.InstanceID{h.Info.ID}) {
		t.Errorf("OnClose was called for %v", closed)
	}
	e.wantNoLogsOf(h.Info.ID)
	names, _ := e.engine.Names(t.Context(), "")
	if n := len(slices.DeleteFunc(names, func(n string) bool { return !strings.Contains(n, string(other.Info.ID)) })); n != 4 {
		t.Errorf("the other instance has %d logs, want 4", n)
	}
	if _, err := other.Live.Agent("x"); err {
		t.Error("an agent from nowhere")
	}
}

func TestDeleteWhileRunningReleasesLinesAndDropsTheLogs(t *testing.T) {
	released, deleted := make(chan center.ContactID, 1), make(chan struct{})
	e := newEstate(t, func(c *InstancesConfig) {
		c.Perform = func(Info) Performer {
			return func(ctx context.Context, _ center.EffectID, e center.Effect) (center.Command, error) {
				if r, ok := e.(center.ReleaseLine); ok {
					<-deleted // the network takes its time
					for range 1000 {
						runtime.Gosched()
					}
					if ctx.Err() != nil {
						released <- "called off"
						return nil, ctx.Err()
					}
					released <- r.Contact
				}
				return center.Done{}, nil
			}
		}
	})
	h := e.make(1)
	p := populator{state: func() *machine.State { return stateOfLive(h) }, do: func(c center.Command) center.Step {
		res, err := h.Switchboard.Submit(t.Context(), c)
		if err != nil {
			t.Fatalf("%T: %v", c, err)
		}
		return res.Step
	}}
	p.run(1)
	call := p.do(center.StartInboundCall{Customer: customer, Dialled: support}).Events[0].(center.ContactInitiated).Contact
	if err := e.all.Delete(t.Context(), account, region, string(h.Info.ID)); err != nil {
		t.Fatal(err)
	}
	close(deleted)
	if got := <-released; got != call {
		t.Errorf("released %s, want %s", got, call)
	}
	e.all.group.Wait()
	e.wantNoLogsOf(h.Info.ID)
	e.restart(nil)
	if got := e.all.List("", ""); len(got) != 0 {
		t.Errorf("after a restart List = %v", got)
	}
}

// stateOfLive is as much of a machine's state as live shows.
func stateOfLive(h *Handle) *machine.State {
	s := &machine.State{}
	h.Live.Directory(func(d *directory.Directory) { s.Directory = d.Clone() })
	return s
}

func TestWhatAStopInterruptedIsFinishedAtTheNextStart(t *testing.T) {
	for _, c := range []struct {
		name   string
		status InstanceStatus
		steps  []center.Command
		want   int
	}{
		{"registered, no step", Creating, nil, 0},
		{"registered, created, not yet active", Creating, []center.Command{nth(1)}, 1},
		{"its end is in the journal, not in the registry", Active, []center.Command{nth(1), center.DeleteInstance{}}, 0},
		{"logs half dropped", Deleting, []center.Command{nth(1), center.DeleteInstance{}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEstate(t, nil)
			i := nth(1).Instance
			en, err := e.all.registry.add(t.Context(), Info{ID: i.ID, ARN: i.ARN, Account: account, Region: region, Alias: i.Alias, Status: Creating})
			if err != nil {
				t.Fatal(err)
			}
			h, err := e.all.openHandle(t.Context(), en)
			if err != nil {
				t.Fatal(err)
			}
			for _, cmd := range c.steps {
				if err := h.byHand(t.Context(), cmd); err != nil {
					t.Fatal(err)
				}
			}
			if c.status != Creating {
				if err := e.all.registry.set(t.Context(), &h.entry, c.status); err != nil {
					t.Fatal(err)
				}
			}
			e.restart(nil)
			e.all.group.Wait()
			got := e.all.List("", "")
			if len(got) != c.want {
				t.Fatalf("List = %+v, want %d", got, c.want)
			}
			if c.want == 0 {
				e.wantNoLogsOf(i.ID)
				e.make(1 + 1)
				if _, err := e.all.Create(t.Context(), account, region, withAlias(nth(3), i.Alias)); err != nil {
					t.Errorf("its alias is not free: %v", err)
				}
			} else if got[0].Status != Active {
				t.Errorf("status %s, want ACTIVE", got[0].Status)
			}
		})
	}
}

func TestOneBrokenInstanceDoesNotHoldUpTheOthers(t *testing.T) {
	e := newEstate(t, nil)
	sick, well := e.make(1), e.make(2)
	if err := e.all.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b"} {
		snaps, err := e.engine.Open(t.Context(), SnapshotsName(sick.Info.ID), storage.Config{Latest: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := snaps.Append(t.Context(), storage.Entry{Key: key, Data: []byte("gone")}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sick.Journal.Append(t.Context(), storage.Entry{Key: StepKey, Data: []byte("no step")}); err != nil {
		t.Fatal(err)
	}
	e.start(nil)
	if _, err := e.all.Get(account, region, string(sick.Info.ID)); !errors.Is(err, ErrFailed) {
		t.Errorf("Get of the broken one = %v, want ErrFailed", err)
	}
	if h, err := e.all.Get(account, region, string(well.Info.ID)); err != nil {
		t.Errorf("Get of the other: %v", err)
	} else if _, err := h.Switchboard.Submit(t.Context(), setting(1)); err != nil {
		t.Errorf("Submit to the other: %v", err)
	}
	if got := len(e.all.List(account, region)); got != 2 {
		t.Errorf("%d instances are listed, want both", got)
	}
	if err := e.all.Delete(t.Context(), account, region, sick.Info.ARN); err != nil {
		t.Errorf("Delete of the broken one: %v", err)
	}
	e.all.group.Wait()
	e.wantNoLogsOf(sick.Info.ID)
}

func TestOnOpenComesBeforeAnythingElse(t *testing.T) {
	var opened []uint64
	seen := 0
	open := func(c *InstancesConfig) {
		c.Manual = true
		c.OnOpen = func(_ context.Context, h *Handle) error {
			opened = append(opened, h.Switchboard.Place())
			h.Switchboard.Subscribe(func(uint64, center.Step) { seen++ })
			return nil
		}
	}
	e := newEstate(t, open)
	h := e.make(1)
	if err := h.byHand(t.Context(), setting(1)); err != nil {
		t.Fatal(err)
	}
	place := h.Switchboard.Place()
	if seen != 1 {
		t.Errorf("a subscriber of OnOpen saw %d steps, want 1", seen)
	}
	e.restart(open)
	if len(opened) != 2 || opened[0] == 0 || opened[1] != place {
		t.Errorf("OnOpen saw places %v, want the first step and %d", opened, place)
	}
	if busy, err := e.all.Work(t.Context()); busy || err != nil {
		t.Errorf("Work = %t, %v with nothing to do", busy, err)
	}
}

func TestInstancesAreBounded(t *testing.T) {
	e := newEstate(t, func(c *InstancesConfig) { c.Manual = true })
	e.all.mu.Lock()
	for n := range InstancesMax {
		e.all.infos[center.InstanceID(fmt.Sprint(n))] = Info{}
	}
	e.all.mu.Unlock()
	if _, err := e.all.Create(t.Context(), account, region, nth(1)); refusedFor(err) != center.Limit {
		t.Errorf("Create above the bound = %v, want limit exceeded", err)
	}
}

func TestCloseRefusesWhatComesAfterwards(t *testing.T) {
	e := newEstate(t, nil)
	h := e.make(1)
	if err := e.all.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Switchboard.Submit(t.Context(), setting(1)); !errors.Is(err, ErrClosed) {
		t.Errorf("Submit = %v, want ErrClosed", err)
	}
	if _, err := e.all.Create(t.Context(), account, region, nth(2)); !errors.Is(err, ErrClosed) {
		t.Errorf("Create = %v, want ErrClosed", err)
	}
}
