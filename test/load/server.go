package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
)

// The servers that can be named in place of a URL.
const (
	serverOurs         = "hookswitch"
	serverLimit        = "limit"
	serverKinesalite   = "kinesalite"    // npm, in memory
	serverKinesisLocal = "kinesis-local" // npm: kinesis-mock, in memory
)

func serverNames() []string {
	return []string{serverOurs, serverLimit, serverKinesalite, serverKinesisLocal}
}

const (
	serverStartMax = time.Minute      // until a server answers
	serverStopMax  = 10 * time.Second // from SIGTERM until SIGKILL
	npmInstallMax  = 5 * time.Minute
)

// errSkip says that a server cannot be had on this machine: no failure of it.
var errSkip = errors.New("skipped")

// server is what answers: one that was there, or a process of ours.
type server struct {
	url  string
	cmd  *exec.Cmd // nil: it was there
	dir  string    // its data
	done chan struct{}
}

// startServer returns the server of a URL, or starts the one of a name.
func startServer(ctx context.Context, name string, o options) (s *server, err error) {
	if !slices.Contains(serverNames(), name) {
		return &server{url: name}, nil
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s = &server{url: "http://" + address, done: make(chan struct{})}
	if s.dir, err = os.MkdirTemp("", "hookswitch-load-"); err != nil {
		return nil, err
	}
	if s.cmd, err = command(ctx, name, address, s.dir, o); err == nil {
		if name == serverOurs || name == serverLimit {
			s.cmd.Stderr = os.Stderr // those of others complain of the load
		}
		s.cmd.Dir = s.dir
		err = s.cmd.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	go func() {
		s.cmd.Wait()
		close(s.done)
	}()
	if err := s.await(ctx); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// command is what to run for a server, with its data in a directory.
func command(ctx context.Context, name, address, dir string, o options) (*exec.Cmd, error) {
	_, port, _ := net.SplitHostPort(address)
	switch name {
	case serverOurs:
		binary, err := filepath.Abs(o.binary)
		return exec.Command(binary, "serve", "--listen", address, "--data", filepath.Join(dir, "data"), "--log-level", "error"), err
	case serverLimit:
		self, err := os.Executable()
		return exec.Command(self, limitCommand, "-listen", address, "-dir", dir), err
	case serverKinesalite:
		script, err := npm(ctx, o.peers, "kinesalite", "3.3.3", "cli.js")
		return exec.Command("node", script, "--port", port, "--createStreamMs", "0", "--deleteStreamMs", "0", "--shardLimit", "1000"), err
	}
	script, err := npm(ctx, o.peers, "kinesis-local", "0.6.2", "main.js")
	if err != nil {
		return nil, err
	}
	tls, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	_, tlsPort, _ := net.SplitHostPort(tls)
	cmd := exec.Command("node", script)
	cmd.Env = append(os.Environ(), "KINESIS_MOCK_PLAIN_PORT="+port, "KINESIS_MOCK_TLS_PORT="+tlsPort, "SHARD_LIMIT=1000", "LOG_LEVEL=ERROR",
		"KINESIS_MOCK_CERT_PATH="+filepath.Join(filepath.Dir(script), "server.json"))
	return cmd, nil
}

// npm installs a package, unless it is there, and returns a script of it.
func npm(ctx context.Context, dir, name, version, script string) (string, error) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("%w: there is no %s here, which %s runs on", errSkip, tool, name)
		}
	}
	dir = filepath.Join(dir, name+"-"+version)
	script = filepath.Join(dir, "node_modules", name, script)
	if _, err := os.Stat(script); err == nil {
		return script, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, npmInstallMax)
	defer cancel()
	out, err := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--no-save", "--no-audit", "--no-fund", "--omit=optional", name+"@"+version).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: npm cannot install %s %s (%w): %.300s", errSkip, name, version, err, out)
	}
	return script, nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// await returns when the server answers anything.
func (s *server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, serverStartMax)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			return resp.Body.Close()
		}
		select {
		case <-s.done:
			return errors.New("the server ended before it answered")
		default:
		}
		if clock.Sleep(ctx, clock.System{}, 20*time.Millisecond) != nil {
			return fmt.Errorf("the server does not answer within %v: %w", serverStartMax, err)
		}
	}
}

// stop ends a server that was started and removes its data.
func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	due, give := clock.System{}.WakeAt(clock.System{}.Now().Add(serverStopMax))
	defer give()
	select {
	case <-s.done:
	case <-due:
		s.cmd.Process.Kill()
		<-s.done
	}
	os.RemoveAll(s.dir)
}

// usage is what a process has used. It is zero where the process is not ours, or the system does not tell.
type usage struct {
	cpu    time.Duration
	rssMiB float64
}

// clockTicks is how many ticks of /proc a second has: USER_HZ, 100 on every Linux that Go runs on.
const clockTicks = 100

func (s *server) usage() (u usage) {
	if s.cmd == nil {
		return u
	}
	dir := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return u
	}
	_, rest, _ := bytes.Cut(stat, []byte(") ")) // the name before may have blanks
	if fields := bytes.Fields(rest); len(fields) > 13 {
		user, _ := strconv.Atoi(string(fields[11]))
		system, _ := strconv.Atoi(string(fields[12]))
		u.cpu = time.Duration(user+system) * time.Second / clockTicks
	}
	status, err := os.Open(dir + "status")
	if err != nil {
		return u
	}
	defer status.Close()
	for r := bufio.NewReader(status); ; {
		line, err := r.ReadString('\n')
		if kib, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kib), "kB")))
			u.rssMiB = float64(n) / 1024
		}
		if errors.Is(err, io.EOF) || err != nil {
			return u
		}
	}
}
