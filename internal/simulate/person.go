package simulate

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// person is an agent: it logs in, takes what rings, has breaks, and goes home.
type person struct {
	w      *Workload
	id     center.AgentID
	group  *scenario.Group
	number int // in its group, from 0
	random *rand.Rand
	spans  []span // of work to come
	here   bool
	in     bool // logged in, as the center says
	done   bool // has no more work to come for
	status center.AgentStatusID
	turns  int             // of its status; what was planned in an earlier one makes no sense any more
	leaves time.Time       // end of the span it is in
	cutOff time.Time       // without a connection until then
	talks  []*conversation // that it is in
}

// span is a time of work.
type span struct{ from, to time.Time }

// begin plans the days. Who has shifts works in them; who has none works until no more contacts arrive and the last have
// been served.
func (p *person) begin() {
	w := p.w
	last := w.ends.Add(w.s.Callers.Patience.D())
	if len(p.group.Shifts) == 0 {
		p.spans = []span{{w.begins, last.Add(time.Duration(p.random.Float64() * float64(5*time.Minute)))}}
		p.next()
		return
	}
	shift := p.group.Shifts[p.number%len(p.group.Shifts)]
	day := w.begins.Add(-w.shift).In(w.zone)
	for n := -1; ; n++ {
		at := func(c scenario.Clock, later int) time.Time {
			return time.Date(day.Year(), day.Month(), day.Day()+n+later, int(c)/60, int(c)%60, 0, 0, w.zone).Add(w.shift)
		}
		overnight := 0
		if shift.To <= shift.From {
			overnight = 1
		}
		s := span{at(shift.From, 0), at(shift.To, overnight)}
		if !s.from.Before(last) {
			break
		}
		if s.to.Sub(w.begins) >= shortestSpan {
			p.spans = append(p.spans, span{later(s.from, w.begins), s.to.Add(time.Duration(p.random.Float64() * float64(time.Minute)))})
		}
	}
	p.next()
}

// shortestSpan is what somebody comes for.
const shortestSpan = time.Minute

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// next plans the next span of work, or is the end of all.
func (p *person) next() {
	if len(p.spans) == 0 {
		p.done = true
		if !p.in {
			p.w.here--
		}
		return
	}
	s := p.spans[0]
	p.spans = p.spans[1:]
	p.w.then(s.from.Add(time.Duration(p.random.Float64()*float64(time.Minute))), func(at time.Time) { p.come(at, s) })
}

// come is logging in, once there is a connection.
func (p *person) come(at time.Time, s span) {
	w := p.w
	if at.Before(p.cutOff) {
		w.then(p.cutOff.Add(time.Duration(p.random.Float64()*float64(time.Minute))), func(at time.Time) { p.come(at, s) })
		return
	}
	if !at.Before(s.to) {
		p.next()
		return
	}
	p.leaves = s.to
	p.logIn(at)
	if b := p.group.Breaks; b != nil && w.world.Statuses[statusBreak] != "" {
		p.nextBreak(at, s)
	}
	if l := p.group.Lunch; l != nil && w.world.Statuses[statusLunch] != "" {
		noon := w.s.After(at.Add(-w.shift), l.At).Add(w.shift + time.Duration(p.random.Float64()*float64(l.Within)))
		if noon.Before(s.to.Add(-l.For.D())) {
			w.plan(noon, center.SetAgentStatus{Agent: p.id, Status: w.world.Statuses[statusLunch]}, p.isHere)
		}
	}
	w.then(s.to, func(at time.Time) {
		if p.here {
			p.here = false
			w.plan(at, center.LogOut{Agent: p.id}, nil)
		}
		p.next()
	})
}

func (p *person) nextBreak(after time.Time, s span) {
	at := after.Add(time.Minute + time.Duration(p.random.ExpFloat64()*float64(p.group.Breaks.Every)))
	if at.Before(s.to) {
		p.w.then(at, func(at time.Time) {
			if p.here && p.status == p.w.world.Statuses[statusAvailable] {
				p.w.plan(at, center.SetAgentStatus{Agent: p.id, Status: p.w.world.Statuses[statusBreak]}, nil)
			}
			p.nextBreak(at.Add(p.group.Breaks.For.D()), s)
		})
	}
}

func (p *person) isHere() bool { return p.here }

// drop is losing the connection: conversations end, and the agent is gone until a time.
func (p *person) drop(at, until time.Time) {
	w := p.w
	p.cutOff = later(p.cutOff, until)
	if !p.here {
		return
	}
	for _, c := range slices.Clone(p.talks) {
		if c.stage == talking {
			w.plan(at, center.LeaveContact{Contact: c.id, Agent: p.id}, nil)
			w.plan(at, center.ClearContact{Contact: c.id, Agent: p.id}, nil)
		}
	}
	w.plan(at, center.LogOut{Agent: p.id}, nil)
	p.here = false
	p.w.then(until.Add(time.Duration(p.random.Float64()*float64(time.Minute))), func(at time.Time) { p.back(at) })
}

// back is having a connection again, unless it is time to go home.
func (p *person) back(at time.Time) {
	if p.here || at.Before(p.cutOff) || !at.Before(p.leaves) {
		return
	}
	p.logIn(at)
}

func (p *person) logIn(at time.Time) {
	p.here = true
	p.w.plan(at, center.LogIn{Agent: p.id}, nil)
	p.w.plan(at.Add(2*time.Second), p.available(), p.isHere)
}

func (p *person) observe(at time.Time, e center.Event) {
	w := p.w
	switch e := e.(type) {
	case center.ContactOffered:
		p.answer(at, e)
	case center.ContactMissed:
		seen := about(p.random, 20*time.Second, 0.5, 2*time.Second, 2*time.Minute)
		w.plan(at.Add(seen), center.ClearContact{Contact: e.Contact, Agent: p.id}, nil)
	case center.ContactConnected:
		if c := w.contacts[e.Contact]; c != nil {
			p.talks = append(p.talks, c)
		}
	case center.ContactLeft:
		p.talks = slices.DeleteFunc(p.talks, func(c *conversation) bool { return c.id == e.Contact })
	case center.AgentLoggedIn:
		p.in = true
	case center.AgentLoggedOut:
		if p.in && p.done {
			w.here--
		}
		p.in = false
	case center.AgentStatusChanged:
		p.status = e.Status.ID
		p.turns++
		switch turn := p.turns; e.Status.ID {
		case "":
		case w.world.Statuses[statusBreak]:
			length := about(p.random, p.group.Breaks.For.D(), 0.4, 30*time.Second, 4*p.group.Breaks.For.D())
			w.plan(at.Add(length), p.available(), func() bool { return p.here && p.turns == turn })
		case w.world.Statuses[statusLunch]:
			w.plan(at.Add(p.group.Lunch.For.D()), p.available(), func() bool { return p.here && p.turns == turn })
		}
	}
}

func (p *person) available() center.Command {
	return center.SetAgentStatus{Agent: p.id, Status: p.w.world.Statuses[statusAvailable]}
}

// answer decides what becomes of an offer: accepted, declined, or not noticed at all.
func (p *person) answer(at time.Time, e center.ContactOffered) {
	w := p.w
	c := w.contacts[e.Contact]
	if c == nil {
		return
	}
	offer := c.offers
	still := func() bool { return p.here && c.stage == waiting && c.offers == offer }
	h := &p.group.Habits
	after := about(p.random, h.Ring.D(), 0.5, 500*time.Millisecond, 19*time.Second)
	switch chance := scenario.Share(p.random.Float64()); {
	case chance < h.Miss:
	case chance < h.Miss+h.Reject:
		w.plan(at.Add(after), center.RejectContact{Contact: e.Contact, Agent: p.id}, still)
	default:
		w.plan(at.Add(after), center.AcceptContact{Contact: e.Contact, Agent: p.id}, still)
	}
}
