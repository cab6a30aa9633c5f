package connect

import (
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"maps"
	"slices"
)

func queueConfigsIn(configs []connectapi.RoutingProfileQueueConfig) []center.QueueConfig {
	return mapped(configs, func(c connectapi.RoutingProfileQueueConfig) center.QueueConfig {
		return center.QueueConfig{
			Queue: id[center.QueueID](c.QueueReference.QueueId), Channel: center.Channel(value(c.QueueReference.Channel)), Priority: int(value(c.Priority)), Delay: int(value(c.Delay)),
		}
	})
}

// configsMax is how many queues one request may name (documented with each of the operations; a profile may have more).
const configsMax = 10

func checkConfigs(n int, name string) error {
	if n > configsMax {
		return invalidParameter("%s: a request may have at most %d", name, configsMax)
	}
	return nil
}

func queueReferencesIn(refs []connectapi.RoutingProfileQueueReference) []center.QueueConfig {
	return mapped(refs, func(r connectapi.RoutingProfileQueueReference) center.QueueConfig {
		return center.QueueConfig{Queue: id[center.QueueID](r.QueueId), Channel: center.Channel(value(r.Channel))}
	})
}

func concurrencyIn(list []connectapi.MediaConcurrency) []center.Concurrency {
	return mapped(list, func(m connectapi.MediaConcurrency) center.Concurrency {
		c := center.Concurrency{Channel: center.Channel(value(m.Channel)), Slots: int(value(m.Concurrency))}
		if m.CrossChannelBehavior != nil {
			c.CrossChannel = value(m.CrossChannelBehavior.BehaviorType)
		}
		return c
	})
}

func concurrencyOut(list []center.Concurrency) []connectapi.MediaConcurrency {
	return mapped(list, func(c center.Concurrency) connectapi.MediaConcurrency {
		m := connectapi.MediaConcurrency{Channel: ptr(string(c.Channel)), Concurrency: ptr(int32(c.Slots))}
		if c.CrossChannel != "" {
			m.CrossChannelBehavior = &connectapi.CrossChannelBehavior{BehaviorType: ptr(c.CrossChannel)}
		}
		return m
	})
}

// routingProfileOut shows a routing profile that so many users have.
func routingProfileOut(d *directory.Directory, p center.RoutingProfile, users int) connectapi.RoutingProfile {
	return connectapi.RoutingProfile{
		InstanceId: ptr(string(d.Instance.ID)), Name: ptr(p.Name), RoutingProfileArn: ptr(resourceARN(d.Instance, center.KindRoutingProfile, string(p.ID))),
		RoutingProfileId: ptr(string(p.ID)), Description: ptr(p.Description), MediaConcurrencies: concurrencyOut(p.Concurrency),
		DefaultOutboundQueueId: ptr(string(p.DefaultOutbound)), Tags: maps.Clone(p.Tags), NumberOfAssociatedQueues: ptr(int64(len(p.Queues))),
		NumberOfAssociatedUsers: ptr(int64(users)), AgentAvailabilityTimer: optional(p.AvailabilityTimer), AssociatedQueueIds: queuesOfProfile(p),
		LastModifiedTime: timestamp(p.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}

// usersOfProfiles counts the users of each routing profile.
func usersOfProfiles(d *directory.Directory) map[center.RoutingProfileID]int {
	n := make(map[center.RoutingProfileID]int, len(d.Profiles))
	for _, u := range d.Users {
		n[u.RoutingProfile]++
	}
	return n
}

// queuesOfProfile returns the queues that a profile serves, sorted, each once.
func queuesOfProfile(p center.RoutingProfile) []string {
	queues := mapped(p.Queues, func(q center.QueueConfig) string { return string(q.Queue) })
	slices.Sort(queues)
	return slices.Compact(queues)
}
