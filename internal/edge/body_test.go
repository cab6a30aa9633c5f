package edge

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

func (p *peer) dial() net.Conn {
	p.t.Helper()
	conn, err := new(net.Dialer).DialContext(p.t.Context(), "tcp", p.server.Addr().String())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { conn.Close() })
	return conn
}

// raw sends bytes and returns all that comes until the server closes.
func (p *peer) raw(request string) string {
	p.t.Helper()
	conn := p.dial()
	if _, err := io.WriteString(conn, request); err != nil {
		p.t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(got)
}

// A body that only says how large it is costs nothing.
func TestLargeBodyIsRefusedUnread(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.config())
	const size = 100 << 20
	for name, c := range map[string]struct{ head, want string }{
		"kinesis": {"POST / HTTP/1.1\r\nX-Amz-Target: Kinesis_20131202.PutRecords\r\nContent-Type: application/x-amz-json-1.1\r\n",
			`{"__type":"RequestEntityTooLargeException","message":"The request body is larger than 16777216 bytes."}`},
		"connect": {"PUT /instance HTTP/1.1\r\n", `{"Message":"The request body is larger than 2097152 bytes."}`},
		"sts":     {"POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nHost: sts\r\n", "<Code>RequestEntityTooLargeException</Code>"},
		"unknown": {"POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n", "<Code>RequestEntityTooLargeException</Code>"},
	} {
		service := name
		if name == "unknown" {
			service = "other"
		}
		head := c.head + strings.Join(looseFor(service), "\r\n") + "\r\n"
		if !strings.Contains(head, "Host:") {
			head += "Host: h\r\n"
		}
		got := p.raw(head + fmt.Sprintf("Content-Length: %d\r\n\r\n{", size))
		if !strings.HasPrefix(got, "HTTP/1.1 413 ") || !strings.Contains(got, c.want) || !strings.Contains(got, "x-amzn-RequestId: ") {
			t.Errorf("%s: got %s", name, got)
		}
	}
	for version, client := range map[string]*http.Client{"HTTP/1.1": p.http1, "HTTP/2": p.http2} {
		for _, length := range []int64{size, -1} {
			body := &counting{}
			r := p.request("POST", "/", "x", append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.PutRecords", "Content-Type: application/x-amz-json-1.1")...)
			r.Body, r.ContentLength = io.NopCloser(io.LimitReader(body, size)), length
			resp, err := client.Do(r)
			if err != nil {
				// HTTP/1.1: whether the client sees the answer before the end of the connection is its own race.
				if version == "HTTP/1.1" {
					continue
				}
				t.Errorf("%s, length %d: %v", version, length, err)
				continue
			}
			resp.Body.Close()
			if resp.StatusCode != 413 || body.n.Load() > size/2 {
				t.Errorf("%s, length %d: %d after %d bytes", version, length, resp.StatusCode, body.n.Load())
			}
		}
	}
	if rec.count() != 0 {
		t.Errorf("%d operations were called", rec.count())
	}
}

// counting is an endless body of blanks.
type counting struct{ n atomic.Int64 }

func (c *counting) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	c.n.Add(int64(len(b)))
	return len(b), nil
}

func TestBodyBound(t *testing.T) {
	rec := new(recorder)
	cfg := rec.config()
	const bound = 3000
	cfg.BodyBytesMax = map[string]int64{"kinesis": bound}
	p := start(t, cfg)
	put := append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.PutRecords", "Content-Type: application/x-amz-json-1.1")
	for _, size := range []int{1, bound - 1, bound, bound + 1} {
		for _, chunked := range []bool{false, true} {
			body := "{" + strings.Repeat(" ", size-1)
			r := p.request("POST", "/", body, put...)
			if chunked {
				r.ContentLength = -1
			}
			got := p.do(r)
			if want := map[bool]int{true: 200, false: 413}[size <= bound]; got.StatusCode != want {
				t.Errorf("%d bytes, chunked %v: %d %s", size, chunked, got.StatusCode, got.body)
			} else if want == 200 && string(rec.last(t).request.Body) != body {
				t.Errorf("%d bytes, chunked %v: the operation got %d", size, chunked, len(rec.last(t).request.Body))
			}
			if err := func() error { // the same, compressed: the bound holds for what comes out
				r := p.request("POST", "/", zip(body), append(put, "Content-Encoding: gzip")...)
				got := p.do(r)
				if want := map[bool]int{true: 200, false: 413}[size <= bound]; got.StatusCode != want {
					return fmt.Errorf("%d %s", got.StatusCode, got.body)
				} else if want == 200 && string(rec.last(t).request.Body) != body {
					return fmt.Errorf("the operation got %q", rec.last(t).request.Body)
				}
				return nil
			}(); err != nil {
				t.Errorf("%d bytes compressed: %v", size, err)
			}
		}
	}
	for encoding, body := range map[string]string{"gzip": "no", "gzip ": zip("{}")[:12], "br": "x", "aws-chunked": "0"} {
		got := p.do(p.request("POST", "/", body, append(put, "Content-Encoding: "+encoding)...))
		if got.StatusCode != 400 || !strings.Contains(got.body, `"__type":"SerializationException","message":`) {
			t.Errorf("Content-Encoding %s: %d %s", encoding, got.StatusCode, got.body)
		}
	}
	if got := p.do(p.request("POST", "/", "{}", append(put, "Content-Encoding: identity")...)); got.StatusCode != 200 {
		t.Errorf("Content-Encoding identity: %d %s", got.StatusCode, got.body)
	}
}

func zip(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

// A small body that decompresses to an enormous one is refused at the bound.
func TestDecompressionBomb(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.config())
	bomb := zip(strings.Repeat(" ", kinesisBodyBytesMax+1))
	got := p.do(p.request("POST", "/", bomb, append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.PutRecords", "Content-Type: application/x-amz-json-1.1", "Content-Encoding: gzip")...))
	if got.StatusCode != 413 || rec.count() != 0 {
		t.Errorf("%d bytes: %d %s", len(bomb), got.StatusCode, got.body)
	}
}

func TestTruncatedBody(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.config())
	conn := p.dial()
	fmt.Fprintf(conn, "PUT /instance HTTP/1.1\r\nHost: h\r\n%s\r\nContent-Length: 10\r\n\r\n{\"a\"", strings.Join(looseFor("connect"), "\r\n"))
	conn.(*net.TCPConn).CloseWrite()
	got, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(got), "HTTP/1.1 400 ") || !strings.Contains(string(got), "ended before its length") || rec.count() != 0 {
		t.Errorf("got %s", got)
	}
}

// A body that does not come in time is refused with a name of its own.
func TestSilentBody(t *testing.T) {
	rec := new(recorder)
	h, err := New(rec.config())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("PUT", "/instance", iotest.ErrReader(fmt.Errorf("read tcp: %w", os.ErrDeadlineExceeded)))
	for _, line := range looseFor("connect") {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 408 || w.Body.String() != `{"Message":"The request body did not arrive within 1m0s."}` || rec.count() != 0 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// A client that waits for "100 Continue" hears it only when its headers have passed.
func TestExpectContinue(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.config())
	for name, c := range map[string]struct {
		head      string
		signed    string
		continues bool
		status    string
	}{
		"kinesis":               {"POST / HTTP/1.1\r\nX-Amz-Target: Kinesis_20131202.PutRecords\r\nContent-Type: application/x-amz-json-1.1\r\n", "kinesis", true, "200"},
		"kinesis unsigned":      {"POST / HTTP/1.1\r\nX-Amz-Target: Kinesis_20131202.PutRecords\r\nContent-Type: application/x-amz-json-1.1\r\n", "", false, "400"},
		"connect":               {"PUT /instance HTTP/1.1\r\n", "connect", true, "200"},
		"connect unsigned":      {"PUT /instance HTTP/1.1\r\n", "", false, "403"},
		"connect, no such path": {"PUT /nowhere HTTP/1.1\r\n", "connect", false, "404"},
		"sts unsigned":          {"POST / HTTP/1.1\r\nHost: sts\r\nContent-Type: application/x-www-form-urlencoded\r\n", "", false, "403"},
		"another service":       {"PUT /bucket/key HTTP/1.1\r\n", "s3", false, "404"},
	} {
		t.Run(name, func(t *testing.T) {
			head := c.head
			if c.signed != "" {
				head += strings.Join(looseFor(c.signed), "\r\n") + "\r\n"
			}
			if !strings.Contains(head, "Host:") {
				head += "Host: h\r\n"
			}
			conn := p.dial()
			fmt.Fprintf(conn, "%sExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", head)
			lines := bufio.NewReader(conn)
			first, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if continues := strings.HasPrefix(first, "HTTP/1.1 100 "); continues != c.continues {
				t.Fatalf("the first line is %q", first)
			}
			if c.continues {
				io.WriteString(conn, "{}")
				lines.ReadString('\n') // the blank line after the interim answer
				if first, err = lines.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.HasPrefix(first, "HTTP/1.1 "+c.status) {
				t.Errorf("got %q, want %s", first, c.status)
			}
		})
	}
}

func TestReadAll(t *testing.T) {
	for _, size := range []int{0, 1, bytes.MinRead - 1, bytes.MinRead, 70000, bodyBytesTrusted - 1, bodyBytesTrusted, bodyBytesTrusted + 1, 3*bodyBytesTrusted + 7} {
		content := bytes.Repeat([]byte("0123456789"), size/10+1)[:size]
		for name, r := range map[string]io.Reader{
			"whole":     bytes.NewReader(content),
			"with EOF":  iotest.DataErrReader(bytes.NewReader(content)),
			"by halves": iotest.HalfReader(bytes.NewReader(content)),
		} {
			for _, n := range []int64{int64(size), -1} {
				if s, ok := r.(io.Seeker); ok {
					s.Seek(0, io.SeekStart)
				} else if n < 0 {
					continue
				}
				got, err := readAll(r, n, int64(size))
				if err != nil || !bytes.Equal(got, content) {
					t.Errorf("%d bytes %s, told %d: got %d, %v", size, name, n, len(got), err)
				}
				if n >= 0 && cap(got) > size+size/8+8192 {
					t.Errorf("%d bytes %s: capacity %d", size, name, cap(got))
				}
			}
		}
		if size > 0 {
			var large tooLarge
			if _, err := readAll(bytes.NewReader(content), -1, int64(size-1)); !errors.As(err, &large) {
				t.Errorf("%d bytes against %d: %v", size, size-1, err)
			}
		}
	}
	if _, err := readAll(iotest.ErrReader(io.ErrUnexpectedEOF), 5, 5); err != io.ErrUnexpectedEOF {
		t.Errorf("got %v", err)
	}
	// A length that is only claimed does not cost its memory.
	if got, _ := readAll(strings.NewReader("x"), kinesisBodyBytesMax, kinesisBodyBytesMax); cap(got) > bodyBytesTrusted+8192 {
		t.Errorf("%d bytes were taken for one", cap(got))
	}
}
