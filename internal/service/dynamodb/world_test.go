package dynamodb

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// epoch is when tests begin: not on a whole second.
var epoch = time.Date(2026, 3, 4, 5, 6, 7, 250e6, time.UTC)

// tb is what a world needs of a test, of testing's or of rapid's.
type tb interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

// world is a service on a virtual clock and a storage that outlives it.
type world struct {
	t     tb
	cfg   Config
	clock *clock.Virtual
	disk  *memory.Disk
	svc   *Service
	ctx   context.Context
	ops   map[string]wire.Operation
}

func newWorld(t tb, change ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual(epoch), disk: new(memory.Disk)}
	w.ctx = wire.WithCaller(context.Background(), wire.Caller{Account: "123456789012", Region: "eu-west-3", Partition: "aws"})
	w.cfg = Config{Clock: w.clock, Rand: rand.New(rand.NewSource(1))}
	for _, f := range change {
		f(&w.cfg)
	}
	w.reopen()
	return w
}

// reopen starts a new service on what the old one left, as after a crash.
func (w *world) reopen() {
	w.t.Helper()
	w.cfg.Storage = memory.New(memory.Config{Clock: w.clock, Disk: w.disk})
	w.serve()
}

// serve starts a new service on the storage that is set.
func (w *world) serve() {
	w.t.Helper()
	var err error
	if w.svc, err = New(context.Background(), w.cfg); err != nil {
		w.t.Fatal(err)
	}
	w.ops = map[string]wire.Operation{}
	for _, op := range w.svc.Operations() {
		w.ops[op.Model.Name] = op
	}
}

// object is a JSON object.
type object = map[string]any

// call sends a request and returns its answer.
func (w *world) call(operation, body string) (object, error) {
	w.t.Helper()
	op, ok := w.ops[operation]
	if !ok {
		w.t.Fatalf("no operation %s", operation)
	}
	resp, err := op.Serve(w.ctx, &wire.Request{Encoding: wire.JSON, Body: []byte(body)})
	if err != nil {
		return nil, err
	}
	out := object{}
	if len(resp.Body) > 0 {
		if err := json.Unmarshal(resp.Body, &out); err != nil {
			w.t.Fatalf("%s answers %s: %v", operation, resp.Body, err)
		}
	}
	return out, nil
}

// ok sends a request that must succeed.
func (w *world) ok(operation, body string) object {
	w.t.Helper()
	out, err := w.call(operation, body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", operation, body, err)
	}
	return out
}

// refused sends a request that must be refused with a code and a message.
func (w *world) refused(code, message, operation, body string) {
	w.t.Helper()
	out, err := w.call(operation, body)
	var e wire.Error
	if !errors.As(err, &e) {
		w.t.Errorf("%s %s: %v, %v; want %s", operation, body, out, err, code)
		return
	}
	var fields struct{ Message string }
	text := e.AppendFields(nil)
	if len(text) > 0 {
		text[0] = '{'
		if err := json.Unmarshal(append(text, '}'), &fields); err != nil {
			w.t.Fatal(err)
		}
	}
	if e.ErrorCode() != code || fields.Message != message {
		w.t.Errorf("%s %s:\n got %s: %s\nwant %s: %s", operation, body, e.ErrorCode(), fields.Message, code, message)
	}
}

// leases makes the table that consumers keep their leases in.
func (w *world) leases() {
	w.t.Helper()
	w.ok("CreateTable", `{"TableName":"leases","KeySchema":[{"AttributeName":"leaseKey","KeyType":"HASH"}],
		"AttributeDefinitions":[{"AttributeName":"leaseKey","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`)
}

// scores makes a table with a sort key and an index: game and score, by player.
func (w *world) scores() {
	w.t.Helper()
	w.ok("CreateTable", `{"TableName":"scores","KeySchema":[{"AttributeName":"game","KeyType":"HASH"},{"AttributeName":"score","KeyType":"RANGE"}],
		"AttributeDefinitions":[{"AttributeName":"game","AttributeType":"S"},{"AttributeName":"score","AttributeType":"N"},{"AttributeName":"player","AttributeType":"S"}],
		"GlobalSecondaryIndexes":[{"IndexName":"byPlayer","KeySchema":[{"AttributeName":"player","KeyType":"HASH"},{"AttributeName":"score","KeyType":"RANGE"}],
		"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["note"]}}],"BillingMode":"PAY_PER_REQUEST"}`)
}

// same compares an answer's part with JSON.
func (w *world) same(got any, want string) {
	w.t.Helper()
	var v any
	if err := json.Unmarshal([]byte(want), &v); err != nil {
		w.t.Fatalf("%s: %v", want, err)
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(v)
	if string(a) != string(b) {
		w.t.Errorf("\n got %s\nwant %s", a, b)
	}
}
