package machine

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/routing"
)

// channels are all there are, in the order in which they are looked at. The order decides nothing.
var channels = [...]center.Channel{center.Voice, center.Chat, center.Task}

// index is what the machine keeps besides its State so that no step looks at everyone: who waits in which line, which
// agents of which routing profile are free, what is due when. It is a function of the State, built anew after
// recovery and kept up with each step. What it knows beyond that, where there may be something to route, may only err on
// the side of looking once too often.
type index struct {
	stale    bool   // all but behind must be built anew
	cold     bool   // behind must be, too: the State was not made by Step
	passes   uint64 // rounds of routing so far
	asked    uint64 // parts of lines made so far, for what contacts ask
	lines    map[lineKey]*line
	spots    map[center.ContactID]*spot
	depth    map[center.QueueID]int // contacts in a queue, also while they ring
	pools    map[poolKey]*pool
	seats    map[center.AgentID]*seat
	numbers  map[string]center.PhoneNumberID         // by address; nil: build anew
	defaults map[string]center.FlowID                // default flows by type; nil: build anew
	kin      map[center.ContactID][]center.ContactID // open contacts by the one whose line they have, or which they watch, or which the chain of a task began with
	due      dueHeap

	dirtyPools []*pool          // may have a free agent for a contact that waits
	dirtySeats []*seat          // may be free for a contact in their own queue
	behind     []center.AgentID // whose AgentConfigured is still to come

	touchedAgents   []center.AgentID // by the step at hand
	touchedContacts []center.ContactID
}

type lineKey struct {
	queue   center.QueueID
	channel center.Channel
}

type poolKey struct {
	profile center.RoutingProfileID
	channel center.Channel
}

// line is the contacts of one channel that wait in one queue and do not ring, the first to be served first. Those whose
// routing criteria ask for certain agents wait apart: in one line for each thing that is asked.
type line struct {
	key    lineKey
	queue  []*spot
	asks   []*line                 // never empty lines
	asked  map[string]*line        // asks by what they ask
	asker  *line                   // of one of asks: whose
	ask    string                  // of one of asks: what, in writing
	wants  *center.AgentExpression // of one of asks: what
	pools  []served                // of the routing profiles that serve it
	delays []int                   // seconds, above 0, that those want a contact to have waited
}

// served is a pool that serves a line, once a contact has waited for the delay.
type served struct {
	pool  *pool
	delay int // seconds
}

// spot is what the index knows of an open contact.
type spot struct {
	c       *lifecycle.Contact
	line    *line // nil: does not wait
	rank    routing.Rank
	inQueue center.QueueID   // that its depth counts it in
	kin     center.ContactID // under which it stands in kin
	due     time.Time
}

// pool is the agents of one routing profile that could take a contact of one channel now, the longest idle first.
type pool struct {
	key   poolKey
	lanes []poolLane
	free  []*seat // sorted by turn
	dirty bool
}

// poolLane is a queue as the pool's routing profile serves it.
type poolLane struct {
	routing.Lane
	line *line
}

// seat is what the index knows of an agent.
type seat struct {
	a     *lifecycle.Agent
	turn  routing.Turn // with which it stands in its pools
	pools []*pool      // in which it stands
	takes [len(channels)]bool
	own   [len(channels)]*line // its own queue
	due   time.Time
	dirty bool
	pass  uint64 // the routing pass that it is out of
	deaf  uint64 // index.asked when it was nothing that any contact asks for; 0: that is not known
}

func (x *index) touchAgent(id center.AgentID) {
	if !x.stale {
		x.touchedAgents = append(x.touchedAgents, id)
	}
}

func (x *index) touchContact(id center.ContactID) {
	if !x.stale {
		x.touchedContacts = append(x.touchedContacts, id)
	}
}

// ready builds the index anew if it has to be.
func (m *Machine) ready() {
	x := &m.index
	if !x.stale {
		return
	}
	s := m.state
	cold := x.cold
	*x = index{
		lines: map[lineKey]*line{}, spots: make(map[center.ContactID]*spot, len(s.Contacts)), depth: map[center.QueueID]int{},
		pools: map[poolKey]*pool{}, seats: make(map[center.AgentID]*seat, len(s.Agents)), behind: x.behind, passes: x.passes,
		kin: map[center.ContactID][]center.ContactID{},
	}
	for id, p := range s.Directory.Profiles {
		for _, ch := range channels {
			m.addPool(poolKey{id, ch}, routing.Lanes(p, ch))
		}
	}
	for id := range s.Contacts {
		m.refreshContact(id)
	}
	for id := range s.Agents {
		m.refreshAgent(id)
	}
	if cold {
		m.findBehind()
	}
}

// findBehind looks for agents whose configuration was still to be brought up to date.
func (m *Machine) findBehind() {
	m.index.behind = nil
	for id := range m.state.Directory.Users {
		now, ok := m.state.Directory.AgentConfig(id)
		if a := m.state.Agents[id]; ok && (a == nil || !sameConfig(a, &now)) {
			m.index.behind = append(m.index.behind, id)
		}
	}
	slices.Sort(m.index.behind)
}

func (m *Machine) addPool(key poolKey, lanes []routing.Lane) {
	p := &pool{key: key}
	for _, l := range lanes {
		ln := m.index.line(lineKey{l.Queue, key.channel})
		p.lanes = append(p.lanes, poolLane{Lane: l, line: ln})
		ln.pools = append(ln.pools, served{p, l.Delay})
		if l.Delay > 0 && !slices.Contains(ln.delays, l.Delay) {
			ln.delays = append(ln.delays, l.Delay)
		}
	}
	m.index.pools[key] = p
}

func (x *index) line(key lineKey) *line {
	l := x.lines[key]
	if l == nil {
		l = &line{key: key}
		x.lines[key] = l
	}
	return l
}

// refresh brings the index up to what the step at hand has changed.
func (m *Machine) refresh() {
	x := &m.index
	if x.stale {
		x.touchedAgents, x.touchedContacts = nil, nil
		return
	}
	for _, id := range x.touchedContacts {
		m.refreshContact(id)
	}
	for _, id := range x.touchedAgents {
		m.refreshAgent(id)
	}
	x.touchedAgents, x.touchedContacts = x.touchedAgents[:0], x.touchedContacts[:0]
}

func (m *Machine) refreshContact(id center.ContactID) {
	x := &m.index
	c, sp := m.state.Contacts[id], x.spots[id]
	if c == nil {
		if sp != nil {
			x.leaveLine(sp)
			x.count(sp, "")
			x.relate(sp, "")
			delete(x.spots, id)
		}
		return
	}
	if sp == nil {
		sp = &spot{c: c}
		x.spots[id] = sp
	}
	sp.c = c
	if c.Line != "" {
		x.relate(sp, c.Line)
	} else if c.Channel == center.Task {
		x.relate(sp, c.Initial)
	} else if c.Watches != sp.kin {
		x.relate(sp, c.Watches)
	}
	if c.Queue != nil && c.Queue.DequeuedAt.IsZero() {
		x.count(sp, center.QueueID(c.Queue.Queue.ID))
	} else {
		x.count(sp, "")
	}
	if !c.Waiting() {
		x.leaveLine(sp)
	} else if rank, ask := routing.RankOf(c), askOf(c); sp.line == nil || sp.rank != rank || sp.line.ask != ask {
		x.leaveLine(sp)
		m.joinLine(sp, rank, ask)
	}
	if due := c.Due(); !due.Equal(sp.due) {
		sp.due = due
		x.due.push(dueEntry{at: due, kind: dueContact, id: string(id)})
	}
}

// relate notes whose line a contact has, or which contact it watches; "": none.
func (x *index) relate(sp *spot, to center.ContactID) {
	if sp.kin == to {
		return
	}
	if sp.kin != "" {
		rest := slices.DeleteFunc(x.kin[sp.kin], func(id center.ContactID) bool { return id == sp.c.ID })
		if x.kin[sp.kin] = rest; len(rest) == 0 {
			delete(x.kin, sp.kin)
		}
	}
	if sp.kin = to; to != "" {
		i, _ := slices.BinarySearch(x.kin[to], sp.c.ID)
		x.kin[to] = slices.Insert(x.kin[to], i, sp.c.ID)
	}
}

func (x *index) count(sp *spot, queue center.QueueID) {
	if sp.inQueue == queue {
		return
	}
	if sp.inQueue != "" {
		if x.depth[sp.inQueue]--; x.depth[sp.inQueue] == 0 {
			delete(x.depth, sp.inQueue)
		}
	}
	if sp.inQueue = queue; queue != "" {
		x.depth[queue]++
	}
}

// askOf writes down what the active routing step of a contact asks of agents; "": nothing.
func askOf(c *lifecycle.Contact) string {
	s := c.ActiveStep()
	if s == nil {
		return ""
	}
	b, err := json.Marshal(s.Expression)
	if err != nil {
		panic(Broken{Name: "routing criteria can be written", Detail: err.Error()})
	}
	return string(b)
}

// asking returns the part of a line whose contacts ask for the same.
func (x *index) asking(l *line, c *lifecycle.Contact, ask string) *line {
	if ask == "" {
		return l
	}
	of := l.asked[ask]
	if of == nil {
		of = &line{key: l.key, pools: l.pools, delays: l.delays, asker: l, ask: ask, wants: &c.ActiveStep().Expression}
		if l.asked == nil {
			l.asked = map[string]*line{}
		}
		l.asked[ask] = of
		l.asks = append(l.asks, of)
		x.asked++
	}
	return of
}

// fits reports whether an agent is what the contacts of a line ask for.
func (l *line) fits(a *lifecycle.Agent) bool { return l.wants == nil || routing.Satisfies(a, *l.wants) }

// anyFits reports whether some contact waits in a line, or in a part of it, that asks for no other agents.
func (l *line) anyFits(a *lifecycle.Agent) bool {
	return len(l.queue) > 0 || slices.ContainsFunc(l.asks, func(of *line) bool { return of.fits(a) })
}

func (m *Machine) joinLine(sp *spot, rank routing.Rank, ask string) {
	x := &m.index
	l := x.asking(x.line(lineKey{center.QueueID(sp.c.Queue.Queue.ID), sp.c.Channel}), sp.c, ask)
	sp.line, sp.rank = l, rank
	i, _ := slices.BinarySearchFunc(l.queue, rank, func(s *spot, r routing.Rank) int { return s.rank.Compare(r) })
	l.queue = slices.Insert(l.queue, i, sp)
	for _, p := range l.pools {
		if routing.Ripe(sp.c, p.delay, m.state.At) && (l.wants == nil || slices.ContainsFunc(p.pool.free, func(s *seat) bool { return l.fits(s.a) })) {
			x.mayRoute(p.pool)
		}
	}
	for _, d := range l.delays {
		if at := routing.RipeAt(sp.c, d); at.After(m.state.At) {
			x.due.push(dueEntry{at: at, kind: dueRipe, id: string(sp.c.ID)})
		}
	}
	if owner := sp.c.Queue.Agent; owner != "" {
		if s := x.seats[owner]; s != nil {
			x.mayRouteOwn(s)
		}
	}
}

func (x *index) leaveLine(sp *spot) {
	l := sp.line
	if l == nil {
		return
	}
	i, ok := slices.BinarySearchFunc(l.queue, sp.rank, func(s *spot, r routing.Rank) int { return s.rank.Compare(r) })
	if !ok {
		panic(Broken{Name: "a waiting contact is in its line", Detail: string(sp.c.ID)})
	}
	if i == 0 {
		l.queue[0] = nil
		l.queue = l.queue[1:]
	} else {
		l.queue = slices.Delete(l.queue, i, i+1)
	}
	sp.line = nil
	if of := l.asker; of != nil && len(l.queue) == 0 {
		delete(of.asked, l.ask)
		of.asks = slices.DeleteFunc(of.asks, func(o *line) bool { return o == l })
	}
}

func (m *Machine) refreshAgent(id center.AgentID) {
	x := &m.index
	a, s := m.state.Agents[id], x.seats[id]
	if a == nil {
		if s != nil {
			x.leavePools(s)
			s.takes = [len(channels)]bool{}
			s.due = time.Time{}
			delete(x.seats, id)
		}
		return
	}
	if s == nil {
		s = &seat{a: a}
		for i, ch := range channels {
			s.own[i] = x.line(lineKey{center.QueueID(id), ch})
		}
		x.seats[id] = s
	}
	s.a, s.deaf = a, 0
	x.leavePools(s)
	profile := center.RoutingProfileID(a.Config.RoutingProfile.ID)
	s.turn = routing.TurnOf(a, m.state.Directory.Profiles[profile].AvailabilityTimer)
	for i, ch := range channels {
		s.takes[i] = routing.Takes(a, ch)
		if p := x.pools[poolKey{profile, ch}]; s.takes[i] && p != nil {
			x.joinPool(s, p)
		}
	}
	x.mayRouteOwn(s)
	if due := agentDue(a); !due.Equal(s.due) {
		s.due = due
		x.due.push(dueEntry{at: due, kind: dueAgent, id: string(id)})
	}
}

func (x *index) joinPool(s *seat, p *pool) {
	i, _ := slices.BinarySearchFunc(p.free, s.turn, func(o *seat, t routing.Turn) int { return o.turn.Compare(t) })
	p.free = slices.Insert(p.free, i, s)
	s.pools = append(s.pools, p)
	if slices.ContainsFunc(p.lanes, func(l poolLane) bool { return l.line.anyFits(s.a) }) {
		x.mayRoute(p)
	}
}

func (x *index) leavePools(s *seat) {
	for _, p := range s.pools {
		i, ok := slices.BinarySearchFunc(p.free, s.turn, func(o *seat, t routing.Turn) int { return o.turn.Compare(t) })
		if !ok {
			panic(Broken{Name: "a free agent is in its pools", Detail: string(s.turn.Agent)})
		}
		p.free = slices.Delete(p.free, i, i+1)
	}
	s.pools = s.pools[:0]
}

// mayRoute notes a pool in which a free agent may meet a waiting contact.
func (x *index) mayRoute(p *pool) {
	if p.dirty || len(p.free) == 0 {
		return
	}
	for _, l := range p.lanes {
		if len(l.line.queue)+len(l.line.asks) > 0 {
			p.dirty = true
			x.dirtyPools = append(x.dirtyPools, p)
			return
		}
	}
}

// mayRouteOwn notes an agent who may be free for a contact in its own queue.
func (x *index) mayRouteOwn(s *seat) {
	if s.dirty {
		return
	}
	for i := range channels {
		if s.takes[i] && len(s.own[i].queue) > 0 {
			s.dirty = true
			x.dirtySeats = append(x.dirtySeats, s)
			return
		}
	}
}

// numberID returns which phone number has an address.
func (m *Machine) numberID(address string) center.PhoneNumberID {
	x := &m.index
	if x.numbers == nil {
		x.numbers = make(map[string]center.PhoneNumberID, len(m.state.Directory.Numbers))
		for id, n := range m.state.Directory.Numbers {
			x.numbers[n.Number] = id
		}
	}
	return x.numbers[address]
}
