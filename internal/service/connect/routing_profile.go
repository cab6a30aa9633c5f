package connect

import (
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
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
