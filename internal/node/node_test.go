package node

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdkconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	connecttypes "github.com/aws/aws-sdk-go-v2/service/connect/types"
	sdkkinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/api/connectparticipantapi"
	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/api/stsapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

var clockStart = time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)

// run starts a node on a free port, until the test ends.
func run(t *testing.T, cfg Config) *Node {
	t.Helper()
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	n, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- n.Run(ctx, func() { close(ready) }) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, n.Close(context.WithoutCancel(t.Context()))); err != nil {
			t.Errorf("the node ended with %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("the node ended at once: %v", err)
	}
	return n
}

func sdk(n *Node) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: aws.String("http://" + n.Addr()), Credentials: credentials.NewStaticCredentialsProvider("111122223333", "secret", "")}
}

// operate calls the operator API and decodes the answer.
func operate(t *testing.T, n *Node, method, path, body string, status int, out any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+n.Addr()+"/_hookswitch"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, b, err)
	}
	if out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
}

// What a service lists is what its allow-list generates, and nothing beside it: docs/compat tells the same.
func TestServedIsWhatIsAllowed(t *testing.T) {
	n := run(t, Config{Memory: true})
	served := operationNames(n.operations)
	want := map[string][]string{"cloudwatch": cloudwatchapi.Allowed, "dynamodb": dynamodbapi.Allowed, "kinesis": kinesisapi.Allowed, "connect": connectapi.Allowed, "connectparticipant": connectparticipantapi.Allowed, "sts": stsapi.Allowed}
	for _, lists := range []map[string][]string{served, want} {
		for name, list := range lists {
			lists[name] = slices.Sorted(slices.Values(list))
		}
	}
	if d := cmp.Diff(want, served); d != "" {
		t.Errorf("allowed (-) and served (+) differ:\n%s", d)
	}
	var info struct{ Operations map[string][]string }
	operate(t, n, "GET", "/info", "", 200, &info)
	if len(info.Operations) != len(want) {
		t.Errorf("/info tells of %v", info.Operations)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	negative, day := -time.Second, 25*time.Hour
	for want, cfg := range map[string]Config{
		`--listen "4566": want host:port`:                                            {Listen: "4566"},
		`--tls "x": want host:port`:                                                  {TLS: "x"},
		`--memory and --engine exclude each other`:                                   {Memory: true, EngineURL: "nats://127.0.0.1:4222"},
		`--engine: storage: the server's address must be nats://host:port`:           {EngineURL: "http://127.0.0.1"},
		`--clock virtual does not go with --engine`:                                  {EngineURL: "nats://127.0.0.1:4222", Clock: VirtualClock},
		`--root-key: it is not base64`:                                               {RootKey: "?"},
		`--root-key: it has 3 bytes, want 32`:                                        {RootKey: "AAAA"},
		`--profile "slow": want faithful or fast`:                                    {Profile: "slow"},
		`--limits "some": want aws or off`:                                           {Limits: "some"},
		`--record-delay -1s: want 0 to 24h`:                                          {RecordDelay: &negative},
		`--record-delay 25h0m0s: want 0 to 24h`:                                      {RecordDelay: &day},
		`--credentials needs --auth verify: with --auth open every key is taken`:     {Credentials: map[string]string{"a": "b"}},
		`--auth verify needs --credentials KEYID=SECRET`:                             {Auth: "verify"},
		`--auth "none": want open or verify`:                                         {Auth: "none"},
		"--listen \"a\": want host:port\n--tls \"b\": want host:port":                {Listen: "a", TLS: "b"},
		`--cors-origin "app.example": want an origin`:                                {CORSOrigins: []string{"app.example"}},
		`--account "12": want 12 digits`:                                             {Account: "12"},
		`--clock "fake": want real or virtual`:                                       {Clock: "fake"},
		`--clock-start needs --clock virtual`:                                        {ClockStart: clockStart},
		"--profile \"slow\": want faithful or fast\n--account \"x\": want 12 digits": {Profile: "slow", Account: "x"},
		`--profile "": want faithful or fast`:                                        {},
	} {
		err := cfg.Validate()
		if strings.Contains(want, `--profile ""`) {
			if err != nil {
				t.Errorf("the zero Config: %v", err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, openErr := Open(t.Context(), cfg); openErr == nil || openErr.Error() != err.Error() {
			t.Errorf("Open: %v, want %v", openErr, err)
		}
	}
}

func TestPortInUseIsSaid(t *testing.T) {
	n := run(t, Config{Memory: true})
	_, err := Open(t.Context(), Config{Memory: true, Listen: n.Addr()})
	if err == nil || !strings.Contains(err.Error(), "--listen") || !strings.Contains(err.Error(), n.Addr()) {
		t.Errorf("a second node on %s: %v", n.Addr(), err)
	}
}

// The TLS listener is trusted by whoever trusts the certificate that the operator API hands out, also after a restart.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	certificate := func(n *Node) []byte {
		resp, err := http.Get("http://" + n.Addr() + "/_hookswitch/tls/certificate")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%d %s %v", resp.StatusCode, b, err)
		}
		return b
	}
	var first []byte
	t.Run("made", func(t *testing.T) {
		n := run(t, Config{Data: dir, TLS: "127.0.0.1:0"})
		first = certificate(n)
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(first) {
			t.Fatalf("no certificate: %s", first)
		}
		for _, h2 := range []bool{false, true} {
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: h2}}
			resp, err := client.Get("https://" + n.TLSAddr() + "/_hookswitch/health")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != 200 || h2 != (resp.ProtoMajor == 2) {
				t.Errorf("over TLS: %s %s", resp.Proto, resp.Status)
			}
			client.CloseIdleConnections()
		}
		if resp, err := http.Get("https://" + n.TLSAddr() + "/_hookswitch/health"); err == nil {
			resp.Body.Close()
			t.Error("a client that does not know the certificate trusts it")
		}
		if info, err := os.Stat(filepath.Join(dir, "tls", "key.pem")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the key's file: %v %v", info, err)
		}
	})
	t.Run("kept", func(t *testing.T) {
		n := run(t, Config{Data: dir, TLS: "127.0.0.1:0"})
		if string(certificate(n)) != string(first) {
			t.Error("a restart made another certificate")
		}
	})
	t.Run("none", func(t *testing.T) {
		operate(t, run(t, Config{Memory: true}), "GET", "/tls/certificate", "", 404, nil)
	})
}

// openCenter makes an instance with its agent events on a stream, and an agent.
func openCenter(t *testing.T, n *Node) (k *sdkkinesis.Client) {
	t.Helper()
	ctx := t.Context()
	k, c := sdkkinesis.NewFromConfig(sdk(n)), sdkconnect.NewFromConfig(sdk(n))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := k.CreateStream(ctx, &sdkkinesis.CreateStreamInput{StreamName: aws.String("events"), ShardCount: aws.Int32(1)})
	must(err)
	if n.virtual != nil {
		operate(t, n, "POST", "/clock", `{"advance":"1s"}`, 200, nil)
	}
	made, err := c.CreateInstance(ctx, &sdkconnect.CreateInstanceInput{
		IdentityManagementType: "CONNECT_MANAGED", InstanceAlias: aws.String("demo"), InboundCallsEnabled: aws.Bool(true), OutboundCallsEnabled: aws.Bool(true)})
	must(err)
	_, err = c.AssociateInstanceStorageConfig(ctx, &sdkconnect.AssociateInstanceStorageConfigInput{InstanceId: made.Id, ResourceType: "AGENT_EVENTS",
		StorageConfig: &connecttypes.InstanceStorageConfig{StorageType: "KINESIS_STREAM",
			KinesisStreamConfig: &connecttypes.KinesisStreamConfig{StreamArn: aws.String("arn:aws:kinesis:us-east-1:111122223333:stream/events")}}})
	must(err)
	profiles, err := c.ListRoutingProfiles(ctx, &sdkconnect.ListRoutingProfilesInput{InstanceId: made.Id})
	must(err)
	security, err := c.ListSecurityProfiles(ctx, &sdkconnect.ListSecurityProfilesInput{InstanceId: made.Id})
	must(err)
	_, err = c.CreateUser(ctx, &sdkconnect.CreateUserInput{InstanceId: made.Id, Username: aws.String("alice"), Password: aws.String("Passw0rd!"), PhoneConfig: &connecttypes.UserPhoneConfig{PhoneType: "SOFT_PHONE"},
		IdentityInfo: &connecttypes.UserIdentityInfo{FirstName: aws.String("Alice"), LastName: aws.String("A")}, RoutingProfileId: profiles.RoutingProfileSummaryList[0].Id, SecurityProfileIds: []string{*security.SecurityProfileSummaryList[0].Id}})
	must(err)
	return k
}

// arrivals reads the stream: when each event says it happened, what it is, and when it arrived.
func arrivals(t *testing.T, k *sdkkinesis.Client) (lines []string) {
	t.Helper()
	it, err := k.GetShardIterator(t.Context(), &sdkkinesis.GetShardIteratorInput{StreamName: aws.String("events"), ShardId: aws.String("shardId-000000000000"), ShardIteratorType: kinesistypes.ShardIteratorTypeTrimHorizon})
	if err != nil {
		t.Fatal(err)
	}
	out, err := k.GetRecords(t.Context(), &sdkkinesis.GetRecordsInput{ShardIterator: it.ShardIterator})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range out.Records {
		var e struct{ EventType, EventTimestamp string }
		if err := json.Unmarshal(r.Data, &e); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s, arrived %s", e.EventTimestamp[11:19], e.EventType, r.ApproximateArrivalTimestamp.UTC().Format("15:04:05")))
	}
	return lines
}

// However far the clock is moved at once, nothing happens later than it should, and all of it is delivered when the
// request that moved it is answered.
func TestTheClockGoesFromOneMomentToTheNext(t *testing.T) {
	n := run(t, Config{Memory: true, Clock: VirtualClock, ClockStart: clockStart})
	k := openCenter(t, n)
	operate(t, n, "POST", "/instances/demo/agents/alice/login", "", 200, nil)
	var moved struct {
		Now  time.Time
		Mode string
		Rate float64
	}
	operate(t, n, "POST", "/clock", `{"advance":"5m"}`, 200, &moved)
	if want := clockStart.Add(5*time.Minute + time.Second); !moved.Now.Equal(want) || moved.Mode != "virtual" || moved.Rate != 0 {
		t.Errorf("the clock is %+v, want %v", moved, want)
	}
	want := []string{"17:00:01 LOGIN, arrived 17:00:01", "17:02:01 HEART_BEAT, arrived 17:02:01", "17:04:01 HEART_BEAT, arrived 17:04:01"}
	if d := cmp.Diff(want, arrivals(t, k)); d != "" {
		t.Errorf("after five minutes: %s", d)
	}
	operate(t, n, "POST", "/instances/demo/agents/alice/status", `{"status":"Available"}`, 200, nil)
	operate(t, n, "POST", "/clock", `{"set":"2026-03-02T17:07:01Z"}`, 200, nil)
	want = append(want, "17:05:01 STATE_CHANGE, arrived 17:05:01", "17:07:01 HEART_BEAT, arrived 17:07:01")
	if d := cmp.Diff(want, arrivals(t, k)); d != "" {
		t.Errorf("exactly 120 s after the last event: %s", d)
	}
	for _, body := range []string{`{"set":"2026-03-02T17:00:00Z"}`, `{"advance":"-1s"}`, `{"advance":"soon"}`, `{}`, `{"advance":"1s","rate":1}`, `{"rate":-1}`, `{"forward":"1s"}`} {
		operate(t, n, "POST", "/clock", body, 400, nil)
	}
	operate(t, n, "GET", "/clock", "", 200, &moved)
	if !moved.Now.Equal(clockStart.Add(7*time.Minute + time.Second)) {
		t.Errorf("a refused request moved the clock to %v", moved.Now)
	}
}

func TestTheRealClockIsNotMoved(t *testing.T) {
	var refused struct{ Code string }
	operate(t, run(t, Config{Memory: true}), "POST", "/clock", `{"advance":"1s"}`, 409, &refused)
	if refused.Code != "RealClock" {
		t.Errorf("refused with %q", refused.Code)
	}
}

// A clock that begins before the journal's newest step keeps the center's time where it was, and that is said.
func TestAClockBehindTheJournalIsSaid(t *testing.T) {
	engine := memory.New(memory.Config{})
	defer engine.Close()
	for _, start := range []struct {
		at     time.Time
		warned bool
	}{{clockStart, false}, {clockStart.Add(-time.Hour), true}, {clockStart, false}} {
		var log bytes.Buffer
		n, err := Open(t.Context(), Config{Engine: engine, Listen: "127.0.0.1:0", Clock: VirtualClock, ClockStart: start.at, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if len(n.instances.Handles()) == 0 {
			const id = "11111111-2222-4333-8444-555555555555"
			cmd := center.CreateInstance{Instance: center.Instance{ID: id, ARN: "arn:aws:connect:us-east-1:111122223333:instance/" + id, Alias: "demo", IdentityManagement: "CONNECT_MANAGED"}, Key: []byte("0123456789abcdef")}
			if _, err := n.instances.Create(t.Context(), "111122223333", "us-east-1", cmd); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(log.String(), "the clock is behind the journal"); got != start.warned {
			t.Errorf("start at %v: warned is %v\n%s", start.at, got, &log)
		}
	}
}

// Whoever follows what happens does not keep the node from closing.
func TestStreamsEndWithTheNode(t *testing.T) {
	n, err := Open(t.Context(), Config{Memory: true, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- n.Run(ctx, func() { close(ready) }) }()
	<-ready
	openCenter(t, n)
	var bodies []*bufio.Reader
	for _, path := range []string{"/events", "/instances/demo/agents/alice/snapshots"} {
		resp, err := http.Get("http://" + n.Addr() + "/_hookswitch" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		bodies = append(bodies, bufio.NewReader(resp.Body))
	}
	if line, err := bodies[1].ReadString('\n'); err != nil || !strings.HasPrefix(line, "id: ") {
		t.Errorf("the first line of the snapshots: %q, %v", line, err)
	}
	stop()
	closing, cancel := context.WithTimeout(context.Background(), drainFor/2)
	defer cancel()
	if err := errors.Join(<-ended, n.Close(closing)); err != nil {
		t.Errorf("the node ended with %v", err)
	}
	for _, body := range bodies {
		if _, err := io.Copy(io.Discard, body); err != nil {
			t.Errorf("a stream was cut off: %v", err)
		}
	}
}
