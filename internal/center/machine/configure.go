package machine

import (
	"fmt"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// configure lets the directory decide, and brings what agents show of it up to date.
func (t *turn) configure(cmd center.Command) error {
	if err := t.mayConfigure(cmd); err != nil {
		return err
	}
	create, creates := cmd.(center.CreateInstance)
	ids := t.newID
	if creates {
		ids = func() string { // the directory does not know the key yet
			t.ids++
			return center.DeriveID(create.Key, t.place, t.ids-1)
		}
	}
	stamp := center.Stamp{At: t.at, Place: t.place}
	events, ok, err := t.m.state.Directory.Decide(stamp, ids, cmd)
	if err != nil {
		return err
	}
	if !ok {
		panic(Broken{Name: "every command is known", Detail: fmt.Sprintf("%T", cmd)})
	}
	for _, e := range events {
		switch e := e.(type) {
		case center.InstanceDeleted:
			t.releaseLines()
		case center.ResourceDeleted:
			if e.Kind == center.KindUser {
				t.removeAgent(center.AgentID(e.ID))
			}
		}
		t.emit(e)
	}
	for _, e := range events {
		t.m.index.behind = append(t.m.index.behind, t.m.state.Directory.Affected(e)...)
	}
	t.reconfigure()
	return nil
}

// mayConfigure refuses what the directory alone cannot see to be wrong: contacts are in the way.
func (t *turn) mayConfigure(cmd center.Command) error {
	switch cmd := cmd.(type) {
	case center.DeleteUser:
		a := t.m.state.Agents[cmd.ID]
		if a == nil {
			return nil // the directory says that it does not exist
		}
		for i := range a.Desk {
			if !a.Desk[i].Clearable() {
				return &center.Refused{Reason: center.InUse, Kind: center.KindUser, ID: string(cmd.ID),
					Detail: "the agent is on a contact"}
			}
		}
		if t.m.index.depth[center.QueueID(cmd.ID)] > 0 {
			return &center.Refused{Reason: center.InUse, Kind: center.KindUser, ID: string(cmd.ID),
				Detail: "contacts wait in the agent's queue"}
		}
	case center.DeleteQueue:
		if t.m.index.depth[cmd.ID] > 0 {
			return &center.Refused{Reason: center.InUse, Kind: center.KindQueue, ID: string(cmd.ID),
				Detail: "contacts wait in the queue"}
		}
		for _, c := range t.m.state.Contacts {
			if c.Callback != nil && c.Target == cmd.ID && !c.Over() {
				return &center.Refused{Reason: center.InUse, Kind: center.KindQueue, ID: string(cmd.ID),
					Detail: "callbacks will wait in the queue"}
			}
		}
	}
	return nil
}

// removeAgent ends an agent, whose desk holds nothing but what is over for it.
func (t *turn) removeAgent(id center.AgentID) {
	if a := t.m.state.Agents[id]; a != nil {
		t.clearDesk(a)
		t.emit(center.AgentRemoved{Agent: id})
	}
}

// releaseLines ends the calls of an instance that is being deleted. Its contacts go with it.
func (t *turn) releaseLines() {
	var lines []center.ContactID
	for _, c := range t.m.state.Contacts {
		if c.Channel != center.Voice || c.Over() {
			continue
		}
		if c.Watches == "" {
			lines = append(lines, c.LineOf())
		}
		for i := range c.Parties {
			if c.Parties[i].External() {
				lines = append(lines, c.Parties[i].ID)
			}
		}
	}
	slices.Sort(lines)
	for _, id := range slices.Compact(lines) {
		t.ask(center.ReleaseLine{Contact: id})
	}
}

// reconfigure brings agents whose configuration has changed up to date, and makes agents of new users. What is left
// beyond the limit of one step is due at once.
func (t *turn) reconfigure() {
	behind := t.m.index.behind
	for n := 0; len(behind) > 0 && n < t.m.limits.reconfigured; behind = behind[1:] {
		if t.configured(behind[0]) {
			n++
		}
	}
	t.m.index.behind = behind
}

// configured says what an agent's desktop shows of the directory, if that has changed.
func (t *turn) configured(id center.AgentID) bool {
	now, ok := t.m.state.Directory.AgentConfig(id)
	if !ok {
		return false
	}
	e := center.AgentConfigured{Agent: id, Config: now}
	if a := t.m.state.Agents[id]; a == nil {
		first := t.m.state.Directory.FirstStatus()
		e.Status = &first
	} else if sameConfig(a, &now) {
		return false
	}
	t.emit(e)
	return true
}

func sameConfig(a *lifecycle.Agent, b *center.AgentConfig) bool {
	c := &a.Config
	return c.Username == b.Username && c.FirstName == b.FirstName && c.LastName == b.LastName &&
		c.RoutingProfile == b.RoutingProfile && c.AutoAccept == b.AutoAccept && c.ACWLimit == b.ACWLimit &&
		slices.Equal(c.Concurrency, b.Concurrency) && slices.Equal(c.Hierarchy, b.Hierarchy) && slices.Equal(c.Proficiencies, b.Proficiencies) &&
		sameQueue(c.DefaultOutbound, b.DefaultOutbound) && slices.EqualFunc(c.Inbound, b.Inbound, sameQueue)
}

func sameQueue(a, b center.AgentQueue) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Agent == b.Agent && slices.Equal(a.Channels, b.Channels)
}
