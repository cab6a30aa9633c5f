package connect

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// updateParticipantRoleConfig sets after which silence a participant of a chat is idle, and after which it is disconnected.
func (s *Service) updateParticipantRoleConfig(ctx context.Context, in *connectapi.UpdateParticipantRoleConfigInput) (*connectapi.UpdateParticipantRoleConfigOutput, error) {
	cmd := center.SetChatTimers{Contact: id[center.ContactID](in.ContactId)}
	if in.ChannelConfiguration.Chat == nil {
		return nil, invalidRequest("ChannelConfiguration.Chat is required")
	}
	for _, t := range in.ChannelConfiguration.Chat.ParticipantTimerConfigList {
		timer := center.ChatTimer{Role: value(t.ParticipantRole), Disconnect: value(t.TimerType) == connectapi.ParticipantTimerTypeDisconnectNoncustomer}
		switch v := t.TimerValue; {
		case v.ParticipantTimerDurationInMinutes != nil:
			timer.After = time.Duration(*v.ParticipantTimerDurationInMinutes) * time.Minute
		case v.ParticipantTimerAction == nil:
			return nil, invalidRequest("TimerValue must be set")
		}
		cmd.Timers = append(cmd.Timers, timer)
	}
	return &connectapi.UpdateParticipantRoleConfigOutput{}, s.done(ctx, in.InstanceId, cmd)
}
