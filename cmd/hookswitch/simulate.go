package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/simulate"
)

// checkEvery is how many steps lie between two checks of all invariants.
const checkEvery = 100

// simulation is one run of simulate.
type simulation struct {
	*shared
	cfg      simulate.Config
	start    string
	speed    float64
	out      string // directory
	instance string
	scenario string // name or file
}

// peopleFlags are the flags that make a small scenario of their own.
var peopleFlags = [...]string{
	"agents", "queues", "contacts-per-hour", "duration", "task-share", "hold-share", "miss-share", "reject-share", "talk", "after-work", "patience",
}

func newSimulate(sh *shared) *cobra.Command {
	s := &simulation{shared: sh}
	c := &cobra.Command{
		Use:   "simulate",
		Short: "A day of agents and callers under a seed, in compressed time",
		Long: `Simulate a contact center: customers arrive at random, agents answer, talk, hold, miss, take breaks; some customers give
up. Every choice comes from --seed.

By itself it runs in this process on virtual time, in memory, as fast as it can: the same settings give the same
documents, byte for byte, which --out writes to files. The center's invariants are checked on the way.

Who is there and what happens is said by --scenario, a file or one of those that "hookswitch scenario list" shows; or by
flags, which make a small scenario of their own.

With --endpoint on the command line the same people act on a running server instead, on its clock. A scenario is set up
there by its names, and begins at once, whatever time of day it has. Without one, agents are users team1-1, team1-2 … of
the instance, created as needed, and customers call the instance's first number with a flow.`,
		Example: `  hookswitch simulate --agents 50 --contacts-per-hour 600 --duration 8h --seed 7
  hookswitch simulate --scenario monday-peak
  hookswitch simulate --scenario ./ours.yaml --json
  hookswitch simulate --duration 1h --out ./one-hour        # contact-records.jsonl, agent-events.jsonl, …
  hookswitch simulate --speed 60 --duration 1h              # an hour in a minute
  hookswitch simulate --endpoint http://127.0.0.1:4566 --instance demo --agents 5 --duration 10m`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd) },
	}
	f := c.Flags()
	f.StringVar(&s.scenario, "scenario", "", "name of a ready scenario, or a file (with a dot or a slash in its name)")
	f.IntVar(&s.cfg.Agents, "agents", 10, "agents")
	f.IntVar(&s.cfg.Queues, "queues", 2, "queues, with a number each")
	f.Float64Var(&s.cfg.ContactsPerHour, "contacts-per-hour", 0, "contacts that arrive in an hour (default 12 for each agent)")
	f.DurationVar(&s.cfg.Duration, "duration", time.Hour, "how long contacts arrive; what is open then is brought to its end")
	f.Float64Var(&s.speed, "speed", 0, "seconds that pass in a real one; 0: as fast as it can, on a server as its clock goes")
	f.Uint64Var(&s.cfg.Seed, "seed", 1, "what all choices come from")
	f.StringVar(&s.out, "out", "", "directory for the documents, one JSON object a line, and the journal")
	f.StringVar(&s.start, "start", "", "when it begins, such as 2026-03-02T08:00:00Z (the default without --scenario); times of day of a scenario move with it, hours of operation do not")
	f.Float64Var(&s.cfg.TaskShare, "task-share", 0, "share of contacts that are tasks, 0 to 1")
	f.Float64Var(&s.cfg.Hold, "hold-share", 0.15, "share of calls that are put on hold, 0 to 1")
	f.Float64Var(&s.cfg.Miss, "miss-share", 0.03, "share of offers that an agent does not answer, 0 to 1")
	f.Float64Var(&s.cfg.Reject, "reject-share", 0.01, "share of offers that an agent declines, 0 to 1")
	f.DurationVar(&s.cfg.Talk, "talk", 3*time.Minute, "mean of a conversation")
	f.DurationVar(&s.cfg.Wrap, "after-work", 30*time.Second, "mean of after-contact work")
	f.DurationVar(&s.cfg.Patience, "patience", 2*time.Minute, "mean that a caller waits before giving up")
	sh.instanceFlag(c, &s.instance, "with --endpoint: the instance (default the only one)")
	return c
}

func (s *simulation) run(cmd *cobra.Command) error {
	if err := s.choose(cmd); err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	if s.named {
		for _, name := range []string{"out", "start", "queues"} {
			if cmd.Flags().Changed(name) {
				return usage("--%s has no meaning on a running server: leave out --endpoint to simulate in this process", name)
			}
		}
		return s.onServer(cmd.Context())
	}
	if s.instance != "" {
		return usage("--instance needs --endpoint: without it everything happens in this process")
	}
	return s.inProcess(cmd.Context())
}

// choose reads the scenario, if there is one. Then the flags that would make another have no meaning.
func (s *simulation) choose(cmd *cobra.Command) error {
	if s.scenario == "" {
		return nil
	}
	chosen, err := findScenario(s.scenario)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	for _, name := range peopleFlags {
		if cmd.Flags().Changed(name) {
			return usage("--%s has no meaning with --scenario, which says it: copy the scenario (hookswitch scenario show %s) and change it there", name, chosen.Name)
		}
	}
	s.cfg = simulate.Config{Seed: s.cfg.Seed, Scenario: chosen}
	return nil
}

// check settles what has no flag's form. A share of 0 means none here, and the usual one in Config.
func (s *simulation) check() error {
	if s.cfg.Scenario == nil {
		if s.cfg.Agents < 1 || s.cfg.Queues < 1 || s.cfg.Duration <= 0 {
			return usage("--agents and --queues must be at least 1, and --duration more than 0")
		}
		for _, share := range []*float64{&s.cfg.Hold, &s.cfg.Miss, &s.cfg.Reject} {
			if *share < 0 {
				return usage("a share is from 0 to 1, not %v", *share)
			}
			if *share == 0 {
				*share = -1
			}
		}
	}
	if s.speed < 0 {
		return usage("--speed %v cannot be negative", s.speed)
	}
	if s.start != "" {
		at, err := time.Parse(time.RFC3339Nano, s.start)
		if err != nil {
			return usage("--start: %v", err)
		}
		s.cfg.Start = at
	}
	s.cfg.CheckEvery = checkEvery
	if err := s.cfg.Validate(); err != nil {
		return &exitError{exitUsage, err}
	}
	return nil
}

// lasts returns how long contacts arrive.
func (s *simulation) lasts() time.Duration {
	if s.cfg.Scenario != nil {
		return s.cfg.Scenario.Lasts.D()
	}
	return s.cfg.Duration
}

// inProcess lives through the day in this process.
func (s *simulation) inProcess(ctx context.Context) (err error) {
	files, err := s.files()
	if err != nil {
		return err
	}
	var sim *simulate.Simulation
	var begin time.Time // virtual; when the first step was
	var failed error
	began := time.Now()
	bar := newBar(s.shared, s.lasts())
	s.cfg.Document = func(d simulate.Document) { failed = errors.Join(failed, files.write(d.Kind, d.Data)) }
	s.cfg.Step = func(_ center.Step, record []byte) {
		failed = errors.Join(failed, files.write("journal", record))
		if begin.IsZero() {
			begin = sim.Now()
		}
		passed := sim.Now().Sub(begin)
		bar.at(passed)
		if s.speed > 0 {
			ahead := time.Duration(float64(passed)/s.speed) - time.Since(began)
			if ahead > 0 {
				clock.Sleep(ctx, clock.System{}, ahead) // Run looks at ctx
			}
		}
	}
	if sim, err = simulate.New(s.cfg); err != nil {
		return err
	}
	sum, err := sim.Run(ctx)
	bar.done()
	if err := errors.Join(err, failed, files.close(s.show(sum))); err != nil {
		return err
	}
	return s.report(sum, time.Since(began))
}

// outFiles are what --out names; nil writes nothing.
type outFiles struct {
	dir  string
	open map[string]*outFile
}

type outFile struct {
	*bufio.Writer
	file *os.File
}

// files creates the files of --out. Files of an earlier run are replaced.
func (s *simulation) files() (*outFiles, error) {
	if s.out == "" {
		return nil, nil
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return nil, err
	}
	o := &outFiles{dir: s.out, open: map[string]*outFile{}}
	for _, kind := range []string{simulate.ContactRecord, simulate.AgentEvent, simulate.ContactEvent, "journal"} {
		name := kind + "s.jsonl"
		if kind == "journal" {
			name = "journal.jsonl"
		}
		f, err := os.Create(filepath.Join(s.out, name))
		if err != nil {
			return nil, errors.Join(err, o.closeFiles())
		}
		o.open[kind] = &outFile{bufio.NewWriter(f), f}
	}
	return o, nil
}

func (o *outFiles) write(kind string, data []byte) error {
	if o == nil {
		return nil
	}
	f := o.open[kind]
	if f == nil {
		return fmt.Errorf("no file for documents of the kind %q", kind)
	}
	f.Write(data) // a bufio.Writer keeps its first error
	return f.WriteByte('\n')
}

func (o *outFiles) close(shown summaryShown) error {
	if o == nil {
		return nil
	}
	b, err := json.MarshalIndent(shown, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(o.closeFiles(), os.WriteFile(filepath.Join(o.dir, "summary.json"), append(b, '\n'), 0o644))
}

func (o *outFiles) closeFiles() error {
	var errs []error
	for _, f := range o.open {
		errs = append(errs, f.Flush(), f.file.Close())
	}
	return errors.Join(errs...)
}

// bar is a line of progress on a terminal.
type bar struct {
	out   io.Writer // nil: no terminal
	whole time.Duration
	last  time.Time
}

const barEvery = 100 * time.Millisecond

func newBar(sh *shared, whole time.Duration) *bar {
	b := &bar{whole: whole}
	if f, ok := sh.err.(*os.File); ok && !sh.json && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" && os.Getenv("CI") == "" {
		b.out = f
	}
	return b
}

// at shows how much of the whole has passed.
func (b *bar) at(passed time.Duration) {
	if b.out == nil || time.Since(b.last) < barEvery {
		return
	}
	b.last = time.Now()
	const width = 40
	done := min(max(int(float64(width)*float64(passed)/float64(b.whole)), 0), width)
	fmt.Fprintf(b.out, "\r%s%s  %v of %v ", strings.Repeat("█", done), strings.Repeat("░", width-done), passed.Round(time.Second), b.whole)
}

// done takes the line away.
func (b *bar) done() {
	if b.out != nil {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}
