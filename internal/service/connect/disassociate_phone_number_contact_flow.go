package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) disassociatePhoneNumberContactFlow(ctx context.Context, in *connectapi.DisassociatePhoneNumberContactFlowInput) (*connectapi.DisassociatePhoneNumberContactFlowOutput, error) {
	return &connectapi.DisassociatePhoneNumberContactFlowOutput{}, s.done(ctx, in.InstanceId, center.SetPhoneNumberFlow{ID: id[center.PhoneNumberID](in.PhoneNumberId)})
}
