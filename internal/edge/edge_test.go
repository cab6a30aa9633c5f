package edge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Three services as their models describe them, with a few operations each. They are written by hand because the edge
// must not depend on any service; what it does with them is what it does with the generated ones.
func kinesisService() *wire.Service {
	return &wire.Service{
		Name: "kinesis", SigningName: "kinesis", Protocol: wire.AWSJSON11, TargetPrefix: "Kinesis_20131202", APIVersion: "2013-12-02",
		CBOR: true, ExtendedID: true, MessageKey: "message", ValidationCode: "ValidationException",
		SerializationCode: "SerializationException", InternalCode: "InternalFailure", BodyRequired: true,
		Catalogue: []wire.OperationModel{
			{Name: "PutRecords", Method: "POST", Path: "/", Status: 200},
			{Name: "ListStreams", Method: "POST", Path: "/", Status: 200},
			{Name: "SubscribeToShard", Method: "POST", Path: "/", Status: 200},
			{Name: "SplitShard", Method: "POST", Path: "/", Status: 200},
		},
	}
}

func connectService() *wire.Service {
	return &wire.Service{
		Name: "connect", SigningName: "connect", Protocol: wire.RESTJSON1, APIVersion: "2017-08-08",
		MessageKey: "Message", ValidationCode: "InvalidParameterException", SerializationCode: "SerializationException",
		InternalCode: "InternalServiceException",
		Catalogue: []wire.OperationModel{
			{Name: "CreateInstance", Method: "PUT", Path: "/instance", Status: 200},
			{Name: "ListInstances", Method: "GET", Path: "/instance", Status: 200},
			{Name: "DescribeInstance", Method: "GET", Path: "/instance/{InstanceId}", Status: 200},
			{Name: "DescribeInstanceAttribute", Method: "GET", Path: "/instance/{InstanceId}/attribute/{AttributeType}", Status: 200},
			{Name: "StartOutboundVoiceContact", Method: "PUT", Path: "/contact/outbound-voice", Status: 200},
			{Name: "DeleteInstance", Method: "DELETE", Path: "/instance/{InstanceId}", Status: 200},
		},
	}
}

func stsService() *wire.Service {
	return &wire.Service{
		Name: "sts", SigningName: "sts", Protocol: wire.AWSQuery, APIVersion: "2011-06-15",
		XMLNamespace: "https://sts.amazonaws.com/doc/2011-06-15/", MessageKey: "message", ValidationCode: "ValidationError",
		SerializationCode: "MalformedInput", InternalCode: "InternalFailure",
		Catalogue: []wire.OperationModel{
			{Name: "GetCallerIdentity", Method: "POST", Path: "/", Status: 200},
			{Name: "AssumeRole", Method: "POST", Path: "/", Status: 200},
		},
	}
}

// A seen request is what reached an operation.
type seen struct {
	operation string
	caller    wire.Caller
	request   wire.Request
}

// A recorder is the operations of a test: they keep what came and answer what the test says.
type recorder struct {
	mu    sync.Mutex // guards got
	got   []seen
	serve func(ctx context.Context, name string, r *wire.Request) (*wire.Response, error) // nil: an empty structure
}

func (rec *recorder) operation(svc *wire.Service, name string) wire.Operation {
	for _, m := range svc.Catalogue {
		if m.Name == name {
			return wire.Operation{Service: svc, Model: m, Serve: func(ctx context.Context, r *wire.Request) (*wire.Response, error) {
				rec.mu.Lock()
				rec.got = append(rec.got, seen{name, wire.CallerFrom(ctx), *r})
				rec.mu.Unlock()
				if rec.serve != nil {
					return rec.serve(ctx, name, r)
				}
				return ok(svc, r), nil
			}}
		}
	}
	panic("no operation " + name)
}

func (rec *recorder) last(t *testing.T) seen {
	t.Helper()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.got) == 0 {
		t.Fatal("no operation was called")
	}
	return rec.got[len(rec.got)-1]
}

func (rec *recorder) count() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return len(rec.got)
}

func ok(svc *wire.Service, r *wire.Request) *wire.Response {
	switch {
	case r.Encoding == wire.CBOR:
		return &wire.Response{Status: 200, ContentType: cborType, Body: []byte{0xbf, 0xff}}
	case svc.Protocol == wire.AWSQuery:
		return &wire.Response{Status: 200, ContentType: "text/xml", Body: []byte(`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)}
	case svc.Protocol == wire.RESTJSON1:
		return &wire.Response{Status: 200, ContentType: plainJSON, Body: []byte("{}")}
	}
	return &wire.Response{Status: 200, ContentType: "application/x-amz-json-1.1", Body: []byte("{}")}
}

// config serves some operations of each service with rec.
func (rec *recorder) config() Config {
	kinesis, connect, sts := kinesisService(), connectService(), stsService()
	return Config{
		Operations: []wire.Operation{
			rec.operation(kinesis, "PutRecords"), rec.operation(kinesis, "ListStreams"), rec.operation(kinesis, "SubscribeToShard"),
			rec.operation(connect, "CreateInstance"), rec.operation(connect, "ListInstances"), rec.operation(connect, "DescribeInstance"),
			rec.operation(connect, "DescribeInstanceAttribute"), rec.operation(connect, "StartOutboundVoiceContact"),
			rec.operation(sts, "GetCallerIdentity"),
		},
	}
}

// A peer is a running server and clients for it.
type peer struct {
	t      *testing.T
	server *Server
	url    string
	http1  *http.Client
	http2  *http.Client // plain text, prior knowledge
}

func start(t *testing.T, cfg Config) *peer {
	t.Helper()
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return startHandler(t, h, ServerConfig{})
}

func startHandler(t *testing.T, h http.Handler, cfg ServerConfig) *peer {
	t.Helper()
	cfg.Addr, cfg.Handler = "127.0.0.1:0", h
	s, err := Listen(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	two := new(http.Protocols)
	two.SetUnencryptedHTTP2(true)
	one, second := &http.Transport{}, &http.Transport{Protocols: two}
	t.Cleanup(func() {
		one.CloseIdleConnections()
		second.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return &peer{t, s, "http://" + s.Addr().String(), &http.Client{Transport: one}, &http.Client{Transport: second}}
}

// An answer is a response read to its end.
type answer struct {
	*http.Response
	body string
}

func (p *peer) do(r *http.Request) answer { return p.doWith(p.http1, r) }

func (p *peer) doWith(client *http.Client, r *http.Request) answer {
	p.t.Helper()
	resp, err := client.Do(r)
	if err != nil {
		p.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatalf("%s %s: reading the body: %v", r.Method, r.URL, err)
	}
	return answer{resp, string(b)}
}

// request makes a request; headers are "Name: value".
func (p *peer) request(method, target, body string, headers ...string) *http.Request {
	p.t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+target, content)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Add(name, value)
	}
	return r
}

const (
	someKey    = "AKIDEXAMPLE"
	someSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// signed signs r as the Go SDK does.
func signed(t *testing.T, r *http.Request, service string, at time.Time) *http.Request {
	t.Helper()
	return signedBy(t, r, aws.Credentials{AccessKeyID: someKey, SecretAccessKey: someSecret}, service, "eu-west-1", at)
}

func signedBy(t *testing.T, r *http.Request, who aws.Credentials, service, region string, at time.Time) *http.Request {
	t.Helper()
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err := signWith(t.Context(), r, body, who, service, region, at); err != nil {
		t.Fatal(err)
	}
	return r
}

func signWith(ctx context.Context, r *http.Request, body []byte, who aws.Credentials, service, region string, at time.Time) error {
	sum := sha256.Sum256(body)
	return v4.NewSigner().SignHTTP(ctx, who, r, hex.EncodeToString(sum[:]), service, region, at)
}

// loose is an Authorization header that names a caller and proves nothing.
const loose = "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261120/us-east-1/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"

func looseFor(service string) []string {
	return []string{strings.Replace(loose, "%s", service, 1), "X-Amz-Date: 20261120T105619Z"}
}

// now is where the tests' clocks stand.
var now = time.Date(2026, 11, 20, 10, 56, 19, 0, time.UTC)

func frozen() clock.Clock { return clock.NewVirtual(now) }

// logs collects what is logged.
type logs struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logs) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: level}))
}
