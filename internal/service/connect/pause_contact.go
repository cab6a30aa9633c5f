package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// pauseContact lets a task rest: the agent's slot is free meanwhile, and a task in a queue leaves it. A flow that runs when
// a task is paused is not supported.
func (s *Service) pauseContact(ctx context.Context, in *connectapi.PauseContactInput) (*connectapi.PauseContactOutput, error) {
	if err := refuseSet(member{"ContactFlowId", in.ContactFlowId != nil}); err != nil {
		return nil, err
	}
	return &connectapi.PauseContactOutput{}, s.done(ctx, in.InstanceId, center.PauseTask{Contact: id[center.ContactID](in.ContactId)})
}
