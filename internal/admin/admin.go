// Package admin is the operator's side door: health, the clock, what agents do until they have a panel, calls that
// arrive, and everything published, as it is published. docs/operator-api.md is its contract.
package admin

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/keys/local"
	"github.com/hookswitch/hookswitch/internal/outbox"
	"github.com/hookswitch/hookswitch/internal/switchboard"
	"github.com/hookswitch/hookswitch/internal/telephony/scripted"
)

// prefix is where everything of the operator API is.
const prefix = "/_hookswitch"

// bodyBytesMax bounds what a request may bring.
const bodyBytesMax = 1 << 20

// Config is what the operator API shows and moves; the node hands it in. All fields but Virtual and Certificate are
// needed.
type Config struct {
	Instances *switchboard.Instances
	// Contact returns a contact as it stands, open or completed.
	Contact func(ctx context.Context, h *switchboard.Handle, id center.ContactID) (lifecycle.Contact, bool, error)
	// Lanes says how the documents of an instance are getting on.
	Lanes   func(center.InstanceID) []outbox.LaneStatus
	Feed    *outbox.Feed
	Network *scripted.Network
	Clock   clock.Clock
	Virtual *clock.Virtual // nil: the clock is real and cannot be moved
	// Settle returns when all that is due by the clock has been done and told.
	Settle func(context.Context) error
	// Healthy returns nil while the storage works.
	Healthy func() error
	// Ready reports whether everything answers.
	Ready func() bool
	// Check returns nil when documents can be delivered to an ARN.
	Check func(context.Context, arn.ARN) error
	// Read returns the oldest items that can be read from an ARN.
	Read            func(ctx context.Context, from arn.ARN, pos string) ([]courier.Item, string, error)
	Keys            *local.Store
	Account, Region string // of keys, where a request names neither
	Remote          bool   // other machines may use it as well
	Info            Info
	Certificate     func() []byte // PEM of the TLS listener; nil or empty: none
	Logger          *slog.Logger
}

// Info is what a node says about itself.
type Info struct {
	Version     string              `json:"version"`
	Engine      string              `json:"engine"`
	Profile     string              `json:"profile"`
	Clock       string              `json:"clock"`
	Auth        string              `json:"auth"`
	Limits      string              `json:"limits"` // "aws": rates are limited as AWS limits them; "off"
	RecordDelay string              `json:"recordDelay"`
	Operations  map[string][]string `json:"operations"` // by service
}

// Handler serves the operator API.
type Handler struct {
	cfg     Config
	mux     *http.ServeMux
	started time.Time

	clockMoves chan struct{} // holds one token: the clock is moved by one request at a time
}

// New returns the handler.
func New(cfg Config) *Handler {
	h := &Handler{cfg: cfg, mux: http.NewServeMux(), started: cfg.Clock.Now(), clockMoves: make(chan struct{}, 1)}
	h.clockMoves <- struct{}{}
	handle := func(pattern string, f func(http.ResponseWriter, *http.Request) error) {
		method, path, _ := strings.Cut(pattern, " ")
		h.mux.HandleFunc(method+" "+prefix+path, func(w http.ResponseWriter, r *http.Request) {
			if err := f(w, r); err != nil {
				h.writeError(w, r, err)
			}
		})
	}
	handle("GET /health", h.health)
	handle("GET /ready", h.readiness)
	handle("GET /info", h.info)
	handle("GET /clock", h.getClock)
	handle("POST /clock", h.postClock)
	handle("GET /tls/certificate", h.certificate)
	handle("GET /instances", h.listInstances)
	handle("GET /instances/{instance}/numbers", h.listNumbers)
	handle("GET /instances/{instance}/queues", h.listQueues)
	handle("GET /instances/{instance}/agents", h.listAgents)
	handle("GET /instances/{instance}/agents/{agent}", h.getAgent)
	handle("GET /instances/{instance}/agents/{agent}/snapshots", h.followAgent)
	handle("POST /instances/{instance}/agents/{agent}/login", h.logIn)
	handle("POST /instances/{instance}/agents/{agent}/logout", h.logOut)
	handle("POST /instances/{instance}/agents/{agent}/status", h.setStatus)
	handle("POST /instances/{instance}/agents/{agent}/contacts/{contact}/{do}", h.actOnContact)
	handle("POST /instances/{instance}/agents/{agent}/dial", h.dial)
	handle("POST /instances/{instance}/agents/{agent}/monitor", h.monitor)
	handle("POST /instances/{instance}/agents/{agent}/contacts/{contact}/parties", h.addParty)
	handle("POST /instances/{instance}/agents/{agent}/contacts/{contact}/parties/{party}/{do}", h.actOnParty)
	handle("POST /instances/{instance}/contacts/{contact}/parties/{party}/hangup", h.partyHangUp)
	handle("POST /instances/{instance}/agents/{agent}/contacts/{contact}/transfer", h.handOn)
	handle("POST /instances/{instance}/agents/{agent}/contacts/{contact}/token", h.agentToken)
	handle("POST /instances/{instance}/contacts/{contact}/say", h.say)
	handle("GET /instances/{instance}/contacts", h.listContacts)
	handle("GET /instances/{instance}/contacts/{contact}", h.getContact)
	handle("POST /instances/{instance}/contacts/{contact}/hangup", h.hangUp)
	handle("POST /instances/{instance}/contacts/{contact}/input", h.input)
	handle("POST /instances/{instance}/calls", h.call)
	handle("GET /keys", h.listKeys)
	handle("POST /keys", h.createKey)
	handle("GET /keys/{key}", h.getKey)
	handle("POST /keys/{key}/{do}", h.changeKey)
	handle("GET /lines/{number}", h.getLine)
	handle("PUT /lines/{number}", h.putLine)
	handle("DELETE /lines/{number}", h.deleteLine)
	handle("GET /events", h.followEvents)
	handle("GET /doctor", h.doctor)
	h.mux.HandleFunc("GET /_localstack/health", func(w http.ResponseWriter, r *http.Request) {
		if err := h.localstackHealth(w, r); err != nil {
			h.writeError(w, r, err)
		}
	})
	return h
}

// ServeHTTP answers a request, unless it comes from another machine and only this one is allowed.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.cfg.Remote && !fromHere(r) {
		h.writeError(w, r, &httpError{http.StatusForbidden, "Forbidden", "", "the operator API answers this machine only; start with --admin-remote to open it"})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyBytesMax)
	if _, pattern := h.mux.Handler(r); pattern == "" {
		h.writeError(w, r, &httpError{http.StatusNotFound, "NotFound", "", "no such thing here: " + r.Method + " " + r.URL.Path + " (docs/operator-api.md lists what there is)"})
		return
	}
	h.mux.ServeHTTP(w, r)
}

// fromHere reports whether a request came over the loopback interface.
func fromHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (h *Handler) health(w http.ResponseWriter, _ *http.Request) error {
	if err := h.cfg.Healthy(); err != nil {
		return &httpError{http.StatusServiceUnavailable, "Unhealthy", "", err.Error()}
	}
	return writeJSON(w, map[string]string{"status": "ok"})
}

// localstackHealth has the shape that scripts made for another emulator look for.
func (h *Handler) localstackHealth(w http.ResponseWriter, _ *http.Request) error {
	if err := h.cfg.Healthy(); err != nil {
		return &httpError{http.StatusServiceUnavailable, "Unhealthy", "", err.Error()}
	}
	services := map[string]string{}
	for s := range h.cfg.Info.Operations {
		services[s] = "running"
	}
	return writeJSON(w, map[string]any{"services": services, "version": h.cfg.Info.Version})
}

func (h *Handler) readiness(w http.ResponseWriter, _ *http.Request) error {
	if !h.cfg.Ready() {
		return &httpError{http.StatusServiceUnavailable, "NotReady", "", "not everything answers yet"}
	}
	return writeJSON(w, map[string]string{"status": "ready"})
}

func (h *Handler) info(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, struct {
		Info
		Uptime string `json:"uptime"`
	}{h.cfg.Info, h.cfg.Clock.Now().Sub(h.started).Round(time.Millisecond).String()})
}

func (h *Handler) certificate(w http.ResponseWriter, _ *http.Request) error {
	var pem []byte
	if h.cfg.Certificate != nil {
		pem = h.cfg.Certificate()
	}
	if len(pem) == 0 {
		return &httpError{http.StatusNotFound, "NotFound", "", "there is no TLS listener: start with --tls"}
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	_, err := w.Write(pem)
	return err
}
