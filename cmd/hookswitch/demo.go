package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/node"
)

// demoFlags are the settings of a demo.
type demoFlags struct {
	listen      string
	data        string
	recordDelay time.Duration
	speed       float64
	once        bool
	duration    time.Duration
}

func newDemo(sh *shared) *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show a contact center at work, and everything it publishes",
		Long: `Start a server with an instance "demo": three queues with a phone number each, three agents, contact records and agent
events streamed to Kinesis. Customers call (answered, put on hold, missed, given up), and every document is shown as it
is published, with the AWS CLI lines to read it yourself. Calls come in until Ctrl-C.

It is a complete server: everything that "hookswitch serve" answers is answered here too. Its data is in a temporary
directory that is removed at the end, unless --data is given. Contact records are published sooner than AWS would.`,
		Example: `  hookswitch demo
  hookswitch demo --data ./demo-data                # keep what happens; later: hookswitch serve --data ./demo-data
  hookswitch demo --listen 127.0.0.1:4600 --record-delay 65s
  hookswitch demo --once --speed 20 --json          # the story once, at twenty times the speed, as JSON`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.speed <= 0 || f.speed > 1000 {
				return usage("--speed %v: want more than 0, and up to 1000", f.speed)
			}
			if f.duration < 0 {
				return usage("--duration %v: a time cannot be negative", f.duration)
			}
			return runDemo(cmd.Context(), sh, f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.listen, "listen", node.DefaultListen, "host:port to listen on")
	flags.StringVar(&f.data, "data", "", "directory that keeps everything (default a temporary one, removed at the end)")
	flags.DurationVar(&f.recordDelay, "record-delay", 3*time.Second, "from a contact's completion to its contact record; AWS takes about a minute")
	flags.Float64Var(&f.speed, "speed", 1, "how fast time passes; with anything but 1 the server has a virtual clock")
	flags.BoolVar(&f.once, "once", false, "end when the first calls and their records are over")
	flags.DurationVar(&f.duration, "duration", 0, "end after so long (default at Ctrl-C)")
	return c
}

// runDemo runs the server and the demo in it until the demo is over.
func runDemo(ctx context.Context, sh *shared, f demoFlags) (err error) {
	dir, temporary := f.data, f.data == ""
	if temporary {
		if dir, err = os.MkdirTemp("", "hookswitch-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	cfg := node.Config{
		Listen: f.listen, Data: dir, RecordDelay: &f.recordDelay, Version: version,
		Logger: slog.New(slog.NewTextHandler(sh.err, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if f.speed != 1 {
		cfg.Clock = node.VirtualClock
	}
	if err := cfg.Validate(); err != nil {
		return &exitError{exitUsage, err}
	}
	n, err := node.Open(ctx, cfg)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("something listens on %s already, perhaps another hookswitch: stop it, or give this one a port of its own: hookswitch demo --listen 127.0.0.1:4600", f.listen)
	}
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	var shown sync.WaitGroup
	d := &demo{sh: sh, flags: f, dir: dir, temporary: temporary}
	var demoErr error
	err = n.Run(serving, func() {
		shown.Go(func() {
			defer stop()
			demoErr = d.show(serving, "http://"+n.Addr())
		})
	})
	stop()
	shown.Wait()
	if errors.Is(demoErr, context.Canceled) {
		demoErr = nil // Ctrl-C is how it usually ends
	}
	err = errors.Join(err, demoErr, n.Close(context.WithoutCancel(ctx)))
	if d.begun && err == nil {
		d.summary()
	}
	return err
}

// demo is what is shown.
type demo struct {
	sh        *shared
	flags     demoFlags
	dir       string
	temporary bool
	begun     bool // there is something to sum up
	c         *client
	center    demoCenter

	mu   sync.Mutex // guards everything below, and the screen
	deaf map[string]bool
	seen tally
	told chan struct{} // gets a token, if it is empty, when a document was shown
}

// tally counts what was published.
type tally struct {
	Calls          int `json:"calls"`
	Answered       int `json:"answered"`
	Abandoned      int `json:"abandoned"`
	Missed         int `json:"missed"` // offers that an agent did not answer
	ContactRecords int `json:"contactRecords"`
	AgentEvents    int `json:"agentEvents"`
	ContactEvents  int `json:"contactEvents"`
}

// show sets the center up and has its day begin. It returns when the demo is over.
func (d *demo) show(ctx context.Context, endpoint string) (err error) {
	if d.c, err = newClient(endpoint); err != nil {
		return err
	}
	if d.flags.speed != 1 {
		if err := d.c.post(ctx, "/clock", object{"rate": d.flags.speed}, nil); err != nil {
			return err
		}
	}
	if d.center, err = d.c.setUpDemo(ctx); err != nil {
		return fmt.Errorf("set the center up: %w", err)
	}
	d.deaf, d.told = map[string]bool{}, make(chan struct{}, 1)
	d.introduce()
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	failed := make(chan error, 1+len(d.center.agents))
	beside := func(f func(context.Context) error) {
		group.Go(func() {
			if err := f(ctx); err != nil && ctx.Err() == nil {
				failed <- err
				cancel()
			}
		})
	}
	opened := make(chan struct{})
	beside(func(ctx context.Context) error { return d.feed(ctx, opened) })
	select {
	case <-opened:
	case <-ctx.Done():
		return errors.Join(ctx.Err(), waiting(failed))
	}
	for _, name := range d.center.agents {
		beside(func(ctx context.Context) error { return d.atDesk(ctx, name) })
	}
	if d.flags.duration > 0 {
		beside(func(ctx context.Context) error {
			if clock.Sleep(ctx, clock.System{}, d.flags.duration) == nil {
				cancel()
			}
			return nil
		})
	}
	d.begun = true
	err = d.day(ctx)
	if failure := waiting(failed); failure != nil {
		return failure
	}
	return err
}

// waiting returns the error that waits in a channel, if any.
func waiting(errs <-chan error) error {
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// feed shows every document as it is published.
func (d *demo) feed(ctx context.Context, opened chan<- struct{}) error {
	t := newTeller(d.sh.streams, d.c)
	return d.c.follow(ctx, following{path: "/events", query: url.Values{"instance": {d.center.instance.ID}}, opened: func() { close(opened) },
		event: func(e serverEvent) error {
			line, err := d.read(ctx, t, e.data)
			if err != nil {
				return err
			}
			d.mu.Lock()
			fmt.Fprintln(d.sh.out, line)
			d.mu.Unlock()
			select {
			case d.told <- struct{}{}:
			default:
			}
			return nil
		}})
}

// say writes words for people: beside the data, when that is what goes to standard output.
func (d *demo) say(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.sh.out
	if d.sh.json {
		out = d.sh.err
	}
	fmt.Fprintf(out, format+"\n", args...)
}

// narrate says what people in the center do.
func (d *demo) narrate(format string, args ...any) {
	d.say("%s", d.sh.paint(paintBold, "☎ "+fmt.Sprintf(format, args...)))
}

func (d *demo) introduce() {
	self := ownName()
	i := d.center.instance
	where := "in " + d.dir
	if d.temporary {
		where += ", removed at the end (keep it with --data DIR)"
	}
	var queues []string
	for _, q := range demoQueues {
		queues = append(queues, fmt.Sprintf("%s (%s)", q, d.center.numbers[q]))
	}
	env := self + " env"
	if d.c.endpoint != "http://"+node.DefaultListen {
		env += " --endpoint " + d.c.endpoint
		self += " --endpoint " + d.c.endpoint
	}
	d.say("A contact center at work on %s, data %s\n", d.sh.paint(paintBold, d.c.endpoint), where)
	d.say("  instance  %s  %s", i.Alias, i.ID)
	d.say("  queues    %s", strings.Join(queues, ", "))
	d.say("  agents    %s, all Available", strings.Join(d.center.agents, ", "))
	d.say("  streams   %s (contact records), %s (agent events)", demoRecords, demoAgentEvents)
	d.say("  contact records are published %v after a contact is complete; AWS, and hookswitch serve, take about a minute", d.flags.recordDelay)
	d.say("\nRead it yourself, in another terminal:\n")
	d.say("  eval \"$(%s)\"", env)
	for _, stream := range []string{demoAgentEvents, demoRecords} {
		d.say(`  aws kinesis get-records --query 'Records[].[Data]' --output text --shard-iterator "$(
      aws kinesis get-shard-iterator --stream-name %s --shard-id shardId-000000000000 \
          --shard-iterator-type TRIM_HORIZON --query ShardIterator --output text)" |
      while read -r record; do echo "$record" | base64 -d; echo; done`, stream)
	}
	d.say("  aws connect get-current-user-data --instance-id %s --filters Queues=%s", i.ID, d.center.queues[demoQueues[0]])
	d.say("  %s call --to %s --patience 1m     # be a customer yourself", self, d.center.numbers[demoQueues[0]])
	d.say("  %s doctor", self)
	d.say("\nWhat happens, and what is published where (times are UTC; Ctrl-C ends it):\n")
}

// ownName is how to call this program from any directory.
func ownName() string {
	path, err := os.Executable()
	if err != nil {
		return shellWord(os.Args[0])
	}
	if found, err := exec.LookPath("hookswitch"); err == nil {
		a, errA := os.Stat(found)
		b, errB := os.Stat(path)
		if errA == nil && errB == nil && os.SameFile(a, b) {
			return "hookswitch"
		}
	}
	return shellWord(path)
}

// shellWord quotes a word for the shell, if it needs that.
func shellWord(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (d *demo) summary() {
	d.mu.Lock()
	t := d.seen
	d.mu.Unlock()
	if d.sh.json {
		d.sh.writeJSON(map[string]any{"summary": t})
	}
	d.say("\n%d calls: %d answered, %d given up; offers that an agent missed: %d.", t.Calls, t.Answered, t.Abandoned, t.Missed)
	d.say("Published: %d contact records to %s, %d agent events to %s, %d contact events.", t.ContactRecords, demoRecords, t.AgentEvents, demoAgentEvents, t.ContactEvents)
	if d.temporary {
		d.say("The data is gone. To keep a center of your own: %s serve", ownName())
		return
	}
	d.say("The data is in %s: %s serve --data %s", d.dir, ownName(), shellWord(d.dir))
}
