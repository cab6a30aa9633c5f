package kinesis_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/service/kinesis"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

// listen starts everything behind a server of ours, which speaks HTTP/1.1 and plain HTTP/2 on one port.
func listen(t testing.TB, engine storage.Engine) (url string, server *edge.Server) {
	t.Helper()
	service, err := kinesis.New(context.Background(), kinesis.Config{Storage: engine})
	if err != nil {
		t.Fatal(err)
	}
	front, err := edge.New(edge.Config{Operations: service.Operations()})
	if err != nil {
		t.Fatal(err)
	}
	server, err = edge.Listen(t.Context(), edge.ServerConfig{Addr: "127.0.0.1:0", Handler: front})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(server.Shutdown(context.Background()), <-served, engine.Close()); err != nil {
			t.Error(err)
		}
	})
	return "http://" + server.Addr().String(), server
}

func onDisk(t testing.TB) storage.Engine {
	t.Helper()
	engine, err := embedded.Open(embedded.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// transport speaks one version of HTTP only.
func transport(t testing.TB, http2 bool) *http.Transport {
	tr := &http.Transport{Protocols: new(http.Protocols), MaxIdleConnsPerHost: 64}
	tr.Protocols.SetHTTP1(!http2)
	tr.Protocols.SetUnencryptedHTTP2(http2)
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func sdkOver(url string, tr *http.Transport) *client.Client {
	o := sdk(url).Options()
	o.HTTPClient = &http.Client{Transport: tr}
	return client.New(o)
}

// consumer makes stream s with a shard, if it is not there, and a consumer of it.
func consumer(t testing.TB, c *client.Client, name string) (arn *string) {
	t.Helper()
	var exists *types.ResourceInUseException
	if _, err := c.CreateStream(t.Context(), &client.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(1)}); err != nil && !errors.As(err, &exists) {
		t.Fatal(err)
	}
	out, err := c.RegisterStreamConsumer(t.Context(), &client.RegisterStreamConsumerInput{StreamARN: aws.String("arn:aws:kinesis:eu-west-3:123456789012:stream/s"), ConsumerName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return out.Consumer.ConsumerARN
}

// subscribe uses a client of its own: the event streams of one client share a buffer, and race.
func subscribe(t testing.TB, ctx context.Context, url string, tr *http.Transport, arn *string, from types.ShardIteratorType) *client.SubscribeToShardEventStream {
	t.Helper()
	out, err := sdkOver(url, tr).SubscribeToShard(ctx, &client.SubscribeToShardInput{ConsumerARN: arn, ShardId: aws.String("shardId-000000000000"), StartingPosition: &types.StartingPosition{Type: from}})
	if err != nil {
		t.Fatal(err)
	}
	return out.GetStream()
}

func put(t testing.TB, c *client.Client, key string) {
	t.Helper()
	if _, err := c.PutRecord(t.Context(), &client.PutRecordInput{StreamName: aws.String("s"), PartitionKey: &key, Data: []byte("data of " + key)}); err != nil {
		t.Fatal(err)
	}
}

// receive returns the keys of the next records, of as many events as it takes to have n.
func receive(t testing.TB, stream *client.SubscribeToShardEventStream, n int) (keys []string) {
	t.Helper()
	for len(keys) < n {
		e, ok := <-stream.Events()
		if !ok {
			t.Fatalf("the stream ended with %d of %d records: %v", len(keys), n, stream.Err())
		}
		v := e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
		if v.ContinuationSequenceNumber == nil || v.MillisBehindLatest == nil {
			t.Errorf("an event without its members: %+v", v)
		}
		for _, r := range v.Records {
			if string(r.Data) != "data of "+*r.PartitionKey {
				t.Errorf("record %s carries %q", *r.PartitionKey, r.Data)
			}
			keys = append(keys, *r.PartitionKey)
		}
	}
	return keys
}

// TestGoSDKSubscribes has the unmodified official client subscribe over both versions of HTTP.
func TestGoSDKSubscribes(t *testing.T) {
	for name, http2 := range map[string]bool{"HTTP1.1": false, "h2c": true} {
		t.Run(name, func(t *testing.T) {
			url, _ := listen(t, onDisk(t))
			tr := transport(t, http2)
			c := sdkOver(url, tr)
			arn := consumer(t, c, "app")
			put(t, c, "before")
			stream := subscribe(t, t.Context(), url, tr, arn, types.ShardIteratorTypeTrimHorizon)
			defer stream.Close()
			if got := receive(t, stream, 1); got[0] != "before" {
				t.Errorf("first came %v", got)
			}
			_, err := c.SubscribeToShard(t.Context(), &client.SubscribeToShardInput{ConsumerARN: arn, ShardId: aws.String("0"), StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest}})
			var inUse *types.ResourceInUseException
			if !errors.As(err, &inUse) {
				t.Errorf("a second subscription at once: %v", err)
			}
			for i := range 20 {
				put(t, c, fmt.Sprint(i))
				if got := receive(t, stream, 1); got[0] != fmt.Sprint(i) {
					t.Fatalf("record %d came as %v", i, got)
				}
			}
			must[*client.DeregisterStreamConsumerOutput](t)(c.DeregisterStreamConsumer(t.Context(), &client.DeregisterStreamConsumerInput{ConsumerARN: arn}))
			if e, ok := <-stream.Events(); ok {
				t.Errorf("after the consumer is gone comes %+v", e)
			}
			var gone *types.ResourceNotFoundException
			if err := stream.Err(); !errors.As(err, &gone) || !strings.Contains(*gone.Message, *arn) {
				t.Errorf("the stream ends with %v", err)
			}
		})
	}
}

// TestShutdownEndsSubscriptions closes the server under subscriptions, and lets clients go: nothing is left running.
func TestShutdownEndsSubscriptions(t *testing.T) {
	for name, http2 := range map[string]bool{"HTTP1.1": false, "h2c": true} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			engine := memory.New(memory.Config{})
			idle := runtime.NumGoroutine()
			url, server := listen(t, engine)
			tr := transport(t, http2)
			c := sdkOver(url, tr)
			var streams []*client.SubscribeToShardEventStream
			left, leave := context.WithCancel(t.Context())
			for i := range 10 {
				ctx := t.Context()
				if i%2 == 1 {
					ctx = left
				}
				streams = append(streams, subscribe(t, ctx, url, tr, consumer(t, c, fmt.Sprint("app", i)), types.ShardIteratorTypeLatest))
			}
			put(t, c, "x")
			for i, s := range streams {
				if got := receive(t, s, 1); got[0] != "x" {
					t.Errorf("subscription %d gets %v", i, got)
				}
			}
			leave()
			if err := server.Shutdown(t.Context()); err != nil { // waits for all requests
				t.Error(err)
			}
			for i, s := range streams {
				for range s.Events() {
				}
				if err := s.Err(); err != nil && i%2 == 0 {
					t.Errorf("subscription %d ends with %v, not cleanly", i, err)
				}
				_ = s.Close()
			}
			tr.CloseIdleConnections()
			for runtime.NumGoroutine() > max(before, idle)+1 { // the listener's own, and connections that are just closing
				runtime.Gosched()
			}
		})
	}
}

const subscriber = `
import sys, boto3
c = boto3.client("kinesis", endpoint_url=sys.argv[1], region_name="eu-west-3", aws_access_key_id="123456789012", aws_secret_access_key="secret")
out = c.subscribe_to_shard(ConsumerARN=sys.argv[2], ShardId="shardId-000000000000", StartingPosition={"Type": "TRIM_HORIZON"})
left = int(sys.argv[3])
for event in out["EventStream"]:
    e = event["SubscribeToShardEvent"]
    for r in e["Records"]:
        print(r["PartitionKey"], r["Data"].decode(), flush=True)
        left -= 1
    if left <= 0:
        break
out["EventStream"].close()
`

// TestBoto3Subscribes has the official Python client subscribe.
func TestBoto3Subscribes(t *testing.T) {
	if err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3").Run(); err != nil {
		t.Skipf("python3 with boto3 is not installed: %v", err)
	}
	url, _ := listen(t, onDisk(t))
	c := sdk(url)
	arn := consumer(t, c, "app")
	for i := range 3 {
		put(t, c, fmt.Sprint(i))
	}
	out, err := exec.CommandContext(t.Context(), "python3", "-c", subscriber, url, *arn, "3").CombinedOutput()
	if err != nil || string(out) != "0 data of 0\n1 data of 1\n2 data of 2\n" {
		t.Errorf("%v, %s", err, out)
	}
}

// BenchmarkPutToEvent measures how long after the start of a PutRecord, and after its answer, each of 20 consumers of a
// shard has the record, over HTTP with a durable engine. Clients and server share the machine's processors.
func BenchmarkPutToEvent(b *testing.B) {
	for name, http2 := range map[string]bool{"HTTP1.1": false, "h2c": true} {
		b.Run(name, func(b *testing.B) {
			url, _ := listen(b, onDisk(b))
			tr := transport(b, http2)
			c := sdkOver(url, tr)
			const consumers = 20
			var took, lag []time.Duration
			arrived := make(chan time.Time, consumers)
			for i := range consumers {
				s := subscribe(b, b.Context(), url, tr, consumer(b, c, fmt.Sprint("app", i)), types.ShardIteratorTypeLatest)
				defer s.Close()
				go func() {
					for e := range s.Events() {
						at := time.Now()
						for range e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value.Records {
							arrived <- at
						}
					}
				}()
			}
			producer := sdk(url)
			data := make([]byte, 1024)
			var durable []time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := producer.PutRecord(b.Context(), &client.PutRecordInput{StreamName: aws.String("s"), PartitionKey: aws.String("k"), Data: data}); err != nil {
					b.Fatal(err)
				}
				answered := time.Now()
				durable = append(durable, answered.Sub(start))
				for range consumers {
					at := <-arrived
					took, lag = append(took, at.Sub(start)), append(lag, at.Sub(answered))
				}
			}
			for what, list := range map[string][]time.Duration{"put": durable, "event": took, "answer-to-event": lag} {
				slices.Sort(list)
				for _, p := range []int{50, 99} {
					b.ReportMetric(float64(list[len(list)*p/100].Microseconds()), fmt.Sprintf("µs-%s-p%d", what, p))
				}
			}
		})
	}
}
