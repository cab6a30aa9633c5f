package directory

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Values of settings of a routing profile.
const (
	routeCurrentChannelOnly = "ROUTE_CURRENT_CHANNEL_ONLY"
	routeAnyChannel         = "ROUTE_ANY_CHANNEL"
	sinceLastActivity       = "TIME_SINCE_LAST_ACTIVITY"
	sinceLastInbound        = "TIME_SINCE_LAST_INBOUND"
)

func (q *request) createProfile(c center.CreateRoutingProfile) ([]center.Event, error) {
	p := c.Profile
	p.ID, p.ModifiedAt = "", q.stamp.At
	p.Concurrency, p.Queues, p.Tags = withDefaults(p.Concurrency), slices.Clone(p.Queues), maps.Clone(p.Tags)
	if p.AvailabilityTimer == "" {
		p.AvailabilityTimer = sinceLastActivity
	}
	if err := first(q.checkProfile(p), checkTags(p.Tags)); err != nil {
		return nil, err
	}
	if len(q.Profiles) >= profilesMax {
		return nil, limit(center.KindRoutingProfile, profilesMax)
	}
	p.ID = center.RoutingProfileID(q.ids())
	return []center.Event{center.RoutingProfileSaved{Profile: p}}, nil
}

// withDefaults copies concurrencies. Without a cross-channel behavior an agent takes contacts of one channel at a time.
func withDefaults(in []center.Concurrency) []center.Concurrency {
	out := slices.Clone(in)
	for i := range out {
		if out[i].CrossChannel == "" {
			out[i].CrossChannel = routeCurrentChannelOnly
		}
	}
	return out
}

func (q *request) updateProfile(c center.UpdateRoutingProfile) ([]center.Event, error) {
	p, err := find(q.Profiles, center.KindRoutingProfile, c.ID)
	if err != nil {
		return nil, err
	}
	set(&p.Name, c.Name)
	set(&p.Description, c.Description)
	set(&p.AvailabilityTimer, c.AvailabilityTimer)
	set(&p.DefaultOutbound, c.DefaultOutbound)
	if c.Concurrency != nil {
		p.Concurrency = withDefaults(*c.Concurrency)
	}
	return q.saveProfile(p)
}

func (q *request) saveProfile(p center.RoutingProfile) ([]center.Event, error) {
	if err := q.checkProfile(p); err != nil {
		return nil, err
	}
	p.ModifiedAt = q.stamp.At
	return []center.Event{center.RoutingProfileSaved{Profile: p}}, nil
}

// changeProfileQueues adds, changes and removes pairs of queue and channel, all or nothing. Adding a pair that is there
// sets its priority and delay anew, so that a call repeated after a lost answer succeeds (ours). Changing or removing a
// pair that is not there is refused ("Queues must first be associated").
func (q *request) changeProfileQueues(c center.ChangeRoutingProfileQueues) ([]center.Event, error) {
	p, err := find(q.Profiles, center.KindRoutingProfile, c.ID)
	if err != nil {
		return nil, err
	}
	p.Queues = slices.Clone(p.Queues)
	place := func(qc center.QueueConfig) int {
		return slices.IndexFunc(p.Queues, func(o center.QueueConfig) bool { return o.Queue == qc.Queue && o.Channel == qc.Channel })
	}
	for _, qc := range c.Remove {
		i := place(qc)
		if i < 0 {
			return nil, invalid("QueueReferences", "queue %s is not associated for %s", qc.Queue, qc.Channel)
		}
		p.Queues = slices.Delete(p.Queues, i, i+1)
	}
	for _, qc := range c.Change {
		i := place(qc)
		if i < 0 {
			return nil, invalid("QueueConfigs", "queue %s is not associated for %s", qc.Queue, qc.Channel)
		}
		p.Queues[i] = qc
	}
	for _, qc := range c.Add {
		if i := place(qc); i >= 0 {
			p.Queues[i] = qc
		} else {
			p.Queues = append(p.Queues, qc)
		}
	}
	return q.saveProfile(p)
}

// deleteProfile refuses a profile that users have (ResourceInUseException of DeleteRoutingProfile).
func (q *request) deleteProfile(c center.DeleteRoutingProfile) ([]center.Event, error) {
	if _, err := find(q.Profiles, center.KindRoutingProfile, c.ID); err != nil {
		return nil, err
	}
	for _, u := range Sorted(q.Users) {
		if u.RoutingProfile == c.ID {
			return nil, inUse(center.KindRoutingProfile, c.ID, "user %s has it", u.ID)
		}
	}
	return []center.Event{center.ResourceDeleted{Kind: center.KindRoutingProfile, ID: string(c.ID)}}, nil
}

func (q *request) checkProfile(p center.RoutingProfile) error {
	if err := first(
		text("Name", p.Name, 1, nameMax),
		text("Description", p.Description, 1, descriptionMax),
		unique(q.Profiles, center.KindRoutingProfile, p.ID, p.Name, func(o center.RoutingProfile) string { return o.Name }),
		checkTimer(p.AvailabilityTimer),
		checkConcurrency(p.Concurrency),
	); err != nil {
		return err
	}
	if _, err := q.standardQueue(p.DefaultOutbound); err != nil {
		return err
	}
	return q.checkQueueConfigs(p.Queues)
}

func checkTimer(t string) error {
	if t != sinceLastActivity && t != sinceLastInbound {
		return invalid("AgentAvailabilityTimer", "must be %s or %s", sinceLastActivity, sinceLastInbound)
	}
	return nil
}

// checkConcurrency: VOICE 1, CHAT and TASK 1 to 10 (API model), each channel once.
func checkConcurrency(all []center.Concurrency) error {
	if len(all) == 0 {
		return invalid("MediaConcurrencies", "must name a channel")
	}
	seen := map[center.Channel]bool{}
	for _, c := range all {
		if seen[c.Channel] {
			return invalid("MediaConcurrencies", "%s is named twice", c.Channel)
		}
		seen[c.Channel] = true
		if err := checkChannel(c.Channel); err != nil {
			return err
		}
		most := slotsMax
		if c.Channel == center.Voice {
			most = 1
		}
		if c.Slots < 1 || c.Slots > most {
			return invalid("Concurrency", "must be 1 to %d for %s", most, c.Channel)
		}
		if c.CrossChannel != routeCurrentChannelOnly && c.CrossChannel != routeAnyChannel {
			return invalid("BehaviorType", "must be %s or %s", routeCurrentChannelOnly, routeAnyChannel)
		}
	}
	return nil
}

func checkChannel(c center.Channel) error {
	switch c {
	case center.Voice, center.Chat, center.Task:
		return nil
	case "EMAIL":
		return invalid("Channel", "EMAIL is not supported")
	}
	return invalid("Channel", "%q is no channel", c)
}

// checkQueueConfigs does not ask for the channel among the concurrencies: AWS documents that such contacts are just not
// routed.
func (q *request) checkQueueConfigs(all []center.QueueConfig) error {
	if len(all) > profileQueuesMax {
		return &center.Refused{Reason: center.Limit, Kind: center.KindQueue, Field: "QueueConfigs", Detail: fmt.Sprintf("a routing profile has at most %d pairs of queue and channel", profileQueuesMax)}
	}
	type pair struct {
		queue   center.QueueID
		channel center.Channel
	}
	seen := map[pair]bool{}
	for _, c := range all {
		if seen[pair{c.Queue, c.Channel}] {
			return invalid("QueueConfigs", "queue %s is named twice for %s", c.Queue, c.Channel)
		}
		seen[pair{c.Queue, c.Channel}] = true
		if _, err := q.standardQueue(c.Queue); err != nil {
			return err
		}
		if err := checkChannel(c.Channel); err != nil {
			return err
		}
		if c.Priority < 1 || c.Priority > priorityMax {
			return invalid("Priority", "must be 1 to %d", priorityMax)
		}
		if c.Delay < 0 || c.Delay > delayMax {
			return invalid("Delay", "must be 0 to %d seconds", delayMax)
		}
	}
	return nil
}
