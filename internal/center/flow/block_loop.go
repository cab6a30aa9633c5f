package flow

import (
	"strconv"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// loop goes one way as often as its count says, then once the other way, and then begins anew.
func (r *run) loop(a *language.Action) (next string) {
	most, ok := r.number(a, "LoopCount")
	if !ok || most < 0 || most > 100 {
		return failed(a, language.NoMatchingError)
	}
	if r.loops[a.Identifier] < most {
		if r.loops == nil {
			r.loops = map[string]int{}
		}
		r.loops[a.Identifier]++
		return branch(a, language.ContinueLooping)
	}
	if delete(r.loops, a.Identifier); len(r.loops) == 0 {
		r.loops = nil
	}
	return branch(a, language.DoneLooping)
}

// waitBlock lets time pass.
func (r *run) waitBlock(a *language.Action) (next string) {
	name := "TimeLimitSeconds"
	if a.Parameters["TimeoutSeconds"] != nil {
		name = "TimeoutSeconds"
	}
	n, ok := r.number(a, name)
	if !ok || n < 1 || n > 604_800 {
		return failed(a, language.NoMatchingError)
	}
	return r.wait(a, center.FlowPosition{Wait: center.WaitsForTime, Until: r.At.Add(seconds(n))})
}

// number returns a parameter that is a number or a path to one.
func (r *run) number(a *language.Action, name string) (int, bool) {
	if v := a.Text(name); language.IsPath(v) {
		v, _ = r.value(v)
		n, err := strconv.Atoi(v)
		return n, err == nil
	}
	return a.Integer(name)
}

// distributeByPercentage draws a number from 1 to 100.
func (r *run) distributeByPercentage(a *language.Action) (next string) {
	n, err := strconv.ParseUint(r.NewID()[:8], 16, 64) // derived from the journal place, and evenly spread
	if err != nil {
		return failed(a, language.NoMatchingCondition)
	}
	return choose(a, strconv.FormatUint(n%100+1, 10))
}
