package simulate

import (
	"math/rand/v2"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// person is an agent: it logs in, takes what rings, has breaks, and goes home.
type person struct {
	w      *Workload
	id     center.AgentID
	random *rand.Rand
	gone   bool
	breaks int // begun or planned so far
}

// begin plans the day: logged in within the first minute, home when no more contacts arrive and the last have been served.
func (p *person) begin(start time.Time) {
	at := start.Add(time.Duration(p.random.Float64() * float64(time.Minute)))
	p.w.plan(at, center.LogIn{Agent: p.id}, nil)
	p.w.plan(at.Add(2*time.Second), center.SetAgentStatus{Agent: p.id, Status: p.w.world.Available}, nil)
	p.nextBreak(at)
	home := p.w.ends.Add(p.w.cfg.Patience + time.Duration(p.random.Float64()*float64(5*time.Minute)))
	p.w.add(Action{At: home.Truncate(time.Millisecond), Command: center.LogOut{Agent: p.id}, then: func(time.Time) { p.gone = true }})
}

func (p *person) nextBreak(after time.Time) {
	if p.w.world.Break == "" {
		return
	}
	p.breaks++
	n := p.breaks
	at := after.Add(time.Minute + time.Duration(p.random.ExpFloat64()*float64(p.w.cfg.Break)))
	p.w.plan(at, center.SetAgentStatus{Agent: p.id, Status: p.w.world.Break}, func() bool { return !p.gone && p.breaks == n })
}

func (p *person) observe(at time.Time, e center.Event) {
	w := p.w
	switch e := e.(type) {
	case center.ContactOffered:
		p.answer(at, e)
	case center.ContactMissed:
		seen := about(p.random, 20*time.Second, 0.5, 2*time.Second, 2*time.Minute)
		w.plan(at.Add(seen), center.ClearContact{Contact: e.Contact, Agent: p.id}, nil)
	case center.AgentStatusChanged:
		if e.Status.ID == w.world.Break && w.world.Break != "" {
			length := about(p.random, w.cfg.BreakFor, 0.4, 30*time.Second, 4*w.cfg.BreakFor)
			w.plan(at.Add(length), center.SetAgentStatus{Agent: p.id, Status: w.world.Available}, p.here)
			p.nextBreak(at.Add(length))
		}
	}
}

func (p *person) here() bool { return !p.gone }

// answer decides what becomes of an offer: accepted, declined, or not noticed at all.
func (p *person) answer(at time.Time, e center.ContactOffered) {
	w := p.w
	c := w.contacts[e.Contact]
	if c == nil {
		return
	}
	offer := c.offers
	still := func() bool { return c.stage == waiting && c.offers == offer }
	after := about(p.random, w.cfg.Ring, 0.5, 500*time.Millisecond, 19*time.Second)
	switch chance := p.random.Float64(); {
	case chance < w.cfg.Miss:
	case chance < w.cfg.Miss+w.cfg.Reject:
		w.plan(at.Add(after), center.RejectContact{Contact: e.Contact, Agent: p.id}, still)
	default:
		w.plan(at.Add(after), center.AcceptContact{Contact: e.Contact, Agent: p.id}, still)
	}
}
