package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// resumeContact ends a task's pause. One that no agent has runs the flow, if one is named, or goes back to its queue.
func (s *Service) resumeContact(ctx context.Context, in *connectapi.ResumeContactInput) (*connectapi.ResumeContactOutput, error) {
	return &connectapi.ResumeContactOutput{}, s.done(ctx, in.InstanceId, center.ResumeTask{Contact: id[center.ContactID](in.ContactId), Flow: flowID(in.ContactFlowId)})
}
