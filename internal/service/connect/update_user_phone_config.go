package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) updateUserPhoneConfig(ctx context.Context, in *connectapi.UpdateUserPhoneConfigInput) (*connectapi.UpdateUserPhoneConfigOutput, error) {
	p, err := phoneIn(in.PhoneConfig)
	if err != nil {
		return nil, err
	}
	return &connectapi.UpdateUserPhoneConfigOutput{}, s.done(ctx, in.InstanceId, center.UpdateUser{ID: id[center.AgentID](in.UserId), Phone: &p})
}
