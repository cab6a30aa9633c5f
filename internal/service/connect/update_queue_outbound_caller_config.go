package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateQueueOutboundCallerConfig(ctx context.Context, in *connectapi.UpdateQueueOutboundCallerConfigInput) (*connectapi.UpdateQueueOutboundCallerConfigOutput, error) {
	return &connectapi.UpdateQueueOutboundCallerConfigOutput{}, s.done(ctx, in.InstanceId, center.UpdateQueue{
		ID: id[center.QueueID](in.QueueId), Outbound: ptr(outboundIn(in.OutboundCallerConfig)),
	})
}
