// Package natstest starts NATS servers inside a test.
package natstest

import (
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// A Server is one nats-server with JetStream, in the process of the test.
type Server struct {
	URL        string // for clients
	MonitorURL string // its monitoring port
	SystemURL  string // for clients of the system account

	options server.Options
	server  *server.Server
}

// startTimeout is how long a server may take to accept clients.
const startTimeout = 20 * time.Second

// Start runs a server that syncs every write, until the test ends.
func Start(t testing.TB) *Server {
	return StartWith(t, func(*server.Options) {})
}

// StartWith runs a server with options changed.
func StartWith(t testing.TB, change func(*server.Options)) *Server {
	t.Helper()
	s := &Server{options: server.Options{
		ServerName: "test", Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, MaxPayload: 16 << 20, NoSigs: true, NoLog: true,
	}}
	change(&s.options)
	s.start(t)
	t.Cleanup(s.stop)
	address := s.server.Addr().(*net.TCPAddr)
	monitor := s.server.MonitorAddr()
	s.options.Port, s.options.HTTPPort = address.Port, monitor.Port
	s.URL, s.SystemURL = "nats://app:app@"+address.String(), "nats://sys:sys@"+address.String()
	s.MonitorURL = "http://" + monitor.String()
	return s
}

// Restart stops the server, with whatever it is doing, and starts it again on the same data and ports.
func (s *Server) Restart(t Fataler) {
	t.Helper()
	s.stop()
	s.start(t)
}

// Fataler is what of a test a restart needs.
type Fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func (s *Server) start(t Fataler) {
	t.Helper()
	o := s.options // the server changes what it gets
	app, sys := server.NewAccount("APP"), server.NewAccount("SYS")
	o.Accounts, o.SystemAccount = []*server.Account{app, sys}, "SYS"
	o.Users = []*server.User{{Username: "app", Password: "app", Account: app}, {Username: "sys", Password: "sys", Account: sys}}
	var err error
	if s.server, err = server.NewServer(&o); err != nil {
		t.Fatalf("nats-server: %v", err)
	}
	s.server.Start()
	if !s.server.ReadyForConnections(startTimeout) {
		t.Fatalf("nats-server does not accept clients")
	}
	account, err := s.server.LookupAccount("APP")
	if err == nil && o.JetStream && !account.JetStreamEnabled() {
		err = account.EnableJetStream(nil, nil)
	}
	if err != nil {
		t.Fatalf("nats-server: %v", err)
	}
}

func (s *Server) stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
