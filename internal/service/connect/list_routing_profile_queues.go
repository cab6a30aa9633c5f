package connect

import (
	"context"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// profileQueuesOnPage is how many queues of a profile one answer lists at most: the model's own bound.
const profileQueuesOnPage = 100

func (s *Service) listRoutingProfileQueues(ctx context.Context, in *connectapi.ListRoutingProfileQueuesInput) (*connectapi.ListRoutingProfileQueuesOutput, error) {
	out := &connectapi.ListRoutingProfileQueuesOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		p, err := found(d.Profiles, center.KindRoutingProfile, in.RoutingProfileId)
		if err != nil {
			return err
		}
		key := func(q center.QueueConfig) string { return string(q.Queue) + "/" + string(q.Channel) }
		all := slices.SortedFunc(slices.Values(p.Queues), func(a, b center.QueueConfig) int { return strings.Compare(key(a), key(b)) })
		part, next, err := page("ListRoutingProfileQueues", all, key, in.NextToken, in.MaxResults, profileQueuesOnPage, profileQueuesOnPage)
		out.NextToken, out.LastModifiedTime, out.LastModifiedRegion = next, timestamp(p.ModifiedAt), region(d.Instance)
		out.RoutingProfileQueueConfigSummaryList = mapped(part, func(q center.QueueConfig) connectapi.RoutingProfileQueueConfigSummary {
			return connectapi.RoutingProfileQueueConfigSummary{
				QueueId: ptr(string(q.Queue)), QueueArn: ptr(queueARN(d.Instance, q.Queue, false)), QueueName: ptr(d.Queues[q.Queue].Name),
				Priority: ptr(int32(q.Priority)), Delay: ptr(int32(q.Delay)), Channel: ptr(string(q.Channel)),
			}
		})
		return err
	})
	return out, err
}
