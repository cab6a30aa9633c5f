package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/keys/local"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// httpError is an answer that is not a success.
type httpError struct {
	status  int
	code    string // for programs
	field   string // what of the request it is about
	message string // for people
}

func (e *httpError) Error() string { return e.message }

func badRequest(field, format string, args ...any) error {
	return &httpError{http.StatusBadRequest, "Invalid", field, fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return &httpError{http.StatusNotFound, "NotFound", "", fmt.Sprintf(format, args...)}
}

// writeError answers with an error: a refusal of the center as what it is, anything else as our failure, which is logged.
func (h *Handler) writeError(w http.ResponseWriter, r *http.Request, err error) {
	var e *httpError
	var refused *center.Refused
	var refusedKey *keys.Error
	var badKey *local.Invalid
	switch {
	case errors.As(err, &e):
	case errors.As(err, &refused):
		e = &httpError{http.StatusConflict, string(refused.Reason), refused.Field, refused.Error()}
		switch refused.Reason {
		case center.NotFound:
			e.status = http.StatusNotFound
		case center.Invalid:
			e.status = http.StatusBadRequest
		}
	case errors.As(err, &refusedKey):
		e = &httpError{http.StatusConflict, string(refusedKey.Kind), "", refusedKey.Error()}
		if refusedKey.Kind == keys.NotFound {
			e.status = http.StatusNotFound
		}
	case errors.As(err, &badKey):
		e = &httpError{http.StatusBadRequest, "Invalid", badKey.Field, badKey.Error()}
	case switchboard.Retryable(err), errors.Is(err, switchboard.ErrClosed): // closed: the node is stopping
		e = &httpError{http.StatusServiceUnavailable, "TryAgain", "", err.Error()}
	default:
		e = &httpError{http.StatusInternalServerError, "Internal", "", err.Error()}
		if r.Context().Err() == nil { // or the client has gone
			h.cfg.Logger.ErrorContext(r.Context(), "internal failure", "op", r.Pattern, "err", err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.status)
	body := map[string]string{"error": e.message, "code": e.code}
	if e.field != "" {
		body["field"] = e.field
	}
	json.NewEncoder(w).Encode(body)
}

func writeJSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	_, err = w.Write(append(b, '\n'))
	return err
}

// readJSON reads a request's body. An unknown member is refused: it would be ignored otherwise. An empty body is {}.
func readJSON(r *http.Request, v any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return badRequest("", "the body is not understood: %v", err)
	}
	if dec.More() {
		return badRequest("", "the body is more than one JSON object")
	}
	return nil
}

// stream writes server-sent events. It flushes after each.
type stream struct {
	w   http.ResponseWriter
	ctl *http.ResponseController
}

// sendWithin is how long a follower may not read before it is let go: it holds a connection, and the server's end.
const sendWithin = 5 * time.Second

func newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	s := &stream{w: w, ctl: http.NewResponseController(w)}
	_ = s.ctl.Flush() // an error shows at the first event
	return s
}

// write sends text at once. A peer's silence is a fact of the real world, whatever the center's clock says.
func (s *stream) write(text string) error {
	_ = s.ctl.SetWriteDeadline(clock.System{}.Now().Add(sendWithin))
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	if err := s.ctl.Flush(); err != nil {
		return err
	}
	_ = s.ctl.SetWriteDeadline(time.Time{}) // HTTP/2 would end the stream by it though nothing is to be sent
	return nil
}

func (s *stream) send(id uint64, event string, data any) error {
	return s.sendID(strconv.FormatUint(id, 10), event, data)
}

// place tells the follower an id without an event: where it has to go on if nothing comes before the connection breaks.
func (s *stream) place(id string) error {
	return s.write("id: " + id + "\n\n")
}

func (s *stream) sendID(id string, event string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", id, event, b))
}
