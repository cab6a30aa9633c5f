package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// peakEvery is how often memory is looked at.
const peakEvery = 100 * time.Millisecond

// server is the program at work, on data that outlives it until end.
type server struct {
	c     config
	dir   string
	cmd   *exec.Cmd
	ready time.Duration // from exec to Ready.
	k     *kinesis.Client
}

func launch(ctx context.Context, c config) (*server, error) {
	dir, err := os.MkdirTemp(c.dir, "hookswitch-footprint-")
	if err != nil {
		return nil, err
	}
	s := &server{c: c, dir: dir}
	if err := s.start(ctx); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// start runs the program and returns once it is ready.
func (s *server) start(ctx context.Context) error {
	s.cmd = exec.Command(s.c.binary, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(s.dir, "data"), "--log-format", "json")
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	logs, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return err
	}
	address := make(chan string, 1)
	go func() {
		defer close(address)
		lines := json.NewDecoder(logs)
		for {
			var line struct{ Msg, Address, Level string }
			if lines.Decode(&line) != nil {
				io.Copy(io.Discard, logs)
				return
			}
			if line.Msg == "serving" {
				address <- line.Address
			} else if line.Level == "ERROR" {
				fmt.Fprintln(os.Stderr, "footprint: the program logged:", line.Msg)
			}
		}
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	s.ready = time.Since(begin)
	if err != nil || line != "Ready.\n" {
		return fmt.Errorf("the program wrote %q, %w", line, err)
	}
	s.k = kinesis.New(kinesis.Options{Region: "us-east-1", BaseEndpoint: aws.String("http://" + <-address), Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")})
	return ctx.Err()
}

func (s *server) halt(kill bool) {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	if kill {
		s.cmd.Process.Kill()
	} else {
		s.cmd.Process.Signal(syscall.SIGTERM)
	}
	s.cmd.Wait()
	s.cmd = nil
}

func (s *server) end() {
	s.halt(true)
	os.RemoveAll(s.dir)
}

// peak returns the most memory, in MiB, that the program held while something was done.
func (s *server) peak(ctx context.Context, do func() error) (float64, error) {
	done := make(chan error, 1)
	go func() { done <- do() }()
	tick := time.NewTicker(peakEvery)
	defer tick.Stop()
	most := 0.0
	for {
		mb, err := residentMB(s.cmd.Process.Pid)
		if err != nil {
			return most, errors.Join(err, <-done)
		}
		most = max(most, mb*1e6/(1<<20))
		select {
		case err := <-done:
			return most, err
		case <-tick.C:
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// create makes the stream and returns when it is ACTIVE.
func (s *server) create(ctx context.Context, shards int32) error {
	if _, err := s.k.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(streamName), ShardCount: &shards}); err != nil {
		return err
	}
	for {
		out, err := s.k.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String(streamName)})
		if err != nil || out.StreamDescriptionSummary.StreamStatus == types.StreamStatusActive {
			return err
		}
		wait(ctx, 10*time.Millisecond)
	}
}

func (s *server) consumer(ctx context.Context, name string) (*string, error) {
	stream, err := s.k.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String(streamName)})
	if err != nil {
		return nil, err
	}
	out, err := s.k.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{StreamARN: stream.StreamDescriptionSummary.StreamARN, ConsumerName: &name})
	if err != nil {
		return nil, err
	}
	return out.Consumer.ConsumerARN, nil
}

func (s *server) subscribe(ctx context.Context, arn *string, shard int, from types.ShardIteratorType) (*kinesis.SubscribeToShardEventStream, error) {
	out, err := s.k.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{ConsumerARN: arn, ShardId: aws.String(fmt.Sprintf("shardId-%012d", shard)), StartingPosition: &types.StartingPosition{Type: from}})
	if err != nil {
		return nil, err
	}
	return out.GetStream(), nil
}

// readAll reads every shard from its oldest record to its tip.
func (s *server) readAll(ctx context.Context) error {
	for shard := range streamShards {
		it, err := s.k.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{StreamName: aws.String(streamName), ShardId: aws.String(fmt.Sprintf("shardId-%012d", shard)), ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
		if err != nil {
			return err
		}
		for next := it.ShardIterator; ; {
			out, err := s.k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: next})
			if err != nil {
				return err
			}
			if next = out.NextShardIterator; *out.MillisBehindLatest == 0 {
				break
			}
		}
	}
	return nil
}

// receiveAll subscribes to every shard in turn, from its oldest record to its tip.
func (s *server) receiveAll(ctx context.Context) error {
	arn, err := s.consumer(ctx, "lagging")
	if err != nil {
		return err
	}
	for shard := range streamShards {
		e, err := s.subscribe(ctx, arn, shard, types.ShardIteratorTypeTrimHorizon)
		if err != nil {
			return err
		}
		for event := range e.Events() {
			if v, ok := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent); ok && *v.Value.MillisBehindLatest == 0 {
				break
			}
		}
		if err := errors.Join(e.Err(), e.Close()); err != nil {
			return err
		}
	}
	return nil
}

// drain takes the next event and adds the bytes of its data.
func drain(e *kinesis.SubscribeToShardEventStream, got int64) (int64, error) {
	event, ok := <-e.Events()
	if !ok {
		return got, fmt.Errorf("the subscription ended: %w", e.Err())
	}
	if v, ok := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent); ok {
		for _, r := range v.Value.Records {
			got += int64(len(r.Data))
		}
	}
	return got, nil
}
