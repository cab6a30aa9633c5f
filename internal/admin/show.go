package admin

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/ccp"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// agentShown is an agent as the operator API shows it.
type agentShown struct {
	Number   uint64             `json:"number"` // of the snapshot: the place of its step in the journal
	Fresh    bool               `json:"fresh,omitempty"`
	Gone     bool               `json:"gone,omitempty"`
	ID       string             `json:"id"`
	ARN      string             `json:"arn"`
	Username string             `json:"username"`
	LoggedIn bool               `json:"loggedIn"`
	Status   statusShown        `json:"status"`
	Next     *statusShown       `json:"nextStatus,omitempty"`
	Profile  string             `json:"routingProfile"`
	Slots    map[string]slots   `json:"slots"`
	Contacts []deskContactShown `json:"contacts"`
}

type statusShown struct {
	ID    string     `json:"id"`
	Name  string     `json:"name"`
	Type  string     `json:"type"`
	Since *time.Time `json:"since,omitempty"`
}

type slots struct {
	Free int `json:"free"`
	Most int `json:"most"`
}

type deskContactShown struct {
	ID          string     `json:"id"`
	Channel     string     `json:"channel"`
	Method      string     `json:"initiationMethod"`
	State       string     `json:"state"`
	Since       time.Time  `json:"since"`
	Until       *time.Time `json:"until,omitempty"`
	ConnectedAt *time.Time `json:"connectedAt,omitempty"`
	Queue       string     `json:"queue,omitempty"`
	Mode        string     `json:"mode,omitempty"`
	Parties     []party    `json:"parties,omitempty"`
}

// party is someone whom an agent has brought into its call.
type party struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Name   string    `json:"name,omitempty"`
	Number string    `json:"number,omitempty"`
	State  string    `json:"state"` // connecting, connected or hold
	Since  time.Time `json:"addedAt"`
}

func showParties(all []lifecycle.Party) []party {
	var out []party
	for _, p := range all {
		one := party{ID: string(p.ID), Kind: p.Kind, Name: p.Name, State: "connecting", Since: p.AddedAt}
		if p.Endpoint != nil {
			one.Number = p.Endpoint.Address
		}
		switch {
		case p.Held:
			one.State = "hold"
		case p.Connected():
			one.State = "connected"
		}
		out = append(out, one)
	}
	return out
}

func showAgent(i *switchboard.Handle, s ccp.Snapshot) agentShown {
	a := s.Agent
	out := agentShown{
		Number: s.Number, Fresh: s.Fresh, Gone: s.Gone, ID: string(a.ID), ARN: i.Info.ARN + "/agent/" + string(a.ID), Username: a.Config.Username, LoggedIn: a.LoggedIn,
		Status: statusShown{string(a.Status.ID), a.Status.Name, string(a.Status.Type), moment(a.StatusSince)}, Profile: a.Config.RoutingProfile.Name,
		Slots: map[string]slots{}, Contacts: []deskContactShown{},
	}
	if a.Next != nil {
		out.Next = &statusShown{string(a.Next.ID), a.Next.Name, string(a.Next.Type), moment(a.NextSince)}
	}
	for _, c := range a.Config.Concurrency {
		free, most := a.Slots(c.Channel)
		out.Slots[string(c.Channel)] = slots{free, most}
	}
	for _, d := range a.Desk {
		out.Contacts = append(out.Contacts, deskContactShown{
			ID: string(d.ID), Channel: string(d.Channel), Method: d.Method, State: d.State, Since: d.StateSince, Until: moment(d.Until), ConnectedAt: moment(d.ConnectedAt), Queue: d.Queue.Name,
			Mode: d.Mode, Parties: showParties(d.Parties),
		})
	}
	return out
}

// contactShown is a contact as the operator API shows it.
type contactShown struct {
	ID               string            `json:"id"`
	Channel          string            `json:"channel"`
	Method           string            `json:"initiationMethod"`
	Initial          string            `json:"initialContactId,omitempty"`
	Previous         string            `json:"previousContactId,omitempty"`
	Next             string            `json:"nextContactId,omitempty"`
	Parties          []party           `json:"parties,omitempty"`
	Phase            string            `json:"phase"`
	Name             string            `json:"name,omitempty"`
	Customer         string            `json:"customer,omitempty"`
	System           string            `json:"system,omitempty"`
	Queue            string            `json:"queue,omitempty"`
	Agent            string            `json:"agent,omitempty"`
	OfferedTo        string            `json:"offeredTo,omitempty"`
	Attempts         int               `json:"attempts"`
	InitiatedAt      time.Time         `json:"initiatedAt"`
	EnqueuedAt       *time.Time        `json:"enqueuedAt,omitempty"`
	ConnectedAt      *time.Time        `json:"connectedToAgentAt,omitempty"`
	DisconnectedAt   *time.Time        `json:"disconnectedAt,omitempty"`
	DisconnectReason string            `json:"disconnectReason,omitempty"`
	CompletedAt      *time.Time        `json:"completedAt,omitempty"`
	Attributes       map[string]string `json:"attributes,omitempty"`
	Flow             *flowShown        `json:"flow,omitempty"`
}

// flowShown is where a contact stands in a flow.
type flowShown struct {
	ID       string     `json:"id"`
	Occasion string     `json:"occasion,omitempty"` // as event hooks are called; none: the contact's own flow
	Block    string     `json:"block"`
	WaitsFor string     `json:"waitsFor"`
	Until    *time.Time `json:"until,omitempty"`
	Said     string     `json:"said,omitempty"` // to the customer, last
}

func showContact(c lifecycle.Contact) contactShown {
	out := contactShown{
		ID: string(c.ID), Channel: string(c.Channel), Method: c.Method, Phase: string(c.Phase()), Name: c.Name, Attempts: c.Attempts, InitiatedAt: c.InitiatedAt,
		DisconnectedAt: moment(c.DisconnectedAt), DisconnectReason: c.DisconnectReason, CompletedAt: moment(c.CompletedAt), Attributes: c.Attributes,
		Initial: string(c.Initial), Previous: string(c.Previous), Next: string(c.Next), Parties: showParties(c.Parties),
	}
	if p := c.Position; p != nil {
		out.Flow = &flowShown{ID: string(p.Flow), Occasion: string(p.Occasion), Block: p.Block, WaitsFor: string(p.Wait), Until: moment(p.Until), Said: c.Said}
	}
	if c.Customer != nil {
		out.Customer = c.Customer.Address
	}
	if c.System != nil {
		out.System = c.System.Address
	}
	if c.Queue != nil {
		out.Queue, out.EnqueuedAt = c.Queue.Queue.Name, moment(c.Queue.EnqueuedAt)
	}
	if c.Offer != nil {
		out.OfferedTo = string(c.Offer.Agent)
	}
	if c.Agent != nil {
		out.Agent, out.ConnectedAt = c.Agent.Username, moment(c.Agent.ConnectedAt)
	}
	return out
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
