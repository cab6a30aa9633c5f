package ccp

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

const (
	account  = "000000000000"
	region   = "us-east-1"
	id       = "12345678-1234-4234-8234-123456789012"
	customer = "+12065550199"
	support  = "+12065550100"
)

// center1 is an instance with one agent, and what every snapshot of that agent must be.
type center1 struct {
	t     *testing.T
	clock *clock.Virtual
	disk  *memory.Disk
	all   *switchboard.Instances
	h     *switchboard.Handle
	agent center.AgentID
	want  []Snapshot // recorded as the steps were published
	every int
}

func newCenter(t *testing.T, checkpointEvery int) *center1 {
	c := &center1{t: t, clock: clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), disk: new(memory.Disk), every: checkpointEvery}
	c.start()
	t.Cleanup(func() { _ = c.all.Close(context.Background()) })
	var err error
	if c.h, err = c.all.Create(t.Context(), account, region, center.CreateInstance{
		Instance: center.Instance{ID: id, Alias: "ccp", IdentityManagement: "CONNECT_MANAGED", ARN: "arn:aws:connect:us-east-1:000000000000:instance/" + id},
		Key:      []byte("0123456789abcdef"),
	}); err != nil {
		t.Fatal(err)
	}
	var user center.User
	var flow center.FlowID
	c.h.Live.Directory(func(d *directory.Directory) {
		for p := range d.Profiles {
			user.RoutingProfile = p
		}
		for s, v := range d.Security {
			if v.Name == "Agent" {
				user.SecurityProfiles = []center.SecurityProfileID{s}
			}
		}
		for f, v := range d.Flows {
			if v.Name == "Sample inbound flow (first contact experience)" {
				flow = f
			}
		}
	})
	user.Username, user.FirstName, user.LastName, user.PasswordHash = "ann", "Ann", "Lee", "x"
	c.do(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: support, Country: "US", Type: "DID", Flow: flow}})
	c.agent = c.do(center.CreateUser{User: user}).Events[0].(center.UserSaved).User.ID
	c.do(center.LogIn{Agent: c.agent})
	c.available()
	return c
}

// start opens the instances. A subscriber that is there before any other step notes what the agent looks like.
func (c *center1) start() {
	c.t.Helper()
	var err error
	c.all, err = switchboard.OpenInstances(c.t.Context(), switchboard.InstancesConfig{
		Engine: memory.New(memory.Config{Clock: c.clock, Disk: c.disk}), Clock: c.clock, CheckpointEvery: c.every,
		OnOpen: func(_ context.Context, h *switchboard.Handle) error {
			h.Switchboard.Subscribe(func(place uint64, s center.Step) { c.note(h.Live, place, s) })
			return nil
		},
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *center1) note(v *live.View, place uint64, s center.Step) {
	for _, e := range s.Events {
		if who := center.AgentOf(e); who != "" && (c.agent == "" || who == c.agent) {
			a, ok := v.Agent(who)
			if !ok {
				a = c.want[len(c.want)-1].Agent
				a.Removed = true
			}
			c.want = append(c.want, Snapshot{Number: place, Agent: a, At: s.Stamp.At, Gone: !ok})
			return
		}
	}
}

func (c *center1) restart() {
	c.t.Helper()
	if err := c.all.Close(context.Background()); err != nil {
		c.t.Fatal(err)
	}
	c.start()
	var err error
	if c.h, err = c.all.Get(account, region, id); err != nil {
		c.t.Fatal(err)
	}
}

func (c *center1) do(cmd center.Command) center.Step {
	c.t.Helper()
	res, err := c.h.Switchboard.Submit(c.t.Context(), cmd)
	if err != nil {
		c.t.Fatalf("%T: %v", cmd, err)
	}
	return res.Step
}

func (c *center1) available() {
	c.t.Helper()
	var routable center.AgentStatusID
	c.h.Live.Directory(func(d *directory.Directory) {
		for s, v := range d.Statuses {
			if v.Type == center.Routable {
				routable = s
			}
		}
	})
	c.do(center.SetAgentStatus{Agent: c.agent, Status: routable})
}

// call takes a call from ring to clear: six states of the desk.
func (c *center1) call() {
	c.t.Helper()
	contact := c.do(center.StartInboundCall{Customer: customer, Dialled: support}).Events[0].(center.ContactInitiated).Contact
	for _, cmd := range []center.Command{
		center.AcceptContact{Contact: contact, Agent: c.agent}, center.HoldContact{Contact: contact, Agent: c.agent},
		center.ResumeContact{Contact: contact, Agent: c.agent}, center.HangUp{Contact: contact}, center.ClearContact{Contact: contact, Agent: c.agent},
	} {
		c.do(cmd)
	}
}

// read takes n snapshots after a number.
func (c *center1) read(after uint64, n int) []Snapshot {
	c.t.Helper()
	var got []Snapshot
	if n == 0 {
		return nil
	}
	for s, err := range Snapshots(c.t.Context(), c.h, c.agent, after) {
		if err != nil {
			c.t.Fatalf("after %d: %v", after, err)
		}
		if got = append(got, s); len(got) == n {
			break
		}
	}
	return got
}

func TestThereIsOneSnapshotForEachStepThatTouchesTheAgent(t *testing.T) {
	c := newCenter(t, 0)
	c.call()
	var states []string
	for _, s := range c.read(c.want[0].Number, len(c.want)-1) {
		state := "free"
		if len(s.Agent.Desk) > 0 {
			state = s.Agent.Desk[0].State
		}
		states = append(states, state)
	}
	want := []string{"free", "free", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "CONNECTED", "ENDED", "free"}
	if d := cmp.Diff(want, states); d != "" {
		t.Errorf("the desk went through:\n%s", d)
	}
}

func TestWhoWasAwayGetsTheRestAlsoAfterARestart(t *testing.T) {
	for name, away := range map[string]func(*center1){
		"without a restart": func(*center1) {},
		"after a restart":   (*center1).restart,
		"restarts between": func(c *center1) {
			c.restart()
			c.call()
			c.restart()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t, 30)
			c.call()
			c.call()
			away(c)
			c.call()
			for n := range c.want {
				after, want := c.want[n].Number, c.want[n+1:]
				if d := cmp.Diff(want, c.read(after, len(want))); len(want) > 0 && d != "" {
					t.Fatalf("after %d:\n%s", after, d)
				}
			}
		})
	}
}

func TestAfterNothingComesAFreshOneAndThenTheNext(t *testing.T) {
	c := newCenter(t, 0)
	c.call()
	seen := c.want[len(c.want)-1]
	for _, after := range []uint64{0, 1 << 40} {
		var got []Snapshot
		for s, err := range Snapshots(t.Context(), c.h, c.agent, after) {
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, s); len(got) == 1 {
				c.do(center.LogOut{Agent: c.agent})
				continue
			}
			break
		}
		if !got[0].Fresh || got[0].Number < seen.Number || len(got[0].Agent.Desk) != 0 {
			t.Errorf("after %d the first is %+v, want a fresh one", after, got[0])
		}
		if got[1].Fresh || got[1].Number <= got[0].Number {
			t.Errorf("after %d the second is %+v, want the next step", after, got[1])
		}
		c.do(center.LogIn{Agent: c.agent})
		c.available()
	}
}

func TestTooLongAgoIsAFreshOne(t *testing.T) {
	const every = 10
	c := newCenter(t, every)
	for range 6 {
		c.call()
		c.restart() // writes a checkpoint
	}
	got := c.read(c.want[2].Number, 1)
	if !got[0].Fresh {
		t.Errorf("after %d of %d the first is %+v, want a fresh one", c.want[2].Number, c.h.Live.Place(), got[0])
	}
	last := c.want[len(c.want)-1]
	if d := cmp.Diff(last.Agent, got[0].Agent); d != "" {
		t.Errorf("the fresh one is not as the agent is:\n%s", d)
	}
}

func TestARemovedAgentHasALastSnapshot(t *testing.T) {
	c := newCenter(t, 0)
	after := c.want[len(c.want)-1].Number
	c.do(center.DeleteUser{ID: c.agent})
	var got []Snapshot
	for s, err := range Snapshots(t.Context(), c.h, c.agent, after) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	if len(got) == 0 || !got[len(got)-1].Gone {
		t.Errorf("got %+v, want a last one that says so", got)
	}
}

func TestAnAgentThatDoesNotExistIsRefused(t *testing.T) {
	c := newCenter(t, 0)
	for _, after := range []uint64{0, 3} {
		var refused *center.Refused
		n := 0
		for _, err := range Snapshots(t.Context(), c.h, "nobody", after) {
			if n++; !errors.As(err, &refused) || refused.Reason != center.NotFound {
				t.Errorf("after %d: %v, want not found", after, err)
			}
		}
		if n != 1 {
			t.Errorf("after %d: %d results, want one error", after, n)
		}
	}
}

func TestASlowReaderMissesNothing(t *testing.T) {
	c := newCenter(t, 0)
	after := c.want[len(c.want)-1].Number
	begun, all := make(chan struct{}), make(chan []uint64, 1)
	ctx, stop := context.WithTimeout(t.Context(), 60*time.Second)
	defer stop()
	const more = live.RecentMax + 100
	go func() {
		var numbers []uint64
		for s, err := range Snapshots(ctx, c.h, c.agent, after) {
			if err != nil {
				break
			}
			if numbers = append(numbers, s.Number); len(numbers) == 1 {
				<-begun // slower than memory remembers
			}
			if len(numbers) == more+1 {
				break
			}
		}
		all <- numbers
	}()
	for n := range more + 1 {
		if n%2 == 0 {
			c.do(center.LogOut{Agent: c.agent})
		} else {
			c.do(center.LogIn{Agent: c.agent})
		}
	}
	close(begun)
	got := <-all
	if len(got) != more+1 {
		t.Fatalf("%d snapshots of %d", len(got), more+1)
	}
	tail := c.want[indexAfter(c.want, after):]
	for n, number := range got {
		if tail[n].Number != number {
			t.Fatalf("snapshot %d has number %d, want %d", n, number, tail[n].Number)
		}
	}
}

func indexAfter(all []Snapshot, number uint64) int {
	for n, s := range all {
		if s.Number > number {
			return n
		}
	}
	return len(all)
}

func TestASnapshotRoundTripsThroughJSON(t *testing.T) {
	c := newCenter(t, 0)
	c.call()
	for _, want := range c.want {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Snapshot
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s", data, d)
		}
	}
}
