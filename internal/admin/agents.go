package admin

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/internal/ccp"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

func (h *Handler) listAgents(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	all := []agentShown{}
	place := i.Live.Place()
	for _, a := range i.Live.Agents(nil) {
		all = append(all, showAgent(i, ccp.Snapshot{Number: place, Agent: a}))
	}
	return writeJSON(w, map[string]any{"agents": all})
}

func (h *Handler) getAgent(w http.ResponseWriter, r *http.Request) error {
	i, a, err := h.agent(r)
	if err != nil {
		return err
	}
	return h.writeAgent(w, i, a.ID)
}

// writeAgent answers with an agent as it is now.
func (h *Handler) writeAgent(w http.ResponseWriter, i *switchboard.Handle, id center.AgentID) error {
	a, place, ok := i.Live.AgentAt(id)
	if !ok {
		return notFound("the agent is gone")
	}
	return writeJSON(w, showAgent(i, ccp.Snapshot{Number: place, Agent: a}))
}

// followAgent sends one snapshot for each step that touches the agent, from a number on.
func (h *Handler) followAgent(w http.ResponseWriter, r *http.Request) error {
	i, a, err := h.agent(r)
	if err != nil {
		return err
	}
	after, err := number(r, "after")
	if err != nil {
		return err
	}
	s := newStream(w)
	for snap, err := range ccp.Snapshots(r.Context(), i, a.ID, after) {
		if err != nil {
			return nil // the stream has begun: it just ends
		}
		if s.send(snap.Number, "snapshot", showAgent(i, snap)) != nil {
			return nil
		}
	}
	return nil
}

// number reads a query parameter that is a number; 0 when it is not there. A reader that comes back names the last
// event it saw in a header.
func number(r *http.Request, name string) (uint64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		text = r.Header.Get("Last-Event-ID")
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, badRequest(name, "%s must be a number", name)
	}
	return n, nil
}

// act submits a command about an agent and answers with the agent after it.
func (h *Handler) act(w http.ResponseWriter, r *http.Request, command func(i *switchboard.Handle, a lifecycle.Agent) (center.Command, error)) error {
	i, a, err := h.agent(r)
	if err != nil {
		return err
	}
	cmd, err := command(i, a)
	if err != nil {
		return err
	}
	if _, err := i.Switchboard.Submit(r.Context(), cmd); err != nil {
		return err
	}
	return h.writeAgent(w, i, a.ID)
}

func (h *Handler) logIn(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(_ *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		return center.LogIn{Agent: a.ID}, nil
	})
}

func (h *Handler) logOut(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(_ *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		return center.LogOut{Agent: a.ID}, nil
	})
}

func (h *Handler) setStatus(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Status string `json:"status"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	return h.act(w, r, func(i *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		var found center.AgentStatusID
		var names []string
		i.Live.Directory(func(d *directory.Directory) {
			for _, s := range directory.Sorted(d.Statuses) {
				names = append(names, s.Name)
				if string(s.ID) == body.Status || strings.EqualFold(s.Name, body.Status) {
					found = s.ID
				}
			}
		})
		if found == "" {
			slices.Sort(names)
			return nil, badRequest("status", "no agent status %q: there are %s", body.Status, strings.Join(names, ", "))
		}
		return center.SetAgentStatus{Agent: a.ID, Status: found}, nil
	})
}

// contactActions is what an agent does with a contact on its desk.
var contactActions = map[string]func(c center.ContactID, a center.AgentID) center.Command{
	"accept": func(c center.ContactID, a center.AgentID) center.Command {
		return center.AcceptContact{Contact: c, Agent: a}
	},
	"reject": func(c center.ContactID, a center.AgentID) center.Command {
		return center.RejectContact{Contact: c, Agent: a}
	},
	"hold": func(c center.ContactID, a center.AgentID) center.Command {
		return center.HoldContact{Contact: c, Agent: a}
	},
	"resume": func(c center.ContactID, a center.AgentID) center.Command {
		return center.ResumeContact{Contact: c, Agent: a}
	},
	"pause": func(c center.ContactID, a center.AgentID) center.Command {
		return center.PauseTask{Contact: c, Agent: a}
	},
	"unpause": func(c center.ContactID, a center.AgentID) center.Command {
		return center.ResumeTask{Contact: c, Agent: a}
	},
	"end": func(c center.ContactID, a center.AgentID) center.Command {
		return center.LeaveContact{Contact: c, Agent: a}
	},
	"clear": func(c center.ContactID, a center.AgentID) center.Command {
		return center.ClearContact{Contact: c, Agent: a}
	},
	"swap": func(c center.ContactID, a center.AgentID) center.Command {
		return center.SwapParties{Contact: c, Agent: a}
	},
	"join": func(c center.ContactID, a center.AgentID) center.Command {
		return center.JoinParties{Contact: c, Agent: a}
	},
	"barge": func(c center.ContactID, a center.AgentID) center.Command {
		return center.ChangeMonitor{Contact: c, Agent: a, Mode: center.ModeBarge}
	},
	"listen": func(c center.ContactID, a center.AgentID) center.Command {
		return center.ChangeMonitor{Contact: c, Agent: a, Mode: center.ModeSilent}
	},
	"take-over": func(c center.ContactID, a center.AgentID) center.Command {
		return center.BargeOut{Contact: c, Agent: a}
	},
}

// actOnContact is what an agent's desktop does.
func (h *Handler) actOnContact(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(_ *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		do, ok := contactActions[r.PathValue("do")]
		if !ok {
			return nil, notFound("an agent cannot %q a contact: %s", r.PathValue("do"), strings.Join(slices.Sorted(maps.Keys(contactActions)), ", "))
		}
		return do(center.ContactID(r.PathValue("contact")), a.ID), nil
	})
}
