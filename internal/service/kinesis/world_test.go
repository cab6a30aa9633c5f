package kinesis

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/wire"
)

const (
	testAccount = "123456789012"
	testRegion  = "eu-west-3"
)

// epoch is when tests begin: not on a whole second.
var epoch = time.Date(2026, 3, 4, 5, 6, 7, 250e6, time.UTC)

// world is a service on a virtual clock and a storage that outlives it.
type world struct {
	t     testing.TB
	cfg   Config
	clock *clock.Virtual
	disk  *memory.Disk
	svc   *Service
	ctx   context.Context
}

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual(epoch), disk: new(memory.Disk)}
	w.ctx = as(testAccount, testRegion)
	w.cfg = Config{Clock: w.clock, Rand: rand.New(rand.NewSource(1))}
	for _, f := range change {
		f(&w.cfg)
	}
	w.reopen()
	return w
}

func as(account, region string) context.Context {
	return wire.WithCaller(context.Background(), wire.Caller{Account: account, Region: region, Partition: "aws"})
}

// reopen starts a new service on what the old one left, as after a crash.
func (w *world) reopen() {
	w.t.Helper()
	w.cfg.Storage = memory.New(memory.Config{Clock: w.clock, Disk: w.disk})
	var err error
	if w.svc, err = New(context.Background(), w.cfg); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	if err := w.clock.Advance(d); err != nil {
		w.t.Fatal(err)
	}
}

// work does rounds until there is nothing to do.
func (w *world) work() {
	w.t.Helper()
	for range 1000 {
		busy, err := w.svc.Work(context.Background())
		if err != nil {
			w.t.Fatal(err)
		}
		if !busy {
			return
		}
	}
	w.t.Fatal("work does not end")
}

// send sends a JSON request as the edge would, and returns the status and the body of the answer.
func (w *world) send(operation, body string) (int, string) {
	w.t.Helper()
	return w.sendAs(w.ctx, operation, body)
}

func (w *world) sendAs(ctx context.Context, operation, body string) (int, string) {
	w.t.Helper()
	for _, op := range w.svc.Operations() {
		if op.Model.Name != operation {
			continue
		}
		resp, err := op.Serve(ctx, &wire.Request{Encoding: wire.JSON, Body: []byte(body)})
		if err != nil {
			resp = wire.RenderError(op.Service, wire.JSON, err, "request")
		}
		return resp.Status, string(resp.Body)
	}
	w.t.Fatalf("no operation %s", operation)
	return 0, ""
}

// answer is any answer's JSON.
type answer map[string]any

// ok sends a request that must succeed.
func (w *world) ok(operation, body string, args ...any) answer {
	w.t.Helper()
	body = fmt.Sprintf(body, args...)
	status, text := w.send(operation, body)
	if status != 200 {
		w.t.Fatalf("%s %s = %d %s", operation, body, status, text)
	}
	return parseAnswer(w.t, text)
}

func parseAnswer(t testing.TB, text string) (a answer) {
	t.Helper()
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatalf("not JSON: %s: %v", text, err)
	}
	return a
}

// refused sends a request that must be refused with a code and a message.
func (w *world) refused(operation, body, code, message string) {
	w.t.Helper()
	w.refusedAs(w.ctx, operation, body, code, message)
}

func (w *world) refusedAs(ctx context.Context, operation, body, code, message string) {
	w.t.Helper()
	status, text := w.sendAs(ctx, operation, body)
	var got struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil && status != 200 {
		w.t.Fatalf("%s answers %s: %v", operation, text, err)
	}
	wantStatus := 400
	if code == "InternalFailure" {
		wantStatus = 500
	}
	if status != wantStatus || got.Type != code || got.Message != message {
		w.t.Errorf("%s %s\n got %d %s: %s\nwant %d %s: %s", operation, body, status, got.Type, got.Message, wantStatus, code, message)
	}
}

// at follows member names and list places into an answer.
func (a answer) at(path string) any {
	var v any = map[string]any(a)
	for _, p := range strings.Split(path, ".") {
		switch t := v.(type) {
		case map[string]any:
			v = t[p]
		case []any:
			var i int
			if _, err := fmt.Sscan(p, &i); err != nil || i >= len(t) {
				return nil
			}
			v = t[i]
		default:
			return nil
		}
	}
	return v
}

func (a answer) text(path string) string {
	s, _ := a.at(path).(string)
	return s
}

func (a answer) list(path string) []any {
	l, _ := a.at(path).([]any)
	return l
}

// create makes a stream with shards and returns its name, quoted.
func (w *world) create(name string, shards int) {
	w.t.Helper()
	w.ok("CreateStream", `{"StreamName":%q,"ShardCount":%d}`, name, shards)
}

// state returns the state of a stream of the test's account.
func (w *world) state(name string) *streamState {
	w.t.Helper()
	st := w.svc.known(streamKey{testAccount, testRegion, name})
	if st == nil {
		w.t.Fatalf("no stream %s", name)
	}
	return st.state.Load()
}

// iterator returns an iterator for shard 0.
func (w *world) iterator(stream, rest string, args ...any) string {
	w.t.Helper()
	return w.ok("GetShardIterator", `{"StreamName":%q,"ShardId":"shardId-000000000000",`+fmt.Sprintf(rest, args...)+`}`, stream).text("ShardIterator")
}

// logs lists the names of record logs in storage.
func (w *world) logs() []string {
	w.t.Helper()
	names, err := w.cfg.Storage.Names(context.Background(), "k-")
	if err != nil {
		w.t.Fatal(err)
	}
	return names
}

// failing is a storage whose appends to record logs can be made to fail.
type failing struct {
	storage.Engine
	fail map[string]error // by log name's suffix

	mu      sync.Mutex // guards batches
	batches [][2]int   // entries and bytes of each append to a record log
}

type failingLog struct {
	storage.Log
	of   *failing
	name string
}

func (f *failing) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	l, err := f.Engine.Open(ctx, name, cfg)
	return failingLog{l, f, name}, err
}

func (l failingLog) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	for suffix, err := range l.of.fail {
		if strings.HasSuffix(l.name, suffix) {
			return 0, err
		}
	}
	if strings.HasPrefix(l.name, "k-") {
		size := 0
		for _, e := range entries {
			size += len(e.Data)
		}
		l.of.mu.Lock()
		defer l.of.mu.Unlock()
		l.of.batches = append(l.of.batches, [2]int{len(entries), size})
	}
	return l.Log.Append(ctx, entries...)
}
