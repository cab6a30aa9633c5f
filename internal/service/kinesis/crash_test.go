package kinesis_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/service/kinesis"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

// serveEnv makes the test binary a server on a directory, for tests that kill it.
const serveEnv = "HOOKSWITCH_TEST_KINESIS_SERVE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveEnv); dir != "" {
		fmt.Fprintln(os.Stderr, "server ends:", serveUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func serveUntilKilled(dir string) error {
	engine, err := embedded.Open(embedded.Config{Dir: dir})
	if err != nil {
		return err
	}
	store, err := openKeys(engine)
	if err != nil {
		return err
	}
	service, err := kinesis.New(context.Background(), kinesis.Config{Storage: engine, Keys: store})
	if err != nil {
		return err
	}
	front, err := edge.New(edge.Config{Operations: service.Operations()})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	return http.Serve(l, front)
}

// startChild starts the server in a process of its own.
func startChild(t *testing.T, dir string) (url string, kill func()) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), serveEnv+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	kill = func() {
		once.Do(func() {
			child.Process.Kill() // SIGKILL: nothing of the process runs any more
			child.Wait()
		})
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	return strings.TrimSpace(line), kill
}

// TestKilledUnderLoad kills the server with SIGKILL while clients put, starts it again, and does so several times: every
// record that was acknowledged is there, once, under the number that was told, and each shard is in order.
func TestKilledUnderLoad(t *testing.T) {
	const kills, writers, acksBeforeKill, batch = 3, 6, 1500, 10
	dir := t.TempDir()
	var mu sync.Mutex // guards acked
	acked := map[string]string{}

	for round := range kills {
		url, kill := startChild(t, dir)
		c := client.New(sdk(url).Options(), func(o *client.Options) { o.Retryer = aws.NopRetryer{} })
		if round == 0 {
			must[*client.CreateStreamOutput](t)(c.CreateStream(t.Context(), &client.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(20)}))
		}
		before := len(acked)
		enough := sync.OnceFunc(kill)
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := 0; ; i++ {
					entries := make([]types.PutRecordsRequestEntry, batch)
					for j := range entries {
						entries[j] = types.PutRecordsRequestEntry{PartitionKey: aws.String(fmt.Sprintf("%d/%d/%d/%d", round, w, i, j)), Data: []byte("data")}
					}
					out, err := c.PutRecords(t.Context(), &client.PutRecordsInput{StreamName: aws.String("s"), Records: entries})
					if err != nil {
						return // killed
					}
					mu.Lock()
					for j, r := range out.Records {
						if r.ErrorCode == nil {
							acked[*entries[j].PartitionKey] = *r.ShardId + " " + *r.SequenceNumber
						}
					}
					done := len(acked)-before >= acksBeforeKill
					mu.Unlock()
					if done {
						enough()
					}
				}
			})
		}
		all.Wait()
		if len(acked)-before < acksBeforeKill {
			t.Fatalf("round %d ended by itself after %d records", round, len(acked)-before)
		}
	}

	url, _ := startChild(t, dir)
	found := map[string]string{}
	for shard, records := range readAll(t, sdk(url), "s") {
		last := ""
		for _, r := range records {
			if *r.SequenceNumber <= last {
				t.Fatalf("%s: %s after %s", shard, *r.SequenceNumber, last)
			}
			last = *r.SequenceNumber
			if _, twice := found[*r.PartitionKey]; twice {
				t.Errorf("record %s is there twice", *r.PartitionKey)
			}
			found[*r.PartitionKey] = shard + " " + last
		}
	}
	for key, place := range acked {
		if found[key] != place {
			t.Errorf("record %s was acknowledged at %s and is at %q", key, place, found[key])
		}
	}
	if extra := len(found) - len(acked); extra < 0 || extra > kills*writers*batch {
		t.Errorf("%d records more than acknowledged, want at most those that were under way", extra)
	}
}

// readAll returns the records of each shard from its oldest to its tip.
func readAll(t *testing.T, c *client.Client, stream string) map[string][]types.Record {
	t.Helper()
	all := map[string][]types.Record{}
	shards := must[*client.ListShardsOutput](t)(c.ListShards(t.Context(), &client.ListShardsInput{StreamName: &stream})).Shards
	for _, sh := range shards {
		it := must[*client.GetShardIteratorOutput](t)(c.GetShardIterator(t.Context(), &client.GetShardIteratorInput{
			StreamName: &stream, ShardId: sh.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
		for {
			out := must[*client.GetRecordsOutput](t)(c.GetRecords(t.Context(), &client.GetRecordsInput{ShardIterator: it, Limit: aws.Int32(100)}))
			all[*sh.ShardId] = append(all[*sh.ShardId], out.Records...)
			if it = out.NextShardIterator; it == nil || *out.MillisBehindLatest == 0 {
				break
			}
		}
	}
	return all
}
