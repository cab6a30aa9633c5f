// Command load drives a Kinesis endpoint as fast as it goes and says how fast that was: one line of JSON for each run, and
// with two endpoints the ratio between them.
//
//	go run ./test/load -url http://127.0.0.1:4566 -mode putN -c 4 -d 10s
//	go run ./test/load -url http://127.0.0.1:4566 -against http://127.0.0.1:4999 -against-stream x -repeat 3
//
// Requests are built and signed before a run begins (GetRecords, which depends on the answer before, is signed as it
// goes), and answers are scanned and not parsed, so that one core of client can drive a fast server. Runs against two
// endpoints take turns, since the speed of a shared machine drifts. A run with errors is no measurement: the exit
// status is 1 then.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"time"
)

// The modes of a run.
const (
	modePut1 = "put1" // PutRecord
	modePutN = "putN" // PutRecords
	modeGet  = "get"  // GetRecords from TRIM_HORIZON to the tip, and again
)

// Bounds of what can be asked for.
const (
	connectionsMax = 1024
	batchMax       = 500      // records of a PutRecords
	sizeMax        = 10 << 20 // bytes of a record
	repeatMax      = 100      // runs
)

// options is what the command line says.
type options struct {
	url, against             string
	stream, againstStream    string
	mode, region, key, label string
	secret                   string
	connections, batch, size int
	shards, preload, repeat  int
	duration                 time.Duration
}

func parse(args []string) (o options, err error) {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.StringVar(&o.url, "url", "http://127.0.0.1:4566", "endpoint")
	f.StringVar(&o.against, "against", "", "second endpoint, to compare with")
	f.StringVar(&o.stream, "stream", "", "existing stream; without it one is made and deleted")
	f.StringVar(&o.againstStream, "against-stream", "", "existing stream of the second endpoint")
	f.StringVar(&o.mode, "mode", modePutN, "put1, putN or get")
	f.StringVar(&o.region, "region", "us-east-1", "Region to sign for")
	f.StringVar(&o.key, "access-key", "test", "access key id")
	f.StringVar(&o.secret, "secret-key", "test", "secret access key")
	f.StringVar(&o.label, "label", "", "a word for the output")
	f.IntVar(&o.connections, "c", 4, "connections")
	f.IntVar(&o.batch, "batch", 500, "records of a PutRecords")
	f.IntVar(&o.size, "size", 1024, "bytes of a record")
	f.IntVar(&o.shards, "shards", 4, "shards of the stream that is made")
	f.IntVar(&o.preload, "preload", 50000, "records put before mode get")
	f.IntVar(&o.repeat, "repeat", 1, "runs of each endpoint")
	f.DurationVar(&o.duration, "d", 5*time.Second, "time of a run")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	return o, o.validate()
}

func (o *options) validate() error {
	var errs []error
	in := func(name string, n, low, high int) {
		if n < low || n > high {
			errs = append(errs, fmt.Errorf("-%s %d is not between %d and %d", name, n, low, high))
		}
	}
	in("c", o.connections, 1, connectionsMax)
	in("batch", o.batch, 1, batchMax)
	in("size", o.size, 0, sizeMax)
	in("shards", o.shards, 1, 10000)
	in("preload", o.preload, 1, 100_000_000)
	in("repeat", o.repeat, 1, repeatMax)
	if o.mode != modePut1 && o.mode != modePutN && o.mode != modeGet {
		errs = append(errs, fmt.Errorf("-mode %s is none of put1, putN and get", o.mode))
	}
	if o.duration <= 0 {
		errs = append(errs, errors.New("-d is not above 0"))
	}
	return errors.Join(errs...)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(ctx, o, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// comparison is the last line of a run against two endpoints.
type comparison struct {
	Label string  `json:"label,omitempty"`
	Mode  string  `json:"mode"`
	Runs  int     `json:"runs"`
	Ratio float64 `json:"ratio"` // records a second of url over those of against, medians of the runs
}

// run does all runs and writes their lines to out.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	ends := []*endpoint{newEndpoint(o.url, o.stream, o)}
	if o.against != "" {
		ends = append(ends, newEndpoint(o.against, o.againstStream, o))
	}
	for _, e := range ends {
		if err := e.prepare(ctx); err != nil {
			return fmt.Errorf("%s: %w", e.address, err)
		}
		defer func() { err = errors.Join(err, e.cleanUp(context.WithoutCancel(ctx))) }()
	}
	lines := json.NewEncoder(out)
	speeds := make([][]float64, len(ends))
	for range o.repeat {
		for i, e := range ends {
			r, err := e.measure(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", e.address, err)
			}
			if err := lines.Encode(r); err != nil {
				return err
			}
			if r.Errors > 0 {
				return fmt.Errorf("%s: %d errors, the first: %s", e.address, r.Errors, r.FirstError)
			}
			speeds[i] = append(speeds[i], r.RecordsPerSecond)
		}
	}
	if len(ends) < 2 {
		return nil
	}
	return lines.Encode(comparison{Label: o.label, Mode: o.mode, Runs: o.repeat, Ratio: median(speeds[0]) / median(speeds[1])})
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}
