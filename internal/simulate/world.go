package simulate

import (
	"encoding/json"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// build makes the instance of a simulation: queues with a number each, routing profiles that prefer one queue and help out
// in the others, and the agents.
func (s *Simulation) build() (World, error) {
	b := &builder{s: s}
	key := fmt.Appendf(nil, "hookswitch simulation key %020d", s.cfg.Seed)
	id := center.InstanceID(center.DeriveID(key, 0, 0))
	b.do(center.CreateInstance{Key: key, Instance: center.Instance{
		ID: id, ARN: "arn:aws:connect:us-east-1:000000000000:instance/" + string(id), Alias: "simulation", IdentityManagement: "SAML",
	}})
	b.do(center.CreateAgentStatus{Status: center.AgentStatus{Name: "Break", State: center.Enabled}})
	d := s.machine.State().Directory
	var world World
	for i := range s.cfg.Queues {
		number := fmt.Sprintf("+1800555%04d", i)
		b.do(center.CreateQueue{Queue: center.Queue{Name: fmt.Sprintf("Queue %d", i+1), Hours: first(d.Hours).ID}})
		b.queues = append(b.queues, b.queue)
		b.do(center.CreateFlow{Flow: center.Flow{Name: fmt.Sprintf("To queue %d", i+1), Type: "CONTACT_FLOW", State: "ACTIVE", Status: "PUBLISHED", Content: flowTo(b.queue)}})
		b.do(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: number, Country: "US", Type: "TOLL_FREE", Flow: b.flow}})
		b.do(center.UpdateQueue{ID: b.queue, Outbound: &center.OutboundCaller{Number: b.number}})
		world.Numbers = append(world.Numbers, number)
	}
	for i := range s.cfg.Queues {
		b.do(center.CreateRoutingProfile{Profile: b.profileFor(i)})
		b.profiles = append(b.profiles, b.profile)
	}
	for i := range s.cfg.Agents {
		phone := center.PhoneConfig{Type: "SOFT_PHONE", AutoAccept: i%10 == 9}
		if i%3 == 0 {
			phone.ACWLimit = 120
		}
		b.do(center.CreateUser{User: center.User{
			Username: fmt.Sprintf("agent%d", i+1), FirstName: "Agent", LastName: fmt.Sprint(i + 1), Phone: phone,
			RoutingProfile: b.profiles[i%len(b.profiles)], SecurityProfiles: []center.SecurityProfileID{first(d.Security).ID},
		}})
		world.Agents = append(world.Agents, b.user)
	}
	world.Available, world.Break, world.Flow, world.Queue = b.statuses["Available"], b.statuses["Break"], b.flow, b.queue
	return world, b.err
}

// builder gives the commands of build and remembers what the last ones made.
type builder struct {
	s        *Simulation
	err      error
	queue    center.QueueID
	flow     center.FlowID
	number   center.PhoneNumberID
	profile  center.RoutingProfileID
	user     center.AgentID
	queues   []center.QueueID
	profiles []center.RoutingProfileID
	statuses map[string]center.AgentStatusID
}

func (b *builder) do(cmd center.Command) {
	if b.err != nil {
		return
	}
	step, err := b.s.step(center.Stamp{}, cmd)
	if err != nil {
		b.err = fmt.Errorf("build the world: %T: %w", cmd, err)
		return
	}
	for _, e := range step.Events {
		switch e := e.(type) {
		case center.QueueSaved:
			if e.Queue.Agent == "" { // else a new agent's own
				b.queue = e.Queue.ID
			}
		case center.FlowSaved:
			b.flow = e.Flow.ID
		case center.PhoneNumberSaved:
			b.number = e.Number.ID
		case center.RoutingProfileSaved:
			b.profile = e.Profile.ID
		case center.UserSaved:
			b.user = e.User.ID
		case center.AgentStatusSaved:
			if b.statuses == nil {
				b.statuses = map[string]center.AgentStatusID{}
			}
			b.statuses[e.Status.Name] = e.Status.ID
		}
	}
}

// profileFor returns a routing profile that serves one queue at once and the others after ten seconds.
func (b *builder) profileFor(own int) center.RoutingProfile {
	p := center.RoutingProfile{
		Name: fmt.Sprintf("Profile %d", own+1), Description: "Prefers one queue", DefaultOutbound: b.queues[own],
		Concurrency: []center.Concurrency{
			{Channel: center.Task, Slots: 2, CrossChannel: "ROUTE_CURRENT_CHANNEL_ONLY"},
			{Channel: center.Voice, Slots: 1, CrossChannel: "ROUTE_CURRENT_CHANNEL_ONLY"},
		},
		// All tasks go to the last queue.
		Queues: []center.QueueConfig{{Queue: b.queues[len(b.queues)-1], Channel: center.Task, Priority: 3}},
	}
	for i, q := range b.queues {
		c := center.QueueConfig{Queue: q, Channel: center.Voice, Priority: 2, Delay: 10}
		if i == own {
			c.Priority, c.Delay = 1, 0
		}
		p.Queues = append(p.Queues, c)
	}
	return p
}

func first[K ~string, V any](m map[K]V) V {
	var none V
	for _, v := range directory.Sorted(m) {
		return v
	}
	return none
}

// flowTo writes a flow that transfers to a queue.
func flowTo(q center.QueueID) string {
	type object = map[string]any
	end := []any{object{"NextAction": "end", "ErrorType": "NoMatchingError"}}
	b, err := json.Marshal(object{"Version": "2019-10-30", "StartAction": "set", "Metadata": object{}, "Actions": []any{
		object{"Identifier": "set", "Type": "UpdateContactTargetQueue", "Parameters": object{"QueueId": string(q)},
			"Transitions": object{"NextAction": "transfer", "Errors": end}},
		object{"Identifier": "transfer", "Type": "TransferContactToQueue", "Parameters": object{},
			"Transitions": object{"NextAction": "end", "Errors": append(end, object{"NextAction": "end", "ErrorType": "QueueAtCapacity"})}},
		object{"Identifier": "end", "Type": "DisconnectParticipant", "Parameters": object{}, "Transitions": object{}},
	}})
	if err != nil {
		panic(err) // strings and maps of strings always encode
	}
	return string(b)
}
