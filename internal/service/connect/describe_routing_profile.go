package connect

import (
	"context"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeRoutingProfile(ctx context.Context, in *connectapi.DescribeRoutingProfileInput) (*connectapi.DescribeRoutingProfileOutput, error) {
	out := &connectapi.DescribeRoutingProfileOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		p, ok := d.Profiles[id[center.RoutingProfileID](in.RoutingProfileId)]
		if !ok {
			return notFound(center.KindRoutingProfile, value(in.RoutingProfileId))
		}
		users := 0
		for _, u := range d.Users {
			if u.RoutingProfile == p.ID {
				users++
			}
		}
		queues := mapped(p.Queues, func(q center.QueueConfig) string { return string(q.Queue) })
		slices.Sort(queues)
		queues = slices.Compact(queues)
		out.RoutingProfile = &connectapi.RoutingProfile{
			InstanceId: ptr(string(d.Instance.ID)), Name: ptr(p.Name), RoutingProfileArn: ptr(resourceARN(d.Instance, center.KindRoutingProfile, string(p.ID))),
			RoutingProfileId: ptr(string(p.ID)), Description: ptr(p.Description), MediaConcurrencies: concurrencyOut(p.Concurrency),
			DefaultOutboundQueueId: ptr(string(p.DefaultOutbound)), Tags: maps.Clone(p.Tags), NumberOfAssociatedQueues: ptr(int64(len(p.Queues))),
			NumberOfAssociatedUsers: ptr(int64(users)), AgentAvailabilityTimer: optional(p.AvailabilityTimer), AssociatedQueueIds: queues,
			LastModifiedTime: timestamp(p.ModifiedAt), LastModifiedRegion: region(d.Instance),
		}
		return nil
	})
	return out, err
}
