package machine

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/center/routing"
)

// Check returns every invariant that does not hold, by name, or nil. Its cost grows with the state: it is for tests,
// simulations, and an owner that has reason to doubt.
func Check(s *State) error {
	var broken []error
	fail := func(name, format string, args ...any) {
		broken = append(broken, Broken{Name: name, Detail: fmt.Sprintf(format, args...)})
	}
	for _, id := range slices.Sorted(maps.Keys(s.Contacts)) {
		checkContact(s, id, s.Contacts[id], fail)
	}
	connected := map[center.ContactID]center.AgentID{}
	for _, id := range slices.Sorted(maps.Keys(s.Agents)) {
		a := s.Agents[id]
		checkAgent(s, id, a, fail)
		for i := range a.Desk {
			d := &a.Desk[i]
			checkDesk(s, a, d, fail)
			if inConversation(d) {
				if other, twice := connected[d.ID]; twice {
					fail("one agent in a conversation", "%s is with %s and %s", d.ID, other, id)
				}
				connected[d.ID] = id
			}
		}
	}
	checkEffects(s, fail)
	checkCalls(s, fail)
	return errors.Join(broken...)
}

type failFunc func(name, format string, args ...any)

func checkContact(s *State, id center.ContactID, c *lifecycle.Contact, fail failFunc) {
	if c.ID != id {
		fail("contacts are kept under their ids", "%s under %s", c.ID, id)
	}
	phase := c.Phase()
	switch phase {
	case lifecycle.Unborn, lifecycle.Ended, lifecycle.Completed:
		fail("only open contacts are kept", "%s is %s", id, phase)
	case lifecycle.Running:
		if c.Position == nil {
			fail("no contact is left in a flow", "%s", id)
		}
	case lifecycle.Queued, lifecycle.Offered:
		if _, ok := s.Directory.Queues[center.QueueID(c.Queue.Queue.ID)]; !ok {
			fail("a waiting contact is in a queue that exists", "%s in %s", id, c.Queue.Queue.ID)
		}
		if !c.Queue.DequeuedAt.IsZero() {
			fail("a waiting contact is in exactly one queue", "%s has left it at %s", id, c.Queue.DequeuedAt)
		}
	}
	if phase == lifecycle.Offered {
		if d := deskOf(s, c.Offer.Agent, id); d == nil || !lifecycle.Rings(d.State) || d.Accepted {
			fail("an offered contact rings at its agent", "%s at %s", id, c.Offer.Agent)
		}
	}
	if phase == lifecycle.Accepted {
		if d := deskOf(s, c.Offer.Agent, id); d == nil || !d.Accepted {
			fail("an accepted contact is on its agent's desk", "%s at %s", id, c.Offer.Agent)
		}
		if c.Position == nil && c.RingUntil.IsZero() {
			fail("an accepted contact comes to its agent", "%s waits for nothing", id)
		}
	}
	checkPosition(s, c, fail)
	if h := c.Agent; h != nil && h.ClearedAt.IsZero() {
		d := deskOf(s, h.Agent, id)
		switch {
		case d == nil:
			fail("a handled contact is on its agent's desk", "%s with %s", id, h.Agent)
		case phase == lifecycle.Talking && d.State != center.AgentContactConnected,
			phase == lifecycle.Held && d.State != center.AgentContactOnHold,
			phase == lifecycle.Paused && d.State != center.AgentContactPaused,
			phase == lifecycle.AfterWork && d.State != center.AgentContactEnded:
			fail("contact and desk agree", "%s is %s, on the desk %s", id, phase, d.State)
		}
	}
	checkTimes(s, c, fail)
}

// checkPosition: whoever stands in a flow can go on in it.
func checkPosition(s *State, c *lifecycle.Contact, fail failFunc) {
	p := c.Position
	if p == nil {
		return
	}
	if c.Over() {
		fail("who is gone stands in no flow", "%s", c.ID)
	}
	if p.Until.IsZero() {
		fail("waiting in a flow comes to an end", "%s for %s", c.ID, p.Wait)
	}
	eachPlace(p, func(digest string) {
		_, pinned := s.Pinned[digest]
		if pinned {
			return
		}
		for _, flows := range []map[center.FlowID]center.Flow{s.Directory.Flows, s.Directory.Modules} {
			for _, f := range flows {
				if flow.Digest(f.Content) == digest {
					return
				}
			}
		}
		fail("what a contact stands in is kept", "%s in %s", c.ID, digest)
	})
}

// checkTimes: what happens later has no earlier time, and nothing has happened after the newest step.
func checkTimes(s *State, c *lifecycle.Contact, fail failFunc) {
	times := []time.Time{c.InitiatedAt}
	if c.Callback == nil {
		times = append(times, c.ConnectedToSystemAt)
	}
	if c.Queue != nil {
		times = append(times, c.Queue.EnqueuedAt, c.Queue.DequeuedAt)
	}
	if c.Callback != nil { // who is called back is called last
		times = append(times, c.ConnectedToSystemAt)
	}
	if c.Agent != nil {
		times = append(times, c.Agent.ConnectedAt, c.Agent.HeldAt, c.Agent.LeftAt)
	}
	times = append(times, c.DisconnectedAt, c.UpdatedAt)
	last := time.Time{}
	for _, t := range times {
		if t.IsZero() {
			continue
		}
		if t.Before(last) || t.After(s.At) {
			fail("times are in order", "%s: %s after %s, now %s", c.ID, t, last, s.At)
		}
		last = t
	}
}

func checkAgent(s *State, id center.AgentID, a *lifecycle.Agent, fail failFunc) {
	if a.ID != id || a.Removed {
		fail("agents are kept under their ids", "%s under %s", a.ID, id)
	}
	if _, ok := s.Directory.Users[id]; !ok && !s.Directory.Deleted {
		fail("an agent is a user", "%s", id)
	}
	if a.Next != nil && len(a.Desk) == 0 {
		fail("a next status takes effect on an empty desk", "%s", id)
	}
	if a.StatusSince.After(s.At) || a.IdleSince.After(s.At) || a.NextSince.After(s.At) {
		fail("times are in order", "agent %s is ahead of %s", id, s.At)
	}
	// Fewer slots than there are contacts can only come from a configuration that changed meanwhile; AWS's own limits
	// always hold.
	count := map[center.Channel]int{}
	seen := map[center.ContactID]bool{}
	for i := range a.Desk {
		if a.Desk[i].State != center.AgentContactPaused {
			count[a.Desk[i].Channel]++
		}
		if seen[a.Desk[i].ID] {
			fail("a contact is on a desk once", "%s at %s", a.Desk[i].ID, id)
		}
		seen[a.Desk[i].ID] = true
	}
	if count[center.Voice] > 1 || count[center.Chat] > 10 || count[center.Task] > 10 {
		fail("no agent is over its slots", "%s: %v", id, count)
	}
}

// checkDesk: what an agent is busy with exists and agrees; a contact that is over for the agent may be gone.
func checkDesk(s *State, a *lifecycle.Agent, d *lifecycle.DeskContact, fail failFunc) {
	c := s.Contacts[d.ID]
	switch d.State {
	case center.AgentContactMissed, center.AgentContactRejected, center.AgentContactError:
		return
	case center.AgentContactConnecting, center.AgentContactIncoming, center.AgentContactPending:
		if c == nil || c.Offer == nil || c.Offer.Agent != a.ID {
			fail("a ringing contact is offered", "%s at %s", d.ID, a.ID)
		}
	case center.AgentContactConnected, center.AgentContactOnHold, center.AgentContactPaused, center.AgentContactEnded:
		if c == nil && d.State == center.AgentContactEnded && d.ConnectedAt.IsZero() {
			return // the agent gave up a call of its own
		}
		if c == nil || c.Agent == nil || c.Agent.Agent != a.ID || !c.Agent.ClearedAt.IsZero() {
			fail("a contact on a desk is handled by its agent", "%s (%s) at %s", d.ID, d.State, a.ID)
		}
	default:
		fail("desk states are known", "%s is %q", d.ID, d.State)
	}
	if d.StateSince.After(s.At) {
		fail("times are in order", "%s at %s is ahead of %s", d.ID, a.ID, s.At)
	}
}

// checkCalls: who is in a call agrees, whichever leg tells it.
func checkCalls(s *State, fail failFunc) {
	holders := map[center.ContactID]int{} // legs that have a line, by it
	lines := map[center.ContactID]bool{}
	for _, id := range slices.Sorted(maps.Keys(s.Contacts)) {
		c := s.Contacts[id]
		if c.Over() {
			if len(c.Parties) > 0 {
				fail("nobody is in a call that is over", "%s", id)
			}
			continue
		}
		if c.Channel == center.Voice && c.Watches == "" {
			lines[c.LineOf()] = true
			if sourceOf(s, c) == nil {
				holders[c.LineOf()]++
			}
		}
		if w := s.Contacts[c.Watches]; c.Watches != "" && (w == nil || !w.Connected()) {
			fail("who listens has someone to listen to", "%s to %s", id, c.Watches)
		}
		for i := range c.Parties {
			checkParty(s, c, &c.Parties[i], fail)
		}
		if d := deskOf(s, talker(c), id); d != nil && !slices.EqualFunc(d.Parties, c.Parties, sameParty) {
			fail("contact and desk agree", "the parties of %s", id)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		if holders[line] != 1 {
			fail("one leg holds the line", "%d hold that of %s", holders[line], line)
		}
	}
}

func sameParty(a, b lifecycle.Party) bool {
	return a.ID == b.ID && a.Held == b.Held && a.ConnectedAt.Equal(b.ConnectedAt)
}

func checkParty(s *State, c *lifecycle.Contact, p *lifecycle.Party, fail failFunc) {
	if p.External() {
		if p.RingUntil.IsZero() == p.ConnectedAt.IsZero() {
			fail("a party rings or is there", "%s in %s", p.ID, c.ID)
		}
		return
	}
	leg := s.Contacts[p.ID]
	switch {
	case leg == nil || leg.Over() || leg.LineOf() != c.LineOf():
		fail("a party that was brought in has its leg", "%s in %s", p.ID, c.ID)
	case leg.Connected() != p.Connected():
		fail("a party is there when its agent is", "%s in %s", p.ID, c.ID)
	case leg.Connected() && leg.CustomerHeld() != apart(c, p.ID):
		fail("who is apart from the customer has it on hold", "%s in %s", p.ID, c.ID)
	}
}

func inConversation(d *lifecycle.DeskContact) bool {
	return d.State == center.AgentContactConnected || d.State == center.AgentContactOnHold
}

func deskOf(s *State, agent center.AgentID, id center.ContactID) *lifecycle.DeskContact {
	if a := s.Agents[agent]; a != nil {
		return a.Contact(id)
	}
	return nil
}

func checkEffects(s *State, fail failFunc) {
	dialled := map[center.ContactID]bool{}
	for _, o := range s.Outstanding {
		switch e := o.Effect.(type) {
		case center.DialCustomer:
			if c := s.Contacts[e.Contact]; c == nil || c.RingUntil.IsZero() {
				fail("an outstanding effect has a point", "%s is about %s", o.ID, e.Contact)
			}
			dialled[e.Contact] = true
		case center.InvokeFunction:
			if c := s.Contacts[e.Contact]; c == nil || c.Over() {
				fail("an outstanding effect has a point", "%s is about %s", o.ID, e.Contact)
			}
		case center.DialParty:
			if s.pointless(e) || s.Contacts[e.Contact].Party(e.Party).RingUntil.IsZero() {
				fail("an outstanding effect has a point", "%s is about %s in %s", o.ID, e.Party, e.Contact)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Contacts)) {
		if c := s.Contacts[id]; c.Phase() == lifecycle.Dialling && c.RingUntil.IsZero() {
			fail("dialling comes to an end", "%s", id)
		}
	}
}

// CheckIdle returns what is left to do at a time at which Deadline says that nothing is due: what should have happened by
// then, and waiting contacts that could be offered to a free agent. It looks at everyone and every pair, by the rules alone.
func CheckIdle(s *State, at time.Time) error {
	if s.Directory.Deleted {
		return nil
	}
	var free []*lifecycle.Agent
	for _, a := range s.Agents {
		if routing.Available(a) {
			free = append(free, a)
		}
	}
	slices.SortFunc(free, func(a, b *lifecycle.Agent) int { return cmp.Compare(a.ID, b.ID) })
	var broken []error
	for _, id := range slices.Sorted(maps.Keys(s.Agents)) {
		if due := agentDue(s.Agents[id]); !due.IsZero() && !due.After(at) {
			broken = append(broken, Broken{Name: "nothing is overdue", Detail: fmt.Sprintf("agent %s since %s", id, due)})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Contacts)) {
		c := s.Contacts[id]
		if due := c.Due(); !due.IsZero() && !due.After(at) {
			broken = append(broken, Broken{Name: "nothing is overdue", Detail: fmt.Sprintf("contact %s since %s", id, due)})
		}
		if !c.Waiting() {
			continue
		}
		for _, a := range free {
			p := s.Directory.Profiles[center.RoutingProfileID(a.Config.RoutingProfile.ID)]
			if _, ok := routing.ClaimOf(a, p, c, at); ok {
				broken = append(broken, Broken{Name: "nobody waits while a fitting agent is free",
					Detail: fmt.Sprintf("contact %s, agent %s", id, a.ID)})
				break
			}
		}
	}
	return errors.Join(broken...)
}
