package edge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// AuthMode says what a signature must prove.
type AuthMode string

// The modes. In both a request without a signature, or with an incomplete one, is refused as AWS refuses it.
const (
	AuthOpen   AuthMode = "open"   // who signed is read and believed; the signature need not match
	AuthVerify AuthMode = "verify" // the access key must be known and the signature must match
)

// Defaults of Config.
const (
	DefaultAccount     = "000000000000"
	DefaultRegion      = "us-east-1"
	DefaultRequestsMax = 8192 // requests at once, open streams among them
)

// Config is what a Handler needs. Its zero value serves nothing but refusals.
type Config struct {
	// Operations are all that is served. Their services need not be named in Services.
	Operations []wire.Operation
	// Services are those that are known by their catalogue even where they serve no operation.
	Services []*wire.Service
	// Admin serves everything under /_hookswitch/ and /_localstack/, with the path as it came. Requests that change
	// something and come from another site's page in a browser do not reach it. Nil: such paths are not found.
	Admin http.Handler

	// Auth is AuthOpen when empty.
	Auth AuthMode
	// Credentials finds the secret of an access key id; false for one that is not known. Only AuthVerify needs it.
	// It is called for each request and must be safe for concurrent use.
	Credentials func(accessKeyID string) (Credential, bool)
	// DefaultAccount is the account of callers whose key names none: 12 digits. Empty: DefaultAccount.
	DefaultAccount string
	// DefaultRegion is the Region of callers whose scope names none. Empty: DefaultRegion.
	DefaultRegion string

	// Clock is the time of the service, by which temporary credentials expire. Nil: the system's.
	Clock clock.Clock
	// Wall is the time of the real world, by which the age of a signature and the duration of a request are measured:
	// clients sign with it, whatever Clock says. Nil: the system's.
	Wall clock.Clock
	// Rand is where request ids come from; one read at a time. Nil: crypto/rand.
	Rand io.Reader
	// Logger gets failures of our own at Error and every request at Debug. Nil: nothing is logged.
	Logger *slog.Logger
	// Observe, when set, is called once after each request of a service; it must not block.
	Observe func(Observed)

	// RequestsMax is how many requests may be in work at once; one more is answered 503 and may be tried again. Zero:
	// DefaultRequestsMax.
	RequestsMax int
	// BodyBytesMax overrides, by service name, how many bytes a body may have, both as sent and after decompression.
	BodyBytesMax map[string]int64
}

// Observed is what a finished request amounted to, for metrics. Service and Operation are "" when they were not
// found, so that their values are never a client's invention.
type Observed struct {
	Service   string
	Operation string
	Status    int // as answered; 499 when the client had gone
	Duration  time.Duration
	BytesIn   int64 // of the body as sent
	BytesOut  int64 // of the body answered
}

// statusClientGone is what Observed says when nobody waited for the answer any more.
const statusClientGone = 499

// A Handler serves AWS requests. It is safe for concurrent use.
type Handler struct {
	auth          AuthMode
	credentials   func(string) (Credential, bool)
	account       string
	region        string
	clock, wall   clock.Clock
	log           *slog.Logger
	observe       func(Observed)
	admin         http.Handler
	ids           ids
	keys          keyCache
	requestsMax   int64
	requests      atomic.Int64
	services      []*service // in the order they were given
	byTarget      map[string]*service
	bySigningName map[string][]*service
	byHostLabel   map[string]*service
	served        string // names of the services, for refusals
}

// A service is a wire.Service with its operations bound.
type service struct {
	*wire.Service
	operations   map[string]*operation // the whole catalogue
	routes       *routes               // for RESTJSON1
	bodyBytesMax int64
	cors         bool
	contentType  string // of JSON bodies, for awsJson
}

// An operation of a catalogue. Serve is nil when it is not served.
type operation struct {
	name  string
	serve func(context.Context, *wire.Request) (*wire.Response, error)
}

var account = regexp.MustCompile(`^[0-9]{12}$`)

// New returns a handler, or everything that is wrong with cfg.
func New(cfg Config) (*Handler, error) {
	h := &Handler{
		auth: cfg.Auth, credentials: cfg.Credentials, account: cfg.DefaultAccount, region: cfg.DefaultRegion,
		clock: cfg.Clock, wall: cfg.Wall, log: cfg.Logger, observe: cfg.Observe, admin: cfg.Admin,
		ids: ids{rand: cfg.Rand}, requestsMax: int64(cfg.RequestsMax),
		byTarget: map[string]*service{}, bySigningName: map[string][]*service{}, byHostLabel: map[string]*service{},
	}
	h.defaults()
	if h.admin != nil {
		h.admin = http.NewCrossOriginProtection().Handler(h.admin)
	}
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	switch {
	case h.auth != AuthOpen && h.auth != AuthVerify:
		problem("auth mode %q is neither %q nor %q", h.auth, AuthOpen, AuthVerify)
	case h.auth == AuthVerify && h.credentials == nil:
		problem("auth mode %q needs Credentials", h.auth)
	}
	if !account.MatchString(h.account) {
		problem("default account %q is not 12 digits", h.account)
	}
	if !validRegion(h.region) {
		problem("default Region %q is not the name of a Region", h.region)
	}
	if h.requestsMax < 0 {
		problem("RequestsMax is %d", h.requestsMax)
	}
	problems = append(problems, h.bind(cfg)...)
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return h, nil
}

func (h *Handler) defaults() {
	if h.auth == "" {
		h.auth = AuthOpen
	}
	if h.account == "" {
		h.account = DefaultAccount
	}
	if h.region == "" {
		h.region = DefaultRegion
	}
	if h.clock == nil {
		h.clock = clock.System{}
	}
	if h.wall == nil {
		h.wall = clock.System{}
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if h.ids.rand == nil {
		h.ids.rand = rand.Reader
	}
	if h.requestsMax == 0 {
		h.requestsMax = DefaultRequestsMax
	}
}

// bind fills the tables by which services and operations are found.
func (h *Handler) bind(cfg Config) (problems []error) {
	byName := map[string]*service{}
	add := func(s *wire.Service) *service {
		if known := byName[s.Name]; known != nil {
			if known.Service != s {
				problems = append(problems, fmt.Errorf("service %s is given twice", s.Name))
			}
			return known
		}
		bound, err := newService(s, cfg.BodyBytesMax)
		if err != nil {
			problems = append(problems, err)
		}
		byName[s.Name] = bound
		h.services = append(h.services, bound)
		return bound
	}
	for _, s := range cfg.Services {
		add(s)
	}
	for _, op := range cfg.Operations {
		if op.Service == nil || op.Serve == nil {
			problems = append(problems, fmt.Errorf("operation %q has no service or nothing that serves it", op.Model.Name))
			continue
		}
		known := add(op.Service).operations[op.Model.Name]
		switch {
		case known == nil:
			problems = append(problems, fmt.Errorf("operation %s is not in the catalogue of %s", op.Model.Name, op.Service.Name))
		case known.serve != nil:
			problems = append(problems, fmt.Errorf("operation %s of %s is given twice", op.Model.Name, op.Service.Name))
		default:
			known.serve = op.Serve
		}
	}
	for name := range cfg.BodyBytesMax {
		if byName[name] == nil {
			problems = append(problems, fmt.Errorf("BodyBytesMax names %q, which is no service", name))
		}
	}
	var names []string
	for _, s := range h.services {
		names = append(names, s.Name)
		if s.TargetPrefix != "" {
			h.byTarget[s.TargetPrefix] = s
		}
		h.bySigningName[s.SigningName] = append(h.bySigningName[s.SigningName], s)
		for _, label := range append(hostLabels[s.Name], s.Name) {
			h.byHostLabel[label] = s
		}
	}
	slices.Sort(names)
	h.served = strings.Join(names, ", ")
	return problems
}

func newService(s *wire.Service, bodyBytesMax map[string]int64) (*service, error) {
	bound := &service{Service: s, operations: make(map[string]*operation, len(s.Catalogue)), cors: corsServices[s.Name]}
	bound.bodyBytesMax = bodyBytesMaxOf(s.Name)
	if n := bodyBytesMax[s.Name]; n > 0 {
		bound.bodyBytesMax = n
	}
	switch s.Protocol {
	case wire.AWSJSON10:
		bound.contentType = "application/x-amz-json-1.0"
	case wire.AWSJSON11:
		bound.contentType = "application/x-amz-json-1.1"
	case wire.RESTJSON1:
		bound.routes = &routes{}
	case wire.AWSQuery:
	default:
		return bound, fmt.Errorf("service %s speaks %q, which the edge does not", s.Name, s.Protocol)
	}
	for _, m := range s.Catalogue {
		op := &operation{name: m.Name}
		bound.operations[m.Name] = op
		if bound.routes != nil {
			if err := bound.routes.add(m.Method, m.Path, op); err != nil {
				return bound, fmt.Errorf("service %s, operation %s: %w", s.Name, m.Name, err)
			}
		}
	}
	return bound, nil
}

// A call is one request on its way through.
type call struct {
	h       *Handler
	w       http.ResponseWriter
	r       *http.Request
	ctl     *http.ResponseController
	started time.Time
	id, id2 string // x-amzn-RequestId, x-amz-id-2

	svc    *service   // nil until found
	op     *operation // nil until found
	enc    wire.Encoding
	sig    signature
	secret Credential // of the caller, in AuthVerify
	caller wire.Caller
	raw    []byte // the body as sent
	read   bool   // raw was read
	req    wire.Request

	wrote    bool // the answer's header was written
	status   int
	bytesOut int64
	values   [headersMax]string // backs the header values of the answer
}

// ServeHTTP answers r. A panic of an operation is answered as an internal failure and logged; it never ends the
// process and, unless the answer had begun, not the connection either.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_") && h.serveAdmin(w, r) {
		return
	}
	c := &call{h: h, w: w, r: r, ctl: http.NewResponseController(w), started: h.wall.Now(), enc: wire.JSON}
	c.id, c.id2 = h.ids.next()
	busy := h.requests.Add(1) > h.requestsMax
	defer c.end()
	defer c.recovered()
	if busy {
		c.svc = c.detect()
		c.write(c.refuse(http.StatusServiceUnavailable, "ServiceUnavailable",
			fmt.Sprintf("More than %d requests are in work. Try again.", h.requestsMax)))
		return
	}
	c.write(c.answer())
}

// serveAdmin reports whether the path was one of the operator's, and serves it.
func (h *Handler) serveAdmin(w http.ResponseWriter, r *http.Request) bool {
	if h.admin == nil || !strings.HasPrefix(r.URL.Path, "/_hookswitch/") && !strings.HasPrefix(r.URL.Path, "/_localstack/") {
		return false
	}
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler {
				h.log.ErrorContext(r.Context(), "panic", "op", "admin "+r.URL.Path, "err", fmt.Sprint(p), "stack", string(debug.Stack()))
			}
			panic(http.ErrAbortHandler) // what the handler wrote may be half an answer
		}
	}()
	h.admin.ServeHTTP(w, r)
	return true
}

// answer finds out what to say.
func (c *call) answer() *wire.Response {
	if resp := c.preflight(); resp != nil {
		return resp
	}
	if c.svc = c.detect(); c.svc == nil {
		if resp := c.detectByForm(); resp != nil {
			return resp
		}
	}
	var resp *wire.Response
	switch {
	case c.svc == nil:
		return c.unknownService()
	case c.svc.Protocol == wire.RESTJSON1:
		resp = c.restJSON()
	case c.svc.Protocol == wire.AWSQuery:
		resp = c.query()
	default:
		resp = c.awsJSON()
	}
	if resp != nil {
		return resp
	}
	c.req.Encoding, c.req.Header = c.enc, c.r.Header
	c.caller.RequestID = c.id
	resp, err := c.op.serve(wire.WithCaller(c.r.Context(), c.caller), &c.req)
	switch {
	case err != nil:
		return c.failed(err)
	case resp == nil:
		return c.failed(errors.New("the operation returned neither an answer nor an error"))
	}
	return resp
}

// failed renders an operation's error: modelled ones as they are, the rest as the service's internal failure, which
// is logged here and nowhere else.
func (c *call) failed(err error) *wire.Response {
	var modelled wire.Error
	if errors.As(err, &modelled) {
		return c.render(err)
	}
	if ctx := c.r.Context(); ctx.Err() != nil {
		// The client went, or the server closes and no longer waits: nothing to look at. It can be tried again.
		if !errors.Is(context.Cause(ctx), errShutdown) {
			c.status = statusClientGone
		}
		return c.refuse(http.StatusServiceUnavailable, "ServiceUnavailable", "The request was cut off.")
	}
	c.h.log.ErrorContext(c.r.Context(), "internal failure", "service", c.svc.Name, "op", c.operationName(), "request_id", c.id, "err", err)
	return c.render(err)
}

// recovered turns a panic into an internal failure.
func (c *call) recovered() {
	p := recover()
	if p == nil {
		return
	}
	if p != http.ErrAbortHandler {
		c.h.log.ErrorContext(c.r.Context(), "panic", "service", c.serviceName(), "op", c.operationName(), "request_id", c.id,
			"err", fmt.Sprint(p), "stack", string(debug.Stack()))
	}
	if c.wrote || p == http.ErrAbortHandler {
		panic(http.ErrAbortHandler) // the client must not take half an answer for a whole one
	}
	c.write(c.render(errPanic))
}

var errPanic = errors.New("the operation panicked")

// end counts and logs what happened.
func (c *call) end() {
	c.h.requests.Add(-1)
	logged := c.h.log.Enabled(c.r.Context(), slog.LevelDebug)
	if c.h.observe == nil && !logged {
		return
	}
	o := Observed{Service: c.serviceName(), Operation: c.operationName(), Status: c.status,
		Duration: max(0, c.h.wall.Now().Sub(c.started)), BytesIn: int64(len(c.raw)), BytesOut: c.bytesOut}
	if logged {
		c.h.log.LogAttrs(c.r.Context(), slog.LevelDebug, "request", slog.String("service", o.Service), slog.String("op", o.Operation),
			slog.Int("status", o.Status), slog.Duration("duration", o.Duration), slog.String("request_id", c.id))
	}
	if c.h.observe != nil {
		c.h.observe(o)
	}
}

func (c *call) serviceName() string {
	if c.svc == nil {
		return ""
	}
	return c.svc.Name
}

func (c *call) operationName() string {
	if c.op == nil {
		return ""
	}
	return c.op.name
}
