package admin

import (
	"net/http"
	"time"

	"github.com/hookswitch/hookswitch/internal/telephony"
	"github.com/hookswitch/hookswitch/internal/telephony/scripted"
)

// lineShown is how a number behaves when the center calls it.
type lineShown struct {
	Number  string `json:"number,omitempty"`
	Outcome string `json:"outcome"`
	After   string `json:"after"`
}

// outcomes are the outcomes of a call by their names in the operator API.
var outcomes = map[string]telephony.Outcome{
	"answer": telephony.Answered, "no-answer": telephony.NoAnswer, "busy": telephony.Busy, "invalid": telephony.Invalid, "blocked": telephony.Blocked, "problem": telephony.Problem,
}

func (h *Handler) getLine(w http.ResponseWriter, r *http.Request) error {
	plan := h.cfg.Network.Plan(r.PathValue("number"))
	shown := lineShown{Number: r.PathValue("number"), After: plan.After.String()}
	for name, o := range outcomes {
		if o == plan.Outcome {
			shown.Outcome = name
		}
	}
	return writeJSON(w, shown)
}

func (h *Handler) putLine(w http.ResponseWriter, r *http.Request) error {
	var body lineShown
	if err := readJSON(r, &body); err != nil {
		return err
	}
	o, ok := outcomes[body.Outcome]
	if !ok {
		return badRequest("outcome", "outcome must be one of answer, no-answer, busy, invalid, blocked, problem")
	}
	var after time.Duration
	if body.After != "" {
		var err error
		if after, err = time.ParseDuration(body.After); err != nil {
			return badRequest("after", "after must be a duration such as 2s")
		}
	}
	if err := h.cfg.Network.Set(r.PathValue("number"), scripted.Script{Outcome: o, After: after}); err != nil {
		return badRequest("", "%v", err)
	}
	return h.getLine(w, r)
}

func (h *Handler) deleteLine(w http.ResponseWriter, r *http.Request) error {
	h.cfg.Network.Clear(r.PathValue("number"))
	return h.getLine(w, r)
}
