package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestKilledWhileCallsRun kills the program with SIGKILL at chance moments, again and again, while customers call and
// agents act: between a commit and its delivery, or anywhere else. After the last start every document arrives, at least
// once, none is lost and none invented.
func TestKilledWhileCallsRun(t *testing.T) {
	const kills = 6
	agents := []string{"alice", "bob", "carol"}
	data := filepath.Join(t.TempDir(), "data")
	serve := func() *server { return start(t, "--data", data, "--profile", "fast") }
	random := rand.New(rand.NewPCG(3, 4))

	s := serve()
	w := open(t, s, newGoClient(t, s), agents...)
	for _, a := range agents {
		w.logIn(a)
	}
	calls := newCalls()
	for round := range kills {
		if round > 0 {
			w.server = serve()
			w.caller = newGoClient(t, w.server)
			w.finish(agents)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for i, a := range agents {
			all.Go(func() { calls.act(ctx, w.server, a, rand.New(rand.NewPCG(uint64(round), uint64(i)))) })
		}
		all.Go(func() { calls.arrive(ctx, w.server, w.number) })
		calls.waitFor(t, 10+random.IntN(20))
		w.kill()
		cancel()
		all.Wait()
	}
	w.server = serve()
	w.caller = newGoClient(t, w.server)
	w.finish(agents)
	t.Logf("%d kills: %d calls acknowledged", kills, len(calls.started))
	checkNothingLost(t, w, agents, calls.started)
}

// calls is what was acknowledged while the program was killed again and again.
type calls struct {
	mu      sync.Mutex // guards everything below
	started []string   // contacts
	steps   int        // commands that were acknowledged since waitFor was called last
	enough  int
	reached chan struct{} // closed when steps has come to enough
}

func newCalls() *calls { return &calls{reached: make(chan struct{})} }

// waitFor returns when so many commands were acknowledged.
func (c *calls) waitFor(t *testing.T, steps int) {
	t.Helper()
	c.mu.Lock()
	c.steps, c.enough, c.reached = 0, steps, make(chan struct{})
	reached := c.reached
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case <-reached:
	case <-ctx.Done():
		t.Fatalf("nothing goes on: %d commands of %d", c.steps, steps)
	}
}

func (c *calls) stepped() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.steps++; c.steps == c.enough {
		close(c.reached)
	}
}

// arrive lets customers call, until the program is gone. No more than a few wait.
func (c *calls) arrive(ctx context.Context, s *server, number string) {
	base := "/instances/" + instanceAlias
	for ctx.Err() == nil {
		open, _, err := s.operate("GET", base+"/contacts", nil)
		if err != nil {
			return
		}
		if len(open.list("contacts")) > 6 {
			continue
		}
		out, status, err := s.operate("POST", base+"/calls", obj{"customer": customer, "dialled": number})
		if err != nil || status != http.StatusOK {
			return
		}
		c.mu.Lock()
		c.started = append(c.started, out.str("contactId"))
		c.mu.Unlock()
		c.stepped()
	}
}

// act is an agent that takes what comes, until the program is gone.
func (c *calls) act(ctx context.Context, s *server, agent string, random *rand.Rand) {
	base := "/instances/" + instanceAlias + "/agents/" + agent
	for ctx.Err() == nil {
		snap, _, err := s.operate("GET", base, nil)
		if err != nil {
			return
		}
		for _, on := range snap.list("contacts") {
			do := next(on.str("state"), random)
			var body any
			if do == "parties" {
				body = obj{"queue": "BasicQueue"}
			}
			out, status, err := s.operate("POST", base+"/contacts/"+on.str("id")+"/"+do, body)
			if err != nil {
				return
			}
			if status == http.StatusOK {
				if do == "parties" {
					c.broughtIn(out, on.str("id"))
				}
				c.stepped()
			}
		}
	}
}

// broughtIn notes the contact of whom an agent has brought into a call, as the agent's desk shows it.
func (c *calls) broughtIn(snap obj, contact string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, on := range snap.list("contacts") {
		for _, p := range on.list("parties") {
			if on.str("id") == contact && !slices.Contains(c.started, p.str("id")) {
				c.started = append(c.started, p.str("id"))
			}
		}
	}
}

// next is what an agent may do with a contact in a state.
func next(state string, random *rand.Rand) string {
	switch state {
	case "CONNECTING":
		return "accept"
	case "CONNECTED":
		return []string{"hold", "end", "parties"}[random.IntN(3)]
	case "CONNECTED_ONHOLD":
		return []string{"resume", "join", "swap", "end"}[random.IntN(4)]
	}
	return "clear"
}

// finish ends every open contact and clears every desk.
func (w *world) finish(agents []string) {
	w.t.Helper()
	base := "/instances/" + instanceAlias
	eventually(w.t, time.Minute, func() error {
		open := w.must("GET", base+"/contacts", nil).list("contacts")
		for _, c := range open {
			w.operate("POST", base+"/contacts/"+c.str("id")+"/hangup", nil) // refused where the call is over: it waits to be cleared
		}
		for _, a := range agents {
			for id := range w.desk(a) {
				w.operate("POST", base+"/agents/"+a+"/contacts/"+id+"/clear", nil)
			}
		}
		if len(open) > 0 {
			return fmt.Errorf("%d contacts are open", len(open))
		}
		return nil
	})
}

// checkNothingLost holds the documents in the streams against what the center itself says of contacts and agents.
func checkNothingLost(t *testing.T, w *world, agents, contacts []string) {
	t.Helper()
	missing := func() (out []string) {
		records := w.documents(recordStream)
		for _, c := range contacts {
			if !slices.ContainsFunc(records, func(d document) bool { return d.str("ContactId") == c }) {
				out = append(out, c)
			}
		}
		return out
	}
	eventually(t, time.Minute, func() error {
		if lost := missing(); len(lost) > 0 {
			return fmt.Errorf("no record of %v", lost)
		}
		for _, a := range agents {
			if err := w.toldLast(a); err != nil {
				return err
			}
		}
		return nil
	})
	records := w.documents(recordStream)
	seen := map[string]bool{}
	repeats := 0
	for _, d := range records {
		id := d.str("ContactId")
		if seen[id] {
			repeats++
			continue
		}
		seen[id] = true
		versions := recordsOf(t, records, id)
		if len(versions) != 1 {
			t.Errorf("contact %s has %d versions of its record, want 1", id, len(versions))
		}
		compareToCenter(t, w, versions[0])
	}
	// A call may be committed whose acknowledgement the kill cut off, at most one a kill.
	if extra := len(seen) - len(contacts); extra < 0 || extra > 10 {
		t.Errorf("%d contacts have records, %d were acknowledged", len(seen), len(contacts))
	}
	all := w.documents(eventStream)
	distinct := 0
	for _, a := range agents {
		distinct += len(eventsOf(t, all, w.agentARN(a)))
	}
	t.Logf("records: %d contacts, %d repeats; agent events: %d, %d repeats", len(seen), repeats, distinct, len(all)-distinct)
}

// toldLast returns nil when the newest agent event shows the agent as it is now.
func (w *world) toldLast(agent string) error {
	var events []document
	for _, d := range w.documents(eventStream) {
		if d.str("AgentARN") == w.agentARN(agent) {
			events = append(events, d)
		}
	}
	if len(events) == 0 {
		return fmt.Errorf("no event of %s", agent)
	}
	newest := slices.MaxFunc(events, func(a, b document) int { return strings.Compare(a.str("EventTimestamp"), b.str("EventTimestamp")) })
	snap := w.must("GET", "/instances/"+instanceAlias+"/agents/"+agent, nil)
	if got, want := len(newest.in("CurrentAgentSnapshot").list("Contacts")), len(snap.list("contacts")); got != want {
		return fmt.Errorf("the newest event of %s shows %d contacts, there are %d", agent, got, want)
	}
	return nil
}

// compareToCenter holds a record against DescribeContact.
func compareToCenter(t *testing.T, w *world, d document) {
	t.Helper()
	c := w.contact(d.str("ContactId"))
	for record, described := range map[string][]string{
		"InitiationTimestamp": {"InitiationTimestamp"}, "DisconnectTimestamp": {"DisconnectTimestamp"}, "ConnectedToSystemTimestamp": {"ConnectedToSystemTimestamp"},
		"Agent.ConnectedToAgentTimestamp": {"AgentInfo", "ConnectedToAgentTimestamp"}, "Agent.AfterContactWorkEndTimestamp": {"AgentInfo", "AfterContactWorkEndTimestamp"},
		"Queue.EnqueueTimestamp": {"QueueInfo", "EnqueueTimestamp"},
	} {
		got, want := d.str(strings.Split(record, ".")...), c.str(described...)
		if len(want) > 19 {
			want = want[:19] + "Z" // records have whole seconds
		}
		if got != want {
			t.Errorf("record of %s: %s is %q, the center says %q", c.str("Id"), record, got, want)
		}
	}
	if got, want := d.str("DisconnectReason"), c.str("DisconnectReason"); got != want {
		t.Errorf("record of %s: the reason is %q, the center says %q", c.str("Id"), got, want)
	}
	agent := ""
	if arn := d.str("Agent", "ARN"); arn != "" {
		agent = arn[strings.LastIndexByte(arn, '/')+1:]
	}
	if want := c.str("AgentInfo", "Id"); agent != want {
		t.Errorf("record of %s: the agent is %q, the center says %q", c.str("Id"), agent, want)
	}
}
