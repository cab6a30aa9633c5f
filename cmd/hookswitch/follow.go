package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Bounds of following.
const (
	followLineBytesMax = 4 << 20                // of one event
	followIDBytesMax   = 128                    // of an event's id; a longer one is not one of ours
	followRetriesMax   = 20                     // attempts in a row that bring nothing; about a minute
	followPauseLeast   = 100 * time.Millisecond // between attempts, doubled each time
	followPauseMost    = 4 * time.Second
)

// serverEvent is one server-sent event. One without data only tells its id: where to go on.
type serverEvent struct {
	id   string
	data []byte // good until the next event
}

// following is what to follow, and how.
type following struct {
	path  string // of the operator API
	query url.Values
	// opened, if not nil, is called once, when the server has begun to answer: what happens from then on is seen.
	opened func()
	event  func(serverEvent) error // an error ends it
}

// errEnough is what an event function returns to end a following without an error.
var errEnough = errors.New("enough")

// follow calls event for one server-sent event after the other until ctx ends. When the connection breaks it goes on
// behind the last event, with all of a server that has been restarted, and gives up after followRetriesMax attempts that bring nothing. A first attempt that fails is
// an error at once.
func (c *client) follow(ctx context.Context, f following) error {
	last, pause, failures, begun := "", followPauseLeast, 0, false
	for {
		err := c.followOnce(ctx, f, last, func() {
			if !begun && f.opened != nil {
				f.opened()
			}
			begun = true
		}, func(e serverEvent) error {
			if e.id != "" {
				last = e.id
			}
			if len(e.data) == 0 {
				return nil
			}
			failures, pause = 0, followPauseLeast
			return f.event(e)
		})
		var broken *brokenError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errEnough):
			return nil
		case !errors.As(err, &broken), !begun:
			return err
		}
		if failures++; failures > followRetriesMax {
			return broken.err
		}
		if failures == 1 && c.lost != nil {
			c.lost(broken.err)
		}
		if err := c.sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, followPauseMost)
	}
}

// brokenError is a connection that ended; everything else is final.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

func (c *client) followOnce(ctx context.Context, f following, last string, opened func(), event func(serverEvent) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.endpoint+"/_hookswitch"+f.path+"?"+f.query.Encode(), nil)
	if err != nil {
		return err
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return &brokenError{c.unreachable(ctx, err)}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		err := c.refusal(resp, b)
		if resp.StatusCode == http.StatusServiceUnavailable {
			return &brokenError{err}
		}
		return err
	}
	opened()
	err = readEvents(resp.Body, event)
	if own := (*eventError)(nil); errors.As(err, &own) {
		return own.err
	}
	return &brokenError{err}
}

// readEvents reads server-sent events until event returns an error, which becomes an eventError, or until the stream
// breaks. Its end is io.ErrUnexpectedEOF: it has none of its own.
func readEvents(r io.Reader, event func(serverEvent) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), followLineBytesMax)
	var e serverEvent
	for lines.Scan() {
		name, value, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "id":
			if sendable(value) {
				e.id = string(value)
			}
		case "data":
			e.data = append(e.data[:0], value...)
		case "":
			if len(lines.Bytes()) > 0 {
				continue // a comment
			}
			if len(e.data) > 0 || e.id != "" {
				if err := event(e); err != nil {
					return &eventError{err}
				}
			}
			e = serverEvent{data: e.data[:0]}
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF
}

// sendable reports whether an id can be told to the server in a header.
func sendable(id []byte) bool {
	return len(id) <= followIDBytesMax && !bytes.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// eventError is an error of the function that events are given to.
type eventError struct{ err error }

func (e *eventError) Error() string { return e.err.Error() }
func (e *eventError) Unwrap() error { return e.err }
