package live

import (
	"cmp"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/routing"
)

// Metrics are the real-time metrics of a group, as the administrator guide of Amazon Connect defines them ("Real-time
// metrics definitions"). An agent belongs to the queues of its routing profile, on the channels for which the profile
// has them; its own queue is none of them. A contact on an agent's desk belongs to the queue it came through.
type Metrics struct {
	Queue   center.QueueID          // set when grouped by queue
	Profile center.RoutingProfileID // set when grouped by routing profile
	Channel center.Channel          // set when grouped by channel

	Online           int           // agents whose status is not Offline
	Available        int           // agents who can take a contact now: routable, with a free slot, and nothing missed, rejected or in error
	OnContact        int           // agents with a contact that is connected, on hold, in after-contact work or ringing outwards
	NonProductive    int           // agents in a custom status, whatever they are doing
	AfterContactWork int           // contacts, not agents, in after-contact work
	Error            int           // agents with a contact that is missed, rejected or in error
	Staffed          int           // agents online and not in a custom status
	InQueue          int           // contacts that wait in the queue, also while they ring at an agent
	OldestAge        time.Duration // how long the one that came first has been in the queue; 0 when InQueue is
	Scheduled        int           // callbacks that wait for their delay
	SlotsActive      int           // contacts that are connected, on hold, in after-contact work or ringing outwards
	SlotsAvailable   int           // contacts that agents could take in addition: free slots of those in a routable status
}

// MetricsQuery says what to count and how to divide it.
type MetricsQuery struct {
	At       time.Time                 // now; ages count up to it
	Queues   []center.QueueID          // empty: all
	Profiles []center.RoutingProfileID // empty: all; contacts that wait count when a profile of these serves their queue
	Channels []center.Channel          // empty: all

	// One group a queue, profile, channel: each that the query names, even if there is nothing to count, or each that
	// there is, where the query names none.
	ByQueue, ByProfile, ByChannel bool
}

// Metrics counts. Without a division there is one group. Groups come in the order of queue, profile, channel.
func (v *View) Metrics(q MetricsQuery) []Metrics {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := counter{
		query: q, queues: set(q.Queues), profiles: set(q.Profiles), channels: set(q.Channels),
		groups: map[groupKey]*Metrics{}, tallies: map[groupKey]*tally{},
	}
	c.prepare()
	for _, a := range v.agents {
		c.countAgent(a)
	}
	for _, contact := range v.contacts {
		c.countContact(contact, v.directory.Profiles)
	}
	out := make([]Metrics, 0, len(c.groups))
	for _, m := range c.groups {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Metrics) int {
		return cmp.Or(cmp.Compare(a.Queue, b.Queue), cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Channel, b.Channel))
	})
	return out
}

// counter goes once over agents and contacts, however many groups there are.
type counter struct {
	query    MetricsQuery
	queues   map[center.QueueID]bool
	profiles map[center.RoutingProfileID]bool
	channels map[center.Channel]bool
	groups   map[groupKey]*Metrics
	tallies  map[groupKey]*tally // of the agent being counted
}

// groupKey has what the query does not divide by empty.
type groupKey struct {
	queue   center.QueueID
	profile center.RoutingProfileID
	channel center.Channel
}

// tally is what one agent is in one group.
type tally struct {
	serves  bool           // it belongs to the group
	counted center.Channel // whose free slots were added last
	free    int            // slots
	active  int            // contacts
	after   int            // contacts in after-contact work
}

func set[T comparable](list []T) map[T]bool {
	m := make(map[T]bool, len(list))
	for _, x := range list {
		m[x] = true
	}
	return m
}

func wanted[T comparable](set map[T]bool, x T) bool { return len(set) == 0 || set[x] }

func (c *counter) key(queue center.QueueID, profile center.RoutingProfileID, channel center.Channel) groupKey {
	var k groupKey
	if c.query.ByQueue {
		k.queue = queue
	}
	if c.query.ByProfile {
		k.profile = profile
	}
	if c.query.ByChannel {
		k.channel = channel
	}
	return k
}

func (c *counter) group(k groupKey) *Metrics {
	m := c.groups[k]
	if m == nil {
		m = &Metrics{Queue: k.queue, Profile: k.profile, Channel: k.channel}
		c.groups[k] = m
	}
	return m
}

// prepare makes the groups that the query names.
func (c *counter) prepare() {
	for _, q := range named(c.query.ByQueue, c.query.Queues) {
		for _, p := range named(c.query.ByProfile, c.query.Profiles) {
			for _, ch := range named(c.query.ByChannel, c.query.Channels) {
				c.group(c.key(q, p, ch))
			}
		}
	}
}

// named returns what a dimension is divided into beforehand: nothing when only counting can tell.
func named[T any](divided bool, list []T) []T {
	if divided {
		return list
	}
	return make([]T, 1)
}

func (c *counter) tally(k groupKey) *tally {
	t := c.tallies[k]
	if t == nil {
		t = &tally{}
		c.tallies[k] = t
	}
	return t
}

func (c *counter) countAgent(a *lifecycle.Agent) {
	profile := center.RoutingProfileID(a.Config.RoutingProfile.ID)
	if !wanted(c.profiles, profile) {
		return
	}
	clear(c.tallies)
	for _, s := range a.Config.Concurrency {
		if wanted(c.channels, s.Channel) {
			c.countSlots(a, profile, s.Channel)
		}
	}
	failed := false
	for i := range a.Desk {
		d := &a.Desk[i]
		switch d.State {
		case center.AgentContactMissed, center.AgentContactRejected, center.AgentContactError:
			failed = true
		}
		if !wanted(c.channels, d.Channel) || !wanted(c.queues, d.Queue.ID) || !isActive(d) {
			continue
		}
		t := c.tally(c.key(d.Queue.ID, profile, d.Channel))
		t.active++
		if d.State == center.AgentContactEnded {
			t.after++
		}
	}
	for k, t := range c.tallies {
		c.group(k).add(a, t, failed)
	}
}

// countSlots puts an agent into the groups that it belongs to on a channel.
func (c *counter) countSlots(a *lifecycle.Agent, profile center.RoutingProfileID, ch center.Channel) {
	free := 0
	if routing.Takes(a, ch) {
		free, _ = a.Slots(ch)
	}
	join := func(queue center.QueueID) {
		t := c.tally(c.key(queue, profile, ch))
		if t.serves = true; t.counted != ch {
			t.counted = ch
			t.free += free
		}
	}
	if len(c.queues) == 0 && !c.query.ByQueue {
		join("")
		return
	}
	for _, q := range a.Config.Inbound {
		if !q.Agent && wanted(c.queues, q.ID) && slices.Contains(q.Channels, ch) {
			join(q.ID)
		}
	}
}

// add counts one agent.
func (m *Metrics) add(a *lifecycle.Agent, t *tally, failed bool) {
	m.SlotsActive += t.active
	m.AfterContactWork += t.after
	if t.active > 0 {
		m.OnContact++
	}
	if !t.serves {
		return
	}
	if failed {
		m.Error++
	}
	switch a.Status.Type {
	case center.Offline, "":
		return
	case center.Custom:
		m.NonProductive++
	default:
		m.Staffed++
	}
	m.Online++
	m.SlotsAvailable += t.free
	if t.free > 0 && !failed {
		m.Available++
	}
}

// isActive reports whether a contact is being handled: one that rings at the agent is not yet, one that the agent
// dialled is.
func isActive(d *lifecycle.DeskContact) bool {
	switch d.State {
	case center.AgentContactConnected, center.AgentContactOnHold, center.AgentContactEnded, center.AgentContactPending:
		return true
	case center.AgentContactConnecting:
		return d.Method == "OUTBOUND"
	}
	return false
}

func (c *counter) countContact(contact *lifecycle.Contact, profiles map[center.RoutingProfileID]center.RoutingProfile) {
	scheduled := contact.Callback != nil && contact.Phase() == lifecycle.Scheduled
	if !inQueue(contact) && !scheduled || !wanted(c.channels, contact.Channel) {
		return
	}
	queue := contact.Target
	if !scheduled {
		queue = center.QueueID(contact.Queue.Queue.ID)
	}
	if !wanted(c.queues, queue) {
		return
	}
	counted := map[groupKey]bool{}
	count := func(profile center.RoutingProfileID) {
		k := c.key(queue, profile, contact.Channel)
		if counted[k] {
			return
		}
		counted[k] = true
		m := c.group(k)
		if scheduled {
			m.Scheduled++
			return
		}
		m.InQueue++
		m.OldestAge = max(m.OldestAge, c.query.At.Sub(contact.Queue.EnqueuedAt))
	}
	if len(c.profiles) == 0 && !c.query.ByProfile {
		count("")
		return
	}
	for id, p := range profiles {
		if wanted(c.profiles, id) && slices.ContainsFunc(p.Queues, func(q center.QueueConfig) bool {
			return q.Queue == queue && q.Channel == contact.Channel
		}) {
			count(id)
		}
	}
}
