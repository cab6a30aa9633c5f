// Package courier is how one service reaches another: by ARN, never by import. Delivery is at least once, and Deliver
// returns when the receiver has made the items durable, not when it has acted on them.
package courier

import (
	"context"
	"errors"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/arn"
)

// The errors that senders act on.
var (
	// ErrNoSuchTarget means that nothing has that ARN: the stream was deleted, or never existed.
	ErrNoSuchTarget = errors.New("no such target")
	// ErrRefused means that the target exists and will never take this: sending again is of no use.
	ErrRefused = errors.New("refused by the target")
)

type senderKey struct{}

// WithSender returns a context that says on whose behalf items are delivered or read: a service, by its principal's name such as
// connect.amazonaws.com. What protects a resource is asked about that principal.
func WithSender(ctx context.Context, principal string) context.Context {
	return context.WithValue(ctx, senderKey{}, principal)
}

// SenderFrom returns the principal that WithSender put into ctx, or "".
func SenderFrom(ctx context.Context) string {
	principal, _ := ctx.Value(senderKey{}).(string)
	return principal
}

// Item is one record or event on its way.
type Item struct {
	ID      string // the same for every delivery of the same fact, so that receivers can drop a repeat
	Key     string // partition key: what has the same key stays in order
	Lineage string // what fact this came from, to follow it from event to object
	Data    []byte
}

// Failure says that one item of a Deliver was not taken. The others were.
type Failure struct {
	Index int // of the item in the call
	Err   error
}

// A Target takes items.
type Target interface {
	// Deliver returns when every item but the failed ones is durable. err means that none was taken.
	Deliver(ctx context.Context, to arn.ARN, items []Item) (failed []Failure, err error)
	// Check returns nil when Deliver to this ARN could succeed now, and ErrNoSuchTarget when nothing is there.
	Check(ctx context.Context, to arn.ARN) error
}

// A Source is read from a position that only it understands; the empty position is the oldest item.
type Source interface {
	Read(ctx context.Context, from arn.ARN, pos string) (items []Item, next string, err error)
}

// An Invoker calls and waits for an answer.
type Invoker interface {
	Invoke(ctx context.Context, fn arn.ARN, payload []byte) ([]byte, error)
}

// Exchange finds the service behind an ARN, by the ARN's service name. It is filled once, before anything runs.
type Exchange struct {
	Targets  map[string]Target
	Sources  map[string]Source
	Invokers map[string]Invoker
}

// Deliver sends items to the service that owns the ARN.
func (x *Exchange) Deliver(ctx context.Context, to arn.ARN, items []Item) ([]Failure, error) {
	t, ok := x.Targets[to.Service]
	if !ok {
		return nil, fmt.Errorf("deliver to %s: %w", to, ErrNoSuchTarget)
	}
	return t.Deliver(ctx, to, items)
}

// Check asks the service that owns the ARN whether it would take items.
func (x *Exchange) Check(ctx context.Context, to arn.ARN) error {
	t, ok := x.Targets[to.Service]
	if !ok {
		return fmt.Errorf("check %s: %w", to, ErrNoSuchTarget)
	}
	return t.Check(ctx, to)
}

// Read reads from the service that owns the ARN.
func (x *Exchange) Read(ctx context.Context, from arn.ARN, pos string) ([]Item, string, error) {
	s, ok := x.Sources[from.Service]
	if !ok {
		return nil, "", fmt.Errorf("read from %s: %w", from, ErrNoSuchTarget)
	}
	return s.Read(ctx, from, pos)
}

// Invoke calls the function behind the ARN.
func (x *Exchange) Invoke(ctx context.Context, fn arn.ARN, payload []byte) ([]byte, error) {
	i, ok := x.Invokers[fn.Service]
	if !ok {
		return nil, fmt.Errorf("invoke %s: %w", fn, ErrNoSuchTarget)
	}
	return i.Invoke(ctx, fn, payload)
}
