package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) associatePhoneNumberContactFlow(ctx context.Context, in *connectapi.AssociatePhoneNumberContactFlowInput) (*connectapi.AssociatePhoneNumberContactFlowOutput, error) {
	return &connectapi.AssociatePhoneNumberContactFlowOutput{}, s.done(ctx, in.InstanceId, center.SetPhoneNumberFlow{
		ID: id[center.PhoneNumberID](in.PhoneNumberId), Flow: flowID(in.ContactFlowId),
	})
}
