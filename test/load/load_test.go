package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/service/kinesis"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

// TestMain lets the tests start the limit server, which is this program under another first argument.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == limitCommand {
		main()
		return
	}
	os.Exit(m.Run())
}

// serve starts a server that verifies signatures, and counts what comes in by operation.
func serve(t *testing.T) (url string, seen func(operation string) int) {
	t.Helper()
	service, err := kinesis.New(context.Background(), kinesis.Config{Storage: memory.New(memory.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	counts := make(chan map[string]int, 1)
	counts <- map[string]int{}
	front, err := edge.New(edge.Config{Operations: service.Operations(), Auth: edge.AuthVerify,
		Credentials: func(id string) (edge.Credential, bool) { return edge.Credential{SecretAccessKey: "test"}, id == "test" },
		Observe: func(o edge.Observed) {
			m := <-counts
			m[o.Operation]++
			counts <- m
		}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return server.URL, func(operation string) int {
		m := <-counts
		defer func() { counts <- m }()
		return m[operation]
	}
}

func TestModes(t *testing.T) {
	for mode, operation := range map[string]string{modePut1: "PutRecord", modePutN: "PutRecords", modeGet: "GetRecords", modeSub: "PutRecord"} {
		t.Run(mode, func(t *testing.T) {
			url, seen := serve(t)
			var out bytes.Buffer
			args := []string{"-url", url, "-against", url, "-mode", mode, "-d", "50ms", "-batch", "50", "-size", "100", "-preload", "200", "-shards", "2", "-label", "x"}
			o, err := parse(args)
			if err != nil {
				t.Fatal(err)
			}
			if err := run(t.Context(), o, &out); err != nil {
				t.Fatal(err, out.String())
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if len(lines) != 3 {
				t.Fatalf("%d lines, want a run of each and the ratio: %s", len(lines), out.String())
			}
			requests := 0
			for _, line := range lines[:2] {
				var r result
				if err := json.Unmarshal([]byte(line), &r); err != nil {
					t.Fatal(err)
				}
				if r.Records == 0 || r.Errors != 0 || r.P50 > r.P99 || r.P99 > r.Max || r.Seconds < 0.05 || r.Label != "x" {
					t.Errorf("run %s", line)
				}
				if per := map[string]int{modePut1: 1, modePutN: 50}[mode]; per > 0 && r.Records != per*r.Requests {
					t.Errorf("%d records in %d requests", r.Records, r.Requests)
				}
				requests += r.Requests
			}
			if got := seen(operation); got != requests {
				t.Errorf("the server saw %d of %s, the runs say %d", got, operation, requests)
			}
			if got := seen("DeleteStream"); got != 2 {
				t.Errorf("%d streams deleted, want those of both endpoints", got)
			}
			var c comparison
			if err := json.Unmarshal([]byte(lines[2]), &c); err != nil || c.Ratio <= 0 || c.Runs != 1 {
				t.Errorf("comparison %s, %v", lines[2], err)
			}
		})
	}
}

// TestAgainstTheLimit starts the limit server as the command does, and compares with it.
func TestAgainstTheLimit(t *testing.T) {
	url, _ := serve(t)
	for _, mode := range []string{modePut1, modePutN, modeSub} {
		var out bytes.Buffer
		o, err := parse([]string{"-url", url, "-against", serverLimit, "-mode", mode, "-d", "50ms", "-batch", "7", "-fan", "3", "-rate", "200"})
		if err != nil {
			t.Fatal(err)
		}
		if err := run(t.Context(), o, &out); err != nil {
			t.Fatal(mode, err, out.String())
		}
		var limit result
		if err := json.Unmarshal([]byte(strings.Split(out.String(), "\n")[1]), &limit); err != nil {
			t.Fatal(err)
		}
		if each := map[string]int{modePut1: 1, modePutN: 7, modeSub: 3}[mode]; limit.Records != each*limit.Requests || limit.Records == 0 {
			t.Errorf("%s: the limit server took %d records in %d requests", mode, limit.Records, limit.Requests)
		}
		if runtime.GOOS == "linux" && limit.RSS == 0 {
			t.Error("nothing is known of its memory")
		}
	}
}

func TestLimitServerSyncsWhatItTakes(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	said, says := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- serveLimit(ctx, []string{"-listen", "127.0.0.1:0", "-dir", dir}, says) }()
	url, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	call := func(operation, body string) (int, string) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSpace(url), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	if status, text := call("PutRecord", `{"Data":"aGVsbG8=","PartitionKey":"p"}`); status != 200 || text != limitRecord {
		t.Errorf("PutRecord: %d %s", status, text)
	}
	status, text := call("PutRecords", `{"Records":[{"Data":"d29ybGQ=","PartitionKey":"p"},{"Data":"IQ==","PartitionKey":"q"}]}`)
	var out struct {
		FailedRecordCount int
		Records           []struct{ SequenceNumber, ShardId string }
	}
	if err := json.Unmarshal([]byte(text), &out); status != 200 || err != nil || len(out.Records) != 2 || out.Records[1].SequenceNumber != limitSequence {
		t.Errorf("PutRecords: %d %s %v", status, text, err)
	}
	if status, _ := call("DescribeLimits", `{}`); status != http.StatusBadRequest {
		t.Errorf("an operation that it does not have is answered with %d", status)
	}
	b, err := os.ReadFile(filepath.Join(dir, "limit.log"))
	if err != nil || !bytes.Contains(b, []byte("hello")) || !bytes.Contains(b, []byte("world!")) {
		t.Errorf("the file holds %q, %v", b, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAPeerThatCannotBeHadIsSkipped(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, peer := range []string{serverKinesalite, serverKinesisLocal} {
		o, err := parse([]string{"-url", "http://127.0.0.1:1", "-against", peer, "-stream", "s"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := startServer(t.Context(), peer, o); !errors.Is(err, errSkip) || !strings.Contains(err.Error(), "node") {
			t.Errorf("%s: %v", peer, err)
		}
	}
}

func TestARunWithErrorsFails(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"refusal": func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DescribeStreamSummary") {
				fmt.Fprint(w, `{"StreamDescriptionSummary":{"StreamStatus":"ACTIVE"}}`)
				return
			}
			http.Error(w, "no", http.StatusBadRequest)
		},
		"failed records": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"StreamDescriptionSummary":{"StreamStatus":"ACTIVE"},"FailedRecordCount":3}`)
		},
		"no length": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"StreamDescriptionSummary":{"StreamStatus":"ACTIVE"}}`)
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".PutRecords") {
				w.(http.Flusher).Flush()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			o, err := parse([]string{"-url", server.URL, "-stream", "s", "-d", "20ms"})
			if err != nil {
				t.Fatal(err)
			}
			if err := run(t.Context(), o, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "errors, the first: ") {
				t.Errorf("run ends with %v", err)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	_, err := parse([]string{"-c", "1025", "-batch", "501", "-size", "-1", "-shards", "0", "-preload", "0", "-repeat", "101", "-mode", "x", "-d", "0s", "-rate", "-1", "-fan", "21"})
	for _, want := range []string{"-c 1025", "-batch 501", "-size -1", "-shards 0", "-preload 0", "-repeat 101", "-mode x", "-d is", "-rate -1", "-fan 21"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

func TestHistogram(t *testing.T) {
	var h histogram
	for us := range int64(10000) {
		if b := bucket(us); upper(b) < us || b > 0 && upper(b-1) >= us {
			t.Fatalf("%d us is in bucket %d, which ends at %d", us, b, upper(b))
		}
		h.count(time.Duration(us) * time.Microsecond)
	}
	for _, q := range []struct {
		part float64
		want int64
	}{{0, 0}, {0.5, 5000}, {0.99, 9900}, {1, 9999}} {
		if got := h.quantile(q.part); got < q.want-1 || float64(got) > float64(q.want)*1.07+1 {
			t.Errorf("quantile %v is %d, want about %d", q.part, got, q.want)
		}
	}
	if b := bucket(int64(^uint64(0) >> 1)); b >= len(h.buckets) {
		t.Errorf("the longest time is in bucket %d of %d", b, len(h.buckets))
	}
}

func TestMembers(t *testing.T) {
	body := []byte(`{"Records":[],"NextShardIterator":"a\/b+c=","MillisBehindLatest": 12,"Bad":"open`)
	if got := textMember(body, "NextShardIterator"); got != "a/b+c=" {
		t.Errorf("iterator %q", got)
	}
	if textMember(body, "Absent") != "" || textMember(body, "MillisBehindLatest") != "" || textMember(body, "Bad") != "" {
		t.Error("a text where there is none")
	}
	if numberMember(body, "MillisBehindLatest") != 12 || numberMember(body, "Absent") != -1 || numberMember(body, "Records") != -1 {
		t.Error("numbers are read wrong")
	}
}
