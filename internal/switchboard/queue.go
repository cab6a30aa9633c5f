package switchboard

import (
	"context"
	"sync"

	"github.com/hookswitch/hookswitch/internal/center"
)

// request is a command that waits for the owner. Exactly one of three things happens to it: reply is called once, put
// refused it, or close returned it.
type request struct {
	ctx    context.Context
	cmd    center.Command
	closes center.EffectID
	reply  func(Result, error)
}

// queue is the bounded line of commands before the owner.
type queue struct {
	most int
	wake chan struct{} // holds one token while there may be something to take

	mu     sync.Mutex // guards everything below
	line   []*request
	sealed bool // nothing is taken in any more
}

func newQueue(most int) *queue {
	return &queue{most: most, wake: make(chan struct{}, 1)}
}

// put appends a request: ErrBusy when the line is full, ErrClosed after seal. Forced requests, of which there are never
// more than effects, wait beyond the bound.
func (q *queue) put(r *request, forced bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.sealed {
		return ErrClosed
	}
	if !forced && len(q.line) >= q.most {
		return ErrBusy
	}
	q.line = append(q.line, r)
	q.nudge()
	return nil
}

// nudge makes the owner look.
func (q *queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take moves up to n requests to the end of dst.
func (q *queue) take(dst []*request, n int) []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.line))
	dst = append(dst, q.line[:n]...)
	rest := copy(q.line, q.line[n:])
	clear(q.line[rest:])
	q.line = q.line[:rest]
	return dst
}

func (q *queue) empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.line) == 0
}

// seal lets nothing more in.
func (q *queue) seal() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sealed = true
	q.nudge()
}

// close seals and returns who still waits.
func (q *queue) close() []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := q.line
	q.line, q.sealed = nil, true
	return left
}
