package connect

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestMonitorContact(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	ann, sue := n.user(t, "ann"), n.user(t, "sue")
	number := must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{PhoneNumber: aws.String("+18005550199"), TargetArn: aws.String(n.arn)}))(t).PhoneNumberId
	must(c.AssociatePhoneNumberContactFlow(ctx, &awsconnect.AssociatePhoneNumberContactFlowInput{InstanceId: n.id, PhoneNumberId: number, ContactFlowId: n.flow}))(t)
	must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
	call, err := startedContact(n.submit(t, center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199"}), nil)
	if err != nil {
		t.Fatal(err)
	}
	monitor := func(change func(*awsconnect.MonitorContactInput)) (*awsconnect.MonitorContactOutput, error) {
		in := &awsconnect.MonitorContactInput{InstanceId: n.id, ContactId: &call, UserId: sue, ClientToken: aws.String("token")}
		if change != nil {
			change(in)
		}
		return c.MonitorContact(ctx, in)
	}
	_, err = monitor(nil)
	refused(t, err, "InvalidRequestException", 400, "no agent is in the call")
	n.accepted(t, ann, &call)
	_, err = monitor(func(in *awsconnect.MonitorContactInput) { in.ContactId = aws.String("no-such-contact") })
	refused(t, err, "ResourceNotFoundException", 404, "contact")
	_, err = monitor(func(in *awsconnect.MonitorContactInput) { in.UserId = aws.String("no-such-user") })
	refused(t, err, "ResourceNotFoundException", 404, "")
	_, err = monitor(func(in *awsconnect.MonitorContactInput) { in.UserId = ann })
	refused(t, err, "InvalidRequestException", 400, "itself")
	barge := func(in *awsconnect.MonitorContactInput) {
		in.AllowedMonitorCapabilities = []types.MonitorCapability{types.MonitorCapabilitySilentMonitor, types.MonitorCapabilityBarge}
	}
	_, err = monitor(barge)
	refused(t, err, "InvalidRequestException", 400, "ENHANCED_CONTACT_MONITORING")
	must(c.UpdateInstanceAttribute(ctx, &awsconnect.UpdateInstanceAttributeInput{InstanceId: n.id, AttributeType: types.InstanceAttributeTypeEnhancedContactMonitoring, Value: aws.String("true")}))(t)

	began := w.clock.Now()
	got := must(monitor(barge))(t)
	if again := must(monitor(barge))(t); *again.ContactId != *got.ContactId || *got.ContactArn != n.arn+"/contact/"+*got.ContactId {
		t.Errorf("the same token: %s, then %s; ARN %s", *got.ContactId, *again.ContactId, *got.ContactArn)
	}
	refused(t, n.stop(t, got.ContactId), "InvalidParameterException", 400, "MONITOR")
	w.advance(t, 10*time.Second)
	n.submit(t, center.ChangeMonitor{Contact: center.ContactID(*got.ContactId), Agent: center.AgentID(*sue), Mode: center.ModeBarge})
	n.submit(t, center.BargeOut{Contact: center.ContactID(*got.ContactId), Agent: center.AgentID(*sue)})
	if reason := n.describe(t, &call).DisconnectReason; aws.ToString(reason) != "BARGED" {
		t.Errorf("the monitored contact ended with %s", aws.ToString(reason))
	}
	m := n.describe(t, got.ContactId)
	if m.InitiationMethod != types.ContactInitiationMethodMonitor || m.AgentInfo == nil || m.SystemEndpoint != nil || !m.InitiationTimestamp.Equal(began) || m.DisconnectTimestamp != nil {
		t.Errorf("the supervisor's contact: %s", shown(t, m))
	}
}
