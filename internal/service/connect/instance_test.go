package connect

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func TestListInstancesWhileOthersAreCreated(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var want, got []string
	create := func(i int) {
		want = append(want, *must(w.client.CreateInstance(ctx, instance(fmt.Sprintf("desk%d", i), "")))(t).Id)
		if err := w.clock.Advance(time.Second); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 12 {
		create(i)
	}
	must(w.clientOf("999999999999", testRegion).CreateInstance(ctx, instance("theirs", "")))(t)
	must(w.clientOf(testAccount, "us-west-2").CreateInstance(ctx, instance("elsewhere", "")))(t)
	pages := awsconnect.NewListInstancesPaginator(w.client, &awsconnect.ListInstancesInput{})
	for n := 0; pages.HasMorePages(); n++ {
		page := must(pages.NextPage(ctx))(t)
		for _, i := range page.InstanceSummaryList {
			got = append(got, *i.Id)
		}
		if n == 0 {
			if len(page.InstanceSummaryList) != 10 {
				t.Errorf("the first page holds %d", len(page.InstanceSummaryList))
			}
			create(12)
		}
	}
	same(t, got, want)
	first := must(w.client.ListInstances(ctx, &awsconnect.ListInstancesInput{MaxResults: aws.Int32(1)}))(t)
	described := must(w.client.DescribeInstance(ctx, &awsconnect.DescribeInstanceInput{InstanceId: &want[0]}))(t).Instance
	same(t, first.InstanceSummaryList[0], described)
	_, err := w.client.ListInstances(ctx, &awsconnect.ListInstancesInput{MaxResults: aws.Int32(11)})
	refused(t, err, "InvalidRequestException", 400, "maxResults")
	_, err = w.client.ListUsers(ctx, &awsconnect.ListUsersInput{InstanceId: &want[0], NextToken: first.NextToken})
	refused(t, err, "InvalidParameterException", 400, "NextToken")
}

func TestDeleteInstance(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx := t.Context()
	task := n.task(t, "left open")
	number := must(n.client.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: aws.String("+12065550100")}))(t)
	must(n.client.DeleteInstance(ctx, &awsconnect.DeleteInstanceInput{InstanceId: n.id}))(t)

	_, err := n.client.DescribeInstance(ctx, &awsconnect.DescribeInstanceInput{InstanceId: n.id})
	refused(t, err, "ResourceNotFoundException", 404, *n.id)
	_, err = n.client.DeleteInstance(ctx, &awsconnect.DeleteInstanceInput{InstanceId: n.id})
	refused(t, err, "ResourceNotFoundException", 404, "")
	_, err = n.client.ListUsers(ctx, &awsconnect.ListUsersInput{InstanceId: n.id})
	refused(t, err, "ResourceNotFoundException", 404, "")
	_, err = n.client.CreateUser(ctx, n.newUser("ann"))
	refused(t, err, "ResourceNotFoundException", 404, "")
	_, err = n.client.DescribeContact(ctx, &awsconnect.DescribeContactInput{InstanceId: n.id, ContactId: task})
	refused(t, err, "ResourceNotFoundException", 404, "")
	_, err = n.client.StopContact(ctx, &awsconnect.StopContactInput{InstanceId: n.id, ContactId: task})
	refused(t, err, "ResourceNotFoundException", 404, "")
	_, err = n.client.DescribePhoneNumber(ctx, &awsconnect.DescribePhoneNumberInput{PhoneNumberId: number.PhoneNumberId})
	refused(t, err, "ResourceNotFoundException", 404, "")
	_, err = n.client.ListTagsForResource(ctx, &awsconnect.ListTagsForResourceInput{ResourceArn: &n.arn})
	refused(t, err, "ResourceNotFoundException", 404, "")
	if list := must(n.client.ListInstances(ctx, nil))(t).InstanceSummaryList; len(list) != 0 {
		t.Errorf("a deleted instance is listed: %v", list)
	}
	again := w.tenant(t, "desk", types.DirectoryTypeConnectManaged) // alias and number are free
	must(n.client.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: again.id, PhoneNumber: aws.String("+12065550100")}))(t)
}

// TestInstanceAttributes: the defaults are those that the Terraform provider expects.
func TestInstanceAttributes(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx := t.Context()
	want := map[types.InstanceAttributeType]string{
		"INBOUND_CALLS": "true", "OUTBOUND_CALLS": "true", "CONTACTFLOW_LOGS": "false", "CONTACT_LENS": "true", "AUTO_RESOLVE_BEST_VOICES": "true",
		"USE_CUSTOM_TTS_VOICES": "false", "EARLY_MEDIA": "true", "MULTI_PARTY_CONFERENCE": "false", "HIGH_VOLUME_OUTBOUND": "false",
		"ENHANCED_CONTACT_MONITORING": "false", "ENHANCED_CHAT_MONITORING": "false", "MULTI_PARTY_CHAT_CONFERENCE": "false", "MESSAGE_STREAMING": "false",
	}
	for name, value := range want {
		out := must(n.client.DescribeInstanceAttribute(ctx, &awsconnect.DescribeInstanceAttributeInput{InstanceId: n.id, AttributeType: name}))(t)
		same(t, out.Attribute, types.Attribute{AttributeType: name, Value: &value})
		// Terraform sets each attribute to what it is.
		must(n.client.UpdateInstanceAttribute(ctx, &awsconnect.UpdateInstanceAttributeInput{InstanceId: n.id, AttributeType: name, Value: &value}))(t)
	}
	got := map[types.InstanceAttributeType]string{}
	pages := awsconnect.NewListInstanceAttributesPaginator(n.client, &awsconnect.ListInstanceAttributesInput{InstanceId: n.id})
	sizes := []int{}
	for pages.HasMorePages() {
		page := must(pages.NextPage(ctx))(t)
		sizes = append(sizes, len(page.Attributes))
		for _, a := range page.Attributes {
			got[a.AttributeType] = *a.Value
		}
	}
	same(t, got, want)
	same(t, sizes, []int{7, 6})

	must(n.client.UpdateInstanceAttribute(ctx, &awsconnect.UpdateInstanceAttributeInput{InstanceId: n.id, AttributeType: "OUTBOUND_CALLS", Value: aws.String("false")}))(t)
	if i := must(n.client.DescribeInstance(ctx, &awsconnect.DescribeInstanceInput{InstanceId: n.id}))(t).Instance; *i.OutboundCallsEnabled || !*i.InboundCallsEnabled {
		t.Errorf("inbound %v, outbound %v", *i.InboundCallsEnabled, *i.OutboundCallsEnabled)
	}
	_, err := n.client.UpdateInstanceAttribute(ctx, &awsconnect.UpdateInstanceAttributeInput{InstanceId: n.id, AttributeType: "INBOUND_CALLS", Value: aws.String("yes")})
	refused(t, err, "InvalidParameterException", 400, "Value")
}
