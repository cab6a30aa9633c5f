// Command load drives a Kinesis endpoint as fast as it goes, or at a rate, and says how fast that was: one line of JSON for
// each run, and with two endpoints the ratios between them.
//
//	go run ./test/load -url http://127.0.0.1:4566 -mode putN -c 4 -d 10s
//	go run ./test/load -url hookswitch -against limit -mode put1 -c 64 -repeat 3
//	go run ./test/load -url hookswitch -against limit -mode sub -fan 20
//	go run ./test/load -url hookswitch -against kinesalite -mode putN
//
// An endpoint is a URL or the name of a server that is started, on empty data, and stopped: hookswitch (see -binary); limit,
// which does only what no server can leave out (see limit.go); or a peer from npm.
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
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The modes of a run.
const (
	modePut1 = "put1" // PutRecord
	modePutN = "putN" // PutRecords
	modeGet  = "get"  // GetRecords from TRIM_HORIZON to the tip, and again
	modeSub  = "sub"  // PutRecord at -rate into one shard that -fan consumers subscribe to
)

// Bounds of what can be asked for.
const (
	connectionsMax = 1024
	batchMax       = 500      // records of a PutRecords
	sizeMax        = 10 << 20 // bytes of a record
	repeatMax      = 100      // runs
	rateMax        = 10000    // puts a second
	fanMax         = 20       // consumers: those that a stream may have
)

// options is what the command line says.
type options struct {
	url, against             string
	binary, peers            string
	stream, againstStream    string
	mode, region, key, label string
	secret                   string
	connections, batch, size int
	shards, preload, repeat  int
	rate, fan                int
	duration                 time.Duration
}

func parse(args []string) (o options, err error) {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.StringVar(&o.url, "url", "http://127.0.0.1:4566", "endpoint, or a server to start: "+strings.Join(serverNames(), ", "))
	f.StringVar(&o.against, "against", "", "second endpoint or server, to compare with")
	f.StringVar(&o.binary, "binary", "bin/hookswitch", "program of the server hookswitch")
	f.StringVar(&o.peers, "peers", filepath.Join(os.TempDir(), "hookswitch-peers"), "directory that npm installs the servers of others into")
	f.StringVar(&o.stream, "stream", "", "existing stream; without it one is made and deleted")
	f.StringVar(&o.againstStream, "against-stream", "", "existing stream of the second endpoint")
	f.StringVar(&o.mode, "mode", modePutN, "put1, putN, get or sub")
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
	f.IntVar(&o.rate, "rate", 0, "puts a second; 0: as many as go, and 100 in mode sub")
	f.IntVar(&o.fan, "fan", 20, "consumers in mode sub")
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
	in("rate", o.rate, 0, rateMax)
	in("fan", o.fan, 1, fanMax)
	switch o.mode {
	case modePut1, modePutN, modeGet:
	case modeSub:
		o.shards, o.connections = 1, 1
		if o.rate == 0 {
			o.rate = 100
		}
		if o.size < stampBytes {
			errs = append(errs, fmt.Errorf("-size %d is below %d, which mode sub needs", o.size, stampBytes))
		}
	default:
		errs = append(errs, fmt.Errorf("-mode %s is none of put1, putN, get and sub", o.mode))
	}
	if o.duration <= 0 {
		errs = append(errs, errors.New("-d is not above 0"))
	}
	return errors.Join(errs...)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) > 1 && os.Args[1] == limitCommand {
		if err := serveLimit(ctx, os.Args[2:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "load:", err)
			os.Exit(1)
		}
		return
	}
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(ctx, o, os.Stdout)
	}
	if errors.Is(err, errSkip) {
		fmt.Fprintln(os.Stderr, "load:", err)
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// comparison is the last line of a run against two endpoints. Of each are medians of the runs, url over against: above 1
// is more.
type comparison struct {
	Label   string  `json:"label,omitempty"`
	Mode    string  `json:"mode"`
	URL     string  `json:"url"`
	Against string  `json:"against"`
	Runs    int     `json:"runs"`
	Ratio   float64 `json:"ratio"`                  // of records a second
	P50     float64 `json:"p50_ratio"`              // of the times of requests; in mode sub of records on their way
	P99     float64 `json:"p99_ratio"`              //
	PutP50  float64 `json:"put_p50_ratio,omitzero"` // of the times of puts
	CPU     float64 `json:"cpu_ratio,omitzero"`     // of the servers' processor time for a record
}

// run does all runs and writes their lines to out.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	names, streams := []string{o.url}, []string{o.stream}
	if o.against != "" {
		names, streams = append(names, o.against), append(streams, o.againstStream)
	}
	ends := make([]*endpoint, len(names))
	for i, name := range names {
		s, err := startServer(ctx, name, o)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer s.stop()
		e := newEndpoint(s, streams[i], o)
		if err := e.prepare(ctx); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer func() { err = errors.Join(err, e.cleanUp(context.WithoutCancel(ctx))) }()
		ends[i] = e
	}
	lines := json.NewEncoder(out)
	results := make([][]result, len(ends))
	for range o.repeat {
		for i, e := range ends {
			r, err := e.measure(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", names[i], err)
			}
			if err := lines.Encode(r); err != nil {
				return err
			}
			if r.Errors > 0 {
				return fmt.Errorf("%s: %d errors, the first: %s", names[i], r.Errors, r.FirstError)
			}
			results[i] = append(results[i], r)
		}
	}
	if len(ends) < 2 {
		return nil
	}
	ratio := func(of func(result) float64) float64 { return median(results[0], of) / median(results[1], of) }
	c := comparison{Label: o.label, Mode: o.mode, URL: o.url, Against: o.against, Runs: o.repeat,
		Ratio: ratio(func(r result) float64 { return r.RecordsPerSecond }),
		P50:   ratio(func(r result) float64 { return float64(r.P50) }),
		P99:   ratio(func(r result) float64 { return float64(r.P99) }),
	}
	if o.mode == modeSub {
		c.PutP50 = ratio(func(r result) float64 { return float64(r.PutP50) })
	}
	if results[0][0].CPUPerRecord > 0 && results[1][0].CPUPerRecord > 0 {
		c.CPU = ratio(func(r result) float64 { return r.CPUPerRecord })
	}
	return lines.Encode(c)
}

func median(results []result, of func(result) float64) float64 {
	v := make([]float64, len(results))
	for i, r := range results {
		v[i] = of(r)
	}
	slices.Sort(v)
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}
