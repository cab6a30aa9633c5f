package ccp

import (
	"context"
	"errors"
	"iter"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// Snapshots yields an agent's snapshots after a number, oldest first, and then new ones as their steps are committed,
// until ctx ends, the agent is removed, or reading fails (then it yields the error and stops).
//
// After 0 it begins with a fresh one: the agent as it is. After the number of a snapshot it yields every one since,
// also across restarts. When that was too long ago to be told, or the number is from no journal of this instance, it
// begins with a fresh one too. An agent that does not exist is a *center.Refused.
func Snapshots(ctx context.Context, h *switchboard.Handle, agent center.AgentID, after uint64) iter.Seq2[Snapshot, error] {
	return func(yield func(Snapshot, error) bool) {
		touched, stop := h.Live.SubscribeAgent(agent)
		defer stop()
		r := reader{h: h, agent: agent, at: after, yield: yield}
		if after == 0 || after > h.Live.Place() {
			r.startFresh()
		}
		for !r.over && ctx.Err() == nil {
			if r.next(ctx) {
				continue
			}
			if _, there := h.Live.Agent(agent); !there && !r.over {
				r.fail(notFound(agent))
			}
			if r.over {
				return
			}
			select {
			case <-touched:
			case <-ctx.Done():
			}
		}
	}
}

// reader hands out the snapshots of one agent.
type reader struct {
	h     *switchboard.Handle
	agent center.AgentID
	at    uint64 // everything up to here was handed out
	yield func(Snapshot, error) bool
	over  bool
}

func (r *reader) give(s Snapshot) {
	if !r.yield(s, nil) || s.Gone {
		r.over = true
	}
}

func (r *reader) fail(err error) {
	r.yield(Snapshot{}, err)
	r.over = true
}

func (r *reader) startFresh() {
	a, place, ok := r.h.Live.AgentAt(r.agent)
	if !ok {
		r.fail(notFound(r.agent))
		return
	}
	r.at = place
	r.give(fresh(place, a))
}

// next hands out what there is by now: from memory, or from the journal when it is not remembered. It reports whether
// to look again at once, for what came while the journal was read.
func (r *reader) next(ctx context.Context) (again bool) {
	states, upTo, ok := r.h.Live.AgentStates(r.agent, r.at)
	if !ok {
		r.replay(ctx)
		return !r.over
	}
	for _, s := range states {
		if r.over {
			return false
		}
		r.give(Snapshot{Number: s.Place, Gone: s.Agent.Removed, Agent: s.Agent, At: s.At})
	}
	r.at = upTo
	return false
}

// replay reads the journal again: from a state before the last number, through what was seen, to what was missed.
func (r *reader) replay(ctx context.Context) {
	state, place, err := r.h.Switchboard.StateBefore(ctx, r.at)
	var agent *lifecycle.Agent
	if err == nil {
		agent = state.Agents[r.agent]
	}
	for err == nil && !r.over {
		var steps []switchboard.Placed
		if steps, err = r.h.Switchboard.ReadSteps(ctx, place, 0); len(steps) == 0 {
			break
		}
		for _, s := range steps {
			touched := false
			agent, touched = fold(agent, r.agent, s.Step)
			if touched && s.Place > r.at && !r.over {
				r.give(Snapshot{Number: s.Place, Gone: agent.Removed, Agent: agent.Clone(), At: s.Step.Stamp.At})
			}
			place = s.Place
		}
	}
	switch {
	case r.over || ctx.Err() != nil:
	case errors.Is(err, switchboard.ErrTooOld):
		r.startFresh()
	case err != nil:
		r.fail(err)
	default:
		r.at = max(r.at, place)
	}
}

// fold applies a step to one agent (nil: not made yet). An agent that was made again after its removal begins anew.
func fold(a *lifecycle.Agent, id center.AgentID, step center.Step) (_ *lifecycle.Agent, touched bool) {
	for _, e := range step.Events {
		if _, end := e.(center.InstanceDeleted); end && a != nil {
			a.Removed = true
			touched = true
		}
		if center.AgentOf(e) != id {
			continue
		}
		if _, first := e.(center.AgentConfigured); first && a == nil {
			a = &lifecycle.Agent{}
		}
		if a != nil {
			a.Apply(step.Stamp.At, e)
			touched = true
		}
	}
	return a, touched
}
