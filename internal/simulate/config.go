package simulate

import (
	"errors"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// Config says what happens in a simulation. The zero value is a small center in an ordinary hour.
type Config struct {
	Seed  uint64
	Start time.Time // virtual time of the first event; zero: when the scenario begins, see scenario.Scenario.Begins

	// Scenario says who is there and what happens. Nil: a small one, made of the fields below; beside a scenario they
	// are refused.
	Scenario *scenario.Scenario

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
	between("CheckEvery", float64(c.CheckEvery), 0, 1e9)
	if c.Scenario != nil {
		for name, given := range map[string]bool{
			"Agents": c.Agents != 0, "Queues": c.Queues != 0, "ContactsPerHour": c.ContactsPerHour != 0, "Duration": c.Duration != 0,
			"TaskShare": c.TaskShare != 0, "DialShare": c.DialShare != 0, "Ring": c.Ring != 0, "Talk": c.Talk != 0, "Wrap": c.Wrap != 0,
			"Patience": c.Patience != 0, "Hold": c.Hold != 0, "Transfer": c.Transfer != 0, "Miss": c.Miss != 0, "Reject": c.Reject != 0, "Break": c.Break != 0, "BreakFor": c.BreakFor != 0,
		} {
			if given {
				wrong = append(wrong, fmt.Errorf("%s: the scenario says it", name))
			}
		}
		return errors.Join(wrong...)
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
	for name, d := range map[string]time.Duration{"Ring": c.Ring, "Talk": c.Talk, "Wrap": c.Wrap, "Patience": c.Patience, "Break": c.Break, "BreakFor": c.BreakFor} {
		between(name, d.Hours(), 0, 24)
	}
	return errors.Join(wrong...)
}

// withDefaults returns a Config whose Scenario, Start and CheckEvery say everything.
func (c Config) withDefaults() Config {
	if c.Scenario == nil {
		c.Scenario = c.small()
	}
	c.Scenario = furnished(c.Scenario)
	if c.Start.IsZero() {
		c.Start = c.Scenario.Start()
	}
	c.Start = c.Start.UTC().Truncate(time.Millisecond)
	if c.CheckEvery == 0 {
		c.CheckEvery = 1
	}
	return c
}

// small is the scenario that the fields of a Config are short for: queues with a number each, and as many teams of agents,
// which prefer one queue and help out in the others. All tasks go to the last queue.
func (c Config) small() *scenario.Scenario {
	or := func(d, usual time.Duration) scenario.Duration {
		if d == 0 {
			d = usual
		}
		return scenario.Duration(d)
	}
	share := func(f, usual float64) scenario.Share {
		if f == 0 {
			f = usual
		}
		return scenario.Share(max(f, 0))
	}
	agents, queues := c.Agents, c.Queues
	if agents == 0 {
		agents = 10
	}
	if queues == 0 {
		queues = 2
	}
	s := &scenario.Scenario{Name: "small", Zone: "UTC", Begins: "2026-03-02T08:00", Lasts: or(c.Duration, time.Hour)}
	s.Callers = scenario.Callers{PerHour: c.ContactsPerHour, Patience: or(c.Patience, 2*time.Minute), Answers: 0.7, Busy: 0.15}
	if s.Callers.PerHour == 0 {
		s.Callers.PerHour = 12 * float64(agents)
	}
	queue := func(i int) string { return fmt.Sprintf("Queue %d", i+1) }
	for i := range queues {
		flow, number := fmt.Sprintf("To queue %d", i+1), fmt.Sprintf("+1800555%04d", i)
		s.Instance.Queues = append(s.Instance.Queues, scenario.Queue{Name: queue(i), Number: number})
		s.Instance.Flows = append(s.Instance.Flows, scenario.Flow{Name: flow, Type: "CONTACT_FLOW", Queue: queue(i)})
		s.Instance.Numbers = append(s.Instance.Numbers, scenario.Number{Number: number, Flow: flow})
		g := scenario.Group{
			Name: fmt.Sprintf("team%d-", i+1), Count: (agents + queues - 1 - i) / queues, AutoAccept: 0.1,
			Channels: scenario.Slots{Voice: 1, Task: 2},
			Queues:   []scenario.Serves{{Queue: queue(queues - 1), Priority: 3, Channels: []string{scenario.Task}}},
			Breaks:   &scenario.Breaks{Every: or(c.Break, 2*time.Hour), For: or(c.BreakFor, 10*time.Minute)},
			Habits: scenario.Habits{
				Ring: or(c.Ring, 4*time.Second), Talk: or(c.Talk, 3*time.Minute), Wrap: or(c.Wrap, 30*time.Second), HoldFor: scenario.Duration(30 * time.Second),
				Hold: share(c.Hold, 0.15), Miss: share(c.Miss, 0.03), Reject: share(c.Reject, 0.01),
			},
		}
		if c.Transfer > 0 {
			g.Habits.Transfer = &scenario.Transfer{
				Share: scenario.Share(c.Transfer), Queue: queue(queues - 1), Number: "+18005550190", How: []string{scenario.Cold, scenario.Warm, scenario.Consult},
			}
		}
		if i == 0 {
			g.WrapLimit = scenario.Duration(2 * time.Minute)
		}
		for k := range queues {
			v := scenario.Serves{Queue: queue(k), Priority: 2, Delay: scenario.Duration(10 * time.Second), Channels: []string{scenario.Voice}}
			if k == i {
				v.Priority, v.Delay = 1, 0
			}
			g.Queues = append(g.Queues, v)
		}
		if g.Count > 0 {
			s.Agents = append(s.Agents, g)
		}
	}
	last := s.Instance.Flows[queues-1].Name
	s.Callers.Intents = []scenario.Intent{{Name: "Call", Weight: 1 - c.TaskShare - c.DialShare, Channel: scenario.Voice}}
	if c.TaskShare > 0 {
		s.Callers.Intents = append(s.Callers.Intents, scenario.Intent{Name: "Task", Weight: c.TaskShare, Channel: scenario.Task, Flow: last})
	}
	if c.DialShare > 0 {
		s.Callers.Intents = append(s.Callers.Intents, scenario.Intent{Name: "Dial", Weight: c.DialShare, Channel: scenario.Outbound, Flow: last})
	}
	return s
}

// furnished returns a scenario that names its instance and what is called about; what it leaves out is one queue that a
// number leads to.
func furnished(s *scenario.Scenario) *scenario.Scenario {
	f := *s
	if len(f.Instance.Queues) == 0 {
		f.Instance = scenario.Instance{
			Queues:  []scenario.Queue{{Name: "queue"}},
			Flows:   []scenario.Flow{{Name: "to the queue", Type: "CONTACT_FLOW", Queue: "queue"}},
			Numbers: []scenario.Number{{Number: "+18005550100", Flow: "to the queue"}},
		}
		f.Callers.Intents = append([]scenario.Intent(nil), f.Callers.Intents...)
		for i := range f.Callers.Intents {
			if n := &f.Callers.Intents[i]; n.Channel != scenario.Voice {
				n.Flow = "to the queue"
			}
		}
	}
	if len(f.Callers.Intents) == 0 {
		f.Callers.Intents = []scenario.Intent{{Name: "call", Weight: 1, Channel: scenario.Voice}}
	}
	return &f
}

// Whole returns the scenario that a Config is about, with all that it may leave out.
func (c Config) Whole() *scenario.Scenario { return c.withDefaults().Scenario }
