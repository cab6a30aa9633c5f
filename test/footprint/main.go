// Command footprint measures what the program costs while it does nothing: the time from its start to Ready. on empty
// data, and the memory it holds once it is idle. With -scenario it measures what it costs with much data, shards or
// subscriptions. It prints JSON, and exits with 1 when a bound is passed.
//
//	go run ./test/footprint -binary bin/hookswitch
//	go run ./test/footprint -binary bin/hookswitch -scenario retained -gib 10
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Result is what was measured.
type Result struct {
	Runs          int       `json:"runs"`
	ReadyMS       float64   `json:"readyMs"` // median
	ReadyAllMS    []float64 `json:"readyAllMs"`
	ReadyMaxMS    float64   `json:"readyMaxMs"` // the bound
	IdleRSSMB     float64   `json:"idleRssMb"`  // 1 MB is 1000000 bytes; 0: not measured
	IdleRSSMaxMB  float64   `json:"idleRssMaxMb"`
	IdleAfterSec  float64   `json:"idleAfterSec"`
	WithinBounds  bool      `json:"withinBounds"`
	NotMeasurable string    `json:"notMeasurable,omitempty"`
}

type config struct {
	binary   string
	runs     int
	readyMax time.Duration
	rssMaxMB float64
	idle     time.Duration
	scenario string
	gib      float64
	dir      string
}

// readyWithin bounds one start, however slow the machine.
const readyWithin = time.Minute

func main() {
	var c config
	flag.StringVar(&c.binary, "binary", "bin/hookswitch", "the program")
	flag.IntVar(&c.runs, "runs", 9, "starts, of which the median counts")
	flag.DurationVar(&c.readyMax, "ready-max", 100*time.Millisecond, "the longest time from start to Ready.")
	flag.Float64Var(&c.rssMaxMB, "rss-max", 60, "the most memory when idle, in MB")
	flag.DurationVar(&c.idle, "idle", 3*time.Second, "how long to be idle before memory is read")
	flag.StringVar(&c.scenario, "scenario", "", "in place of start and idling: "+strings.Join(slices.Sorted(maps.Keys(scenarios)), ", "))
	flag.Float64Var(&c.gib, "gib", 10, "GiB that scenario retained puts; the disk needs as much")
	flag.StringVar(&c.dir, "dir", "", "directory for the data of scenarios (default the system's for temporary files)")
	flag.Parse()
	if c.scenario != "" {
		os.Exit(runScenario(c))
	}
	r, err := measure(context.Background(), c)
	if err != nil {
		fmt.Fprintln(os.Stderr, "footprint:", err)
		os.Exit(1)
	}
	out, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		fmt.Fprintln(os.Stderr, "footprint:", err)
		os.Exit(1)
	}
	fmt.Println(string(out))
	if !r.WithinBounds {
		os.Exit(1)
	}
}

// runScenario prints what a scenario found and returns the exit status.
func runScenario(c config) int {
	do := scenarios[c.scenario]
	if do == nil {
		fmt.Fprintf(os.Stderr, "footprint: there is no scenario %s\n", c.scenario)
		return 2
	}
	results, err := do(context.Background(), c)
	status := 0
	for _, r := range results {
		out, _ := json.Marshal(r) // texts and numbers
		fmt.Println(string(out))
		if !r.Within {
			status = 1
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "footprint:", err)
		status = 1
	}
	return status
}

func measure(ctx context.Context, c config) (Result, error) {
	r := Result{Runs: c.runs, ReadyMaxMS: milliseconds(c.readyMax), IdleRSSMaxMB: c.rssMaxMB, IdleAfterSec: c.idle.Seconds()}
	if c.runs < 1 {
		return r, errors.New("-runs must be at least 1")
	}
	for i := range c.runs {
		last := i == c.runs-1
		ready, rss, err := once(ctx, c, last)
		if err != nil {
			return r, err
		}
		r.ReadyAllMS = append(r.ReadyAllMS, milliseconds(ready))
		if last {
			r.IdleRSSMB = rss
		}
	}
	sorted := slices.Sorted(slices.Values(r.ReadyAllMS))
	r.ReadyMS = sorted[len(sorted)/2]
	if r.IdleRSSMB == 0 {
		r.NotMeasurable = "memory: " + runtime.GOOS + " has no /proc"
	}
	r.WithinBounds = r.ReadyMS <= r.ReadyMaxMS && r.IdleRSSMB <= c.rssMaxMB
	return r, nil
}

// once starts the program on empty data; with idle it also waits and reads its memory.
func once(ctx context.Context, c config, idle bool) (ready time.Duration, rssMB float64, err error) {
	dir, err := os.MkdirTemp("", "hookswitch-footprint-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, readyWithin+c.idle)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.binary, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--log-level", "error")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	ready = time.Since(start)
	if err == nil && line != "Ready.\n" {
		err = fmt.Errorf("the program wrote %q", line)
	}
	if err == nil && idle {
		wait := time.NewTimer(c.idle)
		select {
		case <-wait.C:
		case <-ctx.Done():
		}
		rssMB, err = residentMB(cmd.Process.Pid)
	}
	if signalErr := cmd.Process.Signal(syscall.SIGTERM); err == nil {
		err = signalErr
	}
	if waitErr := cmd.Wait(); err == nil {
		err = waitErr
	}
	return ready, rssMB, err
}

// residentMB returns the resident memory of a process; 0 where the system does not tell.
func residentMB(pid int) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if errors.Is(err, os.ErrNotExist) && runtime.GOOS != "linux" {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, errors.New("/proc says nothing about memory")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
