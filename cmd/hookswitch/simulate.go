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
	"strconv"
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

With --endpoint on the command line the same people act on a running server instead, on its clock: they are users sim1,
sim2 … of the instance, created as needed, and customers call the instance's first number with a flow.`,
		Example: `  hookswitch simulate --agents 50 --contacts-per-hour 600 --duration 8h --seed 7
  hookswitch simulate --duration 1h --out ./one-hour        # contact-records.jsonl, agent-events.jsonl, …
  hookswitch simulate --speed 60 --duration 1h              # an hour in a minute
  hookswitch simulate --endpoint http://127.0.0.1:4566 --instance demo --agents 5 --duration 10m`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd) },
	}
	f := c.Flags()
	f.IntVar(&s.cfg.Agents, "agents", 10, "agents")
	f.IntVar(&s.cfg.Queues, "queues", 2, "queues, with a number each")
	f.Float64Var(&s.cfg.ContactsPerHour, "contacts-per-hour", 0, "contacts that arrive in an hour (default 12 for each agent)")
	f.DurationVar(&s.cfg.Duration, "duration", time.Hour, "how long contacts arrive; what is open then is brought to its end")
	f.Float64Var(&s.speed, "speed", 0, "seconds that pass in a real one; 0: as fast as it can, on a server as its clock goes")
	f.Uint64Var(&s.cfg.Seed, "seed", 1, "what all choices come from")
	f.StringVar(&s.out, "out", "", "directory for the documents, one JSON object a line, and the journal")
	f.StringVar(&s.start, "start", "", "when the day begins, such as 2026-03-02T08:00:00Z, which is the default")
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

// check settles what has no flag's form. A share of 0 means none here, and the usual one in Config.
func (s *simulation) check() error {
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
	bar := newBar(s.shared, s.cfg.Duration)
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
	if err := errors.Join(err, failed, files.close(sum)); err != nil {
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

func (o *outFiles) close(sum simulate.Summary) error {
	if o == nil {
		return nil
	}
	b, err := json.MarshalIndent(showSummary(sum), "", "  ")
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

// summaryShown is a summary as JSON.
type summaryShown struct {
	Contacts     int     `json:"contacts"`
	Queued       int     `json:"queued"`
	Handled      int     `json:"handled"`
	Abandoned    int     `json:"abandoned"`
	Missed       int     `json:"missedOffers"`
	Holds        int     `json:"holds"`
	AverageWait  float64 `json:"averageWaitSeconds"`
	LongestWait  float64 `json:"longestWaitSeconds"`
	AverageTalk  float64 `json:"averageTalkSeconds"`
	ServiceLevel float64 `json:"serviceLevelPercent"`
	Occupancy    float64 `json:"occupancyPercent"`
	Steps        int     `json:"steps,omitempty"`
	JournalBytes int     `json:"journalBytes,omitempty"`
	Documents    int     `json:"documents,omitempty"`
	Late         int     `json:"commandsTooLate"`
	Busy         int     `json:"contactsWithoutRoom,omitempty"`
	Lasted       string  `json:"lasted"`
}

func showSummary(s simulate.Summary) summaryShown {
	return summaryShown{
		Contacts: s.Contacts, Queued: s.Offered, Handled: s.Handled, Abandoned: s.Abandoned, Missed: s.Missed, Holds: s.Holds,
		AverageWait: s.AverageWait.Seconds(), LongestWait: s.LongestWait.Seconds(), AverageTalk: s.AverageTalk.Seconds(),
		ServiceLevel: s.ServiceLevel, Occupancy: s.Occupancy, Steps: s.Steps, JournalBytes: s.Bytes, Documents: s.Documents, Late: s.Late, Busy: s.Busy, Lasted: s.Lasted.String(),
	}
}

// report writes what has come of it.
func (s *simulation) report(sum simulate.Summary, took time.Duration) error {
	if s.json {
		return s.writeJSON(showSummary(sum))
	}
	seconds := func(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
	rows := [][]string{
		{"contacts", strconv.Itoa(sum.Contacts)},
		{"queued", strconv.Itoa(sum.Offered)},
		{"handled", strconv.Itoa(sum.Handled)},
		{"abandoned", strconv.Itoa(sum.Abandoned)},
		{"offers missed or declined", strconv.Itoa(sum.Missed)},
		{"holds", strconv.Itoa(sum.Holds)},
		{"average wait", seconds(sum.AverageWait)},
		{"longest wait", seconds(sum.LongestWait)},
		{"average talk", seconds(sum.AverageTalk)},
		{"answered within " + simulate.ServiceLevel.String(), fmt.Sprintf("%.1f %%", sum.ServiceLevel)},
		{"occupancy", fmt.Sprintf("%.1f %%", sum.Occupancy)},
	}
	if sum.Steps > 0 {
		rows = append(rows,
			[]string{"journal", fmt.Sprintf("%d steps, %.1f MB", sum.Steps, float64(sum.Bytes)/1e6)},
			[]string{"documents", strconv.Itoa(sum.Documents)})
	}
	rows = append(rows, []string{"lasted", fmt.Sprintf("%v, in %v", sum.Lasted.Round(time.Second), took.Round(time.Millisecond))})
	if err := s.writeTable([]string{fmt.Sprintf("seed %d", s.cfg.Seed), ""}, rows); err != nil {
		return err
	}
	if s.out != "" {
		fmt.Fprintf(s.err, "documents and journal are in %s\n", s.out)
	}
	return nil
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
