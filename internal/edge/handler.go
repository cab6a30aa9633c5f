package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/wire"
)

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
	origin        func(string) bool // nil: all
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
	gone     bool // nobody waits for the answer
	status   int
	bytesOut int64
	values   [headersMax]string // backs the header values of the answer
}

// ServeHTTP answers r. A panic of an operation is answered as an internal failure and logged; it never ends the
// process and, unless the answer had begun, not the connection either.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctl := http.NewResponseController(w)
	_ = ctl.SetWriteDeadline(time.Time{}) // the one of the connection's last answer may have passed
	if strings.HasPrefix(r.URL.Path, "/_") && h.serveAdmin(w, r) {
		return
	}
	if r.ContentLength != 0 {
		// It also holds for the body of a request that is refused, which net/http reads for a while. A peer's silence is
		// a fact of the real world, whatever the service's clock says.
		_ = ctl.SetReadDeadline(clock.System{}.Now().Add(bodyReadTimeout))
	}
	c := &call{h: h, w: w, r: r, ctl: ctl, started: h.wall.Now(), enc: wire.JSON}
	c.id, c.id2 = h.ids.next()
	busy := h.requests.Add(1) > h.requestsMax
	defer c.end()
	defer c.recovered()
	if busy {
		if c.svc = c.detect(); c.svc != nil {
			c.speak()
		}
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
	if !c.originAllowed() {
		return c.refuse(http.StatusForbidden, "AccessDeniedException",
			"Pages of this origin may not call this server: see --cors-origin, or verify signatures (--auth verify).")
	}
	if resp := c.preflight(); resp != nil {
		return resp
	}
	if c.svc = c.detect(); c.svc == nil {
		if resp := c.detectByForm(); resp != nil {
			return resp
		}
	}
	if c.svc == nil {
		return c.unknownService()
	}
	var resp *wire.Response
	switch c.speak() {
	case wire.RESTJSON1:
		resp = c.restJSON()
	case wire.AWSQuery:
		resp = c.query()
	case wire.RPCV2CBOR:
		resp = c.rpc()
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
			c.gone = true
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
	if c.gone {
		o.Status = statusClientGone
	}
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
