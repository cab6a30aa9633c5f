package kinesis_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

// rawRequest builds a whole request once, so that a benchmark's client costs little.
func rawRequest(operation, body string) []byte {
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Kinesis_20131202.%s\r\n"+
		"X-Amz-Date: 20260304T050607Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=123456789012/20260304/eu-west-3/kinesis/aws4_request, SignedHeaders=host, Signature=0\r\n"+
		"Content-Length: %d\r\n\r\n%s", operation, len(body), body)
}

// rawConn is a connection that requests are written to as they are.
type rawConn struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(b *testing.B, url string) *rawConn {
	b.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return &rawConn{conn, bufio.NewReaderSize(conn, 256<<10)}
}

// do sends a request and hands the body of a 200 to read.
func (c *rawConn) do(b *testing.B, request []byte, read func(io.Reader, int64) error) {
	if _, err := c.conn.Write(request); err != nil {
		b.Error(err)
		return
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		b.Error(err)
		return
	}
	if resp.StatusCode != 200 {
		text, _ := io.ReadAll(resp.Body)
		b.Errorf("%s: %s", resp.Status, text)
		return
	}
	if err := read(resp.Body, resp.ContentLength); err != nil {
		b.Error(err)
	}
}

func discard(r io.Reader, _ int64) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// parallel runs work n times on c goroutines and returns how long it took.
func parallel(c, n int, work func(worker int)) time.Duration {
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	begin := wall.Now()
	for i := range c {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				work(i)
			}
		})
	}
	all.Wait()
	return wall.Now().Sub(begin)
}

const (
	benchRecordBytes = 1024
	benchConnections = 4
)

func putRecordsBody(n int) string {
	data := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xa5}, benchRecordBytes))
	records := make([]string, n)
	for i := range records {
		records[i] = fmt.Sprintf(`{"Data":"%s","PartitionKey":"pk-%016x"}`, data, i)
	}
	return `{"StreamName":"s","Records":[` + strings.Join(records, ",") + `]}`
}

// engineAlone appends as many records of the same size straight to the engine.
func engineAlone(b *testing.B, c, n, batch int) time.Duration {
	engine, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Close()
	log, err := engine.Open(context.Background(), "bench", storage.Config{})
	if err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte{0xa5}, benchRecordBytes)
	entries := make([]storage.Entry, batch)
	for i := range entries {
		entries[i] = storage.Entry{Key: fmt.Sprintf("shardId-%012d", i%4), Data: data}
	}
	return parallel(c, n, func(int) {
		if _, err := log.Append(context.Background(), entries...); err != nil {
			b.Error(err)
		}
	})
}

// benchmarkPut compares a put over HTTP with the same appends to the engine, one after the other in the same run.
func benchmarkPut(b *testing.B, connections, batch int, operation, body string) {
	url := serve(b)
	create := dial(b, url)
	create.do(b, rawRequest("CreateStream", `{"StreamName":"s","ShardCount":4}`), discard)
	request := rawRequest(operation, body)
	conns := make([]*rawConn, connections)
	for i := range conns {
		conns[i] = dial(b, url)
	}
	b.SetBytes(int64(batch * benchRecordBytes))
	b.ResetTimer()
	over := parallel(connections, b.N, func(i int) { conns[i].do(b, request, discard) })
	b.StopTimer()
	alone := engineAlone(b, connections, b.N, batch)
	records := float64(b.N * batch)
	b.ReportMetric(records/over.Seconds(), "rec/s")
	b.ReportMetric(records/alone.Seconds(), "engine-rec/s")
	b.ReportMetric(alone.Seconds()/over.Seconds(), "ratio")
}

func BenchmarkPutRecords500x1KiB(b *testing.B) {
	benchmarkPut(b, benchConnections, 500, "PutRecords", putRecordsBody(500))
}

func BenchmarkPutRecord1KiB(b *testing.B) {
	data := base64.StdEncoding.EncodeToString(make([]byte, benchRecordBytes))
	benchmarkPut(b, 64, 1, "PutRecord", `{"StreamName":"s","PartitionKey":"pk-0000000000000000","Data":"`+data+`"}`)
}

// BenchmarkGetRecords reads full answers of 1 KiB records over HTTP, and the same records straight from the engine.
func BenchmarkGetRecords(b *testing.B) {
	url := serve(b)
	c := dial(b, url)
	c.do(b, rawRequest("CreateStream", `{"StreamName":"s","ShardCount":1}`), discard)
	put := rawRequest("PutRecords", putRecordsBody(500))
	for range 25 {
		c.do(b, put, discard)
	}
	var answer struct{ ShardIterator string }
	c.do(b, rawRequest("GetShardIterator", `{"StreamName":"s","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"}`),
		func(r io.Reader, _ int64) error { return json.NewDecoder(r).Decode(&answer) })
	get := rawRequest("GetRecords", `{"ShardIterator":"`+answer.ShardIterator+`"}`)
	records := 0
	c.do(b, get, func(r io.Reader, _ int64) error {
		text, err := io.ReadAll(r)
		records = bytes.Count(text, []byte("PartitionKey"))
		return err
	})
	conns := []*rawConn{dial(b, url), dial(b, url)}
	b.SetBytes(int64(records * benchRecordBytes))
	b.ResetTimer()
	over := parallel(len(conns), b.N, func(i int) { conns[i].do(b, get, discard) })
	b.StopTimer()
	alone := engineReads(b, len(conns), b.N, records)
	b.ReportMetric(float64(records), "rec/answer")
	b.ReportMetric(alone.Seconds()/over.Seconds(), "ratio")
}

// engineReads reads as many records of the same size straight from an engine.
func engineReads(b *testing.B, c, n, records int) time.Duration {
	engine, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Close()
	log, err := engine.Open(context.Background(), "bench", storage.Config{})
	if err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte{0xa5}, benchRecordBytes)
	for range records {
		if _, err := log.Append(context.Background(), storage.Entry{Key: "shardId-000000000000", Data: data}); err != nil {
			b.Fatal(err)
		}
	}
	return parallel(c, n, func(int) {
		got, err := log.Read(context.Background(), storage.Range{Key: "shardId-000000000000", Max: records})
		if err != nil || len(got) != records {
			b.Errorf("%d records, %v", len(got), err)
		}
	})
}
