package connect

import (
	"context"
	"errors"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// startOutboundVoiceContact dials a customer and runs a flow once it answers.
func (s *Service) startOutboundVoiceContact(ctx context.Context, in *connectapi.StartOutboundVoiceContactInput) (*connectapi.StartOutboundVoiceContactOutput, error) {
	if err := refuseSet(
		member{"AnswerMachineDetectionConfig", in.AnswerMachineDetectionConfig != nil},
		member{"CampaignId", in.CampaignId != nil},
		member{"OutboundStrategy", in.OutboundStrategy != nil},
		member{"TrafficType " + value(in.TrafficType), in.TrafficType != nil && *in.TrafficType != "GENERAL"},
	); err != nil {
		return nil, err
	}
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	refs, err := referencesIn(in.References)
	if err != nil {
		return nil, err
	}
	attributes, err := s.withRelated(ctx, c, in.RelatedContactId, in.Attributes)
	if err != nil {
		return nil, err
	}
	step, err := c.Submit(ctx, center.StartOutboundCall{
		Destination: value(in.DestinationPhoneNumber), Source: value(in.SourcePhoneNumber), Flow: flowID(in.ContactFlowId), Queue: id[center.QueueID](in.QueueId),
		Attributes: attributes, Name: value(in.Name), Description: value(in.Description), References: refs, Related: id[center.ContactID](in.RelatedContactId),
		RingTimeout: time.Duration(value(in.RingTimeoutInSeconds)) * time.Second, ClientToken: value(in.ClientToken),
	})
	contact, err := startedContact(step, err)
	if err != nil {
		return nil, outboundError(err)
	}
	return &connectapi.StartOutboundVoiceContactOutput{ContactId: ptr(contact)}, nil
}

func outboundError(err error) error {
	var r *center.Refused
	if errors.As(err, &r) {
		switch {
		case r.Reason == center.Conflict && r.Kind == center.KindInstance:
			return &connectapi.OutboundContactNotPermittedException{Message: "Outbound calls are not enabled for the instance"}
		case r.Reason == center.Invalid && r.Field == "DestinationPhoneNumber":
			return &connectapi.DestinationNotAllowedException{Message: "The destination phone number is not valid"}
		}
	}
	return modelled(err)
}
