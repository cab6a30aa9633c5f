package connect

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

func (n *tenant) describe(t testing.TB, contact *string) *types.Contact {
	t.Helper()
	return must(n.client.DescribeContact(t.Context(), &awsconnect.DescribeContactInput{InstanceId: n.id, ContactId: contact}))(t).Contact
}

func (n *tenant) attributes(t testing.TB, contact *string) map[string]string {
	t.Helper()
	return must(n.client.GetContactAttributes(t.Context(), &awsconnect.GetContactAttributesInput{InstanceId: n.id, InitialContactId: contact}))(t).Attributes
}

func (n *tenant) setAttributes(t testing.TB, contact *string, set map[string]string) error {
	_, err := n.client.UpdateContactAttributes(t.Context(), &awsconnect.UpdateContactAttributesInput{InstanceId: n.id, InitialContactId: contact, Attributes: set})
	return err
}

func (n *tenant) stop(t testing.TB, contact *string) error {
	_, err := n.client.StopContact(t.Context(), &awsconnect.StopContactInput{InstanceId: n.id, ContactId: contact})
	return err
}

// TestATaskFromStartToEnd follows one contact through DescribeContact.
func TestATaskFromStartToEnd(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	start := w.clock.Now()
	in := &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: aws.String("call back"), Description: aws.String("soon"), Attributes: map[string]string{"k": "v"},
		References: map[string]types.Reference{"page": {Type: types.ReferenceTypeUrl, Value: aws.String("https://example.com")}}, ClientToken: aws.String("token")}
	task := must(c.StartTaskContact(ctx, in))(t).ContactId
	if again := must(c.StartTaskContact(ctx, in))(t).ContactId; *again != *task {
		t.Error("one token started two tasks")
	}
	got := n.describe(t, task)
	want := &types.Contact{
		Id: task, Arn: aws.String(n.arn + "/contact/" + *task), InitiationMethod: types.ContactInitiationMethodApi, Name: aws.String("call back"), Description: aws.String("soon"),
		Channel: types.ChannelTask, InitiationTimestamp: &start, LastUpdateTimestamp: &start, ConnectedToSystemTimestamp: &start, Attributes: map[string]string{"k": "v"},
		QueueInfo: &types.QueueInfo{Id: n.queue, EnqueueTimestamp: &start}, QueuePriority: aws.Int64(5), Tags: map[string]string{"aws:connect:instanceId": *n.id},
		SegmentAttributes: map[string]types.SegmentAttributeValue{"connect:ContactExpiry": {ValueMap: map[string]types.SegmentAttributeValue{"ExpiryDuration": {ValueInteger: aws.Int32(7 * 24 * 60)}}}},
	}
	twice(t, want, func() *types.Contact { return got })
	same(t, n.describe(t, task), want)

	ann := n.user(t, "ann")
	must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
	w.advance(t, 10*time.Second)
	connected := w.clock.Now()
	n.accepted(t, ann, task)
	w.advance(t, 20*time.Second)
	if err := n.stop(t, task); err != nil {
		t.Fatal(err)
	}
	ended := w.clock.Now()
	n.until(t, ann, task, center.AgentContactEnded)
	refused(t, n.stop(t, task), "ContactNotFoundException", 410, "")
	w.advance(t, 5*time.Second)
	must(c.DismissUserContact(ctx, &awsconnect.DismissUserContactInput{InstanceId: n.id, UserId: ann, ContactId: task}))(t)
	cleared := w.clock.Now()
	got = n.describe(t, task)
	want.DisconnectReason, want.DisconnectTimestamp, want.LastUpdateTimestamp = aws.String("API"), &ended, &cleared
	want.AgentInfo = &types.AgentInfo{Id: ann, ConnectedToAgentTimestamp: &connected, AfterContactWorkStartTimestamp: &ended, AfterContactWorkEndTimestamp: &cleared,
		AfterContactWorkDuration: aws.Int32(5), AgentInitiatedHoldDuration: aws.Int32(0)}
	same(t, got, want)
	w.restart()
	n.client = w.client
	same(t, n.describe(t, task), want)
	refused(t, n.stop(t, task), "ContactNotFoundException", 410, "")

	// 24 months from its initiation it can be read no more.
	if err := w.clock.Set(start.AddDate(0, 24, 0).Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	same(t, n.describe(t, task), want)
	w.advance(t, time.Second)
	_, err := n.client.DescribeContact(ctx, &awsconnect.DescribeContactInput{InstanceId: n.id, ContactId: task})
	refused(t, err, "ResourceNotFoundException", 404, "contact")
	refused(t, n.setAttributes(t, task, map[string]string{"late": "1"}), "ResourceNotFoundException", 404, "contact")
}

func TestAttributes(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	task := n.task(t, "x")
	if got := n.attributes(t, task); got == nil || len(got) != 0 {
		t.Errorf("a contact without attributes has %v", got)
	}
	both := func(t *testing.T) {
		before := len(n.attributes(t, task))
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				if err := n.setAttributes(t, task, map[string]string{fmt.Sprint(t.Name()[len("TestAttributes/"):], i): "v", "shared": fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if got := n.attributes(t, task); len(got) < before+8 || got["shared"] == "" {
			t.Errorf("of updates at the same time there remain %v", got)
		}
		if err := n.setAttributes(t, task, map[string]string{"shared": ""}); err != nil {
			t.Fatal(err)
		}
		if v, ok := n.attributes(t, task)["shared"]; v != "" || !ok {
			t.Errorf("a blanked attribute is %q, %v", v, ok)
		}
	}
	t.Run("open", both)
	if err := n.stop(t, task); err != nil {
		t.Fatal(err)
	}
	t.Run("completed", both)
	t.Run("too large together, at the same time", func(t *testing.T) {
		done := make([]error, 2)
		var group sync.WaitGroup
		for i := range done {
			group.Go(func() {
				done[i] = n.setAttributes(t, task, map[string]string{fmt.Sprint("big", i): strings.Repeat("x", 20_000)})
			})
		}
		group.Wait()
		if (done[0] == nil) == (done[1] == nil) {
			t.Fatalf("two of 20,000 bytes, where 32,768 fit: %v", done)
		}
		if done[0] == nil {
			done[0] = done[1]
		}
		refused(t, done[0], "InvalidRequestException", 400, "32768 bytes")
	})
}

func TestRelatedAndPreviousContacts(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	start := func(in *awsconnect.StartTaskContactInput) *string {
		in.InstanceId, in.ContactFlowId, in.Name = n.id, n.flow, aws.String("x")
		return must(c.StartTaskContact(ctx, in))(t).ContactId
	}
	first := start(&awsconnect.StartTaskContactInput{Attributes: map[string]string{"a": "1", "b": "1"}})
	for _, state := range []string{"open", "completed"} {
		related := start(&awsconnect.StartTaskContactInput{RelatedContactId: first, Attributes: map[string]string{"b": "2"}})
		same(t, n.attributes(t, related), map[string]string{"a": "1", "b": "2"})
		if got := n.describe(t, related); *got.RelatedContactId != *first || got.InitialContactId != nil {
			t.Errorf("%s: the related contact is %s", state, shown(t, got))
		}
		next := start(&awsconnect.StartTaskContactInput{PreviousContactId: first, Attributes: map[string]string{"c": "3"}})
		same(t, n.attributes(t, next), map[string]string{"a": "1", "b": "1", "c": "3"})
		if got := n.describe(t, next); *got.PreviousContactId != *first || *got.InitialContactId != *first {
			t.Errorf("%s: the next contact is %s", state, shown(t, got))
		}
		if state == "open" {
			if err := n.stop(t, first); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestScheduledTask(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	at := w.clock.Now().Add(time.Hour)
	task := must(n.client.StartTaskContact(t.Context(), &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: aws.String("x"), ScheduledTime: &at,
		SegmentAttributes: map[string]types.SegmentAttributeValue{"connect:ContactExpiry": {ValueMap: map[string]types.SegmentAttributeValue{"ExpiryDuration": {ValueInteger: aws.Int32(30)}}}}}))(t).ContactId
	got := n.describe(t, task)
	if !got.ScheduledTimestamp.Equal(at) || got.QueueInfo != nil || *got.SegmentAttributes["connect:ContactExpiry"].ValueMap["ExpiryDuration"].ValueInteger != 30 {
		t.Errorf("got %s", shown(t, got))
	}
}

func TestOutboundCalls(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	number := must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: aws.String("+12065550100")}))(t)
	must(c.UpdateQueueOutboundCallerConfig(ctx, &awsconnect.UpdateQueueOutboundCallerConfigInput{InstanceId: n.id, QueueId: n.queue, OutboundCallerConfig: &types.OutboundCallerConfig{OutboundCallerIdNumberId: number.PhoneNumberId}}))(t)
	in := &awsconnect.StartOutboundVoiceContactInput{InstanceId: n.id, ContactFlowId: n.flow, DestinationPhoneNumber: aws.String("+12065550199"), QueueId: n.queue,
		Attributes: map[string]string{"k": "v"}, ClientToken: aws.String("token"), RingTimeoutInSeconds: aws.Int32(15)}
	call := must(c.StartOutboundVoiceContact(ctx, in))(t).ContactId
	got := n.describe(t, call)
	if *got.CustomerEndpoint.Address != "+12065550199" || *got.SystemEndpoint.Address != "+12065550100" || got.Channel != types.ChannelVoice || got.InitiationMethod != types.ContactInitiationMethodApi ||
		got.Attributes["k"] != "v" || got.ConnectedToSystemTimestamp != nil {
		t.Errorf("got %s", shown(t, got))
	}
	ids := make([]string, 4)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() { ids[i] = *must(c.StartOutboundVoiceContact(ctx, in))(t).ContactId })
	}
	group.Wait()
	for _, id := range ids {
		if id != *call {
			t.Errorf("one token started %v besides %s", ids, *call)
		}
	}
	n.submit(t, center.DialAnswered{Contact: center.ContactID(*call)})
	if got := n.describe(t, call); got.ConnectedToSystemTimestamp == nil || *got.QueueInfo.Id != *n.queue {
		t.Errorf("after the answer: %s", shown(t, got))
	}
	if err := n.stop(t, call); err != nil {
		t.Fatal(err)
	}
	refused(t, n.stop(t, call), "ContactNotFoundException", 410, "")

	must(c.UpdateInstanceAttribute(ctx, &awsconnect.UpdateInstanceAttributeInput{InstanceId: n.id, AttributeType: types.InstanceAttributeTypeOutboundCalls, Value: aws.String("false")}))(t)
	in.ClientToken = aws.String("other")
	_, err := c.StartOutboundVoiceContact(ctx, in)
	refused(t, err, "OutboundContactNotPermittedException", 403, "")
}
