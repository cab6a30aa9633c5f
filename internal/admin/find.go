package admin

import (
	"net/http"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// instance finds the instance that a path names by id, ARN or alias.
func (h *Handler) instance(r *http.Request) (*switchboard.Handle, error) {
	return h.find(r.PathValue("instance"))
}

func (h *Handler) find(name string) (*switchboard.Handle, error) {
	for _, i := range h.cfg.Instances.Handles() {
		if string(i.Info.ID) == name || i.Info.ARN == name || i.Info.Alias == name && name != "" {
			return i, nil
		}
	}
	return nil, notFound("no instance %q: GET %s/instances lists what there is", name, prefix)
}

// agent finds the instance and the agent that a path names; an agent by id, ARN or username.
func (h *Handler) agent(r *http.Request) (*switchboard.Handle, lifecycle.Agent, error) {
	i, err := h.instance(r)
	if err != nil {
		return nil, lifecycle.Agent{}, err
	}
	a, err := agentNamed(i, r.PathValue("agent"))
	return i, a, err
}

// agentNamed finds an agent by id, ARN or username.
func agentNamed(i *switchboard.Handle, name string) (lifecycle.Agent, error) {
	id := name
	if rest, ok := strings.CutPrefix(name, i.Info.ARN+"/agent/"); ok {
		id = rest
	}
	if a, ok := i.Live.Agent(center.AgentID(id)); ok {
		return a, nil
	}
	found := i.Live.Agents(func(a *lifecycle.Agent) bool { return strings.EqualFold(a.Config.Username, name) })
	if len(found) == 0 {
		return lifecycle.Agent{}, notFound("no agent %q in this instance", name)
	}
	return found[0], nil
}
