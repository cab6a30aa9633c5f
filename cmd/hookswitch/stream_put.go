package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// Bounds of putting.
const (
	putBatchRecordsMax = 500      // of one PutRecords
	putBatchBytesMax   = 5 << 20  // of their data and keys; older endpoints take no more
	putRecordBytesMax  = 10 << 20 // of one record, which no stream takes more of
)

// putPlan says what the records have beside their data.
type putPlan struct {
	key, hashKey string // key "": a random one for each record
}

func (s *streamCommand) put() *cobra.Command {
	var (
		p          putPlan
		data, file string
	)
	c := s.flags(&cobra.Command{
		Use:   "put NAME",
		Short: "Put records into a stream",
		Long: `Put one record with the data of --data or of --file, or a record for each line of standard input; empty lines are left out. Without
--key every record gets a partition key of its own, which spreads them over the shards. Where each record went is written when it is
stored.

Records that a throttled shard refuses are put again, behind those that it took. --data is only taken from the command line: in the
environment and in the settings file it is the server's directory.`,
		Example: `  hookswitch stream put records --key alice --data '{"hello":"world"}'
  hookswitch stream put records --key alice --file event.json
  jq -c '.[]' events.json | hookswitch stream put records --key alice --json`,
		Args: arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := s.open(args[0])
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			hasData, hasFile := cmd.Flags().Changed("data"), cmd.Flags().Changed("file")
			switch {
			case hasData && hasFile:
				return usage("--data and --file contradict each other")
			case hasData:
				return s.putBatch(ctx, k, p, [][]byte{[]byte(data)})
			case hasFile:
				b, err := readFile(file)
				if err != nil {
					return err
				}
				return s.putBatch(ctx, k, p, [][]byte{b})
			}
			if f, ok := s.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
				fmt.Fprintln(s.err, "a record for each line; Ctrl-D ends it")
			}
			return s.putLines(ctx, k, p)
		},
	})
	f := c.Flags()
	f.StringVar(&p.key, "key", "", "partition key (default a random one for each record)")
	f.StringVar(&p.hashKey, "hash-key", "", "explicit hash key, which decides on the shard instead of --key: 0 to 2^128-1")
	f.StringVar(&data, "data", "", "the record's data")
	f.StringVar(&file, "file", "", "file with the record's data, whole")
	f.SetAnnotation("data", commandLineOnly, []string{"true"})
	f.SetAnnotation("file", commandLineOnly, []string{"true"})
	return c
}

// readFile reads a file that can be one record.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, putRecordBytesMax+1))
	if err == nil && len(b) > putRecordBytesMax {
		err = fmt.Errorf("%s has more than the %d bytes that a record can have", path, putRecordBytesMax)
	}
	return b, err
}

// putLines puts the lines of standard input, as many at once as there are.
func (s *streamCommand) putLines(ctx context.Context, k *kinesisStream, p putPlan) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines, failed := make(chan []byte, putBatchRecordsMax), make(chan error, 1)
	go func() { // ends with the input or, when it waits for a line, with the program: a read cannot be called off
		failed <- readLines(ctx, s.in, lines)
		close(lines)
	}()
	put := 0
	var line []byte // of the next batch: it did not fit
	for more := true; more; {
		var batch [][]byte
		batch, line, more = gather(ctx, lines, line, len(p.key))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if len(batch) == 0 {
			break
		}
		if err := s.putBatch(ctx, k, p, batch); err != nil {
			return fmt.Errorf("%w (lines stored before: %d)", err, put)
		}
		put += len(batch)
	}
	return <-failed
}

func readLines(ctx context.Context, in io.Reader, lines chan<- []byte) error {
	scan := bufio.NewScanner(in)
	scan.Buffer(make([]byte, 64<<10), putRecordBytesMax)
	for scan.Scan() {
		if len(scan.Bytes()) == 0 {
			continue
		}
		select {
		case lines <- append([]byte(nil), scan.Bytes()...):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if errors.Is(scan.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("a line has more than the %d bytes that a record can have", putRecordBytesMax)
	}
	return scan.Err()
}

// gather waits for a line and takes what else is there, up to the bounds of a batch. rest is the line that did not fit any more.
func gather(ctx context.Context, lines <-chan []byte, first []byte, keyBytes int) (batch [][]byte, rest []byte, more bool) {
	size := 0
	add := func(line []byte) bool {
		n := len(line) + max(keyBytes, len(rand.Text()))
		if len(batch) > 0 && (len(batch) == putBatchRecordsMax || size+n > putBatchBytesMax) {
			return false
		}
		batch, size = append(batch, line), size+n
		return true
	}
	if first == nil {
		select {
		case line, ok := <-lines:
			if !ok {
				return nil, nil, false
			}
			first = line
		case <-ctx.Done():
			return nil, nil, false
		}
	}
	add(first)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return batch, nil, false
			}
			if !add(line) {
				return batch, line, true
			}
		default:
			return batch, nil, true
		}
	}
}

// A putPlace is where a record went.
type putPlace struct {
	Shard    string `json:"shardId"`
	Sequence string `json:"sequenceNumber"`
}

// putBatch puts records and writes where they went, in their order.
func (s *streamCommand) putBatch(ctx context.Context, k *kinesisStream, p putPlan, batch [][]byte) error {
	places, putErr := k.putRecords(ctx, p, batch)
	for _, at := range places {
		if at.Sequence == "" {
			continue // it was not stored
		}
		var err error
		if s.json {
			err = s.writeJSON(at)
		} else {
			_, err = fmt.Fprintln(s.out, at.Shard, at.Sequence)
		}
		if err != nil {
			return err
		}
	}
	return putErr
}

// putRecords stores records and returns their places; those that have none were not stored, which is an error too. What a
// shard was too busy for is put again.
func (k *kinesisStream) putRecords(ctx context.Context, p putPlan, batch [][]byte) ([]putPlace, error) {
	entries, left := make([]object, len(batch)), make([]int, len(batch))
	for i, data := range batch {
		entries[i], left[i] = object{"Data": data, "PartitionKey": firstOf(p.key, rand.Text())}, i
		if data == nil {
			entries[i]["Data"] = []byte{}
		}
		if p.hashKey != "" {
			entries[i]["ExplicitHashKey"] = p.hashKey
		}
	}
	places := make([]putPlace, len(batch))
	pause := throttledPauseLeast
	for n := 0; ; n++ {
		var records []object
		for _, i := range left {
			records = append(records, entries[i])
		}
		var out struct {
			Records []struct{ ShardID, SequenceNumber, ErrorCode, ErrorMessage string }
		}
		if err := k.ask(ctx, "PutRecords", object{"Records": records}, &out); err != nil {
			return places, err
		}
		if len(out.Records) != len(left) {
			return places, fmt.Errorf("PutRecords answered %d of %d records", len(out.Records), len(left))
		}
		var again []int
		var refusal error
		for at, r := range out.Records {
			if r.ErrorCode != "" {
				again, refusal = append(again, left[at]), &amazonError{r.ErrorCode, r.ErrorMessage}
				continue
			}
			places[left[at]] = putPlace{r.ShardID, r.SequenceNumber}
		}
		if left = again; len(left) == 0 {
			return places, nil
		}
		if n >= throttledRetriesMax {
			return places, fmt.Errorf("%d of %d records were not stored: %w", len(left), len(batch), refusal)
		}
		if err := k.c.sleep(ctx, pause); err != nil {
			return places, err
		}
		pause = min(2*pause, throttledPauseMost)
	}
}
