package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
)

// answerBytesMax bounds what is read of one answer.
const answerBytesMax = 64 << 20

// client talks to a server.
type client struct {
	endpoint string // no slash at its end
	http     *http.Client
	sleep    func(context.Context, time.Duration) error // between attempts
	lost     func(error)                                // if not nil, is told when what is followed breaks off
}

// client returns a client of the server that --endpoint names.
func (sh *shared) client() (*client, error) { return newClient(sh.endpoint) }

func newClient(endpoint string) (*client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, usage("--endpoint %q: want http://host:port", endpoint)
	}
	return &client{endpoint: strings.TrimSuffix(endpoint, "/"), http: &http.Client{}, sleep: realSleep}, nil
}

func realSleep(ctx context.Context, d time.Duration) error {
	return clock.Sleep(ctx, clock.System{}, d)
}

// refusal is an answer of the operator API that is not a success.
type refusal struct {
	status  int
	Message string `json:"error"`
	Code    string `json:"code"`
	Field   string `json:"field"`
}

func (r *refusal) Error() string { return r.Message }

// refused reports whether err is an answer with one of the statuses.
func refused(err error, statuses ...int) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, s := range statuses {
		if r.status == s {
			return true
		}
	}
	return false
}

// get asks the operator API; path is what follows /_hookswitch.
func (c *client) get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, nil, out)
}

// post tells the operator API; in may be nil, and so may out.
func (c *client) post(ctx context.Context, path string, in, out any) error {
	return c.do(ctx, http.MethodPost, path, in, out)
}

func (c *client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.endpoint+"/_hookswitch"+path, body)
	if err != nil {
		return err
	}
	resp, b, err := c.answer(req)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return c.refusal(resp, b)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("what answers at %s is no hookswitch: %w", c.endpoint, err)
	}
	return nil
}

// answer sends a request and reads the whole answer.
func (c *client) answer(req *http.Request) (*http.Response, []byte, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, c.unreachable(req.Context(), err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, answerBytesMax+1))
	if err != nil {
		return nil, nil, c.unreachable(req.Context(), err)
	}
	if len(b) > answerBytesMax {
		return nil, nil, fmt.Errorf("the answer to %s is larger than %d bytes", req.URL.Path, answerBytesMax)
	}
	return resp, b, nil
}

func (c *client) refusal(resp *http.Response, body []byte) error {
	r := &refusal{status: resp.StatusCode}
	if json.Unmarshal(body, r) != nil || r.Message == "" {
		return fmt.Errorf("what answers at %s is no hookswitch (it says %s): give --endpoint", c.endpoint, resp.Status)
	}
	return r
}

// unreachable says what a failed request means for the user.
func (c *client) unreachable(ctx context.Context, err error) error {
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &op) && op.Op == "dial":
		return &exitError{exitNoServer, fmt.Errorf("nothing answers at %s: start one with \"hookswitch serve\", or give --endpoint", c.endpoint)}
	}
	return fmt.Errorf("%s does not answer: %w", c.endpoint, err)
}

// An instance as the operator API shows it.
type instance struct {
	ID      string `json:"id"`
	ARN     string `json:"arn"`
	Alias   string `json:"alias"`
	Account string `json:"account"`
	Region  string `json:"region"`
	Status  string `json:"status"`
}

func (i instance) name() string {
	if i.Alias != "" {
		return i.Alias
	}
	return i.ID
}

// path returns the path of something of the instance in the operator API.
func (i instance) path(parts ...string) string {
	p := "/instances/" + url.PathEscape(i.ID)
	for _, part := range parts {
		p += "/" + url.PathEscape(part)
	}
	return p
}

func (c *client) instances(ctx context.Context) ([]instance, error) {
	var all struct{ Instances []instance }
	err := c.get(ctx, "/instances", &all)
	return all.Instances, err
}

// instance finds an instance by id, ARN or alias; "" is the only one there is.
func (c *client) instance(ctx context.Context, name string) (instance, error) {
	all, err := c.instances(ctx)
	if err != nil {
		return instance{}, err
	}
	var names []string
	for _, i := range all {
		if name == i.ID || name == i.ARN || name == i.Alias && name != "" {
			return i, nil
		}
		names = append(names, i.name())
	}
	switch {
	case len(all) == 0:
		return instance{}, errors.New("there is no instance yet: aws connect create-instance --identity-management-type CONNECT_MANAGED --instance-alias demo --inbound-calls-enabled --outbound-calls-enabled")
	case name != "":
		return instance{}, fmt.Errorf("no instance %q: there are %s", name, strings.Join(names, ", "))
	case len(all) > 1:
		return instance{}, usage("which instance? Give --instance with one of: %s", strings.Join(names, ", "))
	}
	return all[0], nil
}

// An agent as the operator API shows it: a numbered snapshot.
type agent struct {
	Number   uint64       `json:"number"`
	ID       string       `json:"id"`
	ARN      string       `json:"arn"`
	Username string       `json:"username"`
	LoggedIn bool         `json:"loggedIn"`
	Status   agentStatus  `json:"status"`
	Next     *agentStatus `json:"nextStatus"`
	Profile  string       `json:"routingProfile"`
	Contacts []struct {
		ID      string    `json:"id"`
		Channel string    `json:"channel"`
		State   string    `json:"state"`
		Since   time.Time `json:"since"`
		Queue   string    `json:"queue"`
		Mode    string    `json:"mode"`
		Parties []struct {
			ID     string `json:"id"`
			Kind   string `json:"kind"`
			Name   string `json:"name"`
			Number string `json:"number"`
			State  string `json:"state"`
		} `json:"parties"`
	} `json:"contacts"`
}

type agentStatus struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Type  string    `json:"type"`
	Since time.Time `json:"since"`
}

// state returns the state of a contact on the agent's desk, "" when it is not there.
func (a agent) state(contact string) string {
	for _, c := range a.Contacts {
		if c.ID == contact {
			return c.State
		}
	}
	return ""
}

func (c *client) agents(ctx context.Context, i instance) ([]agent, error) {
	var all struct{ Agents []agent }
	err := c.get(ctx, i.path("agents"), &all)
	return all.Agents, err
}

// A phoneNumber that an instance has claimed.
type phoneNumber struct {
	ID       string `json:"id"`
	Number   string `json:"number"`
	FlowName string `json:"flowName"`
}

func (c *client) numbers(ctx context.Context, i instance) ([]phoneNumber, error) {
	var all struct{ Numbers []phoneNumber }
	err := c.get(ctx, i.path("numbers"), &all)
	return all.Numbers, err
}

// A contact as the operator API shows it.
type contact struct {
	ID             string     `json:"id"`
	Phase          string     `json:"phase"`
	Customer       string     `json:"customer"`
	Queue          string     `json:"queue"`
	Agent          string     `json:"agent"`
	InitiatedAt    time.Time  `json:"initiatedAt"`
	EnqueuedAt     *time.Time `json:"enqueuedAt"`
	ConnectedAt    *time.Time `json:"connectedToAgentAt"`
	DisconnectedAt *time.Time `json:"disconnectedAt"`
	CompletedAt    *time.Time `json:"completedAt"`
	Name           string     `json:"name,omitempty"`
	Flow           *struct {
		ID       string     `json:"id"`
		Occasion string     `json:"occasion,omitempty"`
		Block    string     `json:"block"`
		WaitsFor string     `json:"waitsFor"`
		Until    *time.Time `json:"until,omitempty"`
		Said     string     `json:"said,omitempty"`
	} `json:"flow,omitempty"`
}

// serverInfo is what a server says about itself.
type serverInfo struct {
	Version     string `json:"version"`
	Auth        string `json:"auth"`
	RecordDelay string `json:"recordDelay"`
}

// pause waits for a time to pass on the server's clock. A clock that stands still is moved on by it.
func (c *client) pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	var clk struct {
		Mode string
		Rate float64
	}
	if err := c.get(ctx, "/clock", &clk); err != nil {
		return err
	}
	switch {
	case clk.Mode != "virtual":
		return clock.Sleep(ctx, clock.System{}, d)
	case clk.Rate > 0:
		return clock.Sleep(ctx, clock.System{}, time.Duration(float64(d)/clk.Rate))
	}
	return c.post(ctx, "/clock", map[string]string{"advance": d.String()}, nil)
}
