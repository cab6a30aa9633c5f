package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateContactSchedule moves the beginning of a task that has not begun.
func (s *Service) updateContactSchedule(ctx context.Context, in *connectapi.UpdateContactScheduleInput) (*connectapi.UpdateContactScheduleOutput, error) {
	return &connectapi.UpdateContactScheduleOutput{}, s.done(ctx, in.InstanceId, center.RescheduleTask{Contact: id[center.ContactID](in.ContactId), At: value(in.ScheduledTime)})
}
