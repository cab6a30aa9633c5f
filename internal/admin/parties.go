package admin

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// dial is an agent calling a customer.
func (h *Handler) dial(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Number     string            `json:"number"`
		Queue      string            `json:"queue"`
		Attributes map[string]string `json:"attributes"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	return h.act(w, r, func(i *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		cmd := center.DialOut{Agent: a.ID, Destination: body.Number, Attributes: body.Attributes}
		if body.Queue == "" {
			return cmd, nil
		}
		var err error
		cmd.Queue, err = queueNamed(i, body.Queue)
		return cmd, err
	})
}

// destination is whom an agent brings into a call: one member, and the transfer flow that a queue or an agent may have.
type destination struct {
	QuickConnect string `json:"quickConnect"`
	Agent        string `json:"agent"`
	Queue        string `json:"queue"`
	Number       string `json:"number"`
	Flow         string `json:"flow"`
}

// addParty brings someone into an agent's call.
func (h *Handler) addParty(w http.ResponseWriter, r *http.Request) error {
	var body destination
	if err := readJSON(r, &body); err != nil {
		return err
	}
	return h.act(w, r, func(i *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		to, err := body.find(i)
		return center.AddParty{Contact: center.ContactID(r.PathValue("contact")), Agent: a.ID, To: to}, err
	})
}

// find returns what the names of a destination stand for.
func (d destination) find(i *switchboard.Handle) (to center.Destination, err error) {
	if d.QuickConnect != "" {
		if d != (destination{QuickConnect: d.QuickConnect}) {
			return to, badRequest("quickConnect", "a quick connect says by itself where it leads")
		}
		return quickConnect(i, d.QuickConnect)
	}
	to.Number = d.Number
	if d.Agent != "" {
		a, err := agentNamed(i, d.Agent)
		if err != nil {
			return to, err
		}
		to.Agent = a.ID
	}
	if d.Queue != "" {
		if to.Queue, err = queueNamed(i, d.Queue); err != nil {
			return to, err
		}
	}
	if d.Flow != "" {
		to.Flow, err = named(i, "flow", d.Flow, func(d *directory.Directory) map[center.FlowID]center.Flow { return d.Flows },
			func(f center.Flow) (center.FlowID, string) { return f.ID, f.Name })
	}
	return to, err
}

// quickConnect returns where a quick connect leads.
func quickConnect(i *switchboard.Handle, name string) (to center.Destination, err error) {
	id, err := named(i, "quick connect", name, func(d *directory.Directory) map[center.QuickConnectID]center.QuickConnect { return d.Connects },
		func(q center.QuickConnect) (center.QuickConnectID, string) { return q.ID, q.Name })
	if err != nil {
		return to, err
	}
	i.Live.Directory(func(d *directory.Directory) {
		q := d.Connects[id]
		to = center.Destination{Agent: q.User, Queue: q.Queue, Number: q.Number, Flow: q.Flow, Name: q.Name}
	})
	return to, nil
}

func queueNamed(i *switchboard.Handle, name string) (center.QueueID, error) {
	return named(i, "queue", name, func(d *directory.Directory) map[center.QueueID]center.Queue { return d.Queues },
		func(q center.Queue) (center.QueueID, string) { return q.ID, q.Name })
}

// named finds a resource by its id, ARN or name.
func named[K ~string, V any](i *switchboard.Handle, kind, name string, all func(*directory.Directory) map[K]V, names func(V) (K, string)) (found K, err error) {
	var known []string
	i.Live.Directory(func(d *directory.Directory) {
		for _, v := range directory.Sorted(all(d)) {
			id, called := names(v)
			if string(id) == name || strings.HasSuffix(name, "/"+string(id)) || called != "" && strings.EqualFold(called, name) {
				found = id
			}
			if called != "" {
				known = append(known, called)
			}
		}
	})
	if found == "" {
		slices.Sort(known)
		return "", badRequest(strings.ReplaceAll(kind, " ", ""), "no %s %q: there are %s", kind, name, strings.Join(known, ", "))
	}
	return found, nil
}

// partyActions is what an agent does with someone whom it has brought into its call.
var partyActions = map[string]func(c center.ContactID, a center.AgentID, party center.ContactID) center.Command{
	"hold": func(c center.ContactID, a center.AgentID, p center.ContactID) center.Command {
		return center.HoldParty{Contact: c, Agent: a, Party: p}
	},
	"resume": func(c center.ContactID, a center.AgentID, p center.ContactID) center.Command {
		return center.ResumeParty{Contact: c, Agent: a, Party: p}
	},
	"drop": func(c center.ContactID, a center.AgentID, p center.ContactID) center.Command {
		return center.DropParty{Contact: c, Agent: a, Party: p}
	},
}

func (h *Handler) actOnParty(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(_ *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		do, ok := partyActions[r.PathValue("do")]
		if !ok {
			return nil, notFound("an agent cannot %q a party: %s", r.PathValue("do"), strings.Join(slices.Sorted(maps.Keys(partyActions)), ", "))
		}
		return do(center.ContactID(r.PathValue("contact")), a.ID, center.ContactID(r.PathValue("party"))), nil
	})
}

// partyHangUp is someone outside leaving a call.
func (h *Handler) partyHangUp(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	cmd := center.PartyHangUp{Contact: center.ContactID(r.PathValue("contact")), Party: center.ContactID(r.PathValue("party"))}
	if _, err := i.Switchboard.Submit(r.Context(), cmd); err != nil {
		return err
	}
	return h.getContact(w, r)
}

// monitor lets a supervisor listen to a call.
func (h *Handler) monitor(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Contact  string `json:"contact"`
		MayBarge bool   `json:"mayBarge"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	return h.act(w, r, func(_ *switchboard.Handle, a lifecycle.Agent) (center.Command, error) {
		return center.MonitorCall{Contact: center.ContactID(body.Contact), Supervisor: a.ID, MayBarge: body.MayBarge}, nil
	})
}
