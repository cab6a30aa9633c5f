package simulate

import (
	"container/heap"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// World is where the people of a workload find what their scenario names.
type World struct {
	Groups   [][]center.AgentID // the agents of each group
	Statuses map[string]center.AgentStatusID
	Numbers  map[string]string // to dial, in E.164
	Queues   map[string]center.QueueID
	Flows    map[string]center.FlowID
	Contents map[string]string // of flows, as they are when they are not broken
}

// Names of agent statuses.
const (
	statusAvailable = "Available"
	statusBreak     = "Break"
	statusLunch     = "Lunch"
)

// Action is what someone does at a time.
type Action struct {
	At      time.Time
	Command center.Command
	Closes  center.EffectID // the effect that it answers, if any

	seq   uint64
	still func() bool // whether it still makes sense; nil: always
	then  func(at time.Time)
}

// Workload is the people of a simulation. It belongs to one goroutine: take what is due with Next and submit it, tell
// what has happened with Observe and Effect.
type Workload struct {
	s        *scenario.Scenario
	seed     uint64
	world    World
	arrivals *arrivals
	people   map[center.AgentID]*person
	contacts map[center.ContactID]*conversation
	queue    actions
	seq      uint64
	started  uint64 // contacts seen so far
	broken   map[string]bool
	here     int // people who have not gone home for good

	begins, ends time.Time
	shift        time.Duration // from the scenario's time to that of the center
	zone         *time.Location
}

// NewWorkload returns people who begin their day at the time, whatever time of day their scenario says: it is moved there
// as a whole. Of cfg only the seed and what is about people counts.
func NewWorkload(cfg Config, world World, start time.Time) *Workload {
	cfg = cfg.withDefaults()
	s := cfg.Scenario
	w := &Workload{
		s: s, seed: cfg.Seed, world: world, people: map[center.AgentID]*person{}, contacts: map[center.ContactID]*conversation{},
		broken: map[string]bool{}, begins: start, ends: start.Add(s.Lasts.D()), shift: start.Sub(s.Start()), zone: s.Start().Location(),
	}
	n := uint64(0)
	for g, ids := range world.Groups {
		for i, id := range ids {
			p := &person{w: w, id: id, group: &s.Agents[g], number: i, random: stream(cfg.Seed, "agent", n)}
			n++
			w.people[id] = p
			w.here++
			p.begin()
		}
	}
	w.breakdowns()
	w.arrivals = newArrivals(w)
	w.arrivals.next(start)
	return w
}

// when returns the first such time of day of the scenario.
func (w *Workload) when(c scenario.Clock) time.Time { return w.s.When(c).Add(w.shift) }

// Unreached returns how many callers called a number that was dead.
func (w *Workload) Unreached() int { return w.arrivals.missed }

// stream returns a source of random numbers of its own for one person or purpose, so that what one does never changes
// what another draws.
func stream(seed uint64, purpose string, n uint64) *rand.Rand {
	h := uint64(14695981039346656037) // FNV-1a
	for _, b := range []byte(purpose) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed, h^(n+1)*0x9e3779b97f4a7c15))
}

// Due returns when the next action is due. It is false when nobody is going to do anything by themselves.
func (w *Workload) Due() (time.Time, bool) {
	w.prune()
	if len(w.queue) == 0 {
		return time.Time{}, false
	}
	return w.queue[0].At, true
}

// Next takes the next action that is due at the time. Its At may lie before it.
func (w *Workload) Next(now time.Time) (Action, bool) {
	for {
		w.prune()
		if len(w.queue) == 0 || w.queue[0].At.After(now) {
			return Action{}, false
		}
		a := heap.Pop(&w.queue).(Action)
		if a.then != nil {
			a.then(a.At)
		}
		if a.Command != nil {
			return a, true
		}
	}
}

// Over reports whether everyone has gone home and nobody is going to do anything any more.
func (w *Workload) Over() bool {
	_, due := w.Due()
	return !due && w.here == 0
}

func (w *Workload) prune() {
	for len(w.queue) > 0 && w.queue[0].still != nil && !w.queue[0].still() {
		heap.Pop(&w.queue)
	}
}

// plan notes that someone will do something, unless it makes no sense any more by then.
func (w *Workload) plan(at time.Time, cmd center.Command, still func() bool) {
	w.add(Action{At: at.Truncate(time.Millisecond), Command: cmd, still: still})
}

// then notes that something is to be thought about at a time.
func (w *Workload) then(at time.Time, f func(at time.Time)) {
	w.add(Action{At: at.Truncate(time.Millisecond), then: f})
}

func (w *Workload) add(a Action) {
	w.seq++
	a.seq = w.seq
	heap.Push(&w.queue, a)
}

// Observe tells the people what has happened.
func (w *Workload) Observe(at time.Time, e center.Event) {
	if id := center.ContactOf(e); id != "" {
		w.observeContact(at, id, e)
	}
	if p := w.people[center.AgentOf(e)]; p != nil {
		p.observe(at, e)
	}
}

// Effect tells the people what the center asks of the network: whether a customer who is called answers, and when. A
// center that has a network of its own does not call it.
func (w *Workload) Effect(at time.Time, id center.EffectID, e center.Effect) {
	switch e := e.(type) {
	case center.DialCustomer:
		r := stream(w.seed, "dial", w.started)
		c := w.s.Callers
		switch p := scenario.Share(r.Float64()); {
		case p < c.Answers:
			w.add(Action{At: at.Add(about(r, 6*time.Second, 0.5, time.Second, e.RingTimeout/2)).Truncate(time.Millisecond), Command: center.DialAnswered{Contact: e.Contact}, Closes: id})
		case p < c.Answers+c.Busy:
			w.add(Action{At: at.Add(2 * time.Second), Command: center.DialFailed{Contact: e.Contact, Reason: "TELECOM_BUSY"}, Closes: id})
		}
	case center.DialParty:
		r := stream(w.seed, "party", w.started)
		if r.Float64() < 0.8 {
			at = at.Add(about(r, 6*time.Second, 0.5, time.Second, e.RingTimeout/2)).Truncate(time.Millisecond)
			w.add(Action{At: at, Command: center.PartyAnswered{Contact: e.Contact, Party: e.Party}, Closes: id})
			at = at.Add(about(r, partyTalk, 0.6, 5*time.Second, 20*partyTalk)).Truncate(time.Millisecond)
			w.add(Action{At: at, Command: center.PartyHangUp{Contact: e.Contact, Party: e.Party}})
		}
	case center.ReleaseLine:
		w.add(Action{At: at, Command: center.Done{}, Closes: id})
	}
}

// partyTalk is how long people outside who are brought into a call stay there (mean).
const partyTalk = 3 * time.Minute

// Line returns how a customer behaves whom the center calls, as the operator API spells it, for a center that has a network
// of its own. It does not change from call to call.
func (w *Workload) Line(number string) (outcome string, after time.Duration) {
	h := fnv.New64a()
	h.Write([]byte(number))
	r := stream(w.seed, "line", h.Sum64())
	switch p := scenario.Share(r.Float64()); {
	case p < w.s.Callers.Answers:
		return "answer", about(r, 6*time.Second, 0.5, time.Second, 30*time.Second).Truncate(time.Millisecond)
	case p < w.s.Callers.Answers+w.s.Callers.Busy:
		return "busy", 2 * time.Second
	}
	return "no-answer", 0
}

// about draws a time around a mean: lognormal, as ring and talk times are, within bounds.
func about(r *rand.Rand, mean time.Duration, sigma float64, least, most time.Duration) time.Duration {
	d := time.Duration(float64(mean) * math.Exp(sigma*r.NormFloat64()-sigma*sigma/2))
	return min(max(d, least), most)
}

// actions is a heap, the earliest first, and of those the one planned first.
type actions []Action

func (a actions) Len() int { return len(a) }
func (a actions) Less(i, j int) bool {
	if d := a[i].At.Compare(a[j].At); d != 0 {
		return d < 0
	}
	return a[i].seq < a[j].seq
}
func (a actions) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push is heap's.
func (a *actions) Push(x any) { *a = append(*a, x.(Action)) }

// Pop is heap's.
func (a *actions) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	(*a)[last] = Action{}
	*a = (*a)[:last]
	return x
}
