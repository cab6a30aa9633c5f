package machine

import (
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/routing"
)

// pass is one round of routing. Agents are served in turn, the longest idle first; each gets the contact that asks for
// it most strongly, and no more than one in a step.
type pass struct {
	*turn
	number  uint64
	heads   map[*pool]int      // the first seat of a pool that may still be served
	cursors map[poolCursor]int // the first spot of a line that may still be offered
	offers  int
}

type poolCursor struct {
	line  *line
	delay int
}

// route offers waiting contacts to free agents until no more fit together or the step is full.
func (t *turn) route() {
	x := &t.m.index
	if len(x.dirtyPools)+len(x.dirtySeats) == 0 {
		return
	}
	x.passes++
	p := &pass{turn: t, number: x.passes, heads: map[*pool]int{}, cursors: map[poolCursor]int{}}
	for p.offers < t.m.limits.offers {
		s := p.next()
		if s == nil {
			break
		}
		s.pass = p.number
		if sp := p.choose(s); sp != nil {
			p.offers++
			t.offer(s.a, sp.c)
		} else if !s.hears() {
			s.deaf = x.asked
		}
	}
	if p.offers < t.m.limits.offers {
		x.settle()
	}
}

// settle forgets where there was something to route. What the step itself has changed is looked at afterwards.
func (x *index) settle() {
	for _, p := range x.dirtyPools {
		p.dirty = false
	}
	for _, s := range x.dirtySeats {
		s.dirty = false
	}
	x.dirtyPools, x.dirtySeats = x.dirtyPools[:0], x.dirtySeats[:0]
}

// next returns the agent whose turn it is: of those that may get a contact, the one that comes first.
func (p *pass) next() *seat {
	var first *seat
	consider := func(s *seat) {
		if first == nil || s.turn.Compare(first.turn) < 0 {
			first = s
		}
	}
	for _, s := range p.m.index.dirtySeats {
		if s.pass != p.number && p.chooseOwn(s) != nil {
			consider(s)
		}
	}
	for _, pl := range p.m.index.dirtyPools {
		if s := p.head(pl); s != nil {
			consider(s)
		}
	}
	return first
}

// head returns the first free agent of a pool that the pass has not served yet and that may get a contact; nil: none, or no
// contact waits that the pool may be offered. When all that wait ask for something, it passes over those who are known to
// be nothing of that.
func (p *pass) head(pl *pool) *seat {
	open, asking := p.ripe(pl)
	if !open && !asking {
		return nil
	}
	i := p.heads[pl]
	for i < len(pl.free) && (pl.free[i].pass == p.number || !open && pl.free[i].deaf == p.m.index.asked) {
		i++
	}
	p.heads[pl] = i
	if i == len(pl.free) {
		return nil
	}
	return pl.free[i]
}

// ripe reports whether any contact waits that the agents of the pool may be offered: open ones that ask for nothing, and
// asking ones.
func (p *pass) ripe(pl *pool) (open, asking bool) {
	for i := range pl.lanes {
		l := &pl.lanes[i]
		if p.cursor(l.line, l.Delay) < len(l.line.queue) {
			return true, asking
		}
		for _, of := range l.line.asks {
			asking = asking || p.cursor(of, l.Delay) < len(of.queue)
		}
	}
	return false, asking
}

// hears reports whether an agent is what some waiting contact asks for.
func (s *seat) hears() bool {
	for _, pl := range s.pools {
		for i := range pl.lanes {
			if slices.ContainsFunc(pl.lanes[i].line.asks, func(of *line) bool { return of.fits(s.a) }) {
				return true
			}
		}
	}
	return false
}

// cursor returns the place of the first contact in a line that has waited for the delay and does not ring yet.
func (p *pass) cursor(l *line, delay int) int {
	if len(l.queue) == 0 {
		return 0
	}
	key := poolCursor{l, delay}
	i := p.cursors[key]
	for i < len(l.queue) && !p.offerable(l.queue[i].c, delay) {
		i++
	}
	p.cursors[key] = i
	return i
}

func (p *pass) offerable(c *lifecycle.Contact, delay int) bool {
	return c.Offer == nil && (delay == 0 || routing.Ripe(c, delay, p.at))
}

// choose returns the contact that asks for the agent most strongly, or nil.
func (p *pass) choose(s *seat) *spot {
	if own := p.chooseOwn(s); own != nil {
		return own
	}
	var best *spot
	var claim routing.Claim
	for _, pl := range s.pools {
		for i := range pl.lanes {
			l := &pl.lanes[i]
			if best != nil && l.Priority > claim.Queue {
				break // lanes are sorted: none that follows asks more strongly
			}
			sp := p.firstOf(s.a, l)
			if sp == nil {
				continue
			}
			if c := (routing.Claim{Queue: l.Priority, Rank: sp.rank}); best == nil || c.Compare(claim) < 0 {
				best, claim = sp, c
			}
		}
	}
	return best
}

// firstOf returns the first contact of a lane that the agent may be offered: one that asks for nothing, or for what the
// agent is.
func (p *pass) firstOf(a *lifecycle.Agent, l *poolLane) *spot {
	best := p.first(a, l.line, p.cursor(l.line, l.Delay), l.Delay)
	for _, of := range l.line.asks {
		from := p.cursor(of, l.Delay)
		if from == len(of.queue) || best != nil && best.rank.Compare(of.queue[from].rank) < 0 || !of.fits(a) {
			continue
		}
		if sp := p.first(a, of, from, l.Delay); sp != nil && (best == nil || sp.rank.Compare(best.rank) < 0) {
			best = sp
		}
	}
	return best
}

// chooseOwn returns the first contact in the agent's own queue, or nil.
func (p *pass) chooseOwn(s *seat) *spot {
	var best *spot
	for i := range channels {
		if !s.takes[i] || len(s.own[i].queue) == 0 {
			continue
		}
		sp := p.first(s.a, s.own[i], p.cursor(s.own[i], 0), 0)
		if sp != nil && (best == nil || sp.rank.Compare(best.rank) < 0) {
			best = sp
		}
	}
	return best
}

// first returns the first contact of a line, from a place on, that the agent may be offered. What lies on its desk
// already, missed or rejected, it is not offered again.
func (p *pass) first(a *lifecycle.Agent, l *line, from, delay int) *spot {
	for _, sp := range l.queue[from:] {
		if p.offerable(sp.c, delay) && !onDesk(a, sp.c.ID) {
			return sp
		}
	}
	return nil
}

func onDesk(a *lifecycle.Agent, id center.ContactID) bool {
	return len(a.Desk) > 0 && a.Contact(id) != nil
}
