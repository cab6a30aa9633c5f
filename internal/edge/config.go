package edge

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
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

	// Origin decides which sites' pages may call the services from a browser; it is asked with the Origin header, and a
	// request it denies is refused. Nil: every site's, as AWS has it; right only where signatures are verified, since a
	// page can make up any. LoopbackOrigin is for AuthOpen.
	Origin func(origin string) bool

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

var account = regexp.MustCompile(`^[0-9]{12}$`)

// New returns a handler, or everything that is wrong with cfg.
func New(cfg Config) (*Handler, error) {
	h := &Handler{
		auth: cfg.Auth, credentials: cfg.Credentials, account: cfg.DefaultAccount, region: cfg.DefaultRegion,
		clock: cfg.Clock, wall: cfg.Wall, log: cfg.Logger, observe: cfg.Observe, admin: cfg.Admin, origin: cfg.Origin,
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
