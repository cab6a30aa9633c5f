package simulate

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// World is what the people of a workload find: who they are, what they can set, whom they can call.
type World struct {
	Agents    []center.AgentID
	Available center.AgentStatusID
	Break     center.AgentStatusID
	Numbers   []string      // of the center, in E.164: callers dial one of them
	Flow      center.FlowID // what tasks and dialled calls run; empty: there are none
	Queue     center.QueueID
}

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
	cfg      Config
	world    World
	arrivals *rand.Rand
	people   map[center.AgentID]*person
	contacts map[center.ContactID]*conversation
	queue    actions
	seq      uint64
	callers  uint64
	started  uint64 // contacts seen so far
	ends     time.Time
}

// NewWorkload returns people who begin their day at the time. Of cfg only what is about people counts.
func NewWorkload(cfg Config, world World, start time.Time) *Workload {
	cfg = cfg.withDefaults()
	w := &Workload{
		cfg: cfg, world: world, ends: start.Add(cfg.Duration),
		arrivals: stream(cfg.Seed, "arrivals", 0),
		people:   make(map[center.AgentID]*person, len(world.Agents)),
		contacts: map[center.ContactID]*conversation{},
	}
	for i, id := range world.Agents {
		p := &person{w: w, id: id, random: stream(cfg.Seed, "agent", uint64(i))}
		w.people[id] = p
		p.begin(start)
	}
	w.arrive(start)
	return w
}

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
	w.prune()
	if len(w.queue) == 0 || w.queue[0].At.After(now) {
		return Action{}, false
	}
	a := heap.Pop(&w.queue).(Action)
	if a.then != nil {
		a.then(a.At)
	}
	if a.Command == nil {
		return w.Next(now)
	}
	return a, true
}

// Over reports whether everyone has gone home and nobody is going to do anything any more.
func (w *Workload) Over() bool {
	_, due := w.Due()
	for _, p := range w.people {
		due = due || !p.gone
	}
	return !due
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

// Effect tells the people what the center asks of the network: whether a dialled customer answers, and when. A center
// that has a network of its own does not call it.
func (w *Workload) Effect(at time.Time, id center.EffectID, e center.Effect) {
	switch e := e.(type) {
	case center.DialCustomer:
		r := stream(w.cfg.Seed, "dial", w.started)
		switch p := r.Float64(); {
		case p < 0.7:
			w.add(Action{At: at.Add(about(r, 6*time.Second, 0.5, time.Second, e.RingTimeout/2)).Truncate(time.Millisecond), Command: center.DialAnswered{Contact: e.Contact}, Closes: id})
		case p < 0.85:
			w.add(Action{At: at.Add(2 * time.Second), Command: center.DialFailed{Contact: e.Contact, Reason: "TELECOM_BUSY"}, Closes: id})
		}
	case center.DialParty:
		r := stream(w.cfg.Seed, "party", w.started)
		if r.Float64() < 0.8 {
			at = at.Add(about(r, 6*time.Second, 0.5, time.Second, e.RingTimeout/2)).Truncate(time.Millisecond)
			w.add(Action{At: at, Command: center.PartyAnswered{Contact: e.Contact, Party: e.Party}, Closes: id})
			at = at.Add(about(r, w.cfg.Talk, 0.6, 5*time.Second, 20*w.cfg.Talk)).Truncate(time.Millisecond)
			w.add(Action{At: at, Command: center.PartyHangUp{Contact: e.Contact, Party: e.Party}})
		}
	case center.ReleaseLine:
		w.add(Action{At: at, Command: center.Done{}, Closes: id})
	}
}

// arrive plans the next contact after a time.
func (w *Workload) arrive(after time.Time) {
	gap := time.Duration(w.arrivals.ExpFloat64() * float64(time.Hour) / w.cfg.ContactsPerHour)
	at := after.Add(gap)
	if !at.Before(w.ends) {
		return
	}
	w.add(Action{At: at.Truncate(time.Millisecond), Command: w.newContact(), then: func(time.Time) { w.arrive(at) }})
}

func (w *Workload) newContact() center.Command {
	w.callers++
	customer := fmt.Sprintf("+1425555%04d", w.arrivals.IntN(10_000))
	number := w.world.Numbers[w.arrivals.IntN(len(w.world.Numbers))]
	switch p := w.arrivals.Float64(); {
	case w.world.Flow != "" && p < w.cfg.TaskShare:
		return center.StartTask{Flow: w.world.Flow, Name: fmt.Sprintf("Task %d", w.callers)}
	case w.world.Flow != "" && p < w.cfg.TaskShare+w.cfg.DialShare:
		return center.StartOutboundCall{Destination: customer, Source: number, Flow: w.world.Flow, Queue: w.world.Queue}
	}
	return center.StartInboundCall{Customer: customer, Dialled: number}
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
