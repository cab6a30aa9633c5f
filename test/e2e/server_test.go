package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Bounds of waiting for the child process.
const (
	readyWithin = 60 * time.Second // on a machine that is busy with other tests
	stopWithin  = 30 * time.Second
)

// clockStart is where virtual clocks begin: documents are compared by their times.
const clockStart = "2026-03-02T17:00:00Z"

// virtual are the settings of most tests.
var virtual = []string{"--memory", "--clock", "virtual", "--clock-start", clockStart}

// server is the program, running.
type server struct {
	t    *testing.T
	url  string
	cmd  *exec.Cmd
	logs *logs
	done chan struct{} // closed when the process has ended
	err  error         // of the process; read after done
	http *http.Client
}

// start runs `hookswitch serve` on a free port until the test ends.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	if binary == "" {
		t.Skip("runs the program: left out with -short")
	}
	return startBinary(t, binary, args...)
}

func startBinary(t *testing.T, path string, args ...string) *server {
	t.Helper()
	s := &server{t: t, logs: &logs{addresses: make(chan string, 1)}, done: make(chan struct{}), http: newHTTP()}
	s.cmd = exec.Command(path, append([]string{"serve", "--listen", "127.0.0.1:0", "--log-format", "json"}, args...)...)
	s.cmd.Dir = t.TempDir()
	s.cmd.Stderr = s.logs
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make(chan string, 1)
	go func() {
		r := bufio.NewReader(out)
		line, _ := r.ReadString('\n')
		first <- line
		io.Copy(io.Discard, r)
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	t.Cleanup(s.cleanup)
	ctx, cancel := context.WithTimeout(t.Context(), readyWithin)
	defer cancel()
	select {
	case line := <-first:
		if line != "Ready.\n" {
			t.Fatalf("the program wrote %q instead of Ready.\n%s", line, s.logs)
		}
	case <-ctx.Done():
		t.Fatalf("the program is not ready\n%s", s.logs)
	}
	select {
	case a := <-s.logs.addresses:
		s.url = "http://" + a
	case <-ctx.Done():
		t.Fatalf("the program does not say where it listens\n%s", s.logs)
	}
	return s
}

// kill ends the process with SIGKILL: nothing of it runs any more.
func (s *server) kill() {
	s.cmd.Process.Kill()
	<-s.done
}

// stop ends the process with SIGTERM and expects it to end well.
func (s *server) stop() {
	s.t.Helper()
	s.cmd.Process.Signal(syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	select {
	case <-s.done:
		if s.err != nil {
			s.t.Errorf("after SIGTERM the program ended with %v\n%s", s.err, s.logs)
		}
	case <-ctx.Done():
		s.t.Errorf("the program did not end after SIGTERM\n%s", s.logs)
		s.kill()
	}
}

func (s *server) running() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

func (s *server) cleanup() {
	s.http.CloseIdleConnections()
	if s.running() {
		s.stop()
	}
	text := s.logs.String()
	for _, bad := range []string{"panic", `"level":"ERROR"`, "DATA RACE"} {
		if strings.Contains(text, bad) {
			s.t.Errorf("the program logged %s:\n%s", bad, text)
			return
		}
	}
	if s.t.Failed() {
		s.t.Logf("the program logged:\n%s", text)
	}
}

// logs is what the program writes to standard error.
type logs struct {
	addresses chan string // gets the address that the program says it serves on

	mu   sync.Mutex // guards text and read
	text bytes.Buffer
	read int // of text, as far as it was searched for the address
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	for {
		rest := l.text.Bytes()[l.read:]
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return len(b), nil
		}
		l.read += end + 1
		var line struct{ Msg, Address string }
		if json.Unmarshal(rest[:end], &line) == nil && line.Msg == "serving" {
			l.addresses <- line.Address
		}
	}
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// operate calls the operator API and returns the answer and its status.
func (s *server) operate(method, path string, body any) (obj, int, error) {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, 0, err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, s.url+"/_hookswitch"+path, r)
	if err != nil {
		return nil, 0, err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, 0, err
	}
	var out obj
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, resp.StatusCode, err
	}
	return out, resp.StatusCode, nil
}

// must calls the operator API and fails the test unless it succeeds.
func (s *server) must(method, path string, body any) obj {
	s.t.Helper()
	out, status, err := s.operate(method, path, body)
	if err != nil || status != http.StatusOK {
		s.t.Fatalf("%s %s %v: %d %v %v", method, path, body, status, out, err)
	}
	return out
}

// advance moves the virtual clock and returns when all that became due by it is done and delivered.
func (s *server) advance(d time.Duration) {
	s.t.Helper()
	if out := s.must("POST", "/clock", obj{"advance": d.String()}); out["settled"] == false {
		s.t.Fatalf("what was due within %v did not settle", d)
	}
}

// obj is a JSON object of an answer or a document.
type obj map[string]any

// at follows names, which may differ in case, as clients write members of the API differently; nil where there is nothing.
func (o obj) at(path ...string) any {
	var v any = map[string]any(o)
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = nil
		for k, member := range m {
			if strings.EqualFold(k, name) {
				v = member
			}
		}
	}
	return v
}

func (o obj) str(path ...string) string {
	s, _ := o.at(path...).(string)
	return s
}

func (o obj) list(path ...string) []obj {
	all, _ := o.at(path...).([]any)
	out := make([]obj, 0, len(all))
	for _, v := range all {
		m, _ := v.(map[string]any)
		out = append(out, m)
	}
	return out
}

func (o obj) in(path ...string) obj {
	m, _ := o.at(path...).(map[string]any)
	return m
}

// named finds the element of a list whose member has a value.
func named(t *testing.T, all []obj, member, value string) obj {
	t.Helper()
	i := slices.IndexFunc(all, func(o obj) bool { return o.str(member) == value })
	if i < 0 {
		t.Fatalf("none with %s %q in %v", member, value, all)
	}
	return all[i]
}
