package machine

import (
	"fmt"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// monitors returns the contacts of supervisors who listen to a contact, the first one first.
func (t *turn) monitors(id center.ContactID) []*lifecycle.Contact {
	var all []*lifecycle.Contact
	for _, m := range t.m.index.kin[id] {
		if c := t.m.state.Contacts[m]; c != nil && c.Watches == id && !c.Over() {
			all = append(all, c)
		}
	}
	return all
}

// monitorCall lets a supervisor listen to an agent's call, in a contact of its own. The call does not change.
func (t *turn) monitorCall(cmd center.MonitorCall) error {
	a, err := t.agent(cmd.Supervisor)
	if err != nil {
		return err
	}
	token := cmd.ClientToken
	if token != "" {
		token = "monitor/" + token // calls that are placed have tokens of their own
	}
	if err := t.mayOpen(center.Voice, token); err != nil {
		return err
	}
	c, err := t.contact(cmd.Contact)
	if err != nil {
		return err
	}
	free, _ := a.Slots(center.Voice)
	switch {
	case c.Channel != center.Voice:
		return invalid("ContactId", "only calls can be monitored")
	case !c.Connected() || c.Watches != "":
		return conflict(center.KindContact, string(c.ID), "no agent is in the call")
	case c.Agent.Agent == a.ID:
		return invalid("UserId", "an agent cannot monitor itself")
	case free == 0:
		return conflict(center.KindUser, string(a.ID), "the user has no slot free for a call")
	case len(t.monitors(c.ID)) >= monitorsMax:
		return &center.Refused{Reason: center.Limit, Kind: center.KindContact, ID: string(c.ID), Detail: fmt.Sprintf("%d are listening already", monitorsMax)}
	case cmd.MayBarge && t.m.state.Directory.Instance.Attributes["ENHANCED_CONTACT_MONITORING"] != "true":
		return invalid("AllowedMonitorCapabilities", "BARGE needs the instance attribute ENHANCED_CONTACT_MONITORING")
	}
	e := center.ContactInitiated{
		Contact: center.ContactID(t.newID()), Channel: center.Voice, Method: lifecycle.MethodMonitor, Watches: c.ID,
		Customer: c.Customer, Tags: map[string]string{"aws:connect:instanceId": string(t.m.state.Directory.Instance.ID)},
		Segment: map[string]center.SegmentValue{"connect:Subtype": {String: "connect:Telephony"}}, ClientToken: token,
	}
	t.emit(e)
	t.emit(center.ContactConnectedToSystem{Contact: e.Contact})
	t.emit(center.ContactMonitored{
		Contact: e.Contact, Agent: a.ID, Username: a.Config.Username, RoutingProfile: a.Config.RoutingProfile, Hierarchy: a.Config.Hierarchy,
		Channel: center.Voice, Method: e.Method, Mode: center.ModeSilent, MayBarge: cmd.MayBarge,
	})
	return nil
}

// watching returns a supervisor's contact and the one that it listens to.
func (t *turn) watching(agent center.AgentID, id center.ContactID) (m, c *lifecycle.Contact, err error) {
	_, d, err := t.onDesk(agent, id)
	if err != nil {
		return nil, nil, err
	}
	m = t.m.state.Contacts[id]
	if !inConversation(d) || m.Watches == "" {
		return nil, nil, conflict(center.KindContact, string(id), "the contact does not monitor a call")
	}
	return m, t.m.state.Contacts[m.Watches], nil
}

// mode returns how a supervisor takes part now.
func mode(m *lifecycle.Contact) string { return m.Agent.Modes[len(m.Agent.Modes)-1].Mode }

func (t *turn) changeMonitor(cmd center.ChangeMonitor) error {
	m, c, err := t.watching(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	switch {
	case cmd.Mode != center.ModeSilent && cmd.Mode != center.ModeBarge:
		return invalid("Mode", "SILENT_MONITOR or BARGE")
	case cmd.Mode == mode(m):
		return nil
	case cmd.Mode == center.ModeBarge && !m.Agent.MayBarge:
		return conflict(center.KindContact, string(m.ID), "the supervisor may only listen")
	case cmd.Mode == center.ModeBarge && t.participants(c) >= partiesMax:
		return conflict(center.KindContact, string(c.ID), "no more than 3 can be in a call")
	}
	t.emit(center.MonitorChanged{Contact: m.ID, Agent: cmd.Agent, Mode: cmd.Mode})
	return nil
}

// bargeOut sends the agent away: the supervisor has the customer from then on.
func (t *turn) bargeOut(cmd center.BargeOut) error {
	m, c, err := t.watching(cmd.Agent, cmd.Contact)
	if err != nil {
		return err
	}
	if mode(m) != center.ModeBarge {
		return conflict(center.KindContact, string(m.ID), "the supervisor only listens")
	}
	if len(c.Parties) > 0 || t.source(c) != nil {
		return conflict(center.KindContact, string(c.ID), "others have been brought into the call")
	}
	t.emit(center.LineTaken{Contact: m.ID, Line: c.LineOf()})
	t.leave(c)
	t.endMonitors(c, barged)
	t.emit(center.ContactDisconnected{Contact: c.ID, Reason: barged})
	return nil
}

// endMonitors ends the contacts of all who listen to a contact.
func (t *turn) endMonitors(c *lifecycle.Contact, reason string) {
	for _, m := range t.monitors(c.ID) {
		t.end(m, reason, isFree)
	}
}
