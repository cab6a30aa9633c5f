package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// DefaultConnectionsMax is how many connections a server holds at once unless told otherwise.
const DefaultConnectionsMax = 4096

const (
	headerReadTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute // above the minute for which SDKs keep idle connections
	headerBytesMax    = 64 << 10        // request line and headers
	streamsMax        = 1000            // HTTP/2 streams of one connection; a consumer needs one for each shard
)

// errShutdown is why requests end that were still in work when a shutdown would wait no longer.
var errShutdown = errors.New("the server is closing")

// ServerConfig is what a Server needs.
type ServerConfig struct {
	// Addr is host and port; port 0 takes a free one.
	Addr string
	// Handler answers the requests.
	Handler http.Handler
	// TLS, when set, makes the port speak TLS, with HTTP/2 by ALPN. Otherwise it speaks plain HTTP/1.1 and plain
	// HTTP/2 with prior knowledge, which the JavaScript and Java SDKs' Kinesis clients open at once.
	TLS *tls.Config
	// Logger gets what goes wrong with connections, at Debug: mostly it is the client's doing. Nil: nothing.
	Logger *slog.Logger
	// ConnectionsMax is how many connections are held at once; more wait in the system's queue. Zero:
	// DefaultConnectionsMax.
	ConnectionsMax int
}

// A Server listens on one port.
type Server struct {
	http     http.Server
	listener net.Listener
	tls      bool
	closing  context.CancelFunc      // ends streams, which would not end by themselves
	cut      context.CancelCauseFunc // ends every request
}

// closingKey is where a request's context holds the context that ends when the server starts to close.
type closingKey struct{}

// Closing returns a context that ends when the server of a request starts to close, given the request's own context:
// what would never end by itself has to end then. Outside a Server it does not end.
func Closing(ctx context.Context) context.Context {
	if closing, ok := ctx.Value(closingKey{}).(context.Context); ok {
		return closing
	}
	return context.Background()
}

// Listen binds the port. The caller ends the server with Shutdown, whether or not it called Serve.
func Listen(ctx context.Context, cfg ServerConfig) (*Server, error) {
	if cfg.ConnectionsMax < 0 {
		return nil, fmt.Errorf("ConnectionsMax is %d", cfg.ConnectionsMax)
	}
	if cfg.ConnectionsMax == 0 {
		cfg.ConnectionsMax = DefaultConnectionsMax
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return nil, err
	}
	closing, close := context.WithCancel(context.Background())
	base, cut := context.WithCancelCause(context.WithValue(context.Background(), closingKey{}, closing))
	s := &Server{listener: limitListener(l, cfg.ConnectionsMax), tls: cfg.TLS != nil, closing: close, cut: cut}
	s.http = http.Server{
		Handler:           cfg.Handler,
		BaseContext:       func(net.Listener) context.Context { return base },
		TLSConfig:         cfg.TLS.Clone(),
		ReadHeaderTimeout: headerReadTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytesMax,
		ErrorLog:          slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelDebug),
		Protocols:         new(http.Protocols),
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: streamsMax},
	}
	s.http.Protocols.SetHTTP1(true)
	s.http.Protocols.SetHTTP2(s.tls)
	s.http.Protocols.SetUnencryptedHTTP2(!s.tls)
	return s, nil
}

// Addr is the address that was bound.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve answers requests until Shutdown, and then returns nil at once, while Shutdown still waits for the last ones.
func (s *Server) Serve() error {
	var err error
	if s.tls {
		err = s.http.ServeTLS(s.listener, "", "")
	} else {
		err = s.http.Serve(s.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Shutdown takes no more connections, ends streams, and waits for the requests in work until ctx ends; then it cuts
// them off and returns ctx's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.closing()
	defer s.cut(errShutdown)
	defer s.listener.Close() // where Serve was never called, s.http does not know it
	err := s.http.Shutdown(ctx)
	if err != nil {
		s.cut(errShutdown)
		err = errors.Join(err, s.http.Close())
	}
	return err
}

// limitListener accepts no more than n connections at once.
func limitListener(l net.Listener, n int) net.Listener {
	return &limited{Listener: l, free: make(chan struct{}, n), closed: make(chan struct{})}
}

type limited struct {
	net.Listener
	free   chan struct{} // holds one for each open connection
	once   sync.Once     // closes closed
	closed chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &limitedConn{Conn: conn, free: l.free}, nil
}

func (l *limited) Close() error {
	var err error
	l.once.Do(func() {
		close(l.closed)
		err = l.Listener.Close()
	})
	return err
}

type limitedConn struct {
	net.Conn
	once sync.Once // gives the place back
	free chan struct{}
}

func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { <-c.free })
	return err
}
