// Package node wires one process together and runs it. It is the only package that knows all others.
package node

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/admin"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/keys/local"
	"github.com/hookswitch/hookswitch/internal/outbox"
	"github.com/hookswitch/hookswitch/internal/perform"
	"github.com/hookswitch/hookswitch/internal/service/cloudwatch"
	"github.com/hookswitch/hookswitch/internal/service/connect"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb"
	"github.com/hookswitch/hookswitch/internal/service/kinesis"
	"github.com/hookswitch/hookswitch/internal/service/participant"
	"github.com/hookswitch/hookswitch/internal/service/sts"
	"github.com/hookswitch/hookswitch/internal/switchboard"
	"github.com/hookswitch/hookswitch/internal/telephony/scripted"
	"github.com/hookswitch/hookswitch/internal/wire"
)

const (
	contactWait     = 5 * time.Second  // for a reader to catch up with its journal
	kinesisEvery    = time.Second      // between rounds of Kinesis' background work, when there is nothing to do
	keysEvery       = time.Second      // between rounds of the keys'
	cloudwatchEvery = time.Minute      // between rounds of CloudWatch's
	dynamodbEvery   = time.Second      // between rounds of DynamoDB's
	drainFor        = 10 * time.Second // for requests in work when the node is told to stop
)

// Node is one running process.
type Node struct {
	cfg        Config
	log        *slog.Logger
	clock      clock.Clock
	virtual    *clock.Virtual // nil with the real clock
	engine     engine
	exchange   *courier.Exchange
	feed       *outbox.Feed
	network    *scripted.Network
	keys       *local.Store
	cloudwatch *cloudwatch.Service
	kinesis    *kinesis.Service
	dynamodb   *dynamodb.Service
	instances  *switchboard.Instances
	operations []wire.Operation
	admin      *admin.Handler
	server     *edge.Server
	secure     *edge.Server // the TLS listener; nil: none
	cert       []byte       // PEM, of the TLS listener
	started    time.Time
	ready      atomic.Bool

	background context.Context // of everything that reads and works by itself
	halt       context.CancelFunc
	group      sync.WaitGroup

	mu      sync.Mutex // guards readers
	readers map[center.InstanceID]*readers
}

// Open brings everything back from storage and binds the ports. Requests are answered once Run is called. Whoever opened
// a node calls Close.
func Open(ctx context.Context, cfg Config) (_ *Node, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	n := &Node{cfg: cfg, log: cfg.Logger, readers: map[center.InstanceID]*readers{}, feed: &outbox.Feed{}}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	n.cfg.Logger = n.log
	if n.cfg.Random == nil {
		n.cfg.Random = rand.Reader
	}
	var id [8]byte
	if _, err := io.ReadFull(n.cfg.Random, id[:]); err != nil {
		return nil, fmt.Errorf("random numbers: %w", err)
	}
	n.feed.ID = hex.EncodeToString(id[:])
	n.clock = clock.System{}
	if cfg.Clock == VirtualClock {
		start := cfg.ClockStart
		if start.IsZero() {
			start = n.clock.Now()
		}
		n.virtual = clock.NewVirtual(start)
		n.clock = n.virtual
	}
	n.started = n.clock.Now()
	n.background, n.halt = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close(context.WithoutCancel(ctx)))
		}
	}()
	if n.engine, err = openEngine(ctx, n.cfg, n.clock); err != nil {
		return n, err
	}
	if err := n.openServices(ctx); err != nil {
		return n, err
	}
	return n, n.bind(ctx)
}

// openServices brings the services and all instances back.
func (n *Node) openServices(ctx context.Context) (err error) {
	if n.keys, err = n.openKeys(ctx); err != nil {
		return err
	}
	if n.cloudwatch, err = cloudwatch.New(ctx, cloudwatch.Config{Storage: n.engine, Clock: n.clock}); err != nil {
		return err
	}
	if n.kinesis, err = kinesis.New(ctx, kinesis.Config{Storage: n.engine, Clock: n.clock, Logger: n.log.With("component", "kinesis"), Rand: n.cfg.Random, Keys: n.keys, Throttle: n.cfg.Limits == LimitsAWS, Metrics: n.cloudwatch}); err != nil {
		return fmt.Errorf("kinesis: %w", err)
	}
	if n.dynamodb, err = dynamodb.New(ctx, dynamodb.Config{Storage: n.engine, Clock: n.clock, Logger: n.log.With("component", "dynamodb"), Rand: n.cfg.Random}); err != nil {
		return fmt.Errorf("dynamodb: %w", err)
	}
	n.exchange = &courier.Exchange{
		Targets: map[string]courier.Target{"kinesis": n.kinesis},
		Sources: map[string]courier.Source{"kinesis": n.kinesis},
	}
	if n.network, err = scripted.New(scripted.Config{Clock: n.clock}); err != nil {
		return err
	}
	performer, err := perform.New(perform.Config{Network: n.network, Functions: n.exchange, Logger: n.log.With("component", "perform")})
	if err != nil {
		return err
	}
	if n.instances, err = switchboard.OpenInstances(ctx, switchboard.InstancesConfig{
		Engine: n.engine, Clock: n.clock, Logger: n.log.With("component", "switchboard"),
		Perform: func(switchboard.Info) switchboard.Performer { return performer.Perform },
		OnOpen:  n.attach, OnClose: n.detach,
	}); err != nil {
		return fmt.Errorf("instances: %w", err)
	}
	connectAPI := connect.New(connect.Config{
		Centers: centers{n}, Clock: n.clock, Random: n.cfg.Random,
		Check: n.checkTarget,
	})
	n.operations = append(n.operations, n.cloudwatch.Operations()...)
	n.operations = append(n.operations, n.kinesis.Operations()...)
	n.operations = append(n.operations, n.dynamodb.Operations()...)
	n.operations = append(n.operations, connectAPI.Operations()...)
	n.operations = append(n.operations, participant.New(participant.Config{Find: centers{n}.chats, Clock: n.clock, Random: n.cfg.Random}).Operations()...)
	n.operations = append(n.operations, (&sts.Service{}).Operations()...)
	return nil
}

// bind makes the front door and binds its ports.
func (n *Node) bind(ctx context.Context) error {
	n.admin = admin.New(admin.Config{
		Instances: n.instances, Contact: n.contact, Lanes: n.lanes, Feed: n.feed, Network: n.network, Clock: n.clock, Virtual: n.virtual,
		Settle: n.settle, Healthy: n.engine.healthy, Ready: n.ready.Load, Remote: n.cfg.AdminRemote, Logger: n.log.With("component", "admin"),
		Check: n.exchange.Check, Read: n.exchange.Read, Keys: n.keys,
		Account: or(n.cfg.Account, edge.DefaultAccount), Region: or(n.cfg.Region, edge.DefaultRegion),
		Info: admin.Info{
			Version: n.cfg.Version, Engine: n.engine.name, Profile: or(n.cfg.Profile, Faithful), Clock: or(n.cfg.Clock, RealClock), Auth: or(n.cfg.Auth, string(edge.AuthOpen)),
			Limits: or(n.cfg.Limits, LimitsOff), RecordDelay: n.delayShown().String(), Operations: operationNames(n.operations),
		},
		Certificate: func() []byte { return n.cert },
	})
	handler, err := edge.New(edge.Config{
		Operations: n.operations, Admin: endingWithServer(n.admin), Auth: edge.AuthMode(or(n.cfg.Auth, string(edge.AuthOpen))), Credentials: n.credential,
		Origin: n.cfg.origin(), DefaultAccount: n.cfg.Account, DefaultRegion: n.cfg.Region, Clock: n.clock, Logger: n.log.With("component", "edge"),
	})
	if err != nil {
		return fmt.Errorf("front door: %w", err)
	}
	if n.server, err = edge.Listen(ctx, edge.ServerConfig{Addr: or(n.cfg.Listen, DefaultListen), Handler: handler, Logger: n.log}); err != nil {
		return listenError(or(n.cfg.Listen, DefaultListen), "--listen", err)
	}
	if n.cfg.TLS == "" {
		return nil
	}
	tls, pem, err := certificate(n.tlsDir())
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	n.cert = pem
	if n.secure, err = edge.Listen(ctx, edge.ServerConfig{Addr: n.cfg.TLS, Handler: handler, Logger: n.log, TLS: tls}); err != nil {
		return listenError(n.cfg.TLS, "--tls", err)
	}
	return nil
}

// endingWithServer ends what is read from a handler when its server starts to close: the operator API's streams would keep
// it from closing. What changes something is left to finish.
func endingWithServer(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(edge.Closing(ctx), cancel)()
			r = r.WithContext(ctx)
		}
		h.ServeHTTP(w, r)
	})
}

func listenError(addr, flag string, err error) error {
	return fmt.Errorf("listen on %s: %w (is another hookswitch running? choose another port with %s)", addr, err, flag)
}

// tlsDir is where the certificate is kept; "" when nothing is kept on this machine.
func (n *Node) tlsDir() string {
	if n.cfg.Memory || n.cfg.Engine != nil {
		return ""
	}
	return filepath.Join(or(n.cfg.Data, DefaultData), "tls")
}

func (n *Node) credential(keyID string) (edge.Credential, bool) {
	secret, ok := n.cfg.Credentials[keyID]
	return edge.Credential{SecretAccessKey: secret}, ok
}

// Addr returns the address that the node listens on, as host:port.
func (n *Node) Addr() string { return n.server.Addr().String() }

// TLSAddr returns the address of the TLS listener, "" when there is none.
func (n *Node) TLSAddr() string {
	if n.secure == nil {
		return ""
	}
	return n.secure.Addr().String()
}

// Run serves until ctx ends (nil), or until something fails that the node cannot go on without. Ready is called once
// everything answers.
func (n *Node) Run(ctx context.Context, ready func()) error {
	failed := make(chan error, 3)
	n.group.Go(func() { n.work(n.background, "kinesis", kinesisEvery, n.kinesis.Work) })
	n.group.Go(func() {
		n.work(n.background, "cloudwatch", cloudwatchEvery, func(ctx context.Context) (bool, error) { return false, n.cloudwatch.Work(ctx) })
	})
	n.group.Go(func() { n.work(n.background, "keys", keysEvery, n.keys.Work) })
	n.group.Go(func() { n.work(n.background, "dynamodb", dynamodbEvery, n.dynamodb.Work) })
	for _, s := range []*edge.Server{n.server, n.secure} {
		if s != nil {
			n.group.Go(func() {
				if err := s.Serve(); err != nil {
					failed <- fmt.Errorf("serve %s: %w", s.Addr(), err)
				}
			})
		}
	}
	if err := n.probe(ctx); err != nil {
		return err
	}
	n.ready.Store(true)
	if ready != nil {
		ready()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	case <-n.engine.failed:
		return fmt.Errorf("storage: %w", n.engine.healthy())
	}
}

// probe asks the node over its own port, so that ready means that it answers there.
func (n *Node) probe(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Addr()+"/_hookswitch/health", nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("the node does not answer on its own port: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the node answers %s on its own port", resp.Status)
	}
	return nil
}

// work does a service's background rounds. They are timed by the wall clock: a frozen virtual clock must not keep
// deleted streams on the disk.
func (n *Node) work(ctx context.Context, service string, every time.Duration, round func(context.Context) (busy bool, err error)) {
	for ctx.Err() == nil {
		busy := n.workOnce(ctx, service, round)
		if !busy && clock.Sleep(ctx, clock.System{}, every) != nil {
			return
		}
	}
}

// workOnce does one round of a service's background work and says whether another would find more.
func (n *Node) workOnce(ctx context.Context, service string, round func(context.Context) (busy bool, err error)) bool {
	busy, err := round(ctx)
	if err != nil && ctx.Err() == nil {
		n.log.Warn("background work failed; it is tried again", "component", service, "err", err)
		return false
	}
	return busy
}

// Close stops taking requests, finishes those in work, and closes everything in the order in which it depends on one
// another. It may be called on a node that Open could not finish.
func (n *Node) Close(ctx context.Context) error {
	var errs []error
	n.ready.Store(false)
	drain, cancel := context.WithTimeout(ctx, drainFor)
	defer cancel()
	for _, s := range []*edge.Server{n.server, n.secure} {
		if s != nil {
			errs = append(errs, s.Shutdown(drain))
		}
	}
	if n.instances != nil {
		errs = append(errs, n.instances.Close(ctx))
	}
	n.halt()
	n.group.Wait()
	if n.kinesis != nil {
		errs = append(errs, n.kinesis.Close(ctx))
	}
	if n.engine.Engine != nil && n.engine.owned {
		errs = append(errs, n.engine.Close())
	}
	return errors.Join(errs...)
}

// hideUser takes name and password out of a URL before it is shown.
func hideUser(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "the given URL"
	}
	return u.Redacted()
}

func (n *Node) delayShown() time.Duration {
	switch d := n.cfg.recordDelay(); {
	case d < 0:
		return 0
	case d > 0:
		return d
	}
	return defaultRecordDelay
}

func operationNames(ops []wire.Operation) map[string][]string {
	all := map[string][]string{}
	for _, op := range ops {
		all[op.Service.Name] = append(all[op.Service.Name], op.Model.Name)
	}
	return all
}
