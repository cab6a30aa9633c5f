package kinesis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/fxamacker/cbor/v2"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/service/kinesis"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

var wall clock.System

// serve starts the whole way from HTTP to the embedded engine and returns its address.
func serve(t testing.TB) string {
	t.Helper()
	engine, err := embedded.Open(embedded.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	service, err := kinesis.New(context.Background(), kinesis.Config{Storage: engine})
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
	return server.URL
}

func sdk(url string) *client.Client {
	return client.New(client.Options{Region: "eu-west-3", BaseEndpoint: &url,
		Credentials: credentials.NewStaticCredentialsProvider("123456789012", "secret", "")})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(out T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// TestGoSDK goes through a stream's life with the unmodified official client.
func TestGoSDK(t *testing.T) {
	c, ctx := sdk(serve(t)), t.Context()
	name := aws.String("s")
	must[*client.CreateStreamOutput](t)(c.CreateStream(ctx, &client.CreateStreamInput{StreamName: name, ShardCount: aws.Int32(2), Tags: map[string]string{"a": "b"}}))
	if err := client.NewStreamExistsWaiter(c).Wait(ctx, &client.DescribeStreamInput{StreamName: name}, time.Minute); err != nil {
		t.Fatal(err)
	}
	var entries []types.PutRecordsRequestEntry
	for i := range 500 {
		entries = append(entries, types.PutRecordsRequestEntry{PartitionKey: aws.String(fmt.Sprint(i)), Data: []byte(fmt.Sprintf("data %d", i))})
	}
	put := must[*client.PutRecordsOutput](t)(c.PutRecords(ctx, &client.PutRecordsInput{StreamName: name, Records: entries}))
	if len(put.Records) != 500 || aws.ToInt32(put.FailedRecordCount) != 0 {
		t.Fatalf("%d answers, %d failed", len(put.Records), aws.ToInt32(put.FailedRecordCount))
	}
	must[*client.PutRecordOutput](t)(c.PutRecord(ctx, &client.PutRecordInput{StreamName: name, PartitionKey: aws.String("single"), Data: []byte{}}))

	got := map[string]string{}
	for _, records := range readAll(t, c, *name) {
		for _, r := range records {
			got[*r.PartitionKey] = string(r.Data)
			if age := wall.Now().Sub(*r.ApproximateArrivalTimestamp); age < -time.Second || age > time.Minute {
				t.Errorf("a record arrived %v ago", age)
			}
		}
	}
	if len(got) != 501 || got["77"] != "data 77" || got["single"] != "" {
		t.Errorf("%d records come back", len(got))
	}
	must[*client.TagResourceOutput](t)(c.TagResource(ctx, &client.TagResourceInput{ResourceARN: aws.String("arn:aws:kinesis:eu-west-3:123456789012:stream/s"), Tags: map[string]string{"c": "d"}}))
	if tags := must[*client.ListTagsForStreamOutput](t)(c.ListTagsForStream(ctx, &client.ListTagsForStreamInput{StreamName: name})).Tags; len(tags) != 2 {
		t.Errorf("tags %v", tags)
	}
	must[*client.IncreaseStreamRetentionPeriodOutput](t)(c.IncreaseStreamRetentionPeriod(ctx, &client.IncreaseStreamRetentionPeriodInput{StreamName: name, RetentionPeriodHours: aws.Int32(48)}))
	summary := must[*client.DescribeStreamSummaryOutput](t)(c.DescribeStreamSummary(ctx, &client.DescribeStreamSummaryInput{StreamName: name})).StreamDescriptionSummary
	if *summary.RetentionPeriodHours != 48 || *summary.OpenShardCount != 2 || summary.StreamStatus != types.StreamStatusActive {
		t.Errorf("summary %+v", summary)
	}

	_, err := c.GetRecords(ctx, &client.GetRecordsInput{ShardIterator: aws.String("no")})
	var invalid *types.InvalidArgumentException
	if !errors.As(err, &invalid) || *invalid.Message != "Invalid ShardIterator." {
		t.Errorf("a bad iterator: %v", err)
	}
	must[*client.DeleteStreamOutput](t)(c.DeleteStream(ctx, &client.DeleteStreamInput{StreamName: name}))
	if err := client.NewStreamNotExistsWaiter(c).Wait(ctx, &client.DescribeStreamInput{StreamName: name}, time.Minute); err != nil {
		t.Error(err)
	}
	_, err = c.PutRecord(ctx, &client.PutRecordInput{StreamName: name, PartitionKey: aws.String("k"), Data: []byte("x")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("a put into a deleted stream: %v", err)
	}
}

// TestCBOR speaks as the Java SDK does: the same members in CBOR, blobs as bytes, times as whole milliseconds.
func TestCBOR(t *testing.T) {
	url := serve(t)
	call := func(operation string, in map[string]any) map[string]any {
		t.Helper()
		body, err := cbor.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-amz-cbor-1.1")
		req.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation)
		req.Header.Set("X-Amz-Date", "20260304T050607Z")
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=123456789012/20260304/eu-west-3/kinesis/aws4_request, SignedHeaders=host, Signature=0")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]any{}
		if len(answer) > 0 {
			if err := cbor.Unmarshal(answer, &out); err != nil {
				t.Fatalf("%s answers %x: %v", operation, answer, err)
			}
		}
		if got := resp.Header.Get("Content-Type"); len(answer) > 0 && got != "application/x-amz-cbor-1.1" {
			t.Errorf("%s answers in %s", operation, got)
		}
		return out
	}
	before := wall.Now().UnixMilli()
	call("CreateStream", map[string]any{"StreamName": "s", "ShardCount": 1})
	call("PutRecord", map[string]any{"StreamName": "s", "PartitionKey": "k", "Data": []byte{0, 1, 0xff}})
	it := call("GetShardIterator", map[string]any{"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "AT_TIMESTAMP",
		"Timestamp": cbor.Tag{Number: 1, Content: before}})
	records, _ := call("GetRecords", map[string]any{"ShardIterator": it["ShardIterator"]})["Records"].([]any)
	if len(records) != 1 {
		t.Fatalf("%d records", len(records))
	}
	r, _ := records[0].(map[any]any)
	arrival, _ := r["ApproximateArrivalTimestamp"].(uint64)
	if data, _ := r["Data"].([]byte); !bytes.Equal(data, []byte{0, 1, 0xff}) || r["PartitionKey"] != "k" || int64(arrival) < before {
		t.Errorf("record %v", r)
	}
	refused := call("DescribeStream", map[string]any{"StreamName": "t"})
	if refused["__type"] != "ResourceNotFoundException" || refused["message"] != "Stream t under account 123456789012 not found." {
		t.Errorf("refusal %v", refused)
	}
	if refused = call("PutRecords", map[string]any{"StreamName": "s", "Records": []any{}}); refused["__type"] != "ValidationException" ||
		!strings.Contains(fmt.Sprint(refused["message"]), "'records'") {
		t.Errorf("refusal %v", refused)
	}
}
