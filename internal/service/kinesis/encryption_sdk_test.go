package kinesis_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/keys/local"
	"github.com/hookswitch/hookswitch/internal/service/kinesis"
	"github.com/hookswitch/hookswitch/internal/storage"
)

var keyOwner = keys.Caller{Account: "123456789012", Region: "eu-west-3"}

// openKeys opens the keys that are stored beside the streams.
func openKeys(engine storage.Engine) (*local.Store, error) {
	return local.Open(context.Background(), local.Config{Storage: engine, Root: bytes.Repeat([]byte{3}, local.RootBytes)})
}

// serveKeyed starts the whole way from HTTP to the embedded engine, with keys, and makes one.
func serveKeyed(t testing.TB) (url string, store *local.Store, key local.Key) {
	t.Helper()
	engine := onDisk(t)
	store, err := openKeys(engine)
	if err != nil {
		t.Fatal(err)
	}
	if key, err = store.Create(t.Context(), keyOwner, "", "alias/own"); err != nil {
		t.Fatal(err)
	}
	service, err := kinesis.New(t.Context(), kinesis.Config{Storage: engine, Keys: store})
	if err != nil {
		t.Fatal(err)
	}
	front, err := edge.New(edge.Config{Operations: service.Operations()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(front)
	t.Cleanup(func() {
		server.Close()
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL, store, key
}

func startEncryption(t *testing.T, c *client.Client, key string) {
	t.Helper()
	must[*client.StartStreamEncryptionOutput](t)(c.StartStreamEncryption(t.Context(), &client.StartStreamEncryptionInput{StreamName: aws.String("s"), EncryptionType: types.EncryptionTypeKms, KeyId: &key}))
}

// TestGoSDKEncrypts names a key in every way that there is, and looks at it through the official client.
func TestGoSDKEncrypts(t *testing.T) {
	url, _, key := serveKeyed(t)
	c, ctx := sdk(url), t.Context()
	must[*client.CreateStreamOutput](t)(c.CreateStream(ctx, &client.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(1)}))
	put(t, c, "plain")
	want := []string{"plain "}
	names := []string{key.ID, key.ARN, "alias/own", "arn:aws:kms:eu-west-3:123456789012:alias/own", "alias/aws/kinesis"}
	for i, name := range names {
		startEncryption(t, c, name)
		d := must[*client.DescribeStreamOutput](t)(c.DescribeStream(ctx, &client.DescribeStreamInput{StreamName: aws.String("s")})).StreamDescription
		if d.EncryptionType != types.EncryptionTypeKms || aws.ToString(d.KeyId) != name || d.StreamStatus != types.StreamStatusActive {
			t.Errorf("described as %s %s %s, want %s", d.EncryptionType, aws.ToString(d.KeyId), d.StreamStatus, name)
		}
		one := must[*client.PutRecordOutput](t)(c.PutRecord(ctx, &client.PutRecordInput{StreamName: aws.String("s"), PartitionKey: aws.String(fmt.Sprint("one", i)), Data: []byte("x")}))
		many := must[*client.PutRecordsOutput](t)(c.PutRecords(ctx, &client.PutRecordsInput{StreamName: aws.String("s"), Records: []types.PutRecordsRequestEntry{{PartitionKey: aws.String(fmt.Sprint("many", i)), Data: []byte("x")}}}))
		if one.EncryptionType != types.EncryptionTypeKms || many.EncryptionType != types.EncryptionTypeKms {
			t.Errorf("puts answer %q and %q", one.EncryptionType, many.EncryptionType)
		}
		want = append(want, fmt.Sprint("one", i, " KMS"), fmt.Sprint("many", i, " KMS"))
	}
	must[*client.StopStreamEncryptionOutput](t)(c.StopStreamEncryption(ctx, &client.StopStreamEncryptionInput{StreamName: aws.String("s"), EncryptionType: types.EncryptionTypeKms, KeyId: aws.String("alias/aws/kinesis")}))
	put(t, c, "plain again")
	want = append(want, "plain again ")
	if d := must[*client.DescribeStreamSummaryOutput](t)(c.DescribeStreamSummary(ctx, &client.DescribeStreamSummaryInput{StreamName: aws.String("s")})).StreamDescriptionSummary; d.EncryptionType != types.EncryptionTypeNone || d.KeyId != nil {
		t.Errorf("stopped, it is described as %s %v", d.EncryptionType, d.KeyId)
	}
	var got []string
	for _, r := range readAll(t, c, "s")["shardId-000000000000"] {
		got = append(got, *r.PartitionKey+" "+string(r.EncryptionType))
	}
	if !slices.Equal(got, want) {
		t.Errorf("read %v\nwant %v", got, want)
	}
	_, err := c.StartStreamEncryption(ctx, &client.StartStreamEncryptionInput{StreamName: aws.String("s"), EncryptionType: types.EncryptionTypeKms, KeyId: aws.String("alias/none")})
	var none *types.KMSNotFoundException
	if !errors.As(err, &none) {
		t.Errorf("an alias that is not there: %v", err)
	}
}

// TestGoSDKMeetsADisabledKey: producer, consumer and subscriber are told with the client's own types, and go on when it is enabled.
func TestGoSDKMeetsADisabledKey(t *testing.T) {
	url, store, key := serveKeyed(t)
	c, ctx := client.New(sdk(url).Options(), func(o *client.Options) { o.Retryer = aws.NopRetryer{} }), t.Context()
	app := consumer(t, c, "app")
	startEncryption(t, c, key.ARN)
	put(t, c, "one")
	listening := subscribe(t, ctx, url, transport(t, false), app, types.ShardIteratorTypeTrimHorizon)
	defer listening.Close()
	if got := receive(t, listening, 1); got[0] != "one" {
		t.Errorf("first came %v", got)
	}
	it := must[*client.GetShardIteratorOutput](t)(c.GetShardIterator(ctx, &client.GetShardIteratorInput{StreamName: aws.String("s"), ShardId: aws.String("0"), ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
	if _, err := store.SetEnabled(ctx, keyOwner, key.ID, false); err != nil {
		t.Fatal(err)
	}
	_, putErr := c.PutRecord(ctx, &client.PutRecordInput{StreamName: aws.String("s"), PartitionKey: aws.String("k"), Data: []byte("x")})
	_, getErr := c.GetRecords(ctx, &client.GetRecordsInput{ShardIterator: it})
	late := subscribe(t, ctx, url, transport(t, false), consumer(t, c, "late"), types.ShardIteratorTypeTrimHorizon)
	defer late.Close()
	for e := range late.Events() {
		t.Errorf("with a disabled key came %v", e)
	}
	for what, err := range map[string]error{"put": putErr, "get": getErr, "subscription": late.Err()} {
		var disabled *types.KMSDisabledException
		if !errors.As(err, &disabled) || *disabled.Message != key.ARN+" is disabled." {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := store.SetEnabled(ctx, keyOwner, key.ID, true); err != nil {
		t.Fatal(err)
	}
	put(t, c, "two")
	if out := must[*client.GetRecordsOutput](t)(c.GetRecords(ctx, &client.GetRecordsInput{ShardIterator: it})); len(out.Records) != 2 || string(out.Records[1].Data) != "data of two" {
		t.Errorf("enabled again, %d records come", len(out.Records))
	}
	if got := receive(t, listening, 1); got[0] != "two" {
		t.Errorf("who listened all the while gets %v", got)
	}
}

// TestKilledRightAfterTheStart kills the server with SIGKILL as soon as encryption has started or stopped, under load, again and
// again: every record that was acknowledged can be read, and is what its answer said.
func TestKilledRightAfterTheStart(t *testing.T) {
	const kills, writers, acksAfter = 6, 4, 20
	dir := t.TempDir()
	type ack struct{ place, encryption string }
	var mu sync.Mutex // guards acked and after
	acked, after := map[string]ack{}, 0
	for round := range kills {
		url, kill := startChild(t, dir)
		c := client.New(sdk(url).Options(), func(o *client.Options) { o.Retryer = aws.NopRetryer{} })
		if round == 0 {
			must[*client.CreateStreamOutput](t)(c.CreateStream(t.Context(), &client.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(20)}))
		}
		changed, enough := false, make(chan struct{})
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := 0; ; i++ {
					key := fmt.Sprintf("%d/%d/%d", round, w, i)
					out, err := c.PutRecord(t.Context(), &client.PutRecordInput{StreamName: aws.String("s"), PartitionKey: &key, Data: []byte("data of " + key)})
					if err != nil {
						return // killed
					}
					mu.Lock()
					acked[key] = ack{*out.ShardId + " " + *out.SequenceNumber, string(out.EncryptionType)}
					if changed {
						if after++; after == round*acksAfter { // in the first round nothing is waited for
							close(enough)
						}
					}
					mu.Unlock()
				}
			})
		}
		if round%3 == 2 {
			must[*client.StopStreamEncryptionOutput](t)(c.StopStreamEncryption(t.Context(), &client.StopStreamEncryptionInput{StreamName: aws.String("s"), EncryptionType: types.EncryptionTypeKms, KeyId: aws.String("alias/aws/kinesis")}))
		} else {
			startEncryption(t, c, "alias/aws/kinesis")
		}
		mu.Lock()
		changed, after = true, 0
		mu.Unlock()
		if round > 0 {
			<-enough
		}
		kill()
		all.Wait()
	}
	url, _ := startChild(t, dir)
	found := map[string]ack{}
	for shard, records := range readAll(t, sdk(url), "s") {
		for _, r := range records {
			if string(r.Data) != "data of "+*r.PartitionKey {
				t.Errorf("record %s carries %q", *r.PartitionKey, r.Data)
			}
			found[*r.PartitionKey] = ack{shard + " " + *r.SequenceNumber, string(r.EncryptionType)}
		}
	}
	sealed := 0
	for key, want := range acked {
		if found[key] != want {
			t.Errorf("record %s was acknowledged as %v and is %v", key, want, found[key])
		}
		if want.encryption != "" {
			sealed++
		}
	}
	if sealed == 0 || sealed == len(acked) {
		t.Errorf("of %d records %d are sealed: the test shows nothing", len(acked), sealed)
	}
}

// BenchmarkEncryption puts and gets the same records over HTTP into a stream that is encrypted and one that is not, by turns in
// one run.
func BenchmarkEncryption(b *testing.B) {
	url, _, _ := serveKeyed(b)
	c := dial(b, url)
	streams := []string{"plain", "sealed"}
	for _, name := range streams {
		c.do(b, rawRequest("CreateStream", fmt.Sprintf(`{"StreamName":%q,"ShardCount":1}`, name)), discard)
	}
	c.do(b, rawRequest("StartStreamEncryption", `{"StreamName":"sealed","EncryptionType":"KMS","KeyId":"alias/own"}`), discard)
	records := func(name string) string {
		return `{"StreamName":"` + name + `"` + putRecordsBody(500)[len(`{"StreamName":"s"`):]
	}
	turns := func(b *testing.B, connections int, requests map[string][]byte) {
		conns := make([]*rawConn, connections)
		for i := range conns {
			conns[i] = dial(b, url)
		}
		took := map[string]time.Duration{}
		const turn = 8
		for n := 0; n < b.N; n += turn {
			for _, name := range streams {
				took[name] += parallel(connections, min(turn, b.N-n), func(i int) { conns[i].do(b, requests[name], discard) })
			}
		}
		for _, name := range streams {
			b.ReportMetric(float64(b.N)/took[name].Seconds(), name+"/s")
		}
		b.ReportMetric(took["plain"].Seconds()/took["sealed"].Seconds(), "sealed/plain")
	}
	both := func(operation string, body func(string) string) map[string][]byte {
		requests := map[string][]byte{}
		for _, name := range streams {
			requests[name] = rawRequest(operation, body(name))
		}
		return requests
	}
	b.Run("PutRecords500x1KiB", func(b *testing.B) { turns(b, benchConnections, both("PutRecords", records)) })
	b.Run("PutRecord1KiB", func(b *testing.B) {
		data := base64.StdEncoding.EncodeToString(make([]byte, benchRecordBytes))
		turns(b, benchConnections, both("PutRecord", func(name string) string {
			return `{"StreamName":"` + name + `","PartitionKey":"pk-0000000000000000","Data":"` + data + `"}`
		}))
	})
	for _, name := range streams {
		for range 25 {
			c.do(b, rawRequest("PutRecords", records(name)), discard)
		}
	}
	b.Run("GetRecords", func(b *testing.B) {
		turns(b, 2, both("GetRecords", func(name string) string {
			var answer struct{ ShardIterator string }
			c.do(b, rawRequest("GetShardIterator", `{"StreamName":"`+name+`","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"}`),
				func(r io.Reader, _ int64) error { return json.NewDecoder(r).Decode(&answer) })
			return `{"ShardIterator":"` + answer.ShardIterator + `"}`
		}))
	})
}
