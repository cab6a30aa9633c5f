package connect

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/chat"
)

func TestStartChatContact(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	start := func(change func(*awsconnect.StartChatContactInput)) (*awsconnect.StartChatContactOutput, error) {
		in := &awsconnect.StartChatContactInput{InstanceId: n.id, ContactFlowId: n.flow, ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Jane")}, ClientToken: aws.String("token")}
		change(in)
		return c.StartChatContact(ctx, in)
	}
	as := func(in *awsconnect.StartChatContactInput) {}
	first := must(start(as))(t)
	if again := must(start(as))(t); *again.ContactId != *first.ContactId || *again.ParticipantId != *first.ParticipantId || *again.ParticipantToken != *first.ParticipantToken {
		t.Error("one client token started two chats")
	}
	if token, err := chat.Read(*first.ParticipantToken); err != nil || string(token.Contact) != *first.ContactId || token.Participant != *first.ParticipantId {
		t.Errorf("the token says %+v, %v", token, err)
	}
	got := n.describe(t, first.ContactId)
	if got.Channel != types.ChannelChat || got.InitiationMethod != types.ContactInitiationMethodApi || got.ConnectedToSystemTimestamp != nil || *got.SegmentAttributes["connect:Subtype"].ValueString != "connect:Chat" {
		t.Errorf("started: %s", shown(t, got))
	}
	for name, bad := range map[string]struct {
		change func(*awsconnect.StartChatContactInput)
		class  string
		status int
		words  string
	}{
		"customer": {func(in *awsconnect.StartChatContactInput) { in.CustomerId = aws.String("x") }, "InvalidParameterException", 400, "CustomerId"},
		"flow":     {func(in *awsconnect.StartChatContactInput) { in.ContactFlowId = aws.String("none") }, "ResourceNotFoundException", 404, "none"},
		"types":    {func(in *awsconnect.StartChatContactInput) { in.SupportedMessagingContentTypes = []string{"image/png"} }, "InvalidParameterException", 400, "image/png"},
		"message": {func(in *awsconnect.StartChatContactInput) {
			in.InitialMessage = &types.ChatMessage{ContentType: aws.String("text/markdown"), Content: aws.String("x")}
		}, "InvalidParameterException", 400, "InitialMessage"},
		"open": {func(in *awsconnect.StartChatContactInput) {
			in.PersistentChat = &types.PersistentChat{SourceContactId: first.ContactId, RehydrationType: types.RehydrationTypeFromSegment}
		}, "InvalidRequestException", 400, "not over"},
		"half": {func(in *awsconnect.StartChatContactInput) {
			in.PersistentChat = &types.PersistentChat{SourceContactId: first.ContactId}
		}, "InvalidRequestException", 400, "RehydrationType"},
		"no source": {func(in *awsconnect.StartChatContactInput) {
			in.PersistentChat = &types.PersistentChat{SourceContactId: aws.String("none"), RehydrationType: types.RehydrationTypeFromSegment}
		}, "ResourceNotFoundException", 404, "none"},
		"no related": {func(in *awsconnect.StartChatContactInput) { in.RelatedContactId = aws.String("none") }, "ResourceNotFoundException", 404, "none"},
	} {
		_, err := start(func(in *awsconnect.StartChatContactInput) { in.ClientToken = nil; bad.change(in) })
		t.Run(name, func(t *testing.T) { refused(t, err, bad.class, bad.status, bad.words) })
	}
	timer := func(v types.ParticipantTimerValue) error {
		_, err := c.UpdateParticipantRoleConfig(ctx, &awsconnect.UpdateParticipantRoleConfigInput{InstanceId: n.id, ContactId: first.ContactId,
			ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{Value: types.ChatParticipantRoleConfig{ParticipantTimerConfigList: []types.ParticipantTimerConfiguration{
				{ParticipantRole: types.TimerEligibleParticipantRolesAgent, TimerType: types.ParticipantTimerTypeIdle, TimerValue: v}}}}})
		return err
	}
	if err := timer(&types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: 2}); err != nil {
		t.Error(err)
	}
	if err := timer(&types.ParticipantTimerValueMemberParticipantTimerAction{Value: types.ParticipantTimerActionUnset}); err != nil {
		t.Error(err)
	}
	w.advance(t, 5*time.Minute)
	for range 10_000 { // the center does it by itself, a moment later
		if got = n.describe(t, first.ContactId); got.DisconnectReason != nil {
			break
		}
	}
	if aws.ToString(got.DisconnectReason) != "CUSTOMER_CONNECTION_NOT_ESTABLISHED" {
		t.Errorf("nobody connected: %s", shown(t, got))
	}
}
