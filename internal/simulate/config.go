package simulate

import (
	"errors"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Config says how the people of a simulation behave. The zero value is a small center in an ordinary hour.
type Config struct {
	Seed            uint64
	Start           time.Time     // virtual time of the first event; zero: 2 March 2026, 08:00 UTC
	Agents          int           // 0: 10
	Queues          int           // 0: 2; each has a number and a routing profile that prefers it
	ContactsPerHour float64       // that arrive, as a Poisson process; 0: 12 for each agent
	Duration        time.Duration // how long contacts arrive; 0: one hour. What is open then is brought to its end
	TaskShare       float64       // share of contacts that are tasks, from 0 to 1
	DialShare       float64       // share of contacts that the center dials, from 0 to 1

	Ring     time.Duration // mean until an agent answers; 0: 4 s
	Talk     time.Duration // mean of a conversation; 0: 3 min
	Wrap     time.Duration // mean of after-contact work; 0: 30 s
	Patience time.Duration // mean that a caller waits before giving up; 0: 2 min
	Hold     float64       // share of calls that are put on hold; 0: 0.15, below 0: none
	Transfer float64       // share of calls in which the agent brings someone in: to leave the customer to them, at once or later, or to ask
	Miss     float64       // share of offers that an agent does not answer; 0: 0.03, below 0: none
	Reject   float64       // share of offers that an agent declines; 0: 0.01, below 0: none
	Break    time.Duration // mean between breaks of an agent; 0: 2 h
	BreakFor time.Duration // mean of a break; 0: 10 min

	CheckEvery int // steps between two checks of all invariants; 0: every step

	// Step, if not nil, is told every step that is kept, with what the journal would hold of it.
	Step func(step center.Step, record []byte)
	// Document, if not nil, gets what the center publishes, in the order in which it is due.
	Document func(Document)
}

// Bounds of a Config.
const (
	agentsMax   = 50_000
	queuesMax   = 40 // a routing profile serves at most 50 pairs of queue and channel
	perHourMax  = 1_000_000
	durationMax = 31 * 24 * time.Hour
)

// Validate reports everything that is wrong.
func (c Config) Validate() error {
	var wrong []error
	between := func(name string, v, low, high float64) {
		if v < low || v > high || v != v {
			wrong = append(wrong, fmt.Errorf("%s: %v is not from %v to %v", name, v, low, high))
		}
	}
	between("Agents", float64(c.Agents), 0, agentsMax)
	between("Queues", float64(c.Queues), 0, queuesMax)
	between("ContactsPerHour", c.ContactsPerHour, 0, perHourMax)
	between("Duration", c.Duration.Hours(), 0, durationMax.Hours())
	between("TaskShare", c.TaskShare, 0, 1)
	between("DialShare", c.DialShare, 0, 1)
	between("TaskShare and DialShare", c.TaskShare+c.DialShare, 0, 1)
	between("Hold", c.Hold, -1, 1)
	between("Transfer", c.Transfer, 0, 1)
	between("Miss", c.Miss, -1, 1)
	between("Reject", c.Reject, -1, 1)
	between("CheckEvery", float64(c.CheckEvery), 0, 1e9)
	for name, d := range map[string]time.Duration{"Ring": c.Ring, "Talk": c.Talk, "Wrap": c.Wrap, "Patience": c.Patience, "Break": c.Break, "BreakFor": c.BreakFor} {
		between(name, d.Hours(), 0, 24)
	}
	return errors.Join(wrong...)
}

func (c Config) withDefaults() Config {
	or := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	share := func(f *float64, usual float64) {
		if *f == 0 {
			*f = usual
		}
		*f = max(*f, 0)
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	}
	c.Start = c.Start.UTC().Truncate(time.Millisecond)
	if c.Agents == 0 {
		c.Agents = 10
	}
	if c.Queues == 0 {
		c.Queues = 2
	}
	if c.ContactsPerHour == 0 {
		c.ContactsPerHour = 12 * float64(c.Agents)
	}
	if c.CheckEvery == 0 {
		c.CheckEvery = 1
	}
	or(&c.Duration, time.Hour)
	or(&c.Ring, 4*time.Second)
	or(&c.Talk, 3*time.Minute)
	or(&c.Wrap, 30*time.Second)
	or(&c.Patience, 2*time.Minute)
	or(&c.Break, 2*time.Hour)
	or(&c.BreakFor, 10*time.Minute)
	share(&c.Hold, 0.15)
	share(&c.Miss, 0.03)
	share(&c.Reject, 0.01)
	return c
}
