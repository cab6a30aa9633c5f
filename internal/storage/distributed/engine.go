// Package distributed is the storage engine for several machines: NATS JetStream, one stream a log. The server stamps
// records and expires them, on its own clock.
package distributed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Names on the server. Other users of it keep away from them.
const (
	streamPrefix  = "HS_" // of streams
	subjectPrefix = "hs." // of subjects: hs.<log>.<key>
)

// minPayload is the max_payload that the server needs, in bytes: a record and its headers.
const minPayload = storage.MaxRecordBytes + 64<<10

// minAge is the smallest MaxAge the server takes.
const minAge = 100 * time.Millisecond

// Bounds of talking to the server.
const (
	requestTimeout = 10 * time.Second       // for one answer, unless the configuration says otherwise
	retryLimit     = 100                    // tries of what the server certainly did not do
	retryPause     = 100 * time.Millisecond // the longest between two tries: together they outlast an election (4 to 9 s)
	openBatches    = 16                     // atomic batches under way in one log; the server refuses more than 50
)

// Config says where the server is. Only URL is needed, with one of MonitorURLs, SystemURL and AllowUnsafeSync.
type Config struct {
	URL      string // nats://user:password@host:port, or several with commas between
	Replicas int    // of new logs: 1 (when 0), 3 or 5. Logs that exist keep theirs

	// MonitorURLs are the http addresses of the monitoring ports of all servers. They are asked whether the servers
	// sync every write.
	MonitorURLs []string
	// SystemURL is like URL for a user of the system account. It serves the same purpose as MonitorURLs.
	SystemURL string
	// AllowUnsafeSync runs with servers that acknowledge before they sync, or do not tell: a power failure then loses
	// what was acknowledged.
	AllowUnsafeSync bool

	// RequestTimeout is how long the server may take for one answer. An append that has none by then has an unknown
	// outcome. 0: 10 s.
	RequestTimeout time.Duration

	Logger *slog.Logger // nil: silence
}

// Engine is a storage.Engine on JetStream.
type Engine struct {
	nc       *nats.Conn
	js       jetstream.JetStream
	replicas int
	timeout  time.Duration
	ctx      context.Context // ends when the engine is closed
	stop     context.CancelFunc

	users  sync.RWMutex // read-held by every call but Tail, so that Close can wait for them
	closed bool         // guarded by users

	mu   sync.Mutex // guards logs
	logs map[string]*log

	line line
}

// line is the connection that stands, or stood last. An answer that was under way when it broke will not come.
type line struct {
	mu   sync.Mutex // guards everything below
	ctx  context.Context
	lose context.CancelFunc
}

// broke ends the context of the connection that was lost, and begins one for the next.
func (l *line) broke() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lose != nil {
		l.lose()
	}
	l.ctx, l.lose = context.WithCancel(context.Background())
}

// answer returns a context that also ends when the connection is lost or the time for an answer is over.
func (e *Engine) answer(ctx context.Context) (context.Context, context.CancelFunc) {
	e.line.mu.Lock()
	line := e.line.ctx
	e.line.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	stop := context.AfterFunc(line, cancel)
	return ctx, func() { stop(); cancel() }
}

// Open connects, and refuses a server that cannot keep the contract: ErrUnsafe if it does not sync every write or does
// not tell, another error if it takes no records of the largest size.
func Open(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.RequestTimeout <= 0 {
		cfg.RequestTimeout = requestTimeout
	}
	if cfg.Replicas == 0 {
		cfg.Replicas = 1
	}
	if cfg.Replicas != 1 && cfg.Replicas != 3 && cfg.Replicas != 5 {
		return nil, fmt.Errorf("storage: Replicas is %d; it may be 1, 3 or 5", cfg.Replicas)
	}
	if err := checkSync(ctx, cfg); err != nil {
		if !errors.Is(err, ErrUnsafe) || !cfg.AllowUnsafeSync {
			return nil, err
		}
		cfg.Logger.Warn("storage may lose acknowledged records in a power failure", "reason", err)
	}
	e := &Engine{replicas: cfg.Replicas, timeout: cfg.RequestTimeout, logs: map[string]*log{}}
	e.line.broke()
	nc, err := connect(cfg.URL, cfg, e.line.broke)
	if err != nil {
		return nil, err
	}
	e.nc = nc
	if e.js, err = jetstream.New(nc, jetstream.WithDefaultTimeout(cfg.RequestTimeout)); err == nil {
		_, err = e.js.AccountInfo(ctx)
	}
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("storage: the server at %s has no JetStream for this user: %w", nc.ConnectedUrlRedacted(), err)
	}
	if got := nc.MaxPayload(); got < minPayload {
		nc.Close()
		return nil, fmt.Errorf("storage: the server has max_payload %d; set it to at least %d (13MB), for records of up to %d bytes", got, minPayload, storage.MaxRecordBytes)
	}
	e.ctx, e.stop = context.WithCancel(context.Background())
	return e, nil
}

// connect opens a connection that comes back by itself. What is sent meanwhile fails at once and is not kept: it would
// arrive after its caller was told that it did not. Broke is called when the connection is lost.
func connect(url string, cfg Config, broke func()) (*nats.Conn, error) {
	nc, err := nats.Connect(url, nats.Name("hookswitch"), nats.MaxReconnects(-1), nats.ReconnectBufSize(-1), nats.Timeout(cfg.RequestTimeout),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			broke()
			if err != nil {
				cfg.Logger.Warn("lost the connection to the storage server", "error", err)
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			cfg.Logger.Info("connected to the storage server again", "server", nc.ConnectedUrlRedacted())
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			cfg.Logger.Warn("storage server", "error", err)
		}))
	if err != nil {
		return nil, fmt.Errorf("storage: connect to the NATS server: %w", err)
	}
	return nc, nil
}

// Close implements storage.Engine.
func (e *Engine) Close() error {
	e.stop() // tails end
	e.users.Lock()
	defer e.users.Unlock()
	if e.closed {
		return storage.ErrClosed
	}
	e.closed = true
	e.nc.Close()
	return nil
}

// enter begins a call; leave ends it.
func (e *Engine) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.users.RLock()
	if e.closed {
		e.users.RUnlock()
		return storage.ErrClosed
	}
	return nil
}

func (e *Engine) leave() { e.users.RUnlock() }

// Open implements storage.Engine.
func (e *Engine) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	if err := errors.Join(storage.CheckName(name), storage.CheckConfig(cfg)); err != nil {
		return nil, err
	}
	if cfg.MaxAge > 0 && cfg.MaxAge < minAge {
		return nil, fmt.Errorf("%w: MaxAge %v; on this engine at least %v", storage.ErrConfig, cfg.MaxAge, minAge)
	}
	if err := e.enter(ctx); err != nil {
		return nil, err
	}
	defer e.leave()
	s, err := e.find(ctx, name, cfg)
	if err != nil {
		return nil, fmt.Errorf("storage: open log %q: %w", name, err)
	}
	sc := s.CachedInfo().Config
	if latest := sc.MaxMsgsPerSubject == 1; latest != cfg.Latest {
		return nil, fmt.Errorf("%w: log %q exists with Latest %t", storage.ErrConfig, name, latest)
	}
	if sc.MaxAge != cfg.MaxAge {
		sc.MaxAge = cfg.MaxAge
		sc.Duplicates = duplicates(cfg.MaxAge)
		if s, err = e.js.UpdateStream(ctx, sc); err != nil {
			return nil, fmt.Errorf("storage: change MaxAge of log %q: %w", name, err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.logs[name]
	if l == nil || !l.created.Equal(s.CachedInfo().Created) {
		l = newLog(e, name, s)
		e.logs[name] = l
	}
	return l, nil
}

// find returns a log's stream, and makes it if it is missing.
func (e *Engine) find(ctx context.Context, name string, cfg storage.Config) (s jetstream.Stream, err error) {
	for try := range createTries {
		s, err = e.js.Stream(ctx, streamPrefix+name)
		if !errors.Is(err, jetstream.ErrStreamNotFound) {
			return s, err
		}
		s, err = e.js.CreateStream(ctx, e.stream(name, cfg))
		// Someone was faster; or nats-server 2.15.2, which removes the directory of an account's last stream some time
		// after it was deleted, did so in the middle of this creation.
		again := errors.Is(err, jetstream.ErrStreamNameAlreadyInUse)
		var api *jetstream.APIError
		if errors.As(err, &api) && api.ErrorCode == codeCreate {
			again = true
		}
		if !again {
			return s, err
		}
		if pauseErr := pause(ctx, try, time.Millisecond); pauseErr != nil {
			return nil, pauseErr
		}
	}
	return nil, err
}

// createTries is how often a stream is made before the server's refusal is passed on.
const createTries = 10

// stream is what a new log is on the server.
func (e *Engine) stream(name string, cfg storage.Config) jetstream.StreamConfig {
	sc := jetstream.StreamConfig{
		Name:               streamPrefix + name,
		Subjects:           []string{subjectPrefix + name + ".>"},
		Replicas:           e.replicas,
		Storage:            jetstream.FileStorage,
		MaxAge:             cfg.MaxAge,
		Duplicates:         duplicates(cfg.MaxAge),
		AllowDirect:        true,
		AllowAtomicPublish: true,
		DenyDelete:         true,
	}
	if cfg.Latest {
		sc.MaxMsgsPerSubject = 1
	}
	return sc
}

// duplicates is how long the server remembers message ids. We send none; it must not exceed MaxAge.
func duplicates(maxAge time.Duration) time.Duration {
	if maxAge > 0 {
		return min(time.Second, maxAge)
	}
	return time.Second
}

// Names implements storage.Engine.
func (e *Engine) Names(ctx context.Context, prefix string) ([]string, error) {
	if err := e.enter(ctx); err != nil {
		return nil, err
	}
	defer e.leave()
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	names := []string{}
	list := e.js.StreamNames(ctx, jetstream.WithStreamListSubject(subjectPrefix+">"))
	for s := range list.Name() {
		if name, ours := strings.CutPrefix(s, streamPrefix); ours && strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("storage: list logs: %w", err)
	}
	slices.Sort(names)
	return names, nil
}

// Drop implements storage.Engine.
func (e *Engine) Drop(ctx context.Context, name string) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	defer e.leave()
	if err := storage.CheckName(name); err != nil {
		return err
	}
	err := e.js.DeleteStream(ctx, streamPrefix+name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err = fmt.Errorf("%w: log %q", storage.ErrNotFound, name)
	} else if err != nil {
		return fmt.Errorf("storage: drop log %q: %w", name, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if l := e.logs[name]; l != nil {
		l.drop()
		delete(e.logs, name)
	}
	return err
}

// ErrGap says that a log that should have every sequence number from its first to its last has not.
var ErrGap = errors.New("records are missing")

// Check looks for gaps in every log: ErrGap means that the replica that answered has lost records. Raise an alarm, let
// it step down as leader, and rebuild it from the others.
func (e *Engine) Check(ctx context.Context) error {
	names, err := e.Names(ctx, "")
	if err != nil {
		return err
	}
	var gaps []error
	for _, name := range names {
		if err := e.enter(ctx); err != nil {
			return err
		}
		s, err := e.js.Stream(ctx, streamPrefix+name)
		e.leave()
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			continue // dropped since
		}
		if err != nil {
			return fmt.Errorf("storage: check log %q: %w", name, err)
		}
		info := s.CachedInfo()
		if info.Config.MaxMsgsPerSubject == 1 {
			continue // has gaps where records were superseded
		}
		if err := gap(info.State); err != nil {
			gaps = append(gaps, fmt.Errorf("log %q: %w", name, err))
		}
	}
	return errors.Join(gaps...)
}

func gap(s jetstream.StreamState) error {
	want := uint64(0)
	if first := max(s.FirstSeq, 1); s.LastSeq >= first {
		want = s.LastSeq - first + 1
	}
	if s.Msgs != want {
		return fmt.Errorf("%w: it has %d from %d to %d", ErrGap, s.Msgs, s.FirstSeq, s.LastSeq)
	}
	return nil
}

// Healthy returns an error while there is no connection to a server.
func (e *Engine) Healthy() error {
	if s := e.nc.Status(); s != nats.CONNECTED {
		return fmt.Errorf("storage: the connection to the server is %s", strings.ToLower(s.String()))
	}
	return nil
}

// pause waits before try number n is repeated. It ends early with ctx.
func pause(ctx context.Context, n int, unit time.Duration) error {
	// The peer is real, so the pause is, too.
	return clock.Sleep(ctx, clock.System{}, min(time.Duration(n+1)*unit, retryPause))
}
