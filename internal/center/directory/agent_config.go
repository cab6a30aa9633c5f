package directory

import (
	"cmp"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
)

// AgentConfig returns what a user's desktop and events show of its configuration: concurrency sorted by channel, the
// agent's own queue first and the others by name, each queue once with its channels in the order VOICE, CHAT, TASK. It is
// false when there is no such user.
func (d *Directory) AgentConfig(id center.AgentID) (center.AgentConfig, bool) {
	u, ok := d.Users[id]
	if !ok {
		return center.AgentConfig{}, false
	}
	p := d.Profiles[u.RoutingProfile]
	c := center.AgentConfig{
		Username: u.Username, FirstName: u.FirstName, LastName: u.LastName,
		RoutingProfile: center.Ref{ID: string(p.ID), Name: p.Name},
		Concurrency:    slices.Clone(p.Concurrency),
		AutoAccept:     u.Phone.AutoAccept,
		ACWLimit:       u.Phone.ACWLimit,
		Proficiencies:  slices.Clone(u.Proficiencies),
	}
	for _, g := range d.HierarchyPath(u.Group) {
		c.Hierarchy = append(c.Hierarchy, center.Ref{ID: string(g.ID), Name: g.Name})
	}
	slices.SortFunc(c.Concurrency, func(a, b center.Concurrency) int { return cmp.Compare(a.Channel, b.Channel) })
	own := center.AgentQueue{ID: center.QueueID(u.ID), Agent: true}
	for _, s := range c.Concurrency {
		own.Channels = append(own.Channels, s.Channel)
	}
	sortChannels(own.Channels)
	c.Inbound = append([]center.AgentQueue{own}, d.served(p)...)
	if out, ok := d.Queues[p.DefaultOutbound]; ok {
		c.DefaultOutbound = center.AgentQueue{ID: out.ID, Name: out.Name, Channels: []center.Channel{center.Voice}}
	}
	return c, true
}

// served returns the queues of a routing profile, each once, sorted by name.
func (d *Directory) served(p center.RoutingProfile) []center.AgentQueue {
	var out []center.AgentQueue
	for _, qc := range p.Queues {
		i := slices.IndexFunc(out, func(o center.AgentQueue) bool { return o.ID == qc.Queue })
		if i < 0 {
			i = len(out)
			out = append(out, center.AgentQueue{ID: qc.Queue, Name: d.Queues[qc.Queue].Name})
		}
		out[i].Channels = append(out[i].Channels, qc.Channel)
	}
	for i := range out {
		sortChannels(out[i].Channels)
	}
	slices.SortFunc(out, func(a, b center.AgentQueue) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out
}

// sortChannels puts channels into the order in which AWS's samples of agent events show them most.
func sortChannels(c []center.Channel) {
	order := []center.Channel{center.Voice, center.Chat, center.Task}
	slices.SortFunc(c, func(a, b center.Channel) int { return cmp.Compare(slices.Index(order, a), slices.Index(order, b)) })
}

// Affected returns the users whose AgentConfig an event may change, sorted by id, after it was applied: the one that the
// event is about, or those whose routing profile is, or names, what the event is about, or whose groups it is one of.
func (d *Directory) Affected(e center.Event) []center.AgentID {
	var hit func(center.User) bool
	switch e := e.(type) {
	case center.UserSaved:
		return []center.AgentID{e.User.ID}
	case center.RoutingProfileSaved:
		hit = func(u center.User) bool { return u.RoutingProfile == e.Profile.ID }
	case center.QueueSaved:
		if e.Queue.Agent != "" {
			return nil
		}
		hit = func(u center.User) bool { return names(d.Profiles[u.RoutingProfile], e.Queue.ID) }
	case center.HierarchyGroupSaved:
		hit = func(u center.User) bool {
			return slices.ContainsFunc(d.HierarchyPath(u.Group), func(g center.HierarchyGroup) bool { return g.ID == e.Group.ID })
		}
	default:
		return nil
	}
	var out []center.AgentID
	for _, u := range d.Users {
		if hit(u) {
			out = append(out, u.ID)
		}
	}
	slices.Sort(out)
	return out
}

func names(p center.RoutingProfile, q center.QueueID) bool {
	return p.DefaultOutbound == q || slices.ContainsFunc(p.Queues, func(c center.QueueConfig) bool { return c.Queue == q })
}
