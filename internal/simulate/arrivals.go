package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// arrivals is when contacts arrive, and what they are about: a Poisson process whose rate follows the curve of the day and
// the surges.
type arrivals struct {
	w       *Workload
	random  *rand.Rand
	chosen  []uint16 // intent of each caller
	weights []float64
	curve   []point
	surges  []surge
	steady  bool // nothing changes the rate
	dead    []outage
	missed  int // callers who reached nobody, because their number was dead
}

// slot is how long the rate is taken to stay the same.
const slot = time.Second

type point struct {
	at     time.Duration // since midnight
	factor float64
}

type surge struct {
	from, to time.Time
	factor   float64
	intents  []bool // nil: all
}

// outage is a span in which a number is dead.
type outage struct {
	from, to time.Time
	number   string // of the scenario
}

func newArrivals(w *Workload) *arrivals {
	s := w.s
	a := &arrivals{w: w, random: stream(w.seed, "arrivals", 0)}
	total := 0.0
	for _, i := range s.Callers.Intents {
		total += i.Weight
	}
	for _, i := range s.Callers.Intents {
		a.weights = append(a.weights, i.Weight/total)
	}
	for _, p := range s.Callers.Curve {
		a.curve = append(a.curve, point{time.Duration(p.At) * time.Minute, p.Factor})
	}
	for _, v := range s.Surges {
		from := w.when(v.At)
		u := surge{from: from, to: from.Add(v.For.D()), factor: v.Factor}
		if len(v.Intents) > 0 {
			for _, i := range s.Callers.Intents {
				u.intents = append(u.intents, slices.Contains(v.Intents, i.Name))
			}
		}
		a.surges = append(a.surges, u)
	}
	for _, o := range s.Outages {
		if o.What == scenario.NumberOut {
			a.dead = append(a.dead, outage{w.when(o.At), w.when(o.At).Add(o.For.D()), o.Number})
		}
	}
	a.steady = len(a.curve)+len(a.surges) == 0
	return a
}

// next plans the next contact after a time.
func (a *arrivals) next(after time.Time) {
	at, ok := a.gapAfter(after)
	if !ok {
		return
	}
	a.w.add(Action{At: at.Truncate(time.Millisecond), Command: a.contact(at), then: func(time.Time) { a.next(at) }})
}

// gapAfter draws when the next contact arrives: once the rate, added up from then on, comes to an exponential number.
func (a *arrivals) gapAfter(at time.Time) (time.Time, bool) {
	perHour := a.w.s.Callers.PerHour
	if perHour == 0 {
		return at, false
	}
	left := a.random.ExpFloat64() * float64(time.Hour) / perHour // as long as it takes at the usual rate
	if a.steady {
		at = at.Add(time.Duration(left))
		return at, at.Before(a.w.ends)
	}
	for at.Before(a.w.ends) {
		rest := slot - at.Sub(a.w.begins)%slot
		factor := a.factor(at)
		if took := left / factor; factor > 0 && took < float64(rest) {
			return at.Add(time.Duration(took)), true
		}
		left -= float64(rest) * factor
		at = at.Add(rest)
	}
	return at, false
}

// factor is how many times as many contacts arrive at a time as usual.
func (a *arrivals) factor(at time.Time) float64 {
	f := a.level(at)
	if len(a.surges) == 0 {
		return f
	}
	sum := 0.0
	for i, w := range a.weights {
		sum += w * a.surged(i, at)
	}
	return f * sum
}

// level is what the curve says.
func (a *arrivals) level(at time.Time) float64 {
	if len(a.curve) == 0 {
		return 1
	}
	local := at.Add(-a.w.shift).In(a.w.zone)
	now := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
	n, _ := slices.BinarySearchFunc(a.curve, now, func(p point, t time.Duration) int { return int(p.at - t) })
	switch {
	case n == 0:
		return a.curve[0].factor
	case n == len(a.curve):
		return a.curve[n-1].factor
	}
	from, to := a.curve[n-1], a.curve[n]
	return from.factor + (to.factor-from.factor)*float64(now-from.at)/float64(to.at-from.at)
}

// surged is by how much surges change an intent.
func (a *arrivals) surged(intent int, at time.Time) float64 {
	f := 1.0
	for _, s := range a.surges {
		if !at.Before(s.from) && at.Before(s.to) && (s.intents == nil || s.intents[intent]) {
			f *= s.factor
		}
	}
	return f
}

// choose draws what a contact is about.
func (a *arrivals) choose(at time.Time) int {
	sum := 0.0
	for i, w := range a.weights {
		sum += w * a.surged(i, at)
	}
	p := a.random.Float64() * sum
	for i, w := range a.weights {
		if p -= w * a.surged(i, at); p < 0 {
			return i
		}
	}
	return len(a.weights) - 1
}

// contact is what the next caller does; nil: the number is dead.
func (a *arrivals) contact(at time.Time) center.Command {
	n := len(a.chosen)
	i := a.choose(at)
	a.chosen = append(a.chosen, uint16(i))
	intent := &a.w.s.Callers.Intents[i]
	number := intent.Number
	if number == "" && (intent.Channel == scenario.Voice || intent.Channel == scenario.Outbound) {
		numbers := a.w.s.Instance.Numbers
		number = numbers[a.random.IntN(len(numbers))].Number
	}
	dialled := a.w.world.Numbers[number]
	switch flow := a.w.world.Flows[intent.Flow]; intent.Channel {
	case scenario.Chat:
		return center.StartChat{Flow: flow, Name: fmt.Sprintf("%s %d", intent.Name, n+1), Attributes: intent.Attributes, Initial: opening(intent)}
	case scenario.Task:
		return center.StartTask{Flow: flow, Name: fmt.Sprintf("%s %d", intent.Name, n+1), Attributes: intent.Attributes}
	case scenario.Outbound:
		return center.StartOutboundCall{Destination: customer(n), Source: dialled, Flow: flow, Attributes: intent.Attributes}
	}
	for _, o := range a.dead {
		if o.number == number && !at.Before(o.from) && at.Before(o.to) {
			a.missed++
			return nil
		}
	}
	return center.StartInboundCall{Customer: customer(n), Dialled: dialled, Attributes: intent.Attributes}
}

// customer is the number of the n-th caller. It tells who calls, whatever contact it is found on: 425, 426 … are the area
// codes, 10,000 callers each, and after the last one numbers begin again.
func customer(n int) string {
	n %= customersMax
	return fmt.Sprintf("+1%03d555%04d", 425+n/10_000, n%10_000)
}

// customersMax is how many callers have numbers of their own.
const customersMax = 500 * 10_000

// intentOf returns what a contact is about, by its customer or its name; nil: it is none of ours.
func (a *arrivals) intentOf(number, name string) *scenario.Intent {
	n := -1
	if rest, ok := strings.CutPrefix(number, "+1"); ok && len(rest) == 10 && rest[3:6] == "555" {
		area, err1 := strconv.Atoi(rest[:3])
		line, err2 := strconv.Atoi(rest[6:])
		if err1 == nil && err2 == nil {
			n = (area-425)*10_000 + line
		}
	} else if i := strings.LastIndexByte(name, ' '); i >= 0 {
		if k, err := strconv.Atoi(name[i+1:]); err == nil {
			n = k - 1
		}
	}
	if n < 0 || n >= len(a.chosen) {
		return nil
	}
	for n+customersMax < len(a.chosen) {
		n += customersMax
	}
	return &a.w.s.Callers.Intents[a.chosen[n]]
}
