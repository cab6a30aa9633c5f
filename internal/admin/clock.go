package admin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
)

func (h *Handler) getClock(w http.ResponseWriter, _ *http.Request) error {
	shown := map[string]any{"now": h.cfg.Clock.Now(), "mode": "real", "rate": 1.0}
	if h.cfg.Virtual != nil {
		shown["mode"], shown["rate"] = "virtual", h.cfg.Virtual.Rate()
	}
	return writeJSON(w, shown)
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
	if err := h.moveTo(r.Context(), target); err != nil {
		return err
	}
	return h.getClock(w, r)
}

// moveTo goes on from one moment that somebody waits for to the next. When ctx ends the clock stays where it has come to.
func (h *Handler) moveTo(ctx context.Context, target time.Time) error {
	for {
		if err := h.cfg.Settle(ctx); err != nil {
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
