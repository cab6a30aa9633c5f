package admin

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/outbox"
	"github.com/hookswitch/hookswitch/internal/perform"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/switchboard"
	"github.com/hookswitch/hookswitch/internal/telephony/scripted"
)

var start = time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)

// world is the operator API over one instance with one agent.
type world struct {
	*Handler
	t       *testing.T
	cfg     Config
	virtual *clock.Virtual
	feed    *outbox.Feed
	handle  *switchboard.Handle
	agent   center.AgentID
}

const instanceARN = "arn:aws:connect:us-east-1:111122223333:instance/aaaaaaaa-bbbb-cccc-dddd-111111111111"

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, virtual: clock.NewVirtual(start), feed: &outbox.Feed{ID: "feed"}}
	network, err := scripted.New(scripted.Config{Clock: w.virtual})
	if err != nil {
		t.Fatal(err)
	}
	performer, err := perform.New(perform.Config{Network: network})
	if err != nil {
		t.Fatal(err)
	}
	instances, err := switchboard.OpenInstances(t.Context(), switchboard.InstancesConfig{
		Engine: memory.New(memory.Config{Clock: w.virtual}), Clock: w.virtual, Perform: func(switchboard.Info) switchboard.Performer { return performer.Perform },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { instances.Close(context.WithoutCancel(t.Context())) })
	w.handle, err = instances.Create(t.Context(), "111122223333", "us-east-1", center.CreateInstance{Key: make([]byte, 32), Instance: center.Instance{
		ID: "aaaaaaaa-bbbb-cccc-dddd-111111111111", ARN: instanceARN, Alias: "demo", IdentityManagement: "CONNECT_MANAGED",
		Attributes: map[string]string{"INBOUND_CALLS": "true", "OUTBOUND_CALLS": "true"}}})
	if err != nil {
		t.Fatal(err)
	}
	var user center.User
	w.handle.Live.Directory(func(d *directory.Directory) {
		user = center.User{Username: "alice", FirstName: "Alice", LastName: "A", PasswordHash: "x", Phone: center.PhoneConfig{Type: "SOFT_PHONE"},
			RoutingProfile: directory.Sorted(d.Profiles)[0].ID, SecurityProfiles: []center.SecurityProfileID{directory.Sorted(d.Security)[0].ID}}
	})
	w.submit(center.CreateUser{User: user})
	w.agent = w.handle.Live.Agents(nil)[0].ID
	w.cfg = Config{
		Instances: instances, Feed: w.feed, Network: network, Clock: w.virtual, Virtual: w.virtual, Lanes: func(center.InstanceID) []outbox.LaneStatus { return nil },
		Contact: func(_ context.Context, h *switchboard.Handle, id center.ContactID) (lifecycle.Contact, bool, error) {
			c, ok := h.Live.Contact(id)
			return c, ok, nil
		},
		Settle: func(context.Context) error { return nil }, Healthy: func() error { return nil }, Ready: func() bool { return true },
		Info: Info{Version: "test", Operations: map[string][]string{"kinesis": {"PutRecord"}}},
	}
	w.Handler = New(w.cfg)
	return w
}

func (w *world) submit(cmd center.Command) {
	w.t.Helper()
	if _, err := w.handle.Switchboard.Submit(w.t.Context(), cmd); err != nil {
		w.t.Fatal(err)
	}
}

// ask calls the handler as this machine does.
func ask(t *testing.T, h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

type refusal struct{ Error, Code, Field string }

func refused(t *testing.T, w *httptest.ResponseRecorder) (out refusal) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || out.Error == "" || out.Code == "" {
		t.Errorf("an error has the body %s", w.Body)
	}
	return out
}

func TestOtherMachinesAreRefused(t *testing.T) {
	w := newWorld(t)
	w.cfg.Remote = true
	open := New(w.cfg)
	for from, here := range map[string]bool{"127.0.0.1:1": true, "127.8.0.1:1": true, "[::1]:1": true, "192.0.2.1:1": false, "[2001:db8::1]:1": false, "10.0.0.1:1": false, "@": false, "": false, "[::ffff:127.0.0.1]:1": true, "[::ffff:192.0.2.1]:1": false} {
		for _, path := range []string{"/_hookswitch/health", "/_hookswitch/instances", "/_localstack/health", "/_hookswitch/nothing"} {
			r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
			r.RemoteAddr = from
			r.Header.Set("X-Forwarded-For", "127.0.0.1") // says who it pleases
			closed, opened := httptest.NewRecorder(), httptest.NewRecorder()
			w.ServeHTTP(closed, r)
			open.ServeHTTP(opened, r)
			if (closed.Code == http.StatusForbidden) == here {
				t.Errorf("%s from %q is answered %d", path, from, closed.Code)
			}
			if opened.Code == http.StatusForbidden {
				t.Errorf("with --admin-remote %s from %q is refused", path, from)
			}
		}
	}
}

// What is not understood is refused by name: it would be ignored otherwise.
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	w := newWorld(t)
	agent := "/_hookswitch/instances/demo/agents/alice"
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/_hookswitch/clock", `{"advance":"1s","by":1}`, 400, `unknown field "by"`},
		{"POST", "/_hookswitch/clock", `{"advance":"1s"} {}`, 400, "more than one"},
		{"POST", "/_hookswitch/clock", `{"advance":`, 400, "not understood"},
		{"POST", "/_hookswitch/clock", `{"advance":"` + strings.Repeat("1", bodyBytesMax) + `s"}`, 400, "too large"},
		{"POST", "/_hookswitch/clock", `{}`, 400, "one of"},
		{"POST", agent + "/status", `{"status":"Available","now":true}`, 400, `unknown field "now"`},
		{"POST", agent + "/status", `{"status":"Nap"}`, 400, "there are Available, Offline"},
		{"POST", agent + "/contacts/none/accept", ``, 404, ""},
		{"POST", agent + "/contacts/none/eat", ``, 404, "accept, barge, clear, end, hold, join, listen, pause, reject, resume, swap, take-over, unpause"},
		{"POST", "/_hookswitch/instances/demo/calls", `{"customer":"+12065550100","dialled":"+12065550199","priority":1}`, 400, `unknown field "priority"`},
		{"POST", "/_hookswitch/instances/demo/calls", `{"customer":"+12065550100","dialled":"+12065550199"}`, 404, ""},
		{"POST", "/_hookswitch/instances/demo/contacts/none/hangup", ``, 404, ""},
		{"GET", "/_hookswitch/instances/none/agents", ``, 404, `no instance "none"`},
		{"GET", "/_hookswitch/instances/demo/agents/bob", ``, 404, `no agent "bob"`},
		{"GET", "/_hookswitch/instances/demo/contacts/none", ``, 404, "no contact"},
		{"GET", agent + "/snapshots?after=x", ``, 400, "must be a number"},
		{"GET", "/_hookswitch/events?kind=dream", ``, 400, "contact-record"},
		{"GET", "/_hookswitch/events?recent=-1", ``, 400, "recent"},
		{"GET", "/_hookswitch/events?after=feed-x", ``, 400, "after"},
		{"GET", "/_hookswitch/events?after=-1-1", ``, 400, "after"},
		{"GET", "/_hookswitch/events?instance=none", ``, 404, "none"},
		{"PUT", "/_hookswitch/lines/+12065550100", `{"outcome":"fax"}`, 400, "answer, no-answer, busy"},
		{"PUT", "/_hookswitch/lines/+12065550100", `{"outcome":"answer","after":"-1s"}`, 400, ""},
		{"PUT", "/_hookswitch/lines/+12065550100", `{"outcome":"answer","later":"1s"}`, 400, `unknown field "later"`},
		{"GET", "/_hookswitch/nothing", ``, 404, "docs/operator-api.md"},
		{"DELETE", "/_hookswitch/instances", ``, 404, "DELETE"},
		{"GET", "/_hookswitch/tls/certificate", ``, 404, "--tls"},
	} {
		before := w.handle.Live.Place()
		got := ask(t, w, c.method, c.path, c.body)
		name := c.method + " " + c.path + " " + c.body[:min(len(c.body), 80)]
		if got.Code != c.status {
			t.Errorf("%s: %d %s, want %d", name, got.Code, got.Body, c.status)
			continue
		}
		if r := refused(t, got); !strings.Contains(r.Error, c.says) {
			t.Errorf("%s: %q, want %q in it", name, r.Error, c.says)
		}
		if w.handle.Live.Place() != before || !w.virtual.Now().Equal(start) {
			t.Errorf("%s changed something", name)
		}
	}
}

func TestHealthFollowsTheStorage(t *testing.T) {
	w := newWorld(t)
	broken := errors.New("the disk is full")
	healthy := true
	w.cfg.Healthy = func() error {
		if healthy {
			return nil
		}
		return broken
	}
	w.cfg.Ready = func() bool { return healthy }
	h := New(w.cfg)
	for _, path := range []string{"/_hookswitch/health", "/_localstack/health", "/_hookswitch/ready"} {
		healthy = true
		if got := ask(t, h, "GET", path, ""); got.Code != 200 {
			t.Errorf("%s: %d", path, got.Code)
		}
		healthy = false
		if got := ask(t, h, "GET", path, ""); got.Code != 503 {
			t.Errorf("%s when it is not well: %d", path, got.Code)
		}
	}
}

// A clock that cannot settle is answered in bounded time, with where it came to.
func TestMovingTheClockIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		virtual := clock.NewVirtual(start)
		h := New(Config{Clock: virtual, Virtual: virtual, Settle: func(ctx context.Context) error {
			if !virtual.Now().Before(start.Add(time.Minute)) {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}})
		_, stop := virtual.WakeAt(start.Add(time.Minute))
		defer stop()
		before := time.Now()
		got := ask(t, h, "POST", "/_hookswitch/clock", `{"advance":"1h"}`)
		var shown struct {
			Now     time.Time
			Settled *bool
		}
		if err := json.Unmarshal(got.Body.Bytes(), &shown); err != nil || got.Code != 200 || shown.Settled == nil || *shown.Settled || !shown.Now.Equal(start.Add(time.Minute)) {
			t.Errorf("%d %s", got.Code, got.Body)
		}
		if took := time.Since(before); took != settleFor {
			t.Errorf("it took %v, want %v", took, settleFor)
		}
	})
}

// event is what a follower reads.
type event struct {
	id   uint64 // without the feed
	kind string
	data string
}

// follow reads server-sent events until n have come, and goes away. Header may name the last event seen.
func follow(t *testing.T, h http.Handler, path string, last uint64, n int) (all []event) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last > 0 {
		req.Header.Set("Last-Event-ID", strconv.FormatUint(last, 10))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" || resp.StatusCode != 200 {
		t.Fatalf("%s: %d %s", path, resp.StatusCode, got)
	}
	var e event
	lines := bufio.NewScanner(resp.Body)
	for len(all) < n && lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			if e.id, err = strconv.ParseUint(value[strings.LastIndex(value, "-")+1:], 10, 64); err != nil {
				t.Fatal(err)
			}
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			if e.data != "" { // otherwise it is the place where the feed begins
				all = append(all, e)
			}
		}
	}
	if len(all) < n {
		t.Fatalf("%s ended after %d events: %v", path, len(all), lines.Err())
	}
	return all
}

// A panel that was away names the last snapshot it saw and gets every one since, none merged.
func TestSnapshotsResume(t *testing.T) {
	w := newWorld(t)
	path := "/_hookswitch/instances/demo/agents/alice/snapshots"
	first := follow(t, w, path, 0, 1)[0]
	var shown struct {
		Number                 uint64
		Fresh, LoggedIn        bool
		Username, ARN, Profile string
		Status                 struct{ Name string }
	}
	if err := json.Unmarshal([]byte(first.data), &shown); err != nil || first.kind != "snapshot" || !shown.Fresh || shown.LoggedIn || shown.Number != first.id || shown.ARN != instanceARN+"/agent/"+string(w.agent) {
		t.Fatalf("the first snapshot is %+v", first)
	}
	w.submit(center.LogIn{Agent: w.agent})
	for _, body := range []string{`{"status":"Available"}`, `{"status":"Offline"}`} {
		if got := ask(t, w, "POST", "/_hookswitch/instances/demo/agents/"+string(w.agent)+"/status", body); got.Code != 200 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
	}
	after := "?after=" + strconv.FormatUint(first.id, 10)
	for name, since := range map[string][]event{"by query": follow(t, w, path+after, 0, 3), "by header": follow(t, w, path, first.id, 3)} {
		last := first.id
		var story []string
		for _, e := range since {
			if e.id <= last {
				t.Errorf("%s: snapshot %d after %d", name, e.id, last)
			}
			last = e.id
			shown.Fresh = false
			if err := json.Unmarshal([]byte(e.data), &shown); err != nil || shown.Fresh {
				t.Errorf("%s: %s %v", name, e.data, err)
			}
			story = append(story, shown.Status.Name)
		}
		if got := strings.Join(story, " "); got != "Offline Available Offline" {
			t.Errorf("%s: the snapshots tell %q", name, got)
		}
	}
}

// A follower of documents that was away goes on behind the last one it saw.
func TestEventsResume(t *testing.T) {
	w := newWorld(t)
	for i, kind := range []string{outbox.KindContactEvent, outbox.KindContactRecord, outbox.KindAgentEvent, outbox.KindContactRecord} {
		w.feed.Publish(outbox.Item{Kind: kind, Instance: w.handle.Info.ID, ID: strconv.Itoa(i), Time: start, Document: []byte(`{"n":` + strconv.Itoa(i) + `}`)})
	}
	ids := func(all []event) string {
		var b strings.Builder
		for _, e := range all {
			var shown struct {
				ID       string
				Kind     string
				Document struct{ N int }
			}
			if err := json.Unmarshal([]byte(e.data), &shown); err != nil || shown.Kind != e.kind || strconv.Itoa(shown.Document.N) != shown.ID {
				t.Errorf("%+v: %v", e, err)
			}
			b.WriteString(shown.ID)
		}
		return b.String()
	}
	for path, want := range map[string]string{
		"?after=1": "123", "?after=1&kind=contact-record": "13", "?after=2&instance=demo": "23", "?recent=4&kind=contact-record&kind=agent-event": "123",
	} {
		if got := ids(follow(t, w, "/_hookswitch/events"+path, 0, len(want))); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if got := ids(follow(t, w, "/_hookswitch/events", 3, 1)); got != "3" {
		t.Errorf("by header: got %s, want 3", got)
	}
	for after, want := range map[string]string{"feed-1": "123", "feed-0": "0123", "of an earlier run-3": "0123", "earlier-0": "0123"} {
		if got := ids(follow(t, w, "/_hookswitch/events?after="+url.QueryEscape(after), 0, len(want))); got != want {
			t.Errorf("after %s: got %s, want %s", after, got, want)
		}
	}
}

// The answer begins with the place where it begins, though nothing has been published.
func TestEventsTellTheirPlaceAtOnce(t *testing.T) {
	w := newWorld(t)
	w.feed.Publish(outbox.Item{Kind: outbox.KindAgentEvent, Time: start, Document: []byte(`{}`)}, outbox.Item{Kind: outbox.KindAgentEvent, Time: start, Document: []byte(`{}`)})
	server := httptest.NewServer(w)
	defer server.Close()
	for query, want := range map[string]string{"": "feed-2", "?recent=1": "feed-1", "?after=feed-1": "feed-1", "?after=earlier-9": "feed-0"} {
		resp, err := http.Get(server.URL + "/_hookswitch/events" + query)
		if err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(resp.Body).ReadString('\n')
		if resp.Body.Close(); line != "id: "+want+"\n" {
			t.Errorf("%q begins with %q (%v), want %s", query, line, err, want)
		}
	}
}
