package admin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
)

// settleFor is how long, in real time, a request that moves the clock may take: then it is answered with where the clock
// has come to.
const settleFor = 30 * time.Second

// clockShown is the clock as the operator API shows it.
type clockShown struct {
	Now     time.Time `json:"now"`
	Mode    string    `json:"mode"` // real or virtual
	Rate    float64   `json:"rate"` // virtual seconds in a real one
	Settled *bool     `json:"settled,omitempty"`
}

func (h *Handler) showClock() clockShown {
	if h.cfg.Virtual != nil {
		return clockShown{Now: h.cfg.Clock.Now(), Mode: "virtual", Rate: h.cfg.Virtual.Rate()}
	}
	return clockShown{Now: h.cfg.Clock.Now(), Mode: "real", Rate: 1}
}

func (h *Handler) getClock(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, h.showClock())
}

// postClock moves the virtual clock. To a later time it goes from one moment at which something is due to the next, and
// lets everything settle in between, so that nothing happens later than it should.
func (h *Handler) postClock(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Advance string     `json:"advance"`
		Set     *time.Time `json:"set"`
		Rate    *float64   `json:"rate"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	v := h.cfg.Virtual
	if v == nil {
		return &httpError{http.StatusConflict, "RealClock", "", "the clock is real and cannot be moved: start with --clock virtual"}
	}
	given := 0
	for _, is := range []bool{body.Advance != "", body.Set != nil, body.Rate != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return badRequest("", "give one of advance, set, rate")
	}
	select {
	case <-h.clockMoves:
		defer func() { h.clockMoves <- struct{}{} }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	if body.Rate != nil {
		if err := v.SetRate(*body.Rate); err != nil {
			return badRequest("rate", "%v", err)
		}
		return h.getClock(w, r)
	}
	target := v.Now()
	if body.Set != nil {
		target = *body.Set
	} else {
		d, err := time.ParseDuration(body.Advance)
		if err != nil || d < 0 {
			return badRequest("advance", "advance must be a duration such as 2m")
		}
		target = target.Add(d)
	}
	if target.Before(v.Now()) {
		return badRequest("set", "%v", clock.ErrBackwards)
	}
	settled, err := h.moveWithin(r.Context(), target)
	if err != nil {
		return err
	}
	shown := h.showClock()
	shown.Settled = &settled
	return writeJSON(w, shown)
}

// moveWithin moves the clock for at most settleFor and reports whether it came to target, with all done that was due.
func (h *Handler) moveWithin(ctx context.Context, target time.Time) (settled bool, err error) {
	bounded, cancel := context.WithTimeout(ctx, settleFor)
	defer cancel()
	err = h.moveTo(bounded, target)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// moveTo goes on from one moment that somebody waits for to the next. When ctx ends the clock stays where it has come to.
func (h *Handler) moveTo(ctx context.Context, target time.Time) error {
	for {
		if err := errors.Join(h.cfg.Settle(ctx), ctx.Err()); err != nil {
			return err
		}
		next, ok := h.cfg.Virtual.Next()
		last := !ok || next.After(target)
		if last {
			next = target
		}
		if err := h.cfg.Virtual.Set(next); err != nil && !errors.Is(err, clock.ErrBackwards) {
			return err
		}
		if last {
			return h.cfg.Settle(ctx)
		}
	}
}
