package connect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/switchboard"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// modelErrors are the error classes that the API model lists for each operation.
func modelErrors(t testing.TB) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("../../../models/connect.json")
	if err != nil {
		t.Fatal(err)
	}
	var model struct {
		Operations map[string]struct{ Errors []struct{ Shape string } }
	}
	if err := json.Unmarshal(raw, &model); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for name, op := range model.Operations {
		for _, e := range op.Errors {
			out[name] = append(out[name], e.Shape)
		}
	}
	return out
}

// TestNoOperationAnswersWithWhatItDoesNotDeclare goes through every operation and every refusal that the center knows.
func TestNoOperationAnswersWithWhatItDoesNotDeclare(t *testing.T) {
	model := modelErrors(t)
	refusals := []error{
		modelled(&center.Refused{Reason: center.NotFound, Kind: center.KindQueue, ID: "q"}), modelled(&center.Refused{Reason: center.Duplicate, Field: "Name"}),
		modelled(&center.Refused{Reason: center.InUse, Detail: "d"}), modelled(&center.Refused{Reason: center.Conflict, Detail: "d"}),
		modelled(&center.Refused{Reason: center.Limit, Detail: "d"}), modelled(&center.Refused{Reason: center.Deleted}),
		modelled(&center.Refused{Reason: center.Invalid, Field: "F"}), invalidRequest("m"), invalidParameter("m"),
		flowError(&center.Refused{Reason: center.Invalid, Field: "Content", Detail: "d"}),
		&connectapi.IdempotencyException{Message: "m"}, &connectapi.ContactFlowNotPublishedException{Message: "m"}, &connectapi.ServiceQuotaExceededException{Message: "m"},
	}
	for _, op := range (&Service{}).operations() {
		for _, refusal := range refusals {
			op.Serve = func(context.Context, *wire.Request) (*wire.Response, error) { return nil, refusal }
			_, err := asDeclared(op).Serve(t.Context(), nil)
			var e wire.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s: %v became %v", op.Model.Name, refusal, err)
			}
			// Nothing that is refused as unsupported or invalid may be lost: one of the two is in every list.
			if !slices.Contains(model[op.Model.Name], e.ErrorCode()) {
				t.Errorf("%s answers %v with %s", op.Model.Name, refusal, e.ErrorCode())
			}
		}
	}
}

func TestFailuresOfTheSwitchboard(t *testing.T) {
	var throttled *connectapi.ThrottlingException
	for _, err := range []error{switchboard.ErrBusy, switchboard.ErrNotStored} {
		if !errors.As(modelled(fmt.Errorf("submit: %w", err)), &throttled) {
			t.Errorf("%v is %v", err, modelled(err))
		}
	}
	var e wire.Error
	for _, err := range []error{switchboard.ErrUncertain, switchboard.ErrBroken, switchboard.ErrFailed} {
		if errors.As(modelled(err), &e) {
			t.Errorf("%v is %v, where nobody knows what was done", err, e)
		}
	}
}

func TestOtherFailuresGoThrough(t *testing.T) {
	boom := errors.New("boom")
	op := wire.Operation{Model: wire.OperationModel{Name: "ListInstances"}, Serve: func(context.Context, *wire.Request) (*wire.Response, error) { return nil, boom }}
	if _, err := asDeclared(op).Serve(t.Context(), nil); err != boom {
		t.Errorf("got %v", err)
	}
}

// TestRefusals is what a client sees, operation by operation.
func TestRefusals(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	ann := n.user(t, "ann")
	task := n.task(t, "first")
	nobody := aws.String("00000000-0000-4000-8000-000000000000")
	number := must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: aws.String("+12065550100")}))(t)
	must(c.UpdateQueueOutboundCallerConfig(ctx, &awsconnect.UpdateQueueOutboundCallerConfigInput{InstanceId: n.id, QueueId: n.queue,
		OutboundCallerConfig: &types.OutboundCallerConfig{OutboundCallerIdNumberId: number.PhoneNumberId}}))(t)
	draft := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("draft"), Type: types.ContactFlowTypeContactFlow,
		Status: types.ContactFlowStatusSaved, Content: aws.String(`{"a":1}`)}))(t).ContactFlowId
	type call struct {
		operation string
		err       error
		class     string
		status    int
		words     string
	}
	var calls []call
	check := func(operation string, err error, class string, status int, words string) {
		calls = append(calls, call{operation, err, class + "Exception", status, words})
	}
	instanceGone := "The specified instance was not found"

	_, err := c.DescribeInstance(ctx, &awsconnect.DescribeInstanceInput{InstanceId: nobody})
	check("DescribeInstance", err, "ResourceNotFound", 404, instanceGone)
	_, err = c.DescribeInstance(ctx, &awsconnect.DescribeInstanceInput{InstanceId: aws.String("arn:aws:connect:eu-central-1:999999999999:instance/" + *n.id)})
	check("DescribeInstance", err, "ResourceNotFound", 404, instanceGone)
	_, err = c.DeleteInstance(ctx, &awsconnect.DeleteInstanceInput{InstanceId: nobody})
	check("DeleteInstance", err, "ResourceNotFound", 404, instanceGone)
	_, err = c.ListInstances(ctx, &awsconnect.ListInstancesInput{NextToken: aws.String("?")})
	check("ListInstances", err, "InvalidRequest", 400, "NextToken")
	_, err = c.UpdateInstanceAttribute(ctx, &awsconnect.UpdateInstanceAttributeInput{InstanceId: n.id, AttributeType: types.InstanceAttributeTypeContactflowLogs, Value: aws.String("true")})
	check("UpdateInstanceAttribute", err, "InvalidParameter", 400, "CONTACTFLOW_LOGS")
	_, err = c.DescribeInstanceAttribute(ctx, &awsconnect.DescribeInstanceAttributeInput{InstanceId: nobody, AttributeType: types.InstanceAttributeTypeInboundCalls})
	check("DescribeInstanceAttribute", err, "ResourceNotFound", 404, instanceGone)

	_, err = c.CreateUser(ctx, n.newUser("ANN"))
	check("CreateUser", err, "DuplicateResource", 409, "Username")
	in := n.newUser("bob")
	in.RoutingProfileId = nobody
	_, err = c.CreateUser(ctx, in)
	check("CreateUser", err, "ResourceNotFound", 404, "routing-profile")
	in = n.newUser("bob")
	in.Password = nil
	_, err = c.CreateUser(ctx, in)
	check("CreateUser", err, "InvalidParameter", 400, "Password")
	in = n.newUser("bob")
	in.HierarchyGroupId = nobody
	_, err = c.CreateUser(ctx, in)
	check("CreateUser", err, "ResourceNotFound", 404, "agent-group")
	_, err = c.DescribeUser(ctx, &awsconnect.DescribeUserInput{InstanceId: n.id, UserId: nobody})
	check("DescribeUser", err, "ResourceNotFound", 404, "agent")
	_, err = c.DeleteUser(ctx, &awsconnect.DeleteUserInput{InstanceId: n.id, UserId: nobody})
	check("DeleteUser", err, "ResourceNotFound", 404, "agent")
	_, err = c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: nobody})
	check("PutUserStatus", err, "ResourceNotFound", 404, "agent-state")
	_, err = c.UpdateUserPhoneConfig(ctx, &awsconnect.UpdateUserPhoneConfigInput{InstanceId: n.id, UserId: ann, PhoneConfig: &types.UserPhoneConfig{PhoneType: types.PhoneTypeDeskPhone, DeskPhoneNumber: aws.String("+12065550199")}})
	check("UpdateUserPhoneConfig", err, "InvalidParameter", 400, "DESK_PHONE")

	_, err = c.CreateAgentStatus(ctx, &awsconnect.CreateAgentStatusInput{InstanceId: n.id, Name: aws.String("Available"), State: types.AgentStatusStateEnabled})
	check("CreateAgentStatus", err, "DuplicateResource", 409, "Name")
	_, err = c.UpdateAgentStatus(ctx, &awsconnect.UpdateAgentStatusInput{InstanceId: n.id, AgentStatusId: n.available, State: types.AgentStatusStateDisabled})
	check("UpdateAgentStatus", err, "InvalidParameter", 400, "Available")

	_, err = c.DeleteHoursOfOperation(ctx, &awsconnect.DeleteHoursOfOperationInput{InstanceId: n.id, HoursOfOperationId: n.hours})
	check("DeleteHoursOfOperation", err, "InvalidRequest", 400, "keeps these hours")
	_, err = c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: aws.String("BasicQueue"), HoursOfOperationId: n.hours})
	check("CreateQueue", err, "DuplicateResource", 409, "Name")
	_, err = c.UpdateQueueStatus(ctx, &awsconnect.UpdateQueueStatusInput{InstanceId: n.id, QueueId: ann, Status: types.QueueStatusDisabled})
	check("UpdateQueueStatus", err, "ResourceNotFound", 404, "queue")
	_, err = c.UpdateQueueOutboundCallerConfig(ctx, &awsconnect.UpdateQueueOutboundCallerConfigInput{InstanceId: n.id, QueueId: n.queue,
		OutboundCallerConfig: &types.OutboundCallerConfig{OutboundFlowId: n.flow}})
	check("UpdateQueueOutboundCallerConfig", err, "InvalidParameter", 400, "OutboundFlowId")
	_, err = c.DeleteQueue(ctx, &awsconnect.DeleteQueueInput{InstanceId: n.id, QueueId: n.queue})
	check("DeleteQueue", err, "ResourceInUse", 409, "queue")
	_, err = c.DeleteRoutingProfile(ctx, &awsconnect.DeleteRoutingProfileInput{InstanceId: n.id, RoutingProfileId: n.profile})
	check("DeleteRoutingProfile", err, "ResourceInUse", 409, "has it")
	_, err = c.DisassociateRoutingProfileQueues(ctx, &awsconnect.DisassociateRoutingProfileQueuesInput{InstanceId: n.id, RoutingProfileId: n.profile,
		QueueReferences: []types.RoutingProfileQueueReference{{QueueId: nobody, Channel: types.ChannelVoice}}})
	check("DisassociateRoutingProfileQueues", err, "InvalidParameter", 400, "is not associated")

	_, err = c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("bad"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(`{}`)})
	check("CreateContactFlow", err, "InvalidContactFlow", 400, "")
	_, err = c.UpdateContactFlowContent(ctx, &awsconnect.UpdateContactFlowContentInput{InstanceId: n.id, ContactFlowId: n.flow, Content: aws.String(`[`)})
	check("UpdateContactFlowContent", err, "InvalidContactFlow", 400, "")
	_, err = c.UpdateContactFlowContent(ctx, &awsconnect.UpdateContactFlowContentInput{InstanceId: n.id, ContactFlowId: aws.String(*n.flow + ":$SAVED"), Content: aws.String("[]")})
	check("UpdateContactFlowContent", err, "InvalidContactFlow", 400, "")
	_, err = c.DescribeContactFlow(ctx, &awsconnect.DescribeContactFlowInput{InstanceId: n.id, ContactFlowId: draft})
	check("DescribeContactFlow", err, "ContactFlowNotPublished", 404, "has not been published")
	_, err = c.DescribeContactFlow(ctx, &awsconnect.DescribeContactFlowInput{InstanceId: n.id, ContactFlowId: aws.String(*n.flow + ":7")})
	check("DescribeContactFlow", err, "ResourceNotFound", 404, "contact-flow")

	_, err = c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: aws.String("+12065550100")})
	check("ClaimPhoneNumber", err, "InvalidParameter", 400, "Phone number not available: +12065550100")
	_, err = c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{PhoneNumber: aws.String("+12065550101")})
	check("ClaimPhoneNumber", err, "InvalidParameter", 400, "TargetArn or InstanceId is required")
	_, err = c.ReleasePhoneNumber(ctx, &awsconnect.ReleasePhoneNumberInput{PhoneNumberId: number.PhoneNumberId})
	check("ReleasePhoneNumber", err, "ResourceInUse", 409, "queue")
	_, err = c.UpdatePhoneNumber(ctx, &awsconnect.UpdatePhoneNumberInput{PhoneNumberId: number.PhoneNumberId})
	check("UpdatePhoneNumber", err, "InvalidParameter", 400, "TargetArn or InstanceId is required")
	_, err = c.UpdatePhoneNumber(ctx, &awsconnect.UpdatePhoneNumberInput{PhoneNumberId: nobody, InstanceId: n.id})
	check("UpdatePhoneNumber", err, "ResourceNotFound", 404, "phone-number")
	_, err = c.UpdatePhoneNumberMetadata(ctx, &awsconnect.UpdatePhoneNumberMetadataInput{PhoneNumberId: nobody})
	check("UpdatePhoneNumberMetadata", err, "ResourceNotFound", 404, "phone-number")
	_, err = c.UpdatePhoneNumberMetadata(ctx, &awsconnect.UpdatePhoneNumberMetadataInput{PhoneNumberId: number.PhoneNumberId, PhoneNumberDescription: aws.String(strings.Repeat("x", 501))})
	check("UpdatePhoneNumberMetadata", err, "InvalidParameter", 400, "500")
	_, err = c.DescribePhoneNumber(ctx, &awsconnect.DescribePhoneNumberInput{PhoneNumberId: nobody})
	check("DescribePhoneNumber", err, "ResourceNotFound", 404, "phone-number")
	_, err = c.AssociatePhoneNumberContactFlow(ctx, &awsconnect.AssociatePhoneNumberContactFlowInput{InstanceId: n.id, PhoneNumberId: number.PhoneNumberId, ContactFlowId: draft})
	check("AssociatePhoneNumberContactFlow", err, "InvalidParameter", 400, "is not published")
	_, err = c.SearchAvailablePhoneNumbers(ctx, &awsconnect.SearchAvailablePhoneNumbersInput{InstanceId: nobody, PhoneNumberCountryCode: "US", PhoneNumberType: types.PhoneNumberTypeDid})
	check("SearchAvailablePhoneNumbers", err, "InvalidParameter", 400, instanceGone)

	outbound := func(change func(*awsconnect.StartOutboundVoiceContactInput)) error {
		in := &awsconnect.StartOutboundVoiceContactInput{InstanceId: n.id, ContactFlowId: n.flow, DestinationPhoneNumber: aws.String("+12065550111"), QueueId: n.queue}
		change(in)
		_, err := c.StartOutboundVoiceContact(ctx, in)
		return err
	}
	check("StartOutboundVoiceContact", outbound(func(in *awsconnect.StartOutboundVoiceContactInput) { in.ContactFlowId = draft }), "InvalidRequest", 400, "not published")
	check("StartOutboundVoiceContact", outbound(func(in *awsconnect.StartOutboundVoiceContactInput) { in.QueueId = nil }), "InvalidParameter", 400, "source phone number or a queue")
	check("StartOutboundVoiceContact", outbound(func(in *awsconnect.StartOutboundVoiceContactInput) { in.ContactFlowId = nobody }), "ResourceNotFound", 404, "contact-flow")
	check("StartOutboundVoiceContact", outbound(func(in *awsconnect.StartOutboundVoiceContactInput) { in.RelatedContactId = nobody }), "ResourceNotFound", 404, "contact")
	check("StartOutboundVoiceContact", outbound(func(in *awsconnect.StartOutboundVoiceContactInput) { in.CampaignId = nobody }), "InvalidParameter", 400, "CampaignId is not supported")
	_, err = c.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, Name: aws.String("x"), ContactFlowId: draft})
	check("StartTaskContact", err, "InvalidRequest", 400, "not published")
	_, err = c.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, Name: aws.String("x"), ContactFlowId: n.flow, ScheduledTime: aws.Time(w.clock.Now())})
	check("StartTaskContact", err, "InvalidParameter", 400, "ScheduledTime")
	_, err = c.StopContact(ctx, &awsconnect.StopContactInput{InstanceId: n.id, ContactId: nobody})
	check("StopContact", err, "ContactNotFound", 410, "")
	_, err = c.UpdateContactAttributes(ctx, &awsconnect.UpdateContactAttributesInput{InstanceId: n.id, InitialContactId: nobody, Attributes: map[string]string{"a": "b"}})
	check("UpdateContactAttributes", err, "ResourceNotFound", 404, "contact")
	_, err = c.UpdateContactAttributes(ctx, &awsconnect.UpdateContactAttributesInput{InstanceId: n.id, InitialContactId: task, Attributes: map[string]string{"a b": "c"}})
	check("UpdateContactAttributes", err, "InvalidRequest", 400, "Attributes")
	_, err = c.GetContactAttributes(ctx, &awsconnect.GetContactAttributesInput{InstanceId: n.id, InitialContactId: nobody})
	check("GetContactAttributes", err, "ResourceNotFound", 404, "contact")
	_, err = c.DescribeContact(ctx, &awsconnect.DescribeContactInput{InstanceId: n.id, ContactId: nobody})
	check("DescribeContact", err, "ResourceNotFound", 404, "contact")
	_, err = c.DismissUserContact(ctx, &awsconnect.DismissUserContactInput{InstanceId: n.id, UserId: ann, ContactId: task})
	check("DismissUserContact", err, "ResourceNotFound", 404, "contact")
	must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
	n.accepted(t, ann, task)
	_, err = c.DismissUserContact(ctx, &awsconnect.DismissUserContactInput{InstanceId: n.id, UserId: ann, ContactId: task})
	check("DismissUserContact", err, "InvalidRequest", 400, "CONNECTED")
	_, err = c.DeleteUser(ctx, &awsconnect.DeleteUserInput{InstanceId: n.id, UserId: ann})
	check("DeleteUser", err, "InvalidRequest", 400, "on a contact")

	_, err = c.TagResource(ctx, &awsconnect.TagResourceInput{ResourceArn: aws.String("arn:aws:s3:::bucket"), Tags: map[string]string{"a": "b"}})
	check("TagResource", err, "InvalidParameter", 400, "resourceArn")
	_, err = c.UntagResource(ctx, &awsconnect.UntagResourceInput{ResourceArn: aws.String(n.arn + "/queue/" + *nobody), TagKeys: []string{"a"}})
	check("UntagResource", err, "ResourceNotFound", 404, "queue")
	_, err = c.ListTagsForResource(ctx, &awsconnect.ListTagsForResourceInput{ResourceArn: aws.String(n.arn + "/phone-number/" + *number.PhoneNumberId)})
	check("ListTagsForResource", err, "ResourceNotFound", 404, "phone-number")

	model := modelErrors(t)
	for i, x := range calls {
		t.Run(fmt.Sprint(i, " ", x.operation), func(t *testing.T) {
			refused(t, x.err, x.class, x.status, x.words)
			var e smithy.APIError
			if errors.As(x.err, &e) && !slices.Contains(model[x.operation], e.ErrorCode()) {
				t.Errorf("%s does not declare %s", x.operation, e.ErrorCode())
			}
		})
	}
}
