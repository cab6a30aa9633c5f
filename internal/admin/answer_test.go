package admin

import (
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
)

// deaf is a connection whose peer does not read: writes fail once there is a deadline, and would never end without one.
type deaf struct {
	*httptest.ResponseRecorder
	full      bool
	deadlines []time.Time
}

func (d *deaf) SetWriteDeadline(at time.Time) error {
	d.deadlines = append(d.deadlines, at)
	return nil
}

func (d *deaf) WriteString(s string) (int, error) { return d.Write([]byte(s)) }

func (d *deaf) Write(b []byte) (int, error) {
	if d.full && len(d.deadlines) > 0 && !d.deadlines[len(d.deadlines)-1].IsZero() {
		return 0, os.ErrDeadlineExceeded
	}
	return d.ResponseRecorder.Write(b)
}

func TestAFollowerThatDoesNotReadIsLetGo(t *testing.T) {
	w := &deaf{ResponseRecorder: httptest.NewRecorder()}
	s := newStream(w)
	if err := s.send(1, "snapshot", "x"); err != nil {
		t.Fatal(err)
	}
	if len(w.deadlines) != 2 || w.deadlines[0].Sub(clock.System{}.Now()) > sendWithin || !slices.ContainsFunc(w.deadlines[1:], time.Time.IsZero) {
		t.Errorf("a write that succeeds has the deadlines %v, want one within %v, and none afterwards", w.deadlines, sendWithin)
	}
	w.full = true
	if err := s.send(2, "snapshot", "x"); err == nil {
		t.Error("a write that the peer never takes succeeds")
	}
	if left := w.deadlines[2].Sub(clock.System{}.Now()); left <= 0 || left > sendWithin {
		t.Errorf("the last write may take %v, want at most %v", left, sendWithin)
	}
}
