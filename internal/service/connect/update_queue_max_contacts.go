package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateQueueMaxContacts sets how many contacts may wait; without a number there is no limit any more.
func (s *Service) updateQueueMaxContacts(ctx context.Context, in *connectapi.UpdateQueueMaxContactsInput) (*connectapi.UpdateQueueMaxContactsOutput, error) {
	return &connectapi.UpdateQueueMaxContactsOutput{}, s.done(ctx, in.InstanceId, center.UpdateQueue{ID: id[center.QueueID](in.QueueId), MaxContacts: ptr(int(value(in.MaxContacts)))})
}
