package simulate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/machine"
)

// Simulation is a machine in virtual time, with people around it. It belongs to one goroutine.
type Simulation struct {
	cfg       Config
	machine   *machine.Machine
	now       time.Time
	place     uint64
	work      *Workload // nil while the world is built
	publisher *publisher
	count     Count
	bytes     int
	late      int
	busy      int
}

// New returns a simulation at its start. The error is Config.Validate's.
func New(cfg Config) (*Simulation, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	return &Simulation{cfg: cfg, machine: machine.New(), now: cfg.Start, publisher: newPublisher(cfg)}, nil
}

// Run lives through it all: the day until its last document. It can be called once. The error is ctx's, or says which
// invariant did not hold, and after which step.
func (s *Simulation) Run(ctx context.Context) (Summary, error) {
	world, err := s.build()
	if err != nil {
		return Summary{}, err
	}
	s.work = NewWorkload(s.cfg, world, s.now)
	latest := s.latest()
	for {
		if err := ctx.Err(); err != nil {
			return s.Summary(), err
		}
		more, err := s.round()
		if err != nil {
			return s.Summary(), err
		}
		if s.now.After(latest) {
			return s.Summary(), fmt.Errorf("seed %d: someone never goes home", s.cfg.Seed)
		}
		if !more {
			return s.Summary(), s.check()
		}
	}
}

// latest returns when everything must be over: no conversation, after-contact work or callback takes longer than that, and
// hardly anyone's patience does; heartbeats go on for an hour.
func (s *Simulation) latest() time.Time {
	sc := s.cfg.Scenario
	longest := sc.Callers.Patience.D()
	for _, i := range sc.Callers.Intents {
		longest = max(longest, i.Patience.D(), i.Talk.D())
	}
	for _, g := range sc.Agents {
		longest = max(longest, g.Habits.Talk.D()+g.Habits.Wrap.D()+g.Habits.HoldFor.D())
	}
	at := s.cfg.Start.Add(sc.Lasts.D() + 40*longest + 48*time.Hour)
	for _, f := range sc.Instance.Flows {
		if c := f.Callback; c != nil {
			at = at.Add(c.Delay.D() + time.Duration(c.Attempts)*(c.Retry.D()+time.Hour))
		}
	}
	return at
}

// Summary returns what has come of it so far.
func (s *Simulation) Summary() Summary {
	sum := s.count.Summary(s.now)
	sum.Steps, sum.Bytes, sum.Late, sum.Busy = int(s.place), s.bytes, s.late, s.busy
	sum.Documents, sum.Delay, sum.Lasted = s.publisher.published, s.publisher.delay, s.now.Sub(s.cfg.Start)
	if s.work != nil {
		sum.Unreached = s.work.Unreached()
	}
	return sum
}

// Now returns the virtual time.
func (s *Simulation) Now() time.Time { return s.now }

// Machine returns the machine, to be looked at between rounds.
func (s *Simulation) Machine() *machine.Machine { return s.machine }

// round does the one thing that comes next: the machine's own business first, then documents, then people. It reports
// whether there was anything.
func (s *Simulation) round() (bool, error) {
	wake, wakes := s.machine.Deadline()
	publish, publishes := s.publisher.due()
	act, acts := s.work.Due()
	before := func(a time.Time, b time.Time, bIs bool) bool { return !bIs || !a.After(b) }
	if !acts && s.unswept() && (!wakes || wake.Sub(s.now) > sweepAfter) {
		return true, s.sweep()
	}
	switch {
	case wakes && before(wake, publish, publishes) && before(wake, act, acts):
		s.passTo(wake)
		_, err := s.step(center.Stamp{}, center.Wake{})
		return true, err
	case publishes && before(publish, act, acts):
		s.passTo(publish)
		s.publisher.work(s.now)
		return true, s.publisher.full()
	case acts:
		s.passTo(act)
		a, ok := s.work.Next(s.now)
		if !ok {
			return true, nil
		}
		return true, s.submit(a.Closes, a.Command)
	}
	return false, nil
}

// sweepAfter is for how long nothing must be going to happen before contacts that are still open are ended: a task, which
// waits for a week, or a callback, when everybody has gone home.
const sweepAfter = time.Hour

// unswept reports whether contacts are still open.
func (s *Simulation) unswept() bool { return len(s.machine.State().Contacts) > 0 }

// sweep ends one contact that no agent came for.
func (s *Simulation) sweep() error {
	open := s.machine.State().Contacts
	id := slices.Sorted(maps.Keys(open))[0]
	if open[id].Phase() == lifecycle.AfterWork {
		return s.submit("", center.ClearContact{Contact: id, Agent: open[id].Agent.Agent})
	}
	if open[id].Method == lifecycle.MethodTransfer {
		return s.submit("", center.HangUp{Contact: id}) // it cannot be stopped
	}
	return s.submit("", center.StopContact{Contact: id})
}

func (s *Simulation) passTo(at time.Time) {
	if at.After(s.now) {
		s.now = at
	}
}

// submit gives the machine a command of the people. Coming too late is no error, nor is finding the center full.
func (s *Simulation) submit(closes center.EffectID, cmd center.Command) error {
	_, err := s.step(center.Stamp{Closes: closes}, cmd)
	var refused *center.Refused
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Reason {
	case center.NotFound, center.Conflict:
		s.late++
	case center.Limit:
		s.busy++
	default:
		return err
	}
	return nil
}

// step gives the machine a command, keeps the step, and tells everyone.
func (s *Simulation) step(stamp center.Stamp, cmd center.Command) (center.Step, error) {
	stamp.At, stamp.Place = s.now, s.place+1
	step, err := s.machine.Step(stamp, cmd)
	if err != nil || step.Empty() {
		return step, err
	}
	record, err := center.Encode(step)
	if err != nil {
		return step, fmt.Errorf("step %d: %w", stamp.Place, err)
	}
	s.place = stamp.Place
	s.bytes += len(record)
	if s.cfg.Step != nil {
		s.cfg.Step(step, record)
	}
	s.publisher.observe(s.machine.State().Directory, step)
	if err := s.publisher.full(); err != nil {
		return step, err
	}
	for _, e := range step.Events {
		s.count.Observe(s.now, e)
		if s.work != nil {
			s.work.Observe(s.now, e)
		}
	}
	for i, e := range step.Effects {
		if s.work != nil {
			s.work.Effect(s.now, center.MakeEffectID(stamp.Place, i), e)
		}
	}
	if s.place%uint64(s.cfg.CheckEvery) == 0 {
		return step, s.check()
	}
	return step, nil
}

// check holds the machine to its invariants.
func (s *Simulation) check() error {
	err := machine.Check(s.machine.State())
	if due, ok := s.machine.Deadline(); !ok || due.After(s.now) {
		err = errors.Join(err, machine.CheckIdle(s.machine.State(), s.now))
	}
	if err != nil {
		return fmt.Errorf("seed %d, after step %d at %s: %w", s.cfg.Seed, s.place, s.now.Format(time.RFC3339Nano), err)
	}
	return nil
}
