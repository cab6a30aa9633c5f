package edge

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// both runs a test over each version of HTTP.
func both(t *testing.T, test func(t *testing.T, client func(*peer) *http.Client)) {
	t.Run("HTTP/1.1", func(t *testing.T) { test(t, func(p *peer) *http.Client { return p.http1 }) })
	t.Run("HTTP/2", func(t *testing.T) { test(t, func(p *peer) *http.Client { return p.http2 }) })
}

func TestPanicIsAnsweredAndTheConnectionLives(t *testing.T) {
	both(t, func(t *testing.T, client func(*peer) *http.Client) {
		var out logs
		rec := &recorder{serve: func(_ context.Context, name string, r *wire.Request) (*wire.Response, error) {
			if name == "ListStreams" {
				panic("the phone number is +15550100")
			}
			return ok(kinesisService(), r), nil
		}}
		cfg := rec.config()
		cfg.Logger = out.logger(slog.LevelInfo)
		p := start(t, cfg)
		for i, op := range []string{"PutRecords", "ListStreams", "PutRecords"} {
			r := p.request("POST", "/", "{}", append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202."+op, "Content-Type: application/x-amz-json-1.1")...)
			reused := false
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { reused = i.Reused }}))
			got := p.doWith(client(p), r)
			if want := map[string]int{"PutRecords": 200, "ListStreams": 500}[op]; got.StatusCode != want {
				t.Errorf("%s: %d %s", op, got.StatusCode, got.body)
			}
			if i > 0 && !reused {
				t.Errorf("request %d needed a new connection", i)
			}
			if op == "ListStreams" {
				checkCommon(t, got)
				id := got.Header.Get("x-amzn-RequestId")
				if !strings.Contains(got.body, `"__type":"InternalFailure"`) || strings.Contains(got.body, "phone") {
					t.Errorf("answered %s", got.body)
				}
				if log := out.String(); strings.Count(log, "request_id="+id) != 1 || !strings.Contains(log, "op=ListStreams") || !strings.Contains(log, "server_test.go") {
					t.Errorf("logged %s", log)
				}
			}
		}
	})
}

func TestErrorsOfOperations(t *testing.T) {
	var out logs
	var result error
	rec := &recorder{serve: func(context.Context, string, *wire.Request) (*wire.Response, error) { return nil, result }}
	cfg := rec.config()
	cfg.Logger = out.logger(slog.LevelInfo)
	p := start(t, cfg)
	put := append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.PutRecords", "Content-Type: application/x-amz-json-1.1")
	for _, c := range []struct {
		name   string
		err    error
		status int
		body   string
		logged bool
	}{
		{"modelled", fmt.Errorf("put: %w", wire.NewError("ResourceNotFoundException", 400, "Stream a under account b not found.")), 400,
			`{"__type":"ResourceNotFoundException","message":"Stream a under account b not found."}`, false},
		{"of our own", errors.New("disk 7 is gone"), 500, `"__type":"InternalFailure"`, true},
		{"nothing at all", nil, 500, `"__type":"InternalFailure"`, true},
		{"a deadline of our own", context.DeadlineExceeded, 500, `"__type":"InternalFailure"`, true},
	} {
		before := len(out.String())
		result = c.err
		got := p.do(p.request("POST", "/", "{}", put...))
		log := out.String()[before:]
		if got.StatusCode != c.status || !strings.Contains(got.body, c.body) || strings.Contains(got.body, "disk") {
			t.Errorf("%s: %d %s", c.name, got.StatusCode, got.body)
		}
		if (log != "") != c.logged || c.logged && !strings.Contains(log, got.Header.Get("x-amzn-RequestId")) {
			t.Errorf("%s: logged %q", c.name, log)
		}
	}
}

// Who hangs up ends the operation's context, and is nobody's failure.
func TestClientGone(t *testing.T) {
	both(t, func(t *testing.T, client func(*peer) *http.Client) {
		var out logs
		began, observed := make(chan struct{}), make(chan Observed, 1)
		rec := &recorder{serve: func(ctx context.Context, _ string, _ *wire.Request) (*wire.Response, error) {
			close(began)
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		cfg := rec.config()
		cfg.Logger, cfg.Observe = out.logger(slog.LevelInfo), func(o Observed) { observed <- o }
		p := start(t, cfg)
		ctx, cancel := context.WithCancel(t.Context())
		r := p.request("GET", "/instance", "", looseFor("connect")...).WithContext(ctx)
		go func() { <-began; cancel() }()
		if _, err := client(p).Do(r); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if o := <-observed; o.Status != statusClientGone || o.Operation != "ListInstances" {
			t.Errorf("observed %+v", o)
		}
		if out.String() != "" {
			t.Errorf("logged %s", out.String())
		}
	})
}

// Each write of a stream reaches the client before the next is made.
func TestStreamIsFlushed(t *testing.T) {
	both(t, func(t *testing.T, client func(*peer) *http.Client) {
		next, observed := make(chan string), make(chan Observed, 1)
		rec := &recorder{serve: func(context.Context, string, *wire.Request) (*wire.Response, error) {
			return &wire.Response{Status: 200, ContentType: "application/vnd.amazon.eventstream",
				Stream: func(_ context.Context, w interface{ Write([]byte) (int, error) }) error {
					for s := range next {
						if _, err := io.WriteString(w, s); err != nil {
							return err
						}
					}
					return nil
				}}, nil
		}}
		cfg := rec.config()
		cfg.Observe = func(o Observed) { observed <- o }
		p := start(t, cfg)
		resp, err := client(p).Do(p.request("POST", "/", "{}", append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.SubscribeToShard", "Content-Type: application/x-amz-json-1.1")...))
		if err != nil {
			t.Fatal(err) // the headers came before the first event
		}
		defer resp.Body.Close()
		if resp.ContentLength != -1 || resp.Header.Get("Content-Type") != "application/vnd.amazon.eventstream" || !uuid.MatchString(resp.Header.Get("x-amzn-RequestId")) {
			t.Errorf("headers are %v", resp.Header)
		}
		for _, event := range []string{"one", "two", "three"} {
			next <- event
			b := make([]byte, len(event))
			if _, err := io.ReadFull(resp.Body, b); err != nil || string(b) != event {
				t.Fatalf("got %q, %v, want %q", b, err, event)
			}
		}
		close(next)
		if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) != 0 {
			t.Errorf("at the end: %q, %v", rest, err)
		}
		if o := <-observed; o.BytesOut != int64(len("onetwothree")) || o.Status != 200 {
			t.Errorf("observed %+v", o)
		}
	})
}

// A stream that fails is cut off: its client must not take it for finished.
func TestBrokenStreamIsCutOff(t *testing.T) {
	for name, end := range map[string]func() error{
		"error": func() error { return errors.New("shard gone") },
		"panic": func() error { panic("oh") },
	} {
		both(t, func(t *testing.T, client func(*peer) *http.Client) {
			var out logs
			rec := &recorder{serve: func(context.Context, string, *wire.Request) (*wire.Response, error) {
				return &wire.Response{Status: 200, Stream: func(_ context.Context, w interface{ Write([]byte) (int, error) }) error {
					io.WriteString(w, "one")
					return end()
				}}, nil
			}}
			cfg := rec.config()
			cfg.Logger = out.logger(slog.LevelInfo)
			p := start(t, cfg)
			resp, err := client(p).Do(p.request("GET", "/instance", "", looseFor("connect")...))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if b, err := io.ReadAll(resp.Body); err == nil || string(b) != "one" {
				t.Errorf("%s: got %q, %v", name, b, err)
			}
			if id := resp.Header.Get("x-amzn-RequestId"); strings.Count(out.String(), id) != 1 {
				t.Errorf("%s: logged %s", name, out.String())
			}
		})
	}
}

func TestRequestsAreBounded(t *testing.T) {
	began, goOn := make(chan struct{}), make(chan struct{})
	rec := &recorder{serve: func(_ context.Context, _ string, r *wire.Request) (*wire.Response, error) {
		began <- struct{}{}
		<-goOn
		return ok(connectService(), r), nil
	}}
	cfg := rec.config()
	cfg.RequestsMax = 1
	cfg.Admin = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	p := start(t, cfg)
	first := make(chan answer)
	go func() { first <- p.do(p.request("GET", "/instance", "", looseFor("connect")...)) }()
	<-began
	got := p.do(p.request("GET", "/instance", "", looseFor("connect")...))
	if got.StatusCode != 503 || got.Header.Get("x-amzn-ErrorType") != "ServiceUnavailable" || !strings.Contains(got.body, "More than 1 requests are in work") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	checkCommon(t, got)
	if got := p.do(p.request("GET", "/_hookswitch/health", "")); got.StatusCode != 204 {
		t.Errorf("the operator is kept out: %d %s", got.StatusCode, got.body)
	}
	goOn <- struct{}{}
	if got := <-first; got.StatusCode != 200 {
		t.Errorf("the first got %d %s", got.StatusCode, got.body)
	}
	go func() { <-began; goOn <- struct{}{} }()
	if got := p.do(p.request("GET", "/instance", "", looseFor("connect")...)); got.StatusCode != 200 {
		t.Errorf("afterwards: %d %s", got.StatusCode, got.body)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limitListener(inner, 1)
	accepted := make(chan net.Conn)
	stopped := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				stopped <- err
				return
			}
			accepted <- c
		}
	}()
	for range 2 {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first := <-accepted
	if free := len(l.(*limited).free); free != 1 {
		t.Errorf("%d places are taken", free)
	}
	select {
	case <-accepted:
		t.Fatal("two connections at once")
	default:
	}
	first.Close()
	first.Close() // gives its place back once
	second := <-accepted
	l.Close() // while Accept waits for a place
	if err := <-stopped; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept ended with %v", err)
	}
	second.Close()
	if free := len(l.(*limited).free); free != 0 {
		t.Errorf("%d places are taken at the end", free)
	}
}

// Over a server with one place, the second client waits for the first to go.
func TestServerWaitsForAPlace(t *testing.T) {
	h, err := New(new(recorder).config())
	if err != nil {
		t.Fatal(err)
	}
	p := startHandler(t, h, ServerConfig{ConnectionsMax: 1})
	first := p.dial()
	io.WriteString(first, "GET /instance HTTP/1.1\r\nHost: h\r\n\r\n")
	if _, err := first.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	go func() { done <- p.raw("GET /instance HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n") }()
	select {
	case got := <-done:
		t.Fatalf("answered at once: %s", got)
	default:
	}
	first.Close()
	if got := <-done; !strings.HasPrefix(got, "HTTP/1.1 403 ") {
		t.Errorf("got %s", got)
	}
}

func TestShutdownLetsRequestsFinishAndEndsStreams(t *testing.T) {
	both(t, func(t *testing.T, client func(*peer) *http.Client) {
		began, goOn := make(chan string, 2), make(chan struct{})
		rec := &recorder{serve: func(_ context.Context, name string, r *wire.Request) (*wire.Response, error) {
			if name == "SubscribeToShard" {
				return &wire.Response{Status: 200, Stream: func(ctx context.Context, w interface{ Write([]byte) (int, error) }) error {
					io.WriteString(w, "event")
					began <- name
					<-ctx.Done()
					return ctx.Err()
				}}, nil
			}
			began <- name
			<-goOn
			return ok(connectService(), r), nil
		}}
		h, err := New(rec.config())
		if err != nil {
			t.Fatal(err)
		}
		p := startHandler(t, h, ServerConfig{})
		stream, err := client(p).Do(p.request("POST", "/", "{}", append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.SubscribeToShard", "Content-Type: application/x-amz-json-1.1")...))
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Body.Close()
		slow := make(chan answer)
		go func() { slow <- p.doWith(client(p), p.request("GET", "/instance", "", looseFor("connect")...)) }()
		<-began
		<-began
		stopped := make(chan error)
		go func() { stopped <- p.server.Shutdown(context.WithoutCancel(t.Context())) }()
		if b, err := io.ReadAll(stream.Body); err != nil || string(b) != "event" {
			t.Errorf("the stream ended with %q, %v", b, err)
		}
		close(goOn)
		if got := <-slow; got.StatusCode != 200 {
			t.Errorf("the request in work got %d %s", got.StatusCode, got.body)
		}
		if err := <-stopped; err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if _, err := client(p).Do(p.request("GET", "/instance", "")); err == nil {
			t.Error("a closed server answers")
		}
	})
}

func TestShutdownCutsOffAtItsDeadline(t *testing.T) {
	began, ended := make(chan struct{}), make(chan error, 1)
	rec := &recorder{serve: func(ctx context.Context, _ string, _ *wire.Request) (*wire.Response, error) {
		close(began)
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return nil, ctx.Err()
	}}
	h, err := New(rec.config())
	if err != nil {
		t.Fatal(err)
	}
	p := startHandler(t, h, ServerConfig{})
	go func() {
		if resp, err := p.http1.Do(p.request("GET", "/instance", "", looseFor("connect")...)); err == nil {
			resp.Body.Close()
		}
	}()
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.server.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown: %v", err)
	}
	if err := <-ended; !errors.Is(err, errShutdown) {
		t.Errorf("the request ended by %v", err)
	}
}

func TestShutdownWithoutServeFreesThePort(t *testing.T) {
	s, err := Listen(t.Context(), ServerConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := Listen(t.Context(), ServerConfig{Addr: s.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	again.Shutdown(t.Context())
	if _, err := Listen(t.Context(), ServerConfig{Addr: "127.0.0.1:0", ConnectionsMax: -1}); err == nil {
		t.Error("a negative bound was taken")
	}
}

func TestTLSOffersBothVersions(t *testing.T) {
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	defer certified.Close()
	h, err := New(new(recorder).config())
	if err != nil {
		t.Fatal(err)
	}
	p := startHandler(t, h, ServerConfig{TLS: &tls.Config{Certificates: certified.TLS.Certificates}})
	roots := certified.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for want, offered := range map[string]func(*http.Protocols){"HTTP/1.1": func(p *http.Protocols) { p.SetHTTP1(true) }, "HTTP/2.0": func(p *http.Protocols) { p.SetHTTP2(true) }} {
		protocols := new(http.Protocols)
		offered(protocols)
		transport := &http.Transport{Protocols: protocols, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"}}
		r := p.request("GET", "/instance", "", looseFor("connect")...)
		r.URL.Scheme = "https"
		got := p.doWith(&http.Client{Transport: transport}, r)
		if got.Proto != want || got.StatusCode != 200 {
			t.Errorf("got %s %d, want %s", got.Proto, got.StatusCode, want)
		}
		transport.CloseIdleConnections()
	}
}

// The access log and the metrics say what happened, and keep what they must not know.
func TestObservation(t *testing.T) {
	var out logs
	var mu sync.Mutex
	var observed []Observed
	cfg := new(recorder).config()
	cfg.Logger = out.logger(slog.LevelDebug)
	cfg.Observe = func(o Observed) { mu.Lock(); observed = append(observed, o); mu.Unlock() }
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	do := func(method, target, body string, headers ...string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, target, strings.NewReader(body))
		for _, line := range headers {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Set(name, value)
		}
		h.ServeHTTP(w, r)
		return w
	}
	do("POST", "/", `{"secret":1}`, append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.PutRecords", "Content-Type: application/x-amz-json-1.1")...)
	do("GET", "/instance?X-Amz-Signature=SECRETSIG&phone=15550100", "", looseFor("connect")...)
	do("POST", "/", "{}", append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.INVENTED", "Content-Type: application/x-amz-json-1.1")...)
	do("GET", "/", "", looseFor("INVENTED")...)
	for i, want := range []Observed{
		{Service: "kinesis", Operation: "PutRecords", Status: 200, BytesIn: 12, BytesOut: 2},
		{Service: "connect", Operation: "ListInstances", Status: 200, BytesOut: 2},
		{Service: "kinesis", Status: 400, BytesIn: 2},
		{Status: 404},
	} {
		got := observed[i]
		if got.Duration < 0 || got.BytesOut == 0 {
			t.Errorf("%d: %+v", i, got)
		}
		got.Duration = 0
		if want.BytesOut == 0 {
			got.BytesOut = 0
		}
		if got != want {
			t.Errorf("%d: got %+v, want %+v", i, got, want)
		}
	}
	log := out.String()
	if strings.Count(log, "level=DEBUG msg=request ") != 4 || !strings.Contains(log, "service=kinesis op=PutRecords status=200 duration=") {
		t.Errorf("logged %s", log)
	}
	for _, secret := range []string{"SECRETSIG", "secret", "15550100", "Signature", "INVENTED"} {
		if strings.Contains(log, secret) {
			t.Errorf("logged %q: %s", secret, log)
		}
	}
}

// A status that is none is a bug of ours: the client gets an internal failure, not a broken connection.
func TestImpossibleStatus(t *testing.T) {
	rec := &recorder{serve: func(context.Context, string, *wire.Request) (*wire.Response, error) {
		return &wire.Response{Body: []byte("longer than nothing")}, nil
	}}
	cfg := rec.config()
	observed := make(chan Observed, 1)
	cfg.Observe = func(o Observed) { observed <- o }
	p := start(t, cfg)
	got := p.do(p.request("GET", "/instance", "", looseFor("connect")...))
	if got.StatusCode != 500 || got.Header.Get("x-amzn-ErrorType") != "InternalServiceException" {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	checkCommon(t, got)
	if o := <-observed; o.Status != 500 {
		t.Errorf("observed %+v", o)
	}
}

// deadlines notes when which deadline was set.
type deadlines struct {
	*httptest.ResponseRecorder
	set []string
}

func (d *deadlines) note(kind string, at time.Time) error {
	if at.IsZero() {
		kind += " never"
	}
	d.set = append(d.set, kind)
	return nil
}

func (d *deadlines) SetReadDeadline(at time.Time) error  { return d.note("read", at) }
func (d *deadlines) SetWriteDeadline(at time.Time) error { return d.note("write", at) }

// A peer that falls silent is given up while a body comes and while an answer goes, and only then: an operation may
// take its time, and the deadline of one answer must not hit the next.
func TestDeadlines(t *testing.T) {
	cfg := new(recorder).config()
	cfg.Admin = http.NotFoundHandler()
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, target, body, service string
		want                          string
	}{
		{"PUT", "/instance", "{}", "connect", "write never, read, read never, write"},
		{"PUT", "/instance", "{}", "nobody", "write never, read, write"}, // unread: its deadline stays
		{"GET", "/instance", "", "connect", "write never, write"},
		{"GET", "/_hookswitch/health", "", "connect", "write never"},
	} {
		r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
		if c.service == "connect" {
			for _, line := range looseFor(c.service) {
				name, value, _ := strings.Cut(line, ": ")
				r.Header.Set(name, value)
			}
		}
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		h.ServeHTTP(w, r)
		if got := strings.Join(w.set, ", "); got != c.want {
			t.Errorf("%s %s by %s: %s, want %s", c.method, c.target, c.service, got, c.want)
		}
	}
}

// The memory of an answer goes back only after it was sent.
func TestReleaseAfterTheAnswer(t *testing.T) {
	both(t, func(t *testing.T, client func(*peer) *http.Client) {
		body := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		released := make(chan struct{}, 1)
		rec := &recorder{serve: func(context.Context, string, *wire.Request) (*wire.Response, error) {
			b := bytes.Clone(body)
			return &wire.Response{Status: 200, Body: b, Release: func() { clear(b); released <- struct{}{} }}, nil
		}}
		p := start(t, rec.config())
		if got := p.doWith(client(p), p.request("GET", "/instance", "", looseFor("connect")...)); got.body != string(body) {
			t.Errorf("the answer of %d bytes came changed", len(got.body))
		}
		<-released
	})
}

func TestSlowHeadersAreBounded(t *testing.T) {
	s, err := Listen(t.Context(), ServerConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown(t.Context())
	if s.http.ReadHeaderTimeout != headerReadTimeout || s.http.IdleTimeout != idleTimeout || s.http.MaxHeaderBytes != headerBytesMax {
		t.Errorf("timeouts are %v, %v, %d", s.http.ReadHeaderTimeout, s.http.IdleTimeout, s.http.MaxHeaderBytes)
	}
	p := start(t, new(recorder).config())
	conn := p.dial()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\nX: "+strings.Repeat("x", 2*headerBytesMax)+"\r\n\r\n")
	first := make([]byte, len("HTTP/1.1 431"))
	if _, err := io.ReadFull(conn, first); string(first) != "HTTP/1.1 431" {
		t.Errorf("got %q, %v", first, err)
	}
}
