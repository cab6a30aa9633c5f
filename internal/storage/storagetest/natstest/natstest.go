// Package natstest starts NATS servers inside a test.
package natstest

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// A Server is one nats-server with JetStream, in the process of the test.
type Server struct {
	URL        string // for clients
	MonitorURL string // its monitoring port
	SystemURL  string // for clients of the system account
	Server     *server.Server
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
	app, sys := server.NewAccount("APP"), server.NewAccount("SYS")
	o := &server.Options{
		ServerName: "test", Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, MaxPayload: 20 << 20, NoSigs: true, NoLog: true,
		Accounts: []*server.Account{app, sys}, SystemAccount: "SYS",
		Users: []*server.User{{Username: "app", Password: "app", Account: app}, {Username: "sys", Password: "sys", Account: sys}},
	}
	change(o)
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatalf("nats-server: %v", err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(startTimeout) {
		t.Fatalf("nats-server does not accept clients")
	}
	if o.JetStream {
		account, err := s.LookupAccount("APP")
		if err == nil && !account.JetStreamEnabled() {
			err = account.EnableJetStream(nil, nil)
		}
		if err != nil {
			t.Fatalf("nats-server: %v", err)
		}
	}
	address := s.Addr().String()
	return &Server{
		URL: "nats://app:app@" + address, SystemURL: "nats://sys:sys@" + address,
		MonitorURL: "http://" + s.MonitorAddr().String(), Server: s,
	}
}
