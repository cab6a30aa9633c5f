package directory

import (
	"github.com/hookswitch/hookswitch/internal/center"
)

// What every new instance has. Names are AWS's, and so is what stands in its queue and routing profile as far as it can
// be seen from outside; Basic Hours are open all day and all week, so that an instance answers when it is tried out (ours:
// no published source says which hours and zone AWS sets).
const (
	nameBasicHours   = "Basic Hours"
	nameBasicQueue   = "BasicQueue"
	nameBasicProfile = "Basic Routing Profile"
)

// bootstrap returns all that comes with a new instance by itself. The order of the identities never changes.
func (q *request) bootstrap(i center.Instance) []center.Event {
	at := q.stamp.At
	available := center.AgentStatus{ID: center.AgentStatusID(q.ids()), Name: nameAvailable, Type: center.Routable, State: center.Enabled, DisplayOrder: 1, ModifiedAt: at}
	offline := center.AgentStatus{ID: center.AgentStatusID(q.ids()), Name: nameOffline, Type: center.Offline, State: center.Enabled, DisplayOrder: 2, ModifiedAt: at}
	hours := center.Hours{ID: center.HoursID(q.ids()), Name: nameBasicHours, Description: "All day, every day", TimeZone: "UTC", Slots: always(), ModifiedAt: at}
	queue := center.Queue{ID: center.QueueID(q.ids()), Name: nameBasicQueue, Description: "A simple, basic voice queue.", Hours: hours.ID, Status: center.Enabled, ModifiedAt: at}
	profile := basicProfile(center.RoutingProfileID(q.ids()), queue.ID)
	profile.ModifiedAt = at
	events := []center.Event{
		center.AgentStatusSaved{Status: available}, center.AgentStatusSaved{Status: offline},
		center.HoursSaved{Hours: hours}, center.QueueSaved{Queue: queue}, center.RoutingProfileSaved{Profile: profile},
	}
	for _, p := range securityProfiles() {
		p.ID, p.ModifiedAt = center.SecurityProfileID(q.ids()), at
		events = append(events, center.SecurityProfileSaved{Profile: p})
	}
	for _, f := range defaultFlows(i.ARN + "/queue/" + string(queue.ID)) {
		f.ID, f.State, f.Status, f.ModifiedAt = center.FlowID(q.ids()), flowActive, FlowPublished, at
		events = append(events, center.FlowSaved{Flow: f})
	}
	for _, name := range prompts() {
		events = append(events, center.PromptSaved{Prompt: center.Prompt{ID: center.PromptID(q.ids()), Name: name, ModifiedAt: at}})
	}
	return events
}

// basicProfile takes one call, two chats and one task, one channel at a time (ours, as far as chats and tasks go: an
// instance seen in 2023 had chats switched off; tutorials answer chats with the profile as it comes).
func basicProfile(id center.RoutingProfileID, queue center.QueueID) center.RoutingProfile {
	p := center.RoutingProfile{ID: id, Name: nameBasicProfile, Description: "A simple routing profile.", DefaultOutbound: queue, AvailabilityTimer: sinceLastActivity}
	for _, c := range []center.Concurrency{{Channel: center.Voice, Slots: 1}, {Channel: center.Chat, Slots: 2}, {Channel: center.Task, Slots: 1}} {
		c.CrossChannel = routeCurrentChannelOnly
		p.Concurrency = append(p.Concurrency, c)
		p.Queues = append(p.Queues, center.QueueConfig{Queue: queue, Channel: c.Channel, Priority: 1})
	}
	return p
}

// always are slots of whole days: an end at midnight lies in the next day.
func always() []center.HoursSlot {
	var out []center.HoursSlot
	for _, day := range []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"} {
		out = append(out, center.HoursSlot{Day: day})
	}
	return out
}
